//! Going on without refused changes: the document is built anew from the others, and what its own device had
//! written after them is written again, by a fresh actor, as far as it does not hang on what was refused.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU64;

use automerge::legacy::{ElementId, Key, Op, OpType};
use automerge::{ActorId, Automerge, Change, ChangeHash, ExpandedChange, ScalarValue};

use crate::causality::NewNode;
use crate::comment::{Comment, CommentId, CommentKey};
use crate::document::Document;
use crate::genesis::ENCODING;
use crate::history::HistoryRow;
use crate::merge::{Gate, Merged};
use crate::op::OpId;
use crate::raw::RawChange;
use crate::sign_off::ReadStatements;
use crate::undo::UndoStack;

/// A document without some of its changes.
#[derive(Debug)]
pub(crate) struct Pruned {
    pub(crate) document: Document,
    /// What is missing from it: the changes to drop and all that build on them, each after those it builds on.
    pub(crate) dropped: Vec<RawChange>,
    /// The history of what is left, whole.
    pub(crate) history: Vec<HistoryRow>,
}

impl Document {
    /// The same document without these changes and all that build on them. `actor` makes the edits from now
    /// on. `None` when the rest does not make a document, which cannot be unless memory is damaged.
    pub(crate) fn without(&self, drop: &BTreeSet<ChangeHash>, actor: ActorId) -> Option<Pruned> {
        let mut gone = drop.clone();
        let (mut kept, mut dropped) = (Vec::new(), Vec::new());
        for change in self.automerge.get_changes(&[]) {
            if gone.contains(&change.hash()) || change.deps().iter().any(|dep| gone.contains(dep)) {
                gone.insert(change.hash());
                dropped.push(RawChange::own(change));
            } else {
                kept.push(change);
            }
        }
        let mut kept = kept.into_iter();
        let mut automerge = Automerge::new_with_encoding(ENCODING);
        automerge.apply_changes([kept.next()?]).ok()?;
        let mut document = Self {
            automerge: automerge.with_actor(actor),
            schema: self.schema.clone(),
            objects: self.objects.clone(),
            application: self.application().clone(),
            genesis_actor: self.genesis_actor.clone(),
            texts: self.texts.keys().map(|answer| (answer.clone(), String::new())).collect(),
            clears: BTreeMap::new(),
            causality: std::sync::OnceLock::new(),
            read: ReadStatements::default(),
            undo: UndoStack::default(),
        };
        let rest: Vec<_> = kept.map(RawChange::own).enumerate().collect();
        let length = rest.len();
        let merged = document.merge_gated(rest, &Gate::open());
        (merged.applied.len() == length).then_some(Pruned { document, dropped, history: merged.history })
    }

    /// Writes dropped changes of `authors` again, by this document's own actor: with the same times, knowing
    /// what they knew. Those in `not_again`, and operations that make no sense without a dropped one, are left
    /// out.
    pub(crate) fn write_again(
        &mut self,
        dropped: &[RawChange],
        authors: &BTreeSet<ActorId>,
        not_again: &BTreeSet<ChangeHash>,
    ) -> WrittenAgain {
        let mut rewriting = Rewriting::new(self, dropped);
        let changes = rewriting.run(authors, not_again);
        let places = std::mem::take(&mut rewriting.new_changes);
        let merged = self.merge_gated(changes.into_iter().enumerate().collect(), &Gate::open());
        let applied: BTreeSet<ChangeHash> = merged.applied.iter().map(|change| change.hash).collect();
        let left = places.into_iter().filter(|(_, new)| !applied.contains(new)).map(|(old, _)| old).collect();
        WrittenAgain { merged, left }
    }
}

/// What became of changes that were written again.
pub(crate) struct WrittenAgain {
    pub(crate) merged: Merged,
    /// Those that the document did not take in after all.
    pub(crate) left: BTreeSet<ChangeHash>,
}

/// From operations of dropped changes to operations that the document has, or that are being written.
struct Rewriting<'a> {
    document: &'a Document,
    dropped: &'a [RawChange],
    by_hash: BTreeMap<ChangeHash, &'a RawChange>,
    /// Dropped operations.
    ops: BTreeMap<OpId, &'a Op>,
    /// From dropped operations to those that take their place.
    new_ops: BTreeMap<OpId, OpId>,
    new_changes: BTreeMap<ChangeHash, ChangeHash>,
    new_comments: BTreeMap<CommentId, CommentId>,
    /// The comments that dropped changes made.
    dropped_comments: BTreeSet<CommentId>,
    /// Of dropped characters that are gone for good: where text put after them goes now.
    left: BTreeMap<OpId, Option<OpId>>,
}

