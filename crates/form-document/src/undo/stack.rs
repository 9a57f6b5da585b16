//! The edits that can be undone and redone, the newest last.

use std::collections::{BTreeMap, VecDeque};

use crate::op::OpId;
use crate::undo::step::{Edited, TextStep, ValueStep};

/// Steps that can be undone: an afternoon of a person's edits, since typing counts by runs.
pub const UNDO_STEPS_MAX: usize = 500;

/// Characters remembered by all steps together, some 60 bytes each. One paste of the longest prose fits.
pub const UNDO_CHARS_MAX: usize = 200_000;

/// A keystroke that continues the last one within so many milliseconds is undone together with it: a pause
/// of a second ends a run of typing.
pub const UNDO_GROUP_MS: i64 = 1_000;

/// The edits to undo and to redo.
#[derive(Clone, Debug, Default)]
pub(crate) struct UndoStack {
    pub(super) undo: VecDeque<Entry>,
    pub(super) redo: VecDeque<Entry>,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) step: Edited,
    pub(super) time_ms: i64,
}

impl UndoStack {
    pub(crate) fn record_values(&mut self, steps: Vec<ValueStep>, time_ms: i64) {
        self.push(Entry { step: Edited::Values(steps), time_ms });
    }

    pub(crate) fn record_text(&mut self, step: TextStep, time_ms: i64) {
        let mut step = step;
        if self.redo.is_empty()
            && let Some(last) = self.undo.back_mut()
            && let Edited::Text(text) = &mut last.step
            && (0..=UNDO_GROUP_MS).contains(&time_ms.saturating_sub(last.time_ms))
        {
            match text.extend(step) {
                Ok(()) => {
                    last.time_ms = time_ms;
                    return;
                }
                Err(other) => step = other,
            }
        }
        self.push(Entry { step: Edited::Text(step), time_ms });
    }

    fn push(&mut self, entry: Entry) {
        self.redo.clear();
        self.undo.push_back(entry);
        let mut chars: usize = self.undo.iter().map(|entry| entry.step.chars()).sum();
        while self.undo.len() > UNDO_STEPS_MAX || (chars > UNDO_CHARS_MAX && self.undo.len() > 1) {
            chars -= self.undo.pop_front().map_or(0, |entry| entry.step.chars());
        }
    }

    /// Speaks of restored values and characters by the operations that restored them.
    pub(super) fn rename(&mut self, names: &BTreeMap<OpId, OpId>) {
        for entry in self.undo.iter_mut().chain(&mut self.redo) {
            entry.step.rename(names);
        }
    }
}
