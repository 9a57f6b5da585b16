//! This replica's own edits.

use std::collections::BTreeMap;

use automerge::transaction::{CommitOptions, Transaction};
use automerge::{ActorId, AutomergeError, ChangeHash, ReadDoc};
use form_model::answer::AnswerValue;
use form_model::definition::AnswerKind;
use form_model::delta::{Delta, Step};
use form_model::id::AnswerId;
use form_model::input;

use crate::causality::NewNode;
use crate::document::Document;
use crate::error::{EditError, Expected};
use crate::history::{self, HistoryRow};
use crate::raw::RawChange;
use crate::reader::{OpReader, Shown};
use crate::schema::has_bad_character;
use crate::time;

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
        let Some((committed, steps)) = self.put(wanted, time_ms)? else {
            return Ok(None);
        };
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
        let Some((committed, step)) = self.splice_text(answer, delta, time_ms)? else {
            return Ok(None);
        };
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

    /// Runs a transaction and takes its change out. `replaced` is what it deletes or overwrites, which saves
    /// looking that up. Nothing is changed on an error.
    pub(crate) fn commit(
        &mut self,
        time_ms: i64,
        replaced: Shown,
        run: impl FnOnce(&mut Transaction<'_>) -> Result<(), AutomergeError>,
    ) -> Result<Option<Committed>, EditError> {
        let mut transaction = self.automerge.transaction();
        if let Err(error) = run(&mut transaction) {
            transaction.rollback();
            return Err(error.into());
        }
        let (Some(hash), _) =
            transaction.commit_with(CommitOptions::default().with_time(time::to_change(time_ms)))
        else {
            return Ok(None);
        };
        let change = self.automerge.get_change_by_hash(&hash);
        let raw = change
            .map(RawChange::own)
            .ok_or_else(|| EditError::Document { cause: "the new change cannot be read back".to_owned() })?;
        Ok(Some(self.committed(&raw, replaced)))
    }

    /// Takes note of an own change that the document has.
    pub(crate) fn committed(&mut self, raw: &RawChange, replaced: Shown) -> Committed {
        let mut reader = OpReader::new(&self.automerge, replaced);
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
            time_ms: time::of_change(raw.change.timestamp()),
            history,
            answers,
        }
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
