//! What comes past the hub: a bundle from a colleague's USB stick. Verdicts made here are provisional.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ActorId, ChangeHash};
use form_model::answer::Answers;

use super::{Fault, Ledger, authorship_faults};
use crate::authorship::{Proven, prove};
use crate::history::{self, HistoryRow};
use crate::log::Reason;
use crate::merge::{Gate, Merged};
use crate::policy::{Moment, Touched, judge};
use crate::raw::RawChange;
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
    pub faults: Vec<Fault>,
}

/// What happened to this desk's work when changes under it were refused.
#[derive(Debug)]
pub struct Recovery {
    /// This desk's own changes that were not written again, each after those it builds on.
    pub set_aside: Vec<SetAside>,
    /// This desk's own work that was written again.
    pub rewritten: Merged,
    /// The history of the document as it stands now, whole.
    pub history: Vec<HistoryRow>,
    /// What was answered before.
    pub before: Answers,
}

/// An own change that is no longer in the document.
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
        for (index, entry) in offer.roster.iter().flatten().enumerate() {
            let version = entry.read().map(|entry| entry.version);
            if version.is_ok_and(|version| self.chain.has(version, &entry.hash())) {
                continue;
            }
            match self.chain.append(entry.clone(), None) {
                Ok(()) => taken.roster.push(entry.clone()),
                Err(fault) => taken.faults.push(Fault::Roster { index, fault }),
            }
        }
        taken.claims = self.learn(offer.claims.as_deref().unwrap_or_default(), &mut taken.faults);
        let changes = self.read(&offer.changes, &mut taken.faults);
        let authorship = prove(&self.document, &self.claims, changes, &offer.seals);
        taken.faults.extend(authorship_faults(&authorship));
        let newest = self.chain.version();
        let verdicts: BTreeMap<ChangeHash, Result<(), Reason>> = authorship
            .proven
            .iter()
            .map(|proven| (proven.raw.hash, self.judge_proven(proven, newest, Moment::Replica)))
            .collect();
        let changes = authorship.proven.iter().map(|proven| (proven.index, proven.raw.clone())).collect();
        taken.merged = self.document.merge_gated(
            changes,
            &Gate {
                judge: &|raw| verdicts.get(&raw.hash).copied().unwrap_or(Err(Reason::NotGranted)),
                refused: &self.refused,
            },
        );
        let applied: BTreeSet<ChangeHash> = taken.merged.applied.iter().map(|change| change.hash).collect();
        let here = |proven: &&Proven| applied.contains(&proven.raw.hash);
        let known: Vec<_> =
            authorship.proven.iter().filter(here).map(|proven| (proven.device, proven.roster)).collect();
        known.into_iter().for_each(|(device, roster)| self.raise_floor(device, roster));
        let document = &self.document;
        taken.segments = authorship.segments;
        taken.segments.retain(|segment| segment.hashes.iter().any(|hash| document.has_change(hash)));
        taken
    }

    /// The hub refused changes that are in the document: goes on with the one that was built without them, and
    /// writes this desk's other work that hung on them again, as far as it may now. Colleagues' work on them
    /// comes back from their own desks.
    pub(super) fn recover(&mut self, pruned: Pruned, own: &BTreeSet<ActorId>) -> Recovery {
        let Pruned { document, dropped, mut history } = pruned;
        let mut set_aside = Vec::new();
        for raw in dropped.iter().filter(|raw| own.contains(&raw.ops.actor_id)) {
            if let Some(reason) = self.not_again(raw) {
                let mut reader = OpReader::new(&self.document.automerge, Shown::default());
                let history = history::rows(&raw.ops, &self.document.objects, &mut reader);
                let bytes = raw.change.raw_bytes().to_vec();
                set_aside.push(SetAside { hash: raw.hash, bytes, reason, history });
            }
        }
        let before = self.document.answers();
        self.document = document;
        let not_again = set_aside.iter().map(|aside| aside.hash).collect();
        let rewritten = self.document.write_again(&dropped, own, &not_again);
        history.extend(rewritten.history.iter().cloned());
        Recovery { set_aside, rewritten, history, before }
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
        let rewritten = self.document.write_again(&dropped, &authors, &BTreeSet::new());
        history.extend(rewritten.history.iter().cloned());
        Some(Recovery { set_aside: Vec::new(), rewritten, history, before })
    }

    /// Why an own change that was dropped is not written again: it was refused for itself, or its author may no
    /// longer write there. One that was refused for what it hung on alone is written again.
    fn not_again(&self, raw: &RawChange) -> Option<Reason> {
        let refused = self.refused.get(&raw.hash).copied();
        if let Some(reason) = refused.filter(|reason| *reason != Reason::BuildsOnRefused) {
            return Some(reason);
        }
        let device = self.claims.get(&raw.ops.actor_id)?.device;
        let newest = self.chain.version();
        let touched = Touched::of(raw, &self.document.objects);
        judge(&self.chain, newest, &device, newest, &touched, Moment::Replica).err()
    }
}
