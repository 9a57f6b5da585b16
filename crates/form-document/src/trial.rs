//! The last gate: a batch is applied to a copy of the document first, where a panic does no harm.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{Automerge, Change, ChangeHash, Patch, PatchLog};

use crate::document::heads_with;
use crate::raw::guarded;

/// A document with a batch applied.
pub(crate) struct Applied {
    pub(crate) automerge: Automerge,
    /// How the visible content changed, in order.
    pub(crate) patches: Vec<Patch>,
}

/// Applies changes, all ready and in causal order, to a copy. `None` when Automerge panics, refuses or
/// keeps back one of them, or when it would not write each of them back as it came.
pub(crate) fn apply(document: &Automerge, changes: &[Change]) -> Option<Applied> {
    let heads = document.get_heads();
    let mut automerge = document.clone();
    let applied = guarded(|| {
        let mut log = PatchLog::active();
        automerge.apply_changes_log_patches(changes.iter().cloned(), &mut log).ok()?;
        if automerge.get_heads() != heads_with(&heads, changes) {
            return None;
        }
        // Saving rebuilds each change from the document; a change that comes out otherwise would make the
        // saved document unreadable.
        let rebuilt: BTreeSet<ChangeHash> = automerge.get_changes(&heads).iter().map(Change::hash).collect();
        if rebuilt != changes.iter().map(Change::hash).collect() {
            return None;
        }
        Some(automerge.make_patches(&mut log))
    });
    let patches = applied.flatten()?;
    Some(Applied { automerge, patches })
}

/// How often a batch may fail before the rest of it is refused untried. Each failure costs log₂(batch)
/// trials, and each trial as much as the document is large; what fails here passed every other check, so
/// honest batches never do.
pub(crate) const FAILURES_MAX: usize = 8;

/// Applies as much of a batch as goes. The first change that does not, and what builds on it, is taken out
/// and the rest tried again. Also returns the changes taken out, each with the one that failed.
pub(crate) fn apply_most(
    document: &Automerge,
    mut changes: Vec<Change>,
) -> (Option<Applied>, BTreeMap<ChangeHash, ChangeHash>) {
    let mut gone = BTreeMap::new();
    for _ in 0..FAILURES_MAX {
        if changes.is_empty() {
            break;
        }
        if let Some(applied) = apply(document, &changes) {
            return (Some(applied), gone);
        }
        let Some(culprit) = changes.get(longest_good(document, &changes)).map(Change::hash) else { break };
        gone.insert(culprit, culprit);
        // In causal order, so one pass finds all that builds on it.
        for change in &changes {
            if change.deps().iter().any(|dep| gone.get(dep) == Some(&culprit)) {
                gone.insert(change.hash(), culprit);
            }
        }
        changes.retain(|change| !gone.contains_key(&change.hash()));
    }
    gone.extend(changes.iter().map(|change| (change.hash(), change.hash())));
    (None, gone)
}

/// How many changes from the start apply together, found by halving; fewer than all.
fn longest_good(document: &Automerge, changes: &[Change]) -> usize {
    let (mut good, mut bad) = (0, changes.len());
    while good + 1 < bad {
        let middle = good.midpoint(bad);
        match changes.get(..middle).map(|start| apply(document, start)) {
            Some(Some(_)) => good = middle,
            _ => bad = middle,
        }
    }
    good
}
