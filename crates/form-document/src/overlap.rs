//! Prose that two people rewrote at the same place, unaware of each other. Merging keeps both rewritings,
//! character by character; whether the result reads well only a reader can tell.

use std::collections::{BTreeMap, BTreeSet};

use automerge::legacy::{ElementId, Key};
use automerge::{ActorId, Automerge, Change, ExpandedChange};
use form_model::id::AnswerId;

use crate::causality::Causality;
use crate::document::Document;
use crate::object::{ObjectTable, Place};
use crate::op::OpId;
use crate::raw::RawChange;

/// First and last of characters that stand next to each other by their making.
type Run = (OpId, OpId);

/// The texts where a newly merged change and another one, by another actor and unknown to it, touch the same or
/// neighbouring characters. `before` is the document without the new changes,
/// `document` with them.
pub(crate) fn find(
    document: &Document,
    before: &Automerge,
    graph: &Causality,
    accepted: &[RawChange],
) -> Vec<AnswerId> {
    let new: Vec<_> = accepted.iter().map(|raw| (raw, runs(&raw.ops, &document.objects))).collect();
    if new.iter().all(|(_, runs)| runs.is_empty()) {
        return Vec::new();
    }
    let deps: Vec<_> = accepted.iter().map(|raw| raw.ops.deps.as_slice()).collect();
    let common = graph.common_past(&deps);
    let mut old: BTreeMap<ActorId, Vec<(u64, Runs)>> = BTreeMap::new();
    for change in before.get_changes(&common).iter().map(Change::decode) {
        let runs = runs(&change, &document.objects);
        old.entry(change.actor_id).or_default().push((change.seq, runs));
    }
    // What comes together may have been made by two people just as unaware of each other.
    for (raw, runs) in &new {
        old.entry(raw.ops.actor_id.clone()).or_default().push((raw.ops.seq, runs.clone()));
    }
    let mut pairs: BTreeMap<(&AnswerId, &ActorId, u64), Vec<&Run>> = BTreeMap::new();
    for (raw, runs) in &new {
        for actor in old.keys().filter(|actor| **actor != raw.ops.actor_id) {
            let known = graph.known_seq(&raw.ops.deps, actor);
            for (answer, runs) in runs {
                pairs.entry((answer, actor, known)).or_default().extend(runs);
            }
        }
    }
    let mut overlaps = BTreeSet::new();
    for ((answer, actor, known), theirs) in pairs {
        if overlaps.contains(answer) {
            continue;
        }
        let changes = old.get(actor).into_iter().flatten().filter(|(seq, _)| *seq > known);
        let ours: Vec<_> = changes.filter_map(|(_, runs)| runs.get(answer)).flatten().collect();
        if !ours.is_empty() && touch(document, answer, &ours, &theirs) {
            overlaps.insert(answer.clone());
        }
    }
    overlaps.into_iter().collect()
}

type Runs = BTreeMap<AnswerId, Vec<Run>>;

/// The characters that a change puts in or takes out, by answer.
fn runs(change: &ExpandedChange, objects: &ObjectTable) -> Runs {
    let mut runs = Runs::new();
    for (counter, op) in (change.start_op.get()..).zip(&change.operations) {
        let (Some(Place::Prose(answer)), Key::Seq(element)) = (objects.place(op), &op.key) else {
            continue;
        };
        let id = match element {
            ElementId::Id(element) if !op.insert => OpId::from(element),
            _ => OpId { counter, actor: change.actor_id.clone() },
        };
        let list = runs.entry(answer.clone()).or_default();
        // What is put in elsewhere starts a new run, even when its counter goes on.
        let continues = !op.insert || element.as_opid().is_some_and(|before| before.counter() + 1 == counter);
        match list.last_mut() {
            Some((_, last)) if continues && last.precedes(&id) => *last = id,
            _ => list.push((id.clone(), id)),
        }
    }
    runs
}

fn touch(document: &Document, answer: &AnswerId, ours: &[&Run], theirs: &[&Run]) -> bool {
    let visible = document.visible(answer);
    let spans = |runs: &[&Run]| {
        let place =
            |id: &OpId| visible.get(id).copied().or_else(|| Some((document.place_of(answer, id)?, 0)));
        let span = |(first, last): &&Run| {
            let ((start, _), (end, width)) = (place(first)?, place(last)?);
            Some((start.min(end), start.max(end + width)))
        };
        let mut spans: Vec<(usize, usize)> = runs.iter().filter_map(span).collect();
        spans.sort_unstable();
        spans
    };
    let (ours, theirs) = (spans(ours), spans(theirs));
    let (mut a, mut b) = (ours.iter().peekable(), theirs.iter().peekable());
    while let (Some(our), Some(their)) = (a.peek(), b.peek()) {
        if our.0 <= their.1 && their.0 <= our.1 {
            return true;
        }
        if our.1 < their.1 {
            a.next()
        } else {
            b.next()
        };
    }
    false
}
