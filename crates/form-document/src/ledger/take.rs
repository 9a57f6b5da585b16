//! What comes past the hub: a bundle from a colleague's USB stick. Verdicts made here are provisional.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use automerge::{ActorId, ChangeHash};
use form_model::answer::Answers;

use super::early::early;
use super::{Fault, Ledger, authorship_faults, judge_proven, raise_floor};
use crate::authorship::{Claims, Proven};
use crate::history::{self, HistoryRow};
use crate::log::Reason;
use crate::merge::{Gate, Merged, Refusal};
use crate::object::ObjectTable;
use crate::policy::{Moment, Touched, judge};
use crate::raw::{RawChange, guarded};
use crate::reader::{OpReader, Shown};
use crate::reauthor::Pruned;
use crate::roster::SignedEntry;
use crate::segment::{Claim, Segment};
use crate::wire::Offer;

/// What came of a bundle. Nothing of it holds until it is stored.
#[derive(Debug, Default)]
pub struct Taken {
    pub merged: Merged,
    /// Entries that were not here; later than what the hub has confirmed.
    pub roster: Vec<SignedEntry>,
    pub claims: Vec<Claim>,
    pub segments: Vec<Segment>,
    /// The changes that build on some that are not here, as far as there is room for them, with their proof: to be
    /// taken again with what comes next.
    pub early: Offer,
    /// The changes that are left out only for what they hang on, or because the revision was final, each after those it
    /// builds on: their authors' desks write them again, and may be lost.
    pub set_aside: Vec<SetAside>,
    pub faults: Vec<Fault>,
}

/// What happened to this desk's work when changes under it were refused.
#[derive(Debug)]
pub struct Recovery {
    /// This desk's own changes that were not written again, those of devices that take no part any more in a new
    /// epoch, and those of colleagues that went only for what they hung on; each after those it builds on.
    pub set_aside: Vec<SetAside>,
    /// What is no longer in the document, whoever made it.
    pub dropped: Vec<(ActorId, u64, ChangeHash)>,
    /// This desk's own work that was written again.
    pub rewritten: Merged,
    /// The history of the document as it stands now, whole.
    pub history: Vec<HistoryRow>,
    /// What was answered before.
    pub before: Answers,
}

/// A change that is no longer in the document and that somebody here may miss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    pub hash: ChangeHash,
    /// The raw change chunk.
    pub bytes: Vec<u8>,
    pub reason: Reason,
    /// What it had done.
    pub history: Vec<HistoryRow>,
}

impl Ledger {
    /// Takes in what a colleague handed over, each change judged by its author's grant as known here. Whatever
    /// is bad is left out and told; nobody else's changes suffer from it.
    pub fn take(&mut self, offer: &Offer) -> Taken {
        let mut taken = Taken::default();
        self.take_roster(offer, &mut taken);
        let read = self.read(&[offer], std::slice::from_mut(&mut taken.faults)).pop().unwrap_or_default();
        let new = self.candidates(offer.claims.as_deref().unwrap_or_default(), &mut taken.faults);
        let claims = Claims { known: &self.claims, new };
        let mut authorship =
            self.prover(&claims, read.first, true).prove(read.changes, &offer.seals, |_| Ok(()));
        let (known_refused, proven) = authorship
            .proven
            .into_iter()
            .partition::<Vec<_>, _>(|proven| self.refused.contains_key(&proven.raw.hash));
        authorship.proven = proven;
        authorship.unproven.retain(|hash| !self.refused.contains_key(hash));
        taken.faults.extend(authorship_faults(&authorship));
        let proven = authorship.proven.iter().chain(&known_refused);
        let proven: BTreeMap<ChangeHash, Proven> =
            proven.map(|proven| (proven.raw.hash, proven.clone())).collect();
        let Claims { new, .. } = claims;
        taken.merged = self.take_changes(authorship.proven);
        taken.set_aside = self.hanging(&proven, &taken.merged);
        let claim = |actor: &ActorId| self.claims.get(actor).or_else(|| new.get(actor));
        taken.early = early(&taken.merged.waiting, &authorship.segments, claim);
        let document = &self.document;
        let here = |segment: &Segment| {
            segment.places().any(|(seq, hash)| document.hash_at(&segment.actor, seq) == Some(*hash))
        };
        let aside: BTreeSet<ChangeHash> = taken.set_aside.iter().map(|aside| aside.hash).collect();
        let is_aside = |segment: &Segment| segment.hashes.iter().any(|hash| aside.contains(hash));
        let of_use = authorship.segments.iter().filter(|segment| here(segment) || is_aside(segment));
        taken.claims = Claims { known: &self.claims, new }.used_by(of_use);
        taken.segments = authorship.segments;
        taken.segments.retain(here);
        for claim in &taken.claims {
            self.add_claim(claim.clone());
        }
        taken
    }

