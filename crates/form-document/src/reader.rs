//! Looks operations up by id. Automerge keeps no list of changes; it rebuilds one when asked, which takes
//! from 10 µs to a millisecond in a large document. What a text or a value's place shows is read in one go
//! instead; only what has been overwritten or deleted is looked up singly.

use std::collections::BTreeMap;

use automerge::legacy::{Op, OpType};
use automerge::{ActorId, Automerge, ChangeHash, Cursor, ExpandedChange, ReadDoc, ScalarValue};
use form_model::answer::AnswerValue;

use crate::op::OpId;
use crate::patch::chars;
use crate::raw::{RawChange, guarded};

/// How many characters of a text are looked up singly before all of it is read: a keystroke builds on one, and
/// reading a text of 3,000 characters takes as long as some hundred look-ups.
const SINGLY_MAX: usize = 16;

/// What texts and values' places show, by the operations that put it there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    /// By text object.
    pub(crate) texts: BTreeMap<OpId, BTreeMap<OpId, char>>,
    /// By map and key.
    pub(crate) values: BTreeMap<(OpId, String), BTreeMap<OpId, AnswerValue>>,
}

/// Reads operations of one document and of changes not yet in it.
pub(crate) struct OpReader<'a> {
    document: &'a Automerge,
    shown: Shown,
    /// Rebuilt changes.
    changes: BTreeMap<ChangeHash, ExpandedChange>,
    /// Changes that the document may not have yet, by actor and first operation.
    added: BTreeMap<ActorId, BTreeMap<u64, RawChange>>,
    /// By text object: how many of its characters were looked up singly.
    looked_up: BTreeMap<OpId, usize>,
}

impl<'a> OpReader<'a> {
    pub(crate) fn new(document: &'a Automerge, shown: Shown) -> Self {
        Self { document, shown, changes: BTreeMap::new(), added: BTreeMap::new(), looked_up: BTreeMap::new() }
    }

    /// What was read of texts and values, to be used again.
    pub(crate) fn into_shown(self) -> Shown {
        self.shown
    }

    /// Makes a change readable that the document may not have.
    pub(crate) fn add(&mut self, raw: RawChange) {
        let start = raw.ops.start_op.get();
        match self.added.get_mut(&raw.ops.actor_id) {
            Some(changes) => changes.insert(start, raw),
            None => self.added.entry(raw.ops.actor_id.clone()).or_default().insert(start, raw),
        };
    }

    /// The operation, if the document or an added change has it.
    pub(crate) fn op(&mut self, id: &OpId) -> Option<&Op> {
        if self.added_op(id).is_some() {
            return self.added_op(id);
        }
        // Automerge keeps counters in 32 bits and unwraps on greater ones.
        u32::try_from(id.counter).ok()?;
        let hash = self.document.hash_for_opid(&id.to_automerge())?;
        if !self.changes.contains_key(&hash) {
            self.changes.insert(hash, self.document.get_change_by_hash(&hash)?.decode());
        }
        let change = self.changes.get(&hash)?;
        change.operations.get(inside(change, id)?)
    }

    /// The operation, if an added change has it.
    fn added_op(&self, id: &OpId) -> Option<&Op> {
        let (_, raw) = self.added.get(&id.actor)?.range(..=id.counter).next_back()?;
        raw.ops.operations.get(inside(&raw.ops, id)?)
    }

    /// Whether an operation of the document put a character into a text; one that was taken out again since may
    /// count or not.
    pub(crate) fn shows_char(&mut self, text: &OpId, id: &OpId) -> bool {
        if let Some(shown) = self.shown.texts.get(text) {
            return shown.contains_key(id);
        }
        if self.added_op(id).is_some() {
            return false;
        }
        let looked_up = self.looked_up.entry(text.clone()).or_default();
        *looked_up += 1;
        if *looked_up <= SINGLY_MAX { self.has_char(text, id) } else { self.text(text).contains_key(id) }
    }

    fn has_char(&self, text: &OpId, id: &OpId) -> bool {
        let Ok(cursor) = Cursor::try_from(id.to_string()) else { return false };
        // Automerge panics on an operation of another object.
        let place = guarded(|| self.document.get_cursor_position(text.to_automerge(), &cursor, None));
        place.is_some_and(|place| place.is_ok())
    }

    /// Whether an operation put a value that stands under a key.
    pub(crate) fn shows_value(&mut self, map: &OpId, key: &str, id: &OpId) -> bool {
        self.place(map, key).contains_key(id)
    }

    /// The character that an operation put into a text.
    pub(crate) fn char(&mut self, text: &OpId, id: &OpId) -> Option<char> {
        if let Some(char) = self.text(text).get(id) {
            return Some(*char);
        }
        match &self.op(id)?.action {
            OpType::Put(ScalarValue::Str(text)) => text.chars().next(),
            _ => None,
        }
    }

    /// The value that an operation put under a key.
    pub(crate) fn value(&mut self, map: &OpId, key: &str, id: &OpId) -> Option<AnswerValue> {
        let shown = self.place(map, key).get(id).cloned();
        shown.or_else(|| self.put_value(id))
    }

    /// The value that an operation put; `None` for a deletion and for what is no answer.
    pub(crate) fn put_value(&mut self, id: &OpId) -> Option<AnswerValue> {
        match &self.op(id)?.action {
            OpType::Put(value) => answer_value(value),
            _ => None,
        }
    }

    fn text(&mut self, text: &OpId) -> &BTreeMap<OpId, char> {
        let read = || chars(self.document, &text.to_automerge()).collect();
        self.shown.texts.entry(text.clone()).or_insert_with(read)
    }

    fn place(&mut self, map: &OpId, key: &str) -> &BTreeMap<OpId, AnswerValue> {
        let read = || {
            let all = self.document.get_all(map.to_automerge(), key).unwrap_or_default();
            let value = |(value, id): (automerge::Value<'_>, _)| {
                Some((OpId::from_automerge(&id)?, answer_value(value.as_scalar()?)?))
            };
            all.into_iter().filter_map(value).collect()
        };
        self.shown.values.entry((map.clone(), key.to_owned())).or_insert_with(read)
    }

    /// What an operation replaced.
    pub(crate) fn preds(&mut self, id: &OpId) -> Vec<OpId> {
        self.op(id).map(|op| op.pred.iter().map(OpId::from).collect()).unwrap_or_default()
    }
}

/// An operation's place in a change, if it is of that change's range.
fn inside(change: &ExpandedChange, id: &OpId) -> Option<usize> {
    let index = usize::try_from(id.counter.checked_sub(change.start_op.get())?).ok()?;
    (index < change.operations.len()).then_some(index)
}

/// The answer that a scalar is; `None` for types that no answer has.
pub(crate) fn answer_value(value: &ScalarValue) -> Option<AnswerValue> {
    match value {
        ScalarValue::Str(text) => Some(AnswerValue::Text(text.to_string())),
        ScalarValue::Boolean(flag) => Some(AnswerValue::Flag(*flag)),
        _ => None,
    }
}
