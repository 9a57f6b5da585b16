//! A batch of foreign changes, brought into causal order.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ActorId, ChangeHash};

use crate::by_hash::ByHash;
use crate::causality::Causality;
use crate::log::Reason;
use crate::merge::{Refusal, RefusedChange, WaitingChange};
use crate::raw::RawChange;

/// Changes on their way in. Each ends up accepted, refused or waiting.
#[derive(Default)]
pub(crate) struct Batch {
    /// Undecided, with the first place in the batch; nothing where a change was decided.
    pool: Vec<Option<(usize, RawChange)>>,
    /// What is or was in the pool.
    known: ByHash<()>,
    /// How many of a change's deps are neither in the document nor accepted, by its place.
    blockers: Vec<usize>,
    /// By a dep that is not in the document: the places of those that build on it.
    children: ByHash<Vec<usize>>,
    /// Nothing blocks these. The order (of operations in an honest history) does not depend on that of
    /// arrival.
    ready: BTreeSet<(u64, ActorId, ChangeHash, usize)>,
    accepted: Vec<(usize, RawChange)>,
    refused: Vec<RefusedChange>,
}

impl Batch {
    /// Those of the changes that the document does not have yet.
    pub(crate) fn new(changes: Vec<(usize, RawChange)>, graph: &Causality) -> Self {
        let mut batch = Self::default();
        for (index, raw) in changes {
            if !graph.has(&raw.hash) && !batch.known.has(&raw.hash) {
                batch.add(index, raw, graph);
            }
        }
        batch
    }

    /// Refuses what builds on changes that were refused before this batch came.
    pub(crate) fn refuse_children_of(&mut self, refused: &BTreeMap<ChangeHash, Reason>) {
        if refused.is_empty() {
            return;
        }
        let undecided = self.pool.iter().flatten();
        let deps = undecided.flat_map(|(_, raw)| raw.ops.deps.iter().copied());
        let known: Vec<_> = deps.filter(|dep| refused.contains_key(dep)).collect();
        known.into_iter().for_each(|dep| self.refuse_children(dep));
    }

    fn add(&mut self, index: usize, raw: RawChange, graph: &Causality) {
        let place = self.pool.len();
        let mut open: Vec<_> = raw.ops.deps.iter().filter(|dep| !graph.has(dep)).copied().collect();
        open.sort_unstable();
        open.dedup();
        self.blockers.push(open.len());
        if open.is_empty() {
            self.ready.insert(rank(&raw, place));
        }
        for dep in open {
            self.children.entry(dep).or_default().push(place);
        }
        self.known.insert(raw.hash, ());
        self.pool.push(Some((index, raw)));
    }

    /// Takes a change out whose deps are all in the document or accepted.
    pub(crate) fn next_ready(&mut self) -> Option<(usize, RawChange)> {
        let (_, _, _, place) = self.ready.pop_first()?;
        self.pool.get_mut(place)?.take()
    }

    pub(crate) fn accept(&mut self, index: usize, raw: RawChange) {
        for child in self.children.remove(&raw.hash).unwrap_or_default() {
            let Some(blockers) = self.blockers.get_mut(child) else {
                continue;
            };
            *blockers -= 1;
            if *blockers == 0 {
                let child = self.pool.get(child).and_then(Option::as_ref).map(|(_, raw)| rank(raw, child));
                self.ready.extend(child);
            }
        }
        self.accepted.push((index, raw));
    }

    /// Refuses a change and all that builds on it.
    pub(crate) fn refuse(&mut self, index: usize, hash: ChangeHash, reason: Refusal) {
        self.refused.push(RefusedChange { index, hash: Some(hash), reason });
        self.refuse_children(hash);
    }

    fn refuse_children(&mut self, refused: ChangeHash) {
        let mut hashes = vec![refused];
        while let Some(hash) = hashes.pop() {
            for child in self.children.remove(&hash).unwrap_or_default() {
                if let Some((index, raw)) = self.pool.get_mut(child).and_then(Option::take) {
                    let reason = Refusal::BuildsOnRefused(refused);
                    self.refused.push(RefusedChange { index, hash: Some(raw.hash), reason });
                    hashes.push(raw.hash);
                }
            }
        }
    }

    /// Takes accepted changes back: refuses each that is given with the one to blame, and those that build on
    /// it; lets the others wait.
    pub(crate) fn refuse_tried(&mut self, gone: &BTreeMap<ChangeHash, Option<ChangeHash>>) {
        for (index, raw) in std::mem::take(&mut self.accepted) {
            let reason = match gone.get(&raw.hash) {
                None => {
                    self.accepted.push((index, raw));
                    continue;
                }
                Some(None) => {
                    self.pool.push(Some((index, raw)));
                    continue;
                }
                Some(Some(culprit)) if *culprit == raw.hash => Refusal::Trial,
                Some(Some(culprit)) => Refusal::BuildsOnRefused(*culprit),
            };
            self.refused.push(RefusedChange { index, hash: Some(raw.hash), reason });
        }
        let stranded: Vec<_> = self
            .pool
            .iter()
            .enumerate()
            .filter_map(|(place, undecided)| {
                let (_, raw) = undecided.as_ref()?;
                let culprit = raw.ops.deps.iter().find_map(|dep| *gone.get(dep)?)?;
                Some((place, culprit))
            })
            .collect();
        for (place, culprit) in stranded {
            if let Some((index, raw)) = self.pool.get_mut(place).and_then(Option::take) {
                let hash = raw.hash;
                self.refuse(index, hash, Refusal::BuildsOnRefused(culprit));
            }
        }
    }

    /// In causal order.
    pub(crate) fn accepted(&self) -> impl Iterator<Item = &RawChange> {
        self.accepted.iter().map(|(_, raw)| raw)
    }

    /// The outcome: accepted in causal order, refused and waiting in order of arrival.
    pub(crate) fn finish(
        mut self,
        graph: &Causality,
    ) -> (Vec<RawChange>, Vec<RefusedChange>, Vec<WaitingChange>) {
        self.refused.sort_by_key(|refused| refused.index);
        let mut early: Vec<_> = self.pool.into_iter().flatten().collect();
        early.sort_by_key(|(index, _)| *index);
        let wait = |(_, raw): (usize, RawChange)| WaitingChange {
            bytes: raw.change.raw_bytes().to_vec(),
            hash: raw.hash,
            missing: raw.ops.deps.iter().filter(|dep| !graph.has(dep)).copied().collect(),
        };
        let accepted = self.accepted.into_iter().map(|(_, raw)| raw).collect();
        (accepted, self.refused, early.into_iter().map(wait).collect())
    }
}

fn rank(raw: &RawChange, place: usize) -> (u64, ActorId, ChangeHash, usize) {
    (raw.ops.start_op.get(), raw.ops.actor_id.clone(), raw.hash, place)
}
