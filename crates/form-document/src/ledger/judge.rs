//! The hub's verdicts.

use std::collections::BTreeMap;

use automerge::{ActorId, ChangeHash};

use super::{Fault, Ledger, authorship_faults, reason};
use crate::authorship::{Proven, prove};
use crate::log::{Item, Reason};
use crate::merge::{AppliedChange, Gate, WaitingChange};
use crate::policy::Moment;
use crate::roster::SignedEntry;
use crate::segment::{Claim, Segment};
use crate::wire::Offer;

/// What the hub decided, in the order of its log. Nothing of it holds until it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// One for each new place of the log.
    pub decisions: Vec<Decision>,
    pub claims: Vec<Claim>,
    /// The segments that prove the accepted changes, and longer ones for changes accepted before.
    pub segments: Vec<Segment>,
    /// No verdict yet: ancestors are missing.
    pub waiting: Vec<WaitingChange>,
    pub faults: Vec<Fault>,
}

/// One place of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Roster(SignedEntry),
    Accepted(AppliedChange),
    Refused { hash: ChangeHash, actor: ActorId, seq: u64, reason: Reason },
}

impl Decision {
    /// As the log's hash sees it.
    pub fn item(&self) -> Item {
        match self {
            Self::Roster(entry) => Item::Roster(entry.hash()),
            Self::Accepted(change) => Item::Accepted(change.hash),
            Self::Refused { hash, reason, .. } => Item::Refused(*hash, *reason),
        }
    }
}

impl Ledger {
    /// Judges what a replica hands over. What is known already is passed over, so offering twice does no harm.
    /// Afterwards the ledger stands as if the decisions were stored: when storing them fails, drop it and load
    /// it again.
    pub fn judge(&mut self, offer: &Offer, now_ms: i64) -> Judgement {
        let mut judgement = Judgement::default();
        self.judge_roster(offer, now_ms, &mut judgement);
        judgement.claims = self.learn(offer.claims.as_deref().unwrap_or_default(), &mut judgement.faults);
        self.judge_changes(offer, now_ms, &mut judgement);
        for decision in &judgement.decisions {
            self.log.push(decision.item());
        }
        judgement
    }

    fn judge_roster(&mut self, offer: &Offer, now_ms: i64, judgement: &mut Judgement) {
        for (index, entry) in offer.roster.iter().flatten().enumerate() {
            let version = entry.read().map(|entry| entry.version);
            if version.is_ok_and(|version| self.chain.has(version, &entry.hash())) {
                continue;
            }
            match self.chain.append(entry.clone(), Some(now_ms)) {
                Ok(()) => judgement.decisions.push(Decision::Roster(entry.clone())),
                Err(fault) => judgement.faults.push(Fault::Roster { index, fault }),
            }
        }
        self.confirmed = self.chain.version();
    }

    fn judge_changes(&mut self, offer: &Offer, now_ms: i64, judgement: &mut Judgement) {
        let changes = self.read(&offer.changes, &mut judgement.faults);
        let authorship = prove(&self.document, &self.claims, changes, &offer.seals);
        judgement.faults.extend(authorship_faults(&authorship));
        let proven: BTreeMap<ChangeHash, Proven> =
            authorship.proven.into_iter().map(|proven| (proven.raw.hash, proven)).collect();
        let newest = self.chain.version();
        let verdicts: BTreeMap<ChangeHash, Result<(), Reason>> = proven
            .iter()
            .map(|(hash, proven)| (*hash, self.judge_proven(proven, newest, Moment::Hub(now_ms))))
            .collect();
        let changes = proven.values().map(|proven| (proven.index, proven.raw.clone())).collect();
        let merged = self.document.merge_gated(
            changes,
            &Gate {
                judge: &|raw| verdicts.get(&raw.hash).copied().unwrap_or(Err(Reason::NotGranted)),
                refused: &self.refused,
            },
        );
        for change in merged.applied {
            if let Some(proven) = proven.get(&change.hash) {
                self.raise_floor(proven.device, proven.roster);
            }
            self.accepted.insert(change.actor.clone(), change.seq);
            judgement.decisions.push(Decision::Accepted(change));
        }
        for refused in merged.refused {
            let Some(proven) = refused.hash.and_then(|hash| proven.get(&hash)) else { continue };
            let (hash, reason) = (proven.raw.hash, reason(&refused.reason));
            self.refused.insert(hash, reason);
            let (actor, seq) = (proven.raw.ops.actor_id.clone(), proven.raw.ops.seq);
            judgement.decisions.push(Decision::Refused { hash, actor, seq, reason });
        }
        judgement.waiting = merged.waiting;
        // A segment is of use as far as its changes are in the log.
        judgement.segments = authorship.segments;
        let document = &self.document;
        judgement.segments.retain(|segment| segment.hashes.iter().any(|hash| document.has_change(hash)));
    }
}
