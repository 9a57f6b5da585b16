//! Undo and redo of this replica's own edits, each a new edit. Kept in memory, for as long as the document
//! is open.
//!
//! A value goes back only while the one that I put still stands alone; otherwise undoing would overwrite a
//! colleague. Of a text, my characters go that are still there, and what I took out comes back at its place.

mod stack;
mod step;
mod text;

use std::collections::BTreeMap;

use form_model::delta::Delta;
use form_model::id::AnswerId;

use crate::document::Document;
use crate::edit::Committed;
use crate::error::EditError;
use stack::Entry;
use step::Edited;

pub(crate) use stack::UndoStack;
pub use stack::{UNDO_CHARS_MAX, UNDO_GROUP_MS, UNDO_STEPS_MAX};
pub(crate) use step::{Stretch, TextStep, ValueStep};

/// What an undo or redo did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    pub committed: Committed,
    /// For a text: how it changed.
    pub delta: Option<Delta>,
}

impl Document {
    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        !self.undo.undo.is_empty()
    }

    /// Whether there is something to redo.
    pub fn can_redo(&self) -> bool {
        !self.undo.redo.is_empty()
    }

    /// Takes the last own edit back, by a new edit. `Ok(None)` when there is none.
    ///
    /// # Errors
    /// [`EditError::UndoOvertaken`] when nothing of it is left to take back; that step is then forgotten.
    pub fn undo(&mut self, time_ms: i64) -> Result<Option<Undone>, EditError> {
        let Some(entry) = self.undo.undo.pop_back() else {
            return Ok(None);
        };
        let (undone, inverse) = self.reverse(entry.step, time_ms)?;
        self.undo.redo.push_back(Entry { step: inverse, time_ms });
        Ok(Some(undone))
    }

    /// Makes the last undone edit again. `Ok(None)` when there is none.
    ///
    /// # Errors
    /// As [`Self::undo`].
    pub fn redo(&mut self, time_ms: i64) -> Result<Option<Undone>, EditError> {
        let Some(entry) = self.undo.redo.pop_back() else {
            return Ok(None);
        };
        let (undone, inverse) = self.reverse(entry.step, time_ms)?;
        self.undo.undo.push_back(Entry { step: inverse, time_ms: i64::MIN });
        Ok(Some(undone))
    }

    fn reverse(&mut self, step: Edited, time_ms: i64) -> Result<(Undone, Edited), EditError> {
        match step {
            Edited::Values(steps) => self.reverse_values(&steps, time_ms),
            Edited::Text(step) => self.reverse_text(&step, time_ms),
        }
    }

    fn reverse_values(&mut self, steps: &[ValueStep], time_ms: i64) -> Result<(Undone, Edited), EditError> {
        let mut values = BTreeMap::new();
        for step in steps {
            let standing = self.standing(&step.answer);
            let op = standing.made.as_ref().map(|(op, _)| op);
            if step.disputed || op != step.mine.as_ref() || !standing.conflict.is_empty() {
                return Err(EditError::UndoOvertaken { answer: step.answer.clone() });
            }
            values.insert(step.answer.clone(), step.before.as_ref().map(|(_, value)| value.clone()));
        }
        let overtaken = || EditError::UndoOvertaken {
            answer: steps.first().map_or_else(|| AnswerId(String::new()), |step| step.answer.clone()),
        };
        let (committed, inverse) = self.put(values, time_ms)?.ok_or_else(overtaken)?;
        let new: BTreeMap<_, _> = inverse.iter().map(|step| (&step.answer, &step.mine)).collect();
        let restored =
            |step: &ValueStep| Some((step.before.as_ref()?.0.clone(), (*new.get(&step.answer)?).clone()?));
        let names = steps.iter().filter_map(restored).collect();
        self.undo.rename(&names);
        Ok((Undone { committed, delta: None }, Edited::Values(inverse)))
    }
}
