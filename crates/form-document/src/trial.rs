//! The last gate: a batch is applied to a copy of the document first, where a panic does no harm.

use std::collections::BTreeMap;

use automerge::{Automerge, Change, ChangeHash, Patch, PatchLog};

use crate::document::heads_with;
use crate::raw::guarded;

/// A document with a batch applied.
pub(crate) struct Applied {
    pub(crate) automerge: Automerge,
    /// How the visible content changed, in order; nothing where nobody looks.
    pub(crate) patches: Vec<Patch>,
}

/// Whether somebody looks at the visible content, and is to be told how it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    Reader,
    Nobody,
}

/// Applies changes, all ready and in causal order, to a copy. `None` when Automerge panics, refuses or
/// keeps back one of them, or when it would not write each of them back as it came.
pub(crate) fn apply(document: &Automerge, changes: &[&Change], audience: Audience) -> Option<Applied> {
    let heads = document.get_heads();
    let mut automerge = document.clone();
    let applied = guarded(|| {
        let mut log = match audience {
            Audience::Reader => PatchLog::active(),
            Audience::Nobody => PatchLog::inactive(),
        };
        automerge.apply_changes_log_patches(changes.iter().copied().cloned(), &mut log).ok()?;
        if automerge.get_heads() != heads_with(&heads, changes.iter().copied()) {
            return None;
        }
        // Saving rebuilds each change from the document; a change that comes out otherwise would make the
        // saved document unreadable.
        let mut rebuilt: Vec<ChangeHash> = automerge.get_changes(&heads).iter().map(Change::hash).collect();
        let mut given: Vec<ChangeHash> = changes.iter().map(|change| change.hash()).collect();
        rebuilt.sort_unstable();
        given.sort_unstable();
        if rebuilt != given {
            return None;
        }
        Some(automerge.make_patches(&mut log))
    });
    let patches = applied.flatten()?;
    Some(Applied { automerge, patches })
}

/// [`apply`] for whoever wants the document alone, and has the changes from a saved one.
pub(crate) fn apply_all(document: &Automerge, changes: Vec<Change>) -> Option<Automerge> {
    let heads = heads_with(&document.get_heads(), changes.iter());
    let mut automerge = document.clone();
    let applied = guarded(|| automerge.apply_changes(changes).is_ok() && automerge.get_heads() == heads);
    applied.unwrap_or(false).then_some(automerge)
}

/// How often a batch may fail before the rest of it is left untried. Each failure costs log₂(batch)
/// trials, and each trial as much as the document is large; what fails here passed every other check, so
/// honest batches never do.
pub(crate) const FAILURES_MAX: usize = 8;

/// Applies as much of a batch as goes. The first change that does not, and what builds on it, is taken out
/// and the rest tried again. Also returns the changes taken out, each with the one that failed, or with
/// nothing when it was not tried: those may be good.
pub(crate) fn apply_most(
    document: &Automerge,
    mut changes: Vec<&Change>,
    audience: Audience,
) -> (Option<Applied>, BTreeMap<ChangeHash, Option<ChangeHash>>) {
    let mut gone = BTreeMap::new();
    for _ in 0..FAILURES_MAX {
        if changes.is_empty() {
            break;
        }
        if let Some(applied) = apply(document, &changes, audience) {
            return (Some(applied), gone);
        }
        let Some(culprit) = changes.get(longest_good(document, &changes)).map(|change| change.hash()) else {
            break;
        };
        gone.insert(culprit, Some(culprit));
        // In causal order, so one pass finds all that builds on it.
        for change in &changes {
            if change.deps().iter().any(|dep| gone.get(dep) == Some(&Some(culprit))) {
                gone.insert(change.hash(), Some(culprit));
            }
        }
        changes.retain(|change| !gone.contains_key(&change.hash()));
    }
    gone.extend(changes.iter().map(|change| (change.hash(), None)));
    (None, gone)
}

/// How many changes from the start apply together, found by halving; fewer than all.
fn longest_good(document: &Automerge, changes: &[&Change]) -> usize {
    let (mut good, mut bad) = (0, changes.len());
    while good + 1 < bad {
        let middle = good.midpoint(bad);
        match changes.get(..middle).map(|start| apply(document, start, Audience::Nobody)) {
            Some(Some(_)) => good = middle,
            _ => bad = middle,
        }
    }
    good
}

#[cfg(test)]
mod tests {
    use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
    use automerge::transaction::Transactable;
    use automerge::{ActorId, ExpandedChange, ObjType, ROOT, ScalarValue};

    use super::*;
    use crate::genesis::ENCODING;

    fn change(document: &Automerge, actor: u8, after: ElementId) -> Change {
        let text = OpId::new(1, document.get_actor());
        Change::from(ExpandedChange {
            operations: vec![Op {
                action: OpType::Put(ScalarValue::Str("新".into())),
                obj: ObjectId::Id(text),
                key: Key::Seq(after),
                pred: vec![].into(),
                insert: true,
            }],
            actor_id: ActorId::from([actor; 16]),
            hash: None,
            seq: 1,
            start_op: 2.try_into().unwrap(),
            time: 0,
            message: None,
            deps: document.get_heads(),
            extra_bytes: Vec::new(),
            author: None,
        })
    }

    #[test]
    fn a_change_that_panics_automerge_is_found_and_the_others_are_applied() {
        let mut document = Automerge::new_with_encoding(ENCODING).with_actor(ActorId::from([1; 16]));
        document.transact(|tx| tx.put_object(ROOT, "text", ObjType::Text)).unwrap();
        let nowhere = ElementId::Id(OpId::new(77, document.get_actor()));
        let mut changes: Vec<_> = (2..9).map(|actor| change(&document, actor, ElementId::Head)).collect();
        let bad = change(&document, 9, nowhere);
        assert!(apply(&document, &[&bad], Audience::Nobody).is_none());
        changes.insert(3, bad.clone());
        let (applied, gone) = apply_most(&document, changes.iter().collect(), Audience::Reader);
        assert_eq!(gone, BTreeMap::from([(bad.hash(), Some(bad.hash()))]));
        let text = automerge::ReadDoc::get(&applied.unwrap().automerge, ROOT, "text").unwrap().unwrap().1;
        assert_eq!(automerge::ReadDoc::length(&document, &text), 0, "the document itself is as it was");
    }
}