impl<'a> Rewriting<'a> {
    fn new(document: &'a Document, dropped: &'a [RawChange]) -> Self {
        let ops = dropped.iter().flat_map(|raw| {
            let ids =
                (raw.ops.start_op.get()..).map(|counter| OpId { counter, actor: raw.ops.actor_id.clone() });
            ids.zip(&raw.ops.operations)
        });
        Self {
            document,
            dropped,
            by_hash: dropped.iter().map(|raw| (raw.hash, raw)).collect(),
            ops: ops.collect(),
            new_ops: BTreeMap::new(),
            new_changes: BTreeMap::new(),
            new_comments: BTreeMap::new(),
            dropped_comments: dropped.iter().filter_map(comment_of).collect(),
            left: BTreeMap::new(),
        }
    }

    fn run(&mut self, authors: &BTreeSet<ActorId>, not_again: &BTreeSet<ChangeHash>) -> Vec<RawChange> {
        let actor = self.document.actor().clone();
        let mut graph = self.document.causality().clone();
        let mut written = Vec::new();
        let mut last =
            graph.last_seq(&actor).checked_sub(1).and_then(|_| graph.hash_at(&actor, graph.last_seq(&actor)));
        for raw in self.dropped {
            if !authors.contains(&raw.ops.actor_id) || not_again.contains(&raw.hash) {
                continue;
            }
            let mut deps = self.frontier(raw);
            deps.extend(last);
            let deps: Vec<ChangeHash> = deps.into_iter().collect();
            let start_op = NonZeroU64::MIN.saturating_add(graph.max_op(&deps));
            let seq = graph.last_seq(&actor).saturating_add(1);
            let operations = self.operations(raw, &actor, start_op.get(), seq);
            if operations.is_empty() {
                continue;
            }
            let change = Change::from(ExpandedChange {
                operations,
                actor_id: actor.clone(),
                hash: None,
                seq,
                start_op,
                time: raw.ops.time,
                message: None,
                deps,
                extra_bytes: Vec::new(),
                author: None,
            });
            graph.add(&NewNode::of(&change));
            self.new_changes.insert(raw.hash, change.hash());
            last = Some(change.hash());
            written.push(RawChange::own(change));
        }
        written
    }

    /// What the author knew, as far as it still stands: the nearest kept or rewritten changes.
    fn frontier(&self, raw: &RawChange) -> BTreeSet<ChangeHash> {
        let mut frontier = BTreeSet::new();
        let mut open: Vec<ChangeHash> = raw.ops.deps.clone();
        let mut seen = BTreeSet::new();
        while let Some(dep) = open.pop() {
            if !seen.insert(dep) {
                continue;
            }
            match (self.new_changes.get(&dep), self.by_hash.get(&dep)) {
                (Some(new), _) => {
                    frontier.insert(*new);
                }
                (None, Some(dropped)) => open.extend(&dropped.ops.deps),
                // What an older refusal took along is neither here nor known any more.
                (None, None) if self.document.has_change(&dep) => {
                    frontier.insert(dep);
                }
                (None, None) => {}
            }
        }
        frontier
    }

    fn operations(&mut self, raw: &RawChange, actor: &ActorId, start: u64, seq: u64) -> Vec<Op> {
        let mut operations = Vec::new();
        for (counter, op) in (raw.ops.start_op.get()..).zip(&raw.ops.operations) {
            let Some(op) = self.operation(op, raw, actor, seq) else { continue };
            let new = OpId { counter: start + operations.len() as u64, actor: actor.clone() };
            self.new_ops.insert(OpId { counter, actor: raw.ops.actor_id.clone() }, new);
            operations.push(op);
        }
        operations
    }

    fn operation(&mut self, op: &Op, raw: &RawChange, actor: &ActorId, seq: u64) -> Option<Op> {
        let mut preds: Vec<OpId> = Vec::new();
        for pred in op.pred.iter() {
            match (&op.key, &op.action) {
                (Key::Seq(_), _) => preds.extend(self.same(&pred.into())),
                (Key::Map(_), _) => self.replaced(pred.into(), &mut preds),
            }
        }
        preds.sort();
        preds.dedup();
        if matches!(op.action, OpType::Delete) && preds.is_empty() {
            return None;
        }
        let key = match &op.key {
            Key::Map(key) => Key::Map(self.key(key, raw, actor, seq)?.into()),
            Key::Seq(ElementId::Head) => Key::Seq(ElementId::Head),
            Key::Seq(ElementId::Id(id)) if op.insert => self.left_of(id.into()),
            Key::Seq(ElementId::Id(id)) => Key::Seq(ElementId::Id(self.same(&id.into())?.into())),
        };
        let pred = preds.into_iter().map(Into::into).collect();
        Some(Op { action: self.action(op), obj: op.obj.clone(), key, pred, insert: op.insert })
    }

