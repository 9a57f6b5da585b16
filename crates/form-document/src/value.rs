//! Putting values into the document.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use automerge::legacy::{self, Key, ObjectId, Op, OpType};
use automerge::transaction::Transactable;
use automerge::{Change, ExpandedChange, ObjId, ScalarValue};
use form_model::answer::AnswerValue;
use form_model::id::AnswerId;

use crate::document::Document;
use crate::edit::Committed;
use crate::error::EditError;
use crate::op::OpId;
use crate::raw::RawChange;
use crate::reader::Shown;
use crate::time;
use crate::undo::ValueStep;

impl Document {
    /// Puts checked values into the document; what to remember for undoing it comes along.
    pub(crate) fn put(
        &mut self,
        values: BTreeMap<AnswerId, Option<AnswerValue>>,
        time_ms: i64,
    ) -> Result<Option<(Committed, Vec<ValueStep>)>, EditError> {
        let mut steps = Vec::with_capacity(values.len());
        let mut writes = Vec::with_capacity(values.len());
        for (answer, value) in values {
            let standing = self.values(&answer);
            let object = self.objects.section(answer.section()).cloned();
            let object = object.ok_or_else(|| EditError::UnknownAnswer { answer: answer.clone() })?;
            // Deleting what is not there would be an operation without effect.
            if standing.is_empty() && value.is_none() {
                continue;
            }
            let disputed = !self.standing(&answer).conflict.is_empty();
            let before = standing.last().cloned();
            writes.push(Write { object, key: answer.key().to_owned(), value, standing });
            steps.push(ValueStep { answer, mine: None, before, disputed });
        }
        let chooses_standing = writes.iter().zip(&steps).any(|(write, step)| {
            write.value.is_some() && write.value.as_ref() == step.before.as_ref().map(|(_, value)| value)
        });
        let committed =
            if chooses_standing { self.choose(writes, time_ms) } else { self.write(writes, time_ms) }?;
        let Some(committed) = committed else {
            return Ok(None);
        };
        for step in &mut steps {
            step.mine = self.values(&step.answer).pop().map(|(op, _)| op);
        }
        Ok(Some((committed, steps)))
    }

    fn write(&mut self, writes: Vec<Write>, time_ms: i64) -> Result<Option<Committed>, EditError> {
        let replaced = replaced(&writes);
        self.commit(time_ms, replaced, |transaction| {
            for Write { object, key, value, .. } in writes {
                match value {
                    Some(AnswerValue::Text(text)) => transaction.put(&object, key, text)?,
                    Some(AnswerValue::Flag(flag)) => transaction.put(&object, key, flag)?,
                    None => transaction.delete(&object, key)?,
                }
            }
            Ok(())
        })
    }

    /// Writes values of which one stands already, to settle a conflict in its favour. Automerge's own
    /// transaction would skip it, or only delete its rivals, and a choice must be a change that says what
    /// was chosen from what; so the change is built here. Slower (it is applied as a foreign one is), but
    /// a person settles one conflict at a time.
    fn choose(&mut self, writes: Vec<Write>, time_ms: i64) -> Result<Option<Committed>, EditError> {
        let replaced = replaced(&writes);
        let mut deps = self.automerge.get_heads();
        let last = self.automerge.get_last_local_change();
        deps.extend(last.as_ref().map(Change::hash).filter(|hash| !deps.contains(hash)));
        let start_op = NonZeroU64::MIN.saturating_add(self.causality().max_op(&deps));
        let change = Change::from(ExpandedChange {
            operations: writes.into_iter().map(Write::into_op).collect(),
            actor_id: self.actor().clone(),
            hash: None,
            seq: last.map_or(0, |change| change.seq()) + 1,
            start_op,
            time: time::to_change(time_ms),
            message: None,
            deps,
            extra_bytes: Vec::new(),
            author: None,
        });
        self.automerge.apply_changes([change.clone()])?;
        Ok(Some(self.committed(&RawChange::own(change), replaced)))
    }
}

/// A value on its way into a section's map.
struct Write {
    object: ObjId,
    key: String,
    value: Option<AnswerValue>,
    /// The values there that it replaces.
    standing: Vec<(OpId, AnswerValue)>,
}

impl Write {
    fn into_op(self) -> Op {
        let action = match self.value {
            Some(AnswerValue::Text(text)) => OpType::Put(ScalarValue::Str(text.into())),
            Some(AnswerValue::Flag(flag)) => OpType::Put(ScalarValue::Boolean(flag)),
            None => OpType::Delete,
        };
        let obj = match OpId::from_automerge(&self.object) {
            Some(id) => ObjectId::Id(id.into()),
            None => ObjectId::Root,
        };
        let pred = self.standing.into_iter().map(|(op, _)| legacy::OpId::from(op)).collect();
        Op { action, obj, key: Key::Map(self.key.into()), pred, insert: false }
    }
}

fn replaced(writes: &[Write]) -> Shown {
    let place = |write: &Write| {
        let map = OpId::from_automerge(&write.object)?;
        Some(((map, write.key.clone()), write.standing.iter().cloned().collect()))
    };
    Shown { values: writes.iter().filter_map(place).collect(), ..Shown::default() }
}
