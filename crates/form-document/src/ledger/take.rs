//! What comes past the hub: a bundle from a colleague's USB stick. Verdicts made here are provisional.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ActorId, ChangeHash};
use form_model::answer::Answers;

use super::{Fault, Ledger, authorship_faults, hashes};
use crate::authorship::{Proven, prove};
use crate::history::HistoryRow;
use crate::log::Reason;
use crate::merge::{Gate, Merged};
use crate::policy::Moment;
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
    /// Changes that are no longer in the document, as raw chunks, each after those it builds on: the refused
    /// ones and what was built on them.
    pub set_aside: Vec<(ChangeHash, Vec<u8>)>,
    /// This desk's own work that was written again.
    pub rewritten: Merged,
    /// The history of the document as it stands now, whole.
    pub history: Vec<HistoryRow>,
    /// What was answered before.
    pub before: Answers,
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
    /// writes this desk's later work again. Colleagues' work on them comes back from their own desks.
    pub(super) fn recover(&mut self, pruned: Pruned, own: &BTreeSet<ActorId>) -> Recovery {
        let Pruned { document, dropped, mut history } = pruned;
        let before = self.document.answers();
        self.document = document;
        let gone = hashes(&dropped);
        let not_again = gone.into_iter().filter(|hash| self.refused.contains_key(hash)).collect();
        let rewritten = self.document.write_again(&dropped, own, &not_again);
        history.extend(rewritten.history.iter().cloned());
        let set_aside = dropped.iter().map(|raw| (raw.hash, raw.change.raw_bytes().to_vec())).collect();
        Recovery { set_aside, rewritten, history, before }
    }
}