    /// The operation itself, or what takes its place; `None` when it is gone.
    fn same(&self, id: &OpId) -> Option<OpId> {
        match (self.new_ops.get(id), self.ops.contains_key(id)) {
            (Some(new), _) => Some(new.clone()),
            (None, true) => None,
            (None, false) => Some(id.clone()),
        }
    }

    /// The values that a put replaced; for a dropped one, those that it had replaced in turn.
    fn replaced(&self, id: OpId, into: &mut Vec<OpId>) {
        let (mut open, mut seen) = (vec![id], BTreeSet::new());
        while let Some(id) = open.pop() {
            if !seen.insert(id.clone()) {
                continue;
            }
            match (self.same(&id), self.ops.get(&id)) {
                (Some(same), _) => into.push(same),
                (None, Some(op)) => open.extend(op.pred.iter().map(OpId::from)),
                (None, None) => {}
            }
        }
    }

    /// Where a character goes: after the one it was put after, or the nearest one before that is still there.
    fn left_of(&mut self, id: OpId) -> Key {
        let (mut id, mut passed) = (id, Vec::new());
        let place = loop {
            if let Some(same) = self.same(&id) {
                break Some(same);
            }
            if let Some(place) = self.left.get(&id) {
                break place.clone();
            }
            let before = match self.ops.get(&id).map(|op| &op.key) {
                Some(Key::Seq(ElementId::Id(before))) => Some(before.into()),
                _ => None,
            };
            passed.push(id);
            match before {
                Some(before) => id = before,
                None => break None,
            }
        };
        // What is gone stays gone: the characters that do come back are written before what follows them.
        self.left.extend(passed.into_iter().map(|gone| (gone, place.clone())));
        Key::Seq(place.map_or(ElementId::Head, |place| ElementId::Id(place.into())))
    }

    /// What the operation puts. A comment that answers one that was written again answers the new one; one that
    /// answers a comment that is gone answers none.
    fn action(&self, op: &Op) -> OpType {
        let (OpType::Put(ScalarValue::Str(text)), Key::Map(key)) = (&op.action, &op.key) else {
            return op.action.clone();
        };
        let comment = CommentKey::read(key).and_then(|_| serde_json::from_str::<Comment>(text).ok());
        let Some((mut comment, old)) = comment.and_then(|comment| Some((comment.clone(), comment.reply_to?)))
        else {
            return op.action.clone();
        };
        if !self.dropped_comments.contains(&old) {
            return op.action.clone();
        }
        comment.reply_to = self.new_comments.get(&old).cloned();
        match serde_json::to_string(&comment) {
            Ok(text) => OpType::Put(ScalarValue::Str(text.into())),
            Err(_) => op.action.clone(),
        }
    }

    /// A comment's key names its change, so it changes with it. `None` for the settling of one that is gone.
    fn key(&mut self, key: &str, raw: &RawChange, actor: &ActorId, seq: u64) -> Option<String> {
        let Some(CommentKey { id, settled }) = CommentKey::read(key) else { return Some(key.to_owned()) };
        let old = CommentId::new(&raw.ops.actor_id, raw.ops.seq);
        if !settled && id == old {
            let new = CommentId::new(actor, seq);
            self.new_comments.insert(id, new.clone());
            return Some(new.0);
        }
        let id = match self.new_comments.get(&id) {
            Some(new) => new.0.clone(),
            None if self.dropped_comments.contains(&id) => return None,
            None => id.0,
        };
        Some(if settled { CommentKey::settled(&id) } else { id })
    }
}

/// The comment that a change makes, if it makes one.
fn comment_of(raw: &RawChange) -> Option<CommentId> {
    let id = CommentId::new(&raw.ops.actor_id, raw.ops.seq);
    let names = |op: &Op| matches!(&op.key, Key::Map(key) if *key == id.0);
    raw.ops.operations.iter().any(names).then_some(id)
}
