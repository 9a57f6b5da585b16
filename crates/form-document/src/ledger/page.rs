//! Making pages of the log, and offers.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ActorId, ChangeHash};

use super::Ledger;
use crate::log::{LogHead, Position, Reason};
use crate::raw;
use crate::roster::SignedEntry;
use crate::segment::{Claim, Segment};
use crate::wire::{Page, PageEntry, Seal, WireActor, WireChange, WireClaim, WireHash};

/// One place of the log as it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Logged {
    Accepted { actor: ActorId, seq: u64, bytes: Vec<u8> },
    Refused { hash: ChangeHash, reason: Reason },
    Roster(SignedEntry),
}

/// A page under construction.
#[derive(Debug)]
pub struct PageBuilder<'a> {
    after: Position,
    /// How much of each actor's changes the receiver has.
    have: &'a BTreeMap<ActorId, u64>,
    entries: Vec<PageEntry>,
    /// Of each actor whose changes' bytes are in the page: first and last seq.
    given: BTreeMap<ActorId, (u64, u64)>,
    /// Those changes' hashes, in order.
    hashes: BTreeMap<ActorId, Vec<ChangeHash>>,
}

impl<'a> PageBuilder<'a> {
    /// A page that starts after a position, for a receiver that has some changes already.
    pub fn new(after: Position, have: &'a BTreeMap<ActorId, u64>) -> Self {
        Self { after, have, entries: Vec::new(), given: BTreeMap::new(), hashes: BTreeMap::new() }
    }

    /// Adds the next place of the log.
    pub fn push(&mut self, logged: Logged) {
        let entry = match logged {
            Logged::Accepted { actor, seq, bytes } => {
                if self.have.get(&actor).is_some_and(|have| seq <= *have) {
                    return self.push_accepted(&actor, seq);
                }
                let hash = raw::chunk_hash(&bytes).unwrap_or(ChangeHash([0; 32]));
                self.hashes.entry(actor.clone()).or_default().push(hash);
                let given = self.given.entry(actor).or_insert((seq, seq));
                given.1 = seq;
                PageEntry::Change(WireChange(bytes))
            }
            Logged::Refused { hash, reason } => PageEntry::Refused { hash: WireHash(hash.0), reason },
            Logged::Roster(entry) => PageEntry::Roster(entry),
        };
        self.entries.push(entry);
    }

    /// Adds the acceptance of a change that the receiver has.
    pub fn push_accepted(&mut self, actor: &ActorId, seq: u64) {
        let actor = WireActor::from(actor);
        if let Some(PageEntry::Accepted { actor: last, first_seq, count }) = self.entries.last_mut()
            && *last == actor
            && first_seq.saturating_add(*count) == seq
        {
            *count += 1;
            return;
        }
        self.entries.push(PageEntry::Accepted { actor, first_seq: seq, count: 1 });
    }

    /// The seqs of each actor, first and last, that the page needs segments for.
    pub fn given(&self) -> &BTreeMap<ActorId, (u64, u64)> {
        &self.given
    }

    /// The actors whose claims the page needs: those who appear with their first change.
    pub fn newcomers(&self) -> BTreeSet<&ActorId> {
        self.given.iter().filter(|(_, (first, _))| *first == 1).map(|(actor, _)| actor).collect()
    }

    /// The page, with the segments that prove its changes.
    pub fn finish(self, segments: &[Segment], claims: &[Claim], head: LogHead) -> Page {
        let seals: Vec<Seal> = segments.iter().map(|segment| segment.seal(self.known_to(segment))).collect();
        let claims = claims.iter().map(WireClaim::from).collect();
        Page { after: self.after, entries: self.entries, seals, claims, head }
    }

    /// The number of the first change of a segment that the receiver neither has nor gets with the page. A
    /// segment may name changes that its device never handed over, and other ones in their places later.
    fn known_to(&self, segment: &Segment) -> u64 {
        let Some((first, _)) = self.given.get(&segment.actor) else { return 0 };
        let given = self.hashes.get(&segment.actor).map(Vec::as_slice).unwrap_or_default();
        let mut seq = segment.first_seq;
        for hash in &segment.hashes {
            let at = seq.checked_sub(*first).and_then(|at| usize::try_from(at).ok());
            if at.is_some_and(|at| given.get(at) != Some(hash)) {
                break;
            }
            seq = seq.saturating_add(1);
        }
        seq
    }
}

impl Ledger {
    /// A segment's seal for a receiver that has all changes that are accepted here, as with a compact start: it
    /// names those hashes alone that the receiver cannot know.
    pub fn seal(&self, segment: &Segment) -> Seal {
        let accepted = self.accepted(&segment.actor);
        let mut seq = segment.first_seq;
        for hash in &segment.hashes {
            if seq > accepted || self.document.hash_at(&segment.actor, seq) != Some(*hash) {
                break;
            }
            seq = seq.saturating_add(1);
        }
        segment.seal(seq)
    }
}
