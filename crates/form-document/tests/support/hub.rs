//! The hub without a network or a disk: a ledger, its log, and the key that signs it.

use std::collections::BTreeMap;

use form_document::key::SigningKey;
use form_document::ledger::{Decision, Judgement, Ledger, LedgerParts, Logged, Outcome, PageBuilder};
use form_document::log::{LogHead, LogState, Position};
use form_document::roster::RosterChain;
use form_document::wire::{Offer, Page};
use form_document::{ActorId, Claim, Segment};

use super::company::{HUB, LEAD, NOW, application, document, entries, key, public};

pub struct Hub {
    pub key: SigningKey,
    pub ledger: Ledger,
    pub log: Vec<Logged>,
    pub segments: Vec<Segment>,
    pub now_ms: i64,
}

impl Hub {
    /// A hub that knows the roster and has no changes yet.
    pub fn new(chain: &RosterChain) -> Self {
        let parts = LedgerParts::new(&application(), public(LEAD));
        let ledger = Ledger::new(document(public(HUB), [0; 16]), parts);
        let mut hub = Self { key: key(HUB), ledger, log: Vec::new(), segments: Vec::new(), now_ms: NOW };
        let roster = Offer { roster: Some(entries(chain)), ..Offer::default() };
        let judgement = hub.judge(&roster);
        assert_eq!(judgement.faults, []);
        hub
    }

    /// A hub that has the roster without having judged it, which is quicker; it makes no pages.
    pub fn new_unlogged(chain: &RosterChain) -> Self {
        let mut parts = LedgerParts::new(&application(), public(LEAD));
        (parts.chain, parts.confirmed) = (chain.clone(), chain.version());
        let ledger = Ledger::new(document(public(HUB), [0; 16]), parts);
        Self { key: key(HUB), ledger, log: Vec::new(), segments: Vec::new(), now_ms: NOW }
    }

    pub fn judge(&mut self, offer: &Offer) -> Judgement {
        self.judge_all(&[offer]).0
    }

    pub fn judge_all(&mut self, offers: &[&Offer]) -> (Judgement, Vec<Outcome>) {
        let (judgement, outcomes) = self.ledger.judge_all(offers, self.now_ms);
        for decision in &judgement.decisions {
            self.log.push(match decision {
                Decision::Roster(entry) => Logged::Roster(entry.clone()),
                Decision::Accepted(change) => Logged::Accepted {
                    actor: change.actor.clone(),
                    seq: change.seq,
                    bytes: change.bytes.clone(),
                },
                Decision::Refused { hash, reason, .. } => Logged::Refused { hash: *hash, reason: *reason },
            });
        }
        keep(&mut self.segments, &judgement.segments);
        assert_eq!(self.ledger.log().position, self.log.len() as u64);
        (judgement, outcomes)
    }

    pub fn head(&self) -> LogHead {
        self.sign(self.ledger.log())
    }

    /// The hub's word on any state, also an untrue one.
    pub fn sign(&self, state: &LogState) -> LogHead {
        let epoch = self.ledger.chain().newest().epoch;
        LogHead::sign(&self.key, &application(), state, epoch, self.now_ms)
    }

    /// All of the log after a position.
    pub fn page(&self, after: Position, have: &BTreeMap<ActorId, u64>) -> Page {
        self.page_of(after, usize::MAX, have)
    }

    /// At most `length` places of the log after a position, with the hub's word on where they end.
    pub fn page_of(&self, after: Position, length: usize, have: &BTreeMap<ActorId, u64>) -> Page {
        let mut builder = PageBuilder::new(after, have);
        let start = usize::try_from(after).unwrap();
        // A page must reach the entry that names the hub, whose key its head is checked against.
        let end = start.saturating_add(length).max(2).min(self.log.len());
        self.log[start..end].iter().for_each(|logged| builder.push(logged.clone()));
        let given = builder.given().clone();
        let overlaps = |segment: &&Segment| {
            given
                .get(&segment.actor)
                .is_some_and(|(first, last)| segment.first_seq <= *last && segment.end_seq() > *first)
        };
        let segments: Vec<_> = self.segments.iter().filter(overlaps).cloned().collect();
        let claims: Vec<Claim> =
            builder.newcomers().into_iter().filter_map(|actor| self.ledger.claim(actor)).cloned().collect();
        let head = self.sign(&state(&self.log[..end]));
        builder.finish(&segments, &claims, head)
    }
}

/// The log's state after some places.
pub fn state(log: &[Logged]) -> LogState {
    use form_document::log::Item;
    let mut state = LogState::start(&application());
    for logged in log {
        state.push(match logged {
            Logged::Accepted { bytes, .. } => Item::Accepted(hash(bytes)),
            Logged::Refused { hash, reason } => Item::Refused(*hash, *reason),
            Logged::Roster(entry) => Item::Roster(entry.hash()),
        });
    }
    state
}

pub fn hash(change: &[u8]) -> form_document::ChangeHash {
    automerge::Change::try_from(change).unwrap().hash()
}

/// Stores segments as every replica does: a longer one takes the place of those that it covers.
pub fn keep(stored: &mut Vec<Segment>, new: &[Segment]) {
    for segment in new {
        let covered = |other: &Segment| {
            other.actor == segment.actor
                && other.roster == segment.roster
                && other.first_seq >= segment.first_seq
                && other.end_seq() <= segment.end_seq()
        };
        stored.retain(|other| !covered(other));
        stored.push(segment.clone());
    }
}