    /// The changes that are left out for what they hang on alone, and those that are held for a later revision. A
    /// revoked device's are not worth keeping.
    fn hanging(&self, proven: &BTreeMap<ChangeHash, Proven>, merged: &Merged) -> Vec<SetAside> {
        let left_out = merged.refused.iter().filter_map(|refused| match refused.reason {
            Refusal::BuildsOnRefused(_) => refused.hash,
            _ => None,
        });
        let left_out: BTreeSet<ChangeHash> = left_out.collect();
        let lasts = |reason: &&Reason| matches!(reason, Reason::BuildsOnRefused | Reason::Held);
        let refused = |hash: &ChangeHash| self.refused.get(hash).filter(lasts).copied();
        let active = |device| self.chain.newest().active(device).is_some();
        let hanging = proven.values().filter(|proven| {
            let out = left_out.contains(&proven.raw.hash) || refused(&proven.raw.hash).is_some();
            out && active(&proven.device)
        });
        let mut hanging: Vec<&RawChange> = hanging.map(|proven| &proven.raw).collect();
        hanging.sort_by_key(|raw| (raw.ops.start_op, &raw.ops.actor_id));
        let read = || {
            let mut reader = OpReader::new(&self.document.automerge, Shown::default());
            hanging.iter().for_each(|raw| reader.add((*raw).clone()));
            let aside = |raw: &&RawChange| SetAside {
                hash: raw.hash,
                bytes: raw.change.raw_bytes().to_vec(),
                reason: refused(&raw.hash).unwrap_or(Reason::BuildsOnRefused),
                history: history::rows(&raw.ops, &self.document.objects, &mut reader),
            };
            hanging.iter().map(aside).collect()
        };
        // Nobody has looked at their form, since what they build on is not here.
        guarded(read).unwrap_or_default()
    }

    fn take_roster(&mut self, offer: &Offer, taken: &mut Taken) {
        for (index, entry) in offer.roster.iter().flatten().enumerate() {
            if self.chain.knows(&entry.hash()) {
                continue;
            }
            match self.chain.append(entry.clone(), None) {
                Ok(()) => taken.roster.push(entry.clone()),
                Err(fault) => {
                    // Those that follow build on it.
                    taken.faults.push(Fault::Roster { index, fault });
                    break;
                }
            }
        }
    }

    fn take_changes(&mut self, proven: Vec<Proven>) -> Merged {
        let proven: BTreeMap<ChangeHash, Proven> =
            proven.into_iter().map(|proven| (proven.raw.hash, proven)).collect();
        let changes = proven.values().map(|proven| (proven.index, proven.raw.clone())).collect();
        let newest = self.chain.version();
        let mut floors = self.floors.clone();
        for (device, floor) in &self.passing {
            let known = floors.entry(*device).or_insert(0);
            *known = *floor.max(known);
        }
        let floors = RefCell::new(floors);
        let chain = &self.chain;
        let verdict = |raw: &RawChange, objects: &ObjectTable| {
            let proven = proven.get(&raw.hash).ok_or(Reason::NotGranted)?;
            let mut floors = floors.borrow_mut();
            judge_proven(chain, objects, &floors, proven, newest, Moment::Provisional)?;
            raise_floor(&mut floors, proven, newest);
            Ok(())
        };
        let merged = self.document.merge_gated(changes, &Gate { judge: &verdict, refused: &self.refused });
        self.passing = floors.into_inner();
        merged
    }

    /// The hub refused changes that are in the document: goes on with the one that was built without them, and
    /// writes this desk's other work that hung on them again, as far as it may now. Colleagues' work on them
    /// comes back from their own desks; until then, and in case those are lost, it is set aside here. What
    /// `strangers` wrote is set aside, too: it may be here alone.
    pub(super) fn recover(
        &mut self,
        pruned: Pruned,
        own: &BTreeSet<ActorId>,
        strangers: &BTreeSet<ActorId>,
    ) -> Recovery {
        let Pruned { document, dropped, mut history } = pruned;
        let reason = |raw: &RawChange| match &raw.ops.actor_id {
            actor if own.contains(actor) => self.not_again(raw),
            actor if strangers.contains(actor) => Some(Reason::Revoked),
            // What was refused for itself is shown to its author, who alone can be told why.
            _ => self.refused_for_itself(raw).is_none().then_some(Reason::BuildsOnRefused),
        };
        let mut reasons: BTreeMap<ChangeHash, Reason> =
            dropped.iter().filter_map(|raw| Some((raw.hash, reason(raw)?))).collect();
        let old = std::mem::replace(&mut self.document, document);
        let again = self.document.write_again(&dropped, own, &reasons.keys().copied().collect());
        // What could not be written again after all is not lost either.
        reasons.extend(again.left.into_iter().map(|hash| (hash, Reason::BuildsOnRefused)));
        let aside = |raw: &RawChange| {
            let reason = *reasons.get(&raw.hash)?;
            let mut reader = OpReader::new(&old.automerge, Shown::default());
            let history = history::rows(&raw.ops, &old.objects, &mut reader);
            Some(SetAside { hash: raw.hash, bytes: raw.change.raw_bytes().to_vec(), reason, history })
        };
        let set_aside = dropped.iter().filter_map(aside).collect();
        let (before, rewritten) = (old.answers(), again.merged);
        history.extend(rewritten.history.iter().cloned());
        Recovery { set_aside, dropped: places(&dropped), rewritten, history, before }
    }

