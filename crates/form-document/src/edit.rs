//! This replica's own edits.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use automerge::legacy::{self, Key, ObjectId, Op, OpType};
use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{ActorId, AutomergeError, Change, ChangeHash, ExpandedChange, ObjId, ReadDoc, ScalarValue};
use form_model::answer::AnswerValue;
use form_model::definition::AnswerKind;
use form_model::delta::{Delta, Step, utf16_len};
use form_model::id::AnswerId;
use form_model::input;

use crate::causality::NewNode;
use crate::document::Document;
use crate::error::{EditError, Expected};
use crate::history::{self, HistoryRow};
use crate::op::OpId;
use crate::patch::chars_in;
use crate::raw::RawChange;
use crate::reader::OpReader;
use crate::schema::has_bad_character;
use crate::undo::{Stretch, TextStep, ValueStep};

/// Characters taken out at once up to which each is looked up by itself.
const SINGLY_MAX: usize = 64;

/// A change that an edit made. It exists in memory; it is kept once `bytes` and `history` are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The raw change chunk.
    pub bytes: Vec<u8>,
    pub hash: ChangeHash,
    pub actor: ActorId,
    /// The change's number among its actor's changes, from 1.
    pub seq: u64,
    /// As given.
    pub time_ms: i64,
    /// What to add to the history.
    pub history: Vec<HistoryRow>,
    /// The answers that it changed.
    pub answers: Vec<AnswerId>,
}

impl Document {
    /// Stores values, all or none; `None` and empty text clear. An answer in conflict is settled by this,
    /// also with the value that stands. `Ok(None)` when everything stands so already.
    ///
    /// # Errors
    /// When an answer is unknown or of another kind, or a text too long or with control characters.
    pub fn set(
        &mut self,
        values: &[(AnswerId, Option<AnswerValue>)],
        time_ms: i64,
    ) -> Result<Option<Committed>, EditError> {
        let mut wanted = BTreeMap::new();
        for (answer, value) in values {
            self.check_value(answer, value.as_ref())?;
            let value = value.clone().filter(|value| *value != AnswerValue::Text(String::new()));
            wanted.insert(answer.clone(), value);
        }
        wanted.retain(|answer, value| {
            let standing = self.standing(answer);
            !standing.conflict.is_empty() || standing.value != *value
        });
        let Some((committed, steps)) = self.put(wanted, time_ms)? else { return Ok(None) };
        self.undo.record_values(steps, time_ms);
        Ok(Some(committed))
    }

    /// Changes a prose text. The delta counts in UTF-16 units of the text as it stands. `Ok(None)` when it
    /// changes nothing.
    ///
    /// # Errors
    /// When the answer is unknown or no prose, when the delta does not fit the text, or when the text
    /// would grow too long or get control characters.
    pub fn splice(
        &mut self,
        answer: &AnswerId,
        delta: &Delta,
        time_ms: i64,
    ) -> Result<Option<Committed>, EditError> {
        self.check_splice(answer, delta)?;
        let Some((committed, step)) = self.splice_text(answer, delta, time_ms)? else { return Ok(None) };
        self.undo.record_text(step, time_ms);
        Ok(Some(committed))
    }

    fn check_value(&self, answer: &AnswerId, value: Option<&AnswerValue>) -> Result<(), EditError> {
        let kind = self.kind(answer)?;
        let expected = match kind {
            AnswerKind::Value => Expected::Text,
            AnswerKind::Flag => Expected::Flag,
            AnswerKind::Prose => Expected::Prose,
        };
        let wrong_kind = || EditError::WrongKind { answer: answer.clone(), expected };
        match value {
            None if kind == AnswerKind::Prose => Err(wrong_kind()),
            Some(value) if !self.schema.accepts(answer, value) => Err(wrong_kind()),
            Some(AnswerValue::Text(text)) => check_text(answer, text, input::max_chars(kind)),
            Some(AnswerValue::Flag(_)) | None => Ok(()),
        }
    }

