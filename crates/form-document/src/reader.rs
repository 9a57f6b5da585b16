//! Looks operations up by id. Automerge keeps no list of changes; it rebuilds one (about 10 µs) when asked,
//! so those already seen are kept for the length of one task.

use std::collections::BTreeMap;

use automerge::legacy::{Op, OpType};
use automerge::{Automerge, ChangeHash, ExpandedChange, ReadDoc, ScalarValue};
use form_model::answer::AnswerValue;

use crate::op::OpId;

/// Reads operations of one document and of changes not yet in it.
pub(crate) struct OpReader<'a> {
    document: &'a Automerge,
    changes: BTreeMap<ChangeHash, ExpandedChange>,
    /// Changes that the document does not have yet, by actor and start of their operations.
    pending: BTreeMap<OpId, ExpandedChange>,
    chars: BTreeMap<OpId, char>,
}

impl<'a> OpReader<'a> {
    pub(crate) fn new(document: &'a Automerge) -> Self {
        Self {
            document,
            changes: BTreeMap::new(),
            pending: BTreeMap::new(),
            chars: BTreeMap::new(),
        }
    }

    /// The same, with characters that are known already.
    pub(crate) fn with_chars(mut self, chars: BTreeMap<OpId, char>) -> Self {
        self.chars = chars;
        self
    }

    /// Makes a change readable that the document does not have.
    pub(crate) fn add(&mut self, change: ExpandedChange) {
        let start = OpId {
            counter: change.start_op.get(),
            actor: change.actor_id.clone(),
        };
        self.pending.insert(start, change);
    }

    /// The operation, if the document or an added change has it.
    pub(crate) fn op(&mut self, id: &OpId) -> Option<&Op> {
        let inside = |change: &ExpandedChange| {
            let index = usize::try_from(id.counter.checked_sub(change.start_op.get())?).ok()?;
            (index < change.operations.len()).then_some(index)
        };
        let mut pending = self
            .pending
            .range(..=id)
            .rev()
            .filter(|(start, _)| start.actor == id.actor);
        if let Some((change, index)) =
            pending.find_map(|(_, change)| Some((change, inside(change)?)))
        {
            return change.operations.get(index);
        }
        // Automerge keeps counters in 32 bits and unwraps on greater ones.
        u32::try_from(id.counter).ok()?;
        let hash = self.document.hash_for_opid(&id.to_automerge())?;
        if !self.changes.contains_key(&hash) {
            self.changes
                .insert(hash, self.document.get_change_by_hash(&hash)?.decode());
        }
        let change = self.changes.get(&hash)?;
        change.operations.get(inside(change)?)
    }

    /// The value that an operation put; `None` for a deletion and for what is no answer.
    pub(crate) fn value(&mut self, id: &OpId) -> Option<AnswerValue> {
        match &self.op(id)?.action {
            OpType::Put(value) => answer_value(value),
            _ => None,
        }
    }

    /// The character that an operation put into a text.
    pub(crate) fn char(&mut self, id: &OpId) -> Option<char> {
        if let Some(char) = self.chars.get(id) {
            return Some(*char);
        }
        match &self.op(id)?.action {
            OpType::Put(ScalarValue::Str(text)) => text.chars().next(),
            _ => None,
        }
    }

    /// What an operation replaced.
    pub(crate) fn preds(&mut self, id: &OpId) -> Vec<OpId> {
        self.op(id)
            .map(|op| op.pred.iter().map(OpId::from).collect())
            .unwrap_or_default()
    }
}

/// The answer that a scalar is; `None` for types that no answer has.
pub(crate) fn answer_value(value: &ScalarValue) -> Option<AnswerValue> {
    match value {
        ScalarValue::Str(text) => Some(AnswerValue::Text(text.to_string())),
        ScalarValue::Boolean(flag) => Some(AnswerValue::Flag(*flag)),
        _ => None,
    }
}