    /// Before an application is shared: changes by actors that no device has claimed (they came in files without
    /// signatures) are written again as this desk's own, since nobody takes one's word for others. `fresh` makes
    /// this desk's edits then. `None` when there are none, or the rest makes no document.
    pub fn take_over(&mut self, fresh: &ActorId) -> Option<Recovery> {
        let claimed = |actor: &ActorId| self.claims.contains_key(actor);
        let drop: BTreeSet<ChangeHash> = self
            .document
            .changes_beyond(&BTreeMap::new())
            .into_iter()
            .filter(|(actor, _, _)| !claimed(actor))
            .map(|(_, _, hash)| hash)
            .collect();
        if drop.is_empty() {
            return None;
        }
        let Pruned { document, dropped, mut history } = self.document.without(&drop, fresh.clone())?;
        let before = self.document.answers();
        self.document = document;
        let authors = dropped.iter().map(|raw| raw.ops.actor_id.clone()).collect();
        let rewritten = self.document.write_again(&dropped, &authors, &BTreeSet::new()).merged;
        history.extend(rewritten.history.iter().cloned());
        Some(Recovery { set_aside: Vec::new(), dropped: places(&dropped), rewritten, history, before })
    }

    /// Writes refused changes again that may be written now, by this document's own actor: whoever had made them, they
    /// are this desk's from now on. `refused` are those that are known here, whose operations may hang on each other;
    /// `wanted` those to write. `None` when one of them cannot be written again; the ledger is to be loaded again then.
    pub fn adopt(&mut self, refused: &[&[u8]], wanted: &BTreeSet<ChangeHash>) -> Option<Merged> {
        let mut refused: Vec<RawChange> =
            refused.iter().filter_map(|bytes| RawChange::read(bytes).ok()).collect();
        refused.sort_by(|a, b| (a.ops.start_op, &a.ops.actor_id).cmp(&(b.ops.start_op, &b.ops.actor_id)));
        let here = |raw: &&RawChange| wanted.contains(&raw.hash);
        if refused.iter().filter(here).count() < wanted.len() {
            return None;
        }
        let authors = refused.iter().map(|raw| raw.ops.actor_id.clone()).collect();
        let others = refused.iter().map(|raw| raw.hash).filter(|hash| !wanted.contains(hash)).collect();
        let again = self.document.write_again(&refused, &authors, &others);
        (again.left.is_empty() && !again.merged.applied.is_empty()).then_some(again.merged)
    }

    /// Why an own change that was dropped is not written again: it was refused for itself, or its author may no
    /// longer write there. One that was refused for what it hung on alone, or for its place, is written again.
    fn not_again(&self, raw: &RawChange) -> Option<Reason> {
        if let Some(reason) = self.refused_for_itself(raw) {
            return Some(reason);
        }
        let device = self.claims.get(&raw.ops.actor_id)?.device;
        let newest = self.chain.version();
        let touched = Touched::of(raw, &self.document.objects, self.application());
        judge(&self.chain, newest, &device, newest, &touched, Moment::Provisional).err()
    }

    /// Why a change was refused, unless it was for what it hung on alone, or for its place.
    fn refused_for_itself(&self, raw: &RawChange) -> Option<Reason> {
        // A copy of its device was first to write in its place: there is nothing wrong with the change itself.
        let second = raw.ops.seq <= self.accepted(&raw.ops.actor_id);
        self.refused.get(&raw.hash).copied().filter(|reason| match reason {
            Reason::BuildsOnRefused => false,
            Reason::Malformed => !second,
            Reason::NotGranted | Reason::Reassigned | Reason::Revoked | Reason::Held => true,
        })
    }
}

/// Whose changes are, their numbers and hashes.
fn places(changes: &[RawChange]) -> Vec<(ActorId, u64, ChangeHash)> {
    changes.iter().map(|raw| (raw.ops.actor_id.clone(), raw.ops.seq, raw.hash)).collect()
}