    fn check_splice(&self, answer: &AnswerId, delta: &Delta) -> Result<(), EditError> {
        let kind = self.kind(answer)?;
        let Some(text) = self.texts.get(answer) else {
            return Err(EditError::WrongKind { answer: answer.clone(), expected: Expected::Value });
        };
        let after = delta.apply(text).map_err(|_| EditError::BadSplice { answer: answer.clone() })?;
        let inserted = delta.steps().iter().filter_map(|step| match step {
            Step::Insert(text) => Some(text),
            Step::Keep(_) | Step::Delete(_) => None,
        });
        for text in inserted {
            check_text(answer, text, input::max_chars(kind))?;
        }
        // A text that merging made too long may still be shortened.
        let (length, limit) = (after.chars().count(), input::max_chars(kind));
        if length > limit && length > text.chars().count() {
            return Err(EditError::TooLong { answer: answer.clone(), length, limit });
        }
        Ok(())
    }

    fn kind(&self, answer: &AnswerId) -> Result<AnswerKind, EditError> {
        self.schema.kind(answer).ok_or_else(|| EditError::UnknownAnswer { answer: answer.clone() })
    }

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
            let preds = standing.iter().map(|(op, _)| op.clone()).collect();
            let before = standing.into_iter().next_back();
            writes.push(Write { object, key: answer.key().to_owned(), value, preds });
            steps.push(ValueStep { answer, mine: None, before });
        }
        let chooses_standing = writes.iter().zip(&steps).any(|(write, step)| {
            write.value.is_some() && write.value.as_ref() == step.before.as_ref().map(|(_, value)| value)
        });
        let committed = if chooses_standing { self.choose(writes, time_ms) } else { self.write(writes, time_ms) }?;
        let Some(committed) = committed else { return Ok(None) };
        for step in &mut steps {
            step.mine = self.values(&step.answer).pop().map(|(op, _)| op);
        }
        Ok(Some((committed, steps)))
    }

    fn write(&mut self, writes: Vec<Write>, time_ms: i64) -> Result<Option<Committed>, EditError> {
        self.commit(time_ms, BTreeMap::new(), |transaction| {
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
            time: time_ms,
            message: None,
            deps,
            extra_bytes: Vec::new(),
            author: None,
        });
        self.automerge.apply_changes([change.clone()])?;
        Ok(Some(self.committed(&RawChange::own(change), BTreeMap::new())))
    }

    /// Applies a checked delta to a text; what to remember for undoing it comes along.
    pub(crate) fn splice_text(
        &mut self,
        answer: &AnswerId,
        delta: &Delta,
        time_ms: i64,
    ) -> Result<Option<(Committed, TextStep)>, EditError> {
        let bad_splice = || EditError::BadSplice { answer: answer.clone() };
        let text = self.texts.get(answer).ok_or_else(bad_splice)?;
        let after = delta.apply(text).map_err(|_| bad_splice())?;
        let object = self.prose_object(answer).cloned().ok_or_else(bad_splice)?;
        let stretches = self.stretches(answer, delta);
        let deleted = stretches.iter().flat_map(|stretch| stretch.chars.iter().cloned()).collect();
        let committed = self.commit(time_ms, deleted, |transaction| {
            let mut position = 0;
            for step in delta.steps() {
                match step {
                    Step::Keep(length) => position += length,
                    Step::Insert(text) => {
                        transaction.splice_text(&object, position, 0, text)?;
                        position += utf16_len(text);
                    }
                    Step::Delete(length) => {
                        let length = isize::try_from(*length).unwrap_or(isize::MAX);
                        transaction.splice_text(&object, position, length, "")?;
                    }
                }
            }
            Ok(())
        })?;
        let Some(committed) = committed else { return Ok(None) };
        self.texts.insert(answer.clone(), after);
        let step = TextStep::new(answer.clone(), &committed, stretches);
        Ok(Some((committed, step)))
    }

    /// The characters that a delta takes out, each stretch with its neighbours.
    fn stretches(&self, answer: &AnswerId, delta: &Delta) -> Vec<Stretch> {
        let (mut stretches, mut position) = (Vec::new(), 0);
        for step in delta.steps() {
            match step {
                Step::Insert(_) => {}
                Step::Keep(length) => position += length,
                Step::Delete(length) => {
                    stretches.push(self.stretch(answer, position, *length));
                    position += length;
                }
            }
        }
        stretches
    }

    fn stretch(&self, answer: &AnswerId, start: usize, length: usize) -> Stretch {
        let end = start + length;
        let (Some(object), Some(text)) = (self.prose_object(answer), self.texts.get(answer)) else {
            return Stretch::default();
        };
        let at = |index: usize| {
            let found = self.automerge.get(object, index).ok().flatten();
            found.and_then(|(_, id)| OpId::from_automerge(&id))
        };
        let (mut first, mut position, mut taken) = (0, 0, Vec::new());
        for char in text.chars() {
            match position {
                _ if position >= end => break,
                _ if position < start => first += 1,
                _ => taken.push((position, char)),
            }
            position += char.len_utf16();
        }
        // Finding one character takes as long as walking over some forty.
        let chars = if taken.len() <= SINGLY_MAX {
            taken.into_iter().filter_map(|(position, char)| Some((at(position)?, char))).collect()
        } else {
            chars_in(&self.automerge, object, first..first + taken.len()).collect()
        };
        Stretch { start, left: start.checked_sub(1).and_then(at), right: at(end), chars }
    }

    /// Runs a transaction and takes its change out. `chars` are those that it deletes, which saves looking
    /// them up. Nothing is changed on an error.
    fn commit(
        &mut self,
        time_ms: i64,
        chars: BTreeMap<OpId, char>,
        run: impl FnOnce(&mut Transaction<'_>) -> Result<(), AutomergeError>,
    ) -> Result<Option<Committed>, EditError> {
        let mut transaction = self.automerge.transaction();
        if let Err(error) = run(&mut transaction) {
            transaction.rollback();
            return Err(error.into());
        }
        let (Some(hash), _) = transaction.commit_with(CommitOptions::default().with_time(time_ms)) else {
            return Ok(None);
        };
        let change = self.automerge.get_change_by_hash(&hash);
        let raw = change.map(RawChange::own).ok_or_else(|| EditError::Document {
            cause: "the new change cannot be read back".to_owned(),
        })?;
        Ok(Some(self.committed(&raw, chars)))
    }

    /// Takes note of an own change that the document has.
    fn committed(&mut self, raw: &RawChange, chars: BTreeMap<OpId, char>) -> Committed {
        let mut reader = OpReader::new(&self.automerge).with_chars(chars);
        let history = history::rows(&raw.ops, &self.objects, &mut reader);
        if let Some(graph) = self.causality.get_mut() {
            graph.add(&NewNode::of(&raw.change));
        }
        self.recall_clears(&history);
        let mut answers: Vec<_> = history.iter().map(|row| row.answer.clone()).collect();
        answers.dedup();
        Committed {
            bytes: raw.change.raw_bytes().to_vec(),
            hash: raw.hash,
            actor: raw.change.actor_id().clone(),
            seq: raw.change.seq(),
            time_ms: raw.change.timestamp(),
            history,
            answers,
        }
    }
}

/// A value on its way into a section's map.
struct Write {
    object: ObjId,
    key: String,
    value: Option<AnswerValue>,
    /// The values that stand there.
    preds: Vec<OpId>,
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
        let pred = self.preds.into_iter().map(legacy::OpId::from).collect();
        Op { action, obj, key: Key::Map(self.key.into()), pred, insert: false }
    }
}

fn check_text(answer: &AnswerId, text: &str, limit: usize) -> Result<(), EditError> {
    // A character takes at least a byte: no need to count a text that is short enough in bytes.
    let length = if text.len() <= limit { text.len() } else { text.chars().count() };
    if length > limit {
        return Err(EditError::TooLong { answer: answer.clone(), length, limit });
    }
    if has_bad_character(text) {
        return Err(EditError::BadCharacter { answer: answer.clone() });
    }
    Ok(())
}
