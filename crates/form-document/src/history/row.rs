//! The rows that a change adds to the history.

use std::collections::BTreeMap;

use automerge::legacy::{ElementId, Key, OpType};
use automerge::{ExpandedChange, ScalarValue};
use form_model::answer::AnswerValue;
use form_model::id::AnswerId;
use serde::{Deserialize, Serialize};

use crate::object::{ObjectTable, object_of};
use crate::op::OpId;
use crate::reader::{OpReader, answer_value};

/// What one change did to one answer: for a value one row an operation, for prose one row a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRow {
    pub answer: AnswerId,
    /// The (first) operation; its actor is the author. Unique among a document's rows.
    pub op: OpId,
    /// By the author's clock, milliseconds since 1970-01-01 UTC.
    pub time_ms: i64,
    pub step: RowStep,
}

/// What was done. The names in JSON are short, since a row is written for each keystroke.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowStep {
    /// A value was put or, without `after`, cleared.
    #[serde(rename = "v")]
    Value {
        /// The operations that it replaced: several when it settled a conflict.
        #[serde(rename = "p")]
        preds: Vec<OpId>,
        /// Their values, in the same order.
        #[serde(rename = "b")]
        before: Vec<AnswerValue>,
        #[serde(rename = "a")]
        after: Option<AnswerValue>,
    },
    /// A text was edited.
    #[serde(rename = "t")]
    Prose {
        #[serde(rename = "i", default, skip_serializing_if = "Vec::is_empty")]
        inserted: Vec<Insertion>,
        #[serde(rename = "d", default, skip_serializing_if = "Vec::is_empty")]
        deleted: Vec<Deletion>,
    },
}

/// Text put in at one place: one operation a character, counted on from `start`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insertion {
    /// Counter of the first character's operation; its actor is the row's.
    #[serde(rename = "s")]
    pub start: u64,
    /// The character before it; `None` at the text's start.
    #[serde(rename = "a")]
    pub after: Option<OpId>,
    #[serde(rename = "t")]
    pub text: String,
}

/// Text taken out that had been put in by consecutive operations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// The operation that had put in the first character.
    #[serde(rename = "s")]
    pub start: OpId,
    #[serde(rename = "t")]
    pub text: String,
}

impl HistoryRow {
    /// Whether the row clears a value. Such rows are to be given back when the document is opened: see
    /// [`crate::Document::recall_clears`].
    pub fn clears(&self) -> bool {
        matches!(self.step, RowStep::Value { after: None, .. })
    }
}

/// The rows of a change, in the order of its operations.
pub(crate) fn rows(
    change: &ExpandedChange,
    objects: &ObjectTable,
    reader: &mut OpReader<'_>,
) -> Vec<HistoryRow> {
    let mut rows: Vec<HistoryRow> = Vec::new();
    let mut prose: BTreeMap<AnswerId, usize> = BTreeMap::new();
    for (counter, op) in (change.start_op.get()..).zip(&change.operations) {
        let (Some(answer), Some(object)) = (objects.answer(op), object_of(op)) else {
            continue;
        };
        let row = |step| HistoryRow {
            answer: answer.clone(),
            op: OpId { counter, actor: change.actor_id.clone() },
            time_ms: crate::time::of_change(change.time),
            step,
        };
        let preds: Vec<OpId> = op.pred.iter().map(OpId::from).collect();
        let element = match &op.key {
            Key::Seq(element) => element,
            Key::Map(key) => {
                let before = preds.iter().filter_map(|pred| reader.value(&object, key, pred)).collect();
                let after = match &op.action {
                    OpType::Put(value) => answer_value(value),
                    _ => None,
                };
                rows.push(row(RowStep::Value { preds, before, after }));
                continue;
            }
        };
        let index = *prose.entry(answer.clone()).or_insert_with(|| {
            rows.push(row(RowStep::Prose { inserted: Vec::new(), deleted: Vec::new() }));
            rows.len() - 1
        });
        let Some(RowStep::Prose { inserted, deleted }) = rows.get_mut(index).map(|row| &mut row.step) else {
            continue;
        };
        match &op.action {
            OpType::Put(ScalarValue::Str(text)) => {
                insert(inserted, counter, &change.actor_id, element, text);
            }
            _ => delete(deleted, &object, preds, reader),
        }
    }
    rows
}

fn insert(
    inserted: &mut Vec<Insertion>,
    counter: u64,
    actor: &automerge::ActorId,
    element: &ElementId,
    text: &str,
) {
    let after = match element {
        ElementId::Head => None,
        ElementId::Id(id) => Some(OpId::from(id)),
    };
    if let (Some(last), Some(before)) = (inserted.last_mut(), &after) {
        let end = last.start + last.text.chars().count() as u64;
        if before.actor == *actor && before.counter + 1 == end && counter == end {
            last.text.push_str(text);
            return;
        }
    }
    inserted.push(Insertion { start: counter, after, text: text.to_owned() });
}

fn delete(deleted: &mut Vec<Deletion>, text: &OpId, elements: Vec<OpId>, reader: &mut OpReader<'_>) {
    for element in elements {
        let Some(char) = reader.char(text, &element) else {
            continue;
        };
        if let Some(last) = deleted.last_mut() {
            let end = last.start.counter + last.text.chars().count() as u64;
            if element.actor == last.start.actor && element.counter == end {
                last.text.push(char);
                continue;
            }
        }
        deleted.push(Deletion { start: element, text: char.to_string() });
    }
}
