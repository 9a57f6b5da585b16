//! Undo and redo of this replica's own edits, each a new edit. Kept in memory, for as long as the document
//! is open.
//!
//! A value goes back only while the one that I put still stands alone; otherwise undoing would overwrite a
//! colleague. Of a text, my characters go that are still there, and what I took out comes back at its place.

use std::collections::{BTreeMap, VecDeque};

use automerge::{Cursor, ReadDoc};
use form_model::answer::AnswerValue;
use form_model::delta::{Delta, utf16_len};
use form_model::id::AnswerId;

use crate::document::Document;
use crate::edit::Committed;
use crate::error::EditError;
use crate::history::RowStep;
use crate::op::OpId;
use crate::patch::chars;
use crate::raw::guarded;

/// Steps that can be undone: an afternoon of a person's edits, since typing counts by runs.
pub const UNDO_STEPS_MAX: usize = 500;

/// Characters remembered by all steps together, some 60 bytes each. One paste of the longest prose fits.
pub const UNDO_CHARS_MAX: usize = 200_000;

/// A keystroke that continues the last one within so many milliseconds is undone together with it: a pause
/// of a second ends a run of typing.
pub const UNDO_GROUP_MS: i64 = 1_000;

/// What an undo or redo did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    pub committed: Committed,
    /// For a text: how it changed.
    pub delta: Option<Delta>,
}

/// The edits to undo and to redo.
#[derive(Clone, Debug, Default)]
pub(crate) struct UndoStack {
    undo: VecDeque<Entry>,
    redo: VecDeque<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    step: Edited,
    time_ms: i64,
}

#[derive(Clone, Debug)]
enum Edited {
    Values(Vec<ValueStep>),
    Text(TextStep),
}

/// How an edit left one value.
#[derive(Clone, Debug)]
pub(crate) struct ValueStep {
    pub(crate) answer: AnswerId,
    /// The value that stands by this edit; `None` when it cleared the answer.
    pub(crate) mine: Option<OpId>,
    /// The value that stood before.
    pub(crate) before: Option<(OpId, AnswerValue)>,
}

/// What an edit put into a text and took out of it.
#[derive(Clone, Debug)]
pub(crate) struct TextStep {
    answer: AnswerId,
    /// In the order of their operations.
    inserted: Vec<OpId>,
    /// The character before the first one put in.
    after: Option<OpId>,
    stretches: Vec<Stretch>,
}

/// Characters that stood together and were taken out together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stretch {
    /// Where it stood, in UTF-16 units.
    pub(crate) start: usize,
    /// The characters to either side of it at that time.
    pub(crate) left: Option<OpId>,
    pub(crate) right: Option<OpId>,
    /// In the text's order.
    pub(crate) chars: Vec<(OpId, char)>,
}

impl TextStep {
    pub(crate) fn new(answer: AnswerId, committed: &Committed, stretches: Vec<Stretch>) -> Self {
        let insertions = committed.history.iter().flat_map(|row| match &row.step {
            RowStep::Prose { inserted, .. } => inserted.as_slice(),
            RowStep::Value { .. } => &[],
        });
        let (mut inserted, mut after) = (Vec::new(), None);
        for insertion in insertions {
            if inserted.is_empty() {
                after.clone_from(&insertion.after);
            }
            let counters = (insertion.start..).take(insertion.text.chars().count());
            inserted.extend(counters.map(|counter| OpId { counter, actor: committed.actor.clone() }));
        }
        Self { answer, inserted, after, stretches }
    }

    /// Takes a step in that continues this one: typing on, or deleting on in either direction.
    fn extend(&mut self, next: TextStep) -> Result<(), TextStep> {
        if self.answer != next.answer {
            return Err(next);
        }
        let types_on = self.stretches.is_empty()
            && next.stretches.is_empty()
            && next.after.is_some()
            && next.after.as_ref() == self.inserted.last();
        if types_on {
            self.inserted.extend(next.inserted);
            return Ok(());
        }
        if !self.inserted.is_empty() || !next.inserted.is_empty() {
            return Err(next);
        }
        let ([mine], [_]) = (self.stretches.as_mut_slice(), next.stretches.as_slice()) else { return Err(next) };
        let mut next = next;
        if let Some(stretch) = next.stretches.pop_if(|stretch| !mine.join(stretch)) {
            next.stretches.push(stretch);
            return Err(next);
        }
        Ok(())
    }
}

impl Stretch {
    /// Adds what was taken out right before or after; leaves both as they are when it stood elsewhere.
    fn join(&mut self, next: &mut Self) -> bool {
        let width: usize = next.chars.iter().map(|(_, char)| char.len_utf16()).sum();
        if next.start + width == self.start {
            self.chars.splice(0..0, next.chars.drain(..));
            self.start = next.start;
            self.left = next.left.take();
            true
        } else if next.start == self.start {
            self.chars.append(&mut next.chars);
            self.right = next.right.take();
            true
        } else {
            false
        }
    }
}

impl Edited {
    fn chars(&self) -> usize {
        match self {
            Self::Values(steps) => steps.len(),
            Self::Text(step) => {
                let deleted: usize = step.stretches.iter().map(|stretch| stretch.chars.len()).sum();
                step.inserted.len() + deleted
            }
        }
    }

    /// Speaks of restored values and characters by the operations that restored them.
    fn rename(&mut self, names: &BTreeMap<OpId, OpId>) {
        let rename = |id: &mut OpId| {
            if let Some(new) = names.get(id) {
                id.clone_from(new);
            }
        };
        match self {
            Self::Values(steps) => {
                for step in steps {
                    step.mine.iter_mut().for_each(rename);
                    step.before.iter_mut().for_each(|(id, _)| rename(id));
                }
            }
            Self::Text(step) => {
                step.inserted.iter_mut().chain(&mut step.after).for_each(rename);
                for stretch in &mut step.stretches {
                    stretch.left.iter_mut().chain(&mut stretch.right).for_each(rename);
                    stretch.chars.iter_mut().for_each(|(id, _)| rename(id));
                }
            }
        }
    }
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

    fn rename(&mut self, names: &BTreeMap<OpId, OpId>) {
        for entry in self.undo.iter_mut().chain(&mut self.redo) {
            entry.step.rename(names);
        }
    }
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
        let Some(entry) = self.undo.undo.pop_back() else { return Ok(None) };
        let (undone, inverse) = self.reverse(entry.step, time_ms)?;
        self.undo.redo.push_back(Entry { step: inverse, time_ms });
        Ok(Some(undone))
    }

    /// Makes the last undone edit again. `Ok(None)` when there is none.
    ///
    /// # Errors
    /// As [`Self::undo`].
    pub fn redo(&mut self, time_ms: i64) -> Result<Option<Undone>, EditError> {
        let Some(entry) = self.undo.redo.pop_back() else { return Ok(None) };
        let (undone, inverse) = self.reverse(entry.step, time_ms)?;
        self.undo.undo.push_back(Entry { step: inverse, time_ms: i64::MIN });
        Ok(Some(undone))
    }

    fn reverse(&mut self, step: Edited, time_ms: i64) -> Result<(Undone, Edited), EditError> {
        match step {
            Edited::Values(steps) => self.reverse_values(steps, time_ms),
            Edited::Text(step) => self.reverse_text(&step, time_ms),
        }
    }

    fn reverse_values(&mut self, steps: Vec<ValueStep>, time_ms: i64) -> Result<(Undone, Edited), EditError> {
        let mut values = BTreeMap::new();
        for step in &steps {
            let standing = self.standing(&step.answer);
            let op = standing.made.as_ref().map(|(op, _)| op);
            if op != step.mine.as_ref() || !standing.conflict.is_empty() {
                return Err(EditError::UndoOvertaken { answer: step.answer.clone() });
            }
            values.insert(step.answer.clone(), step.before.as_ref().map(|(_, value)| value.clone()));
        }
        let overtaken = || EditError::UndoOvertaken {
            answer: steps.first().map_or_else(|| AnswerId(String::new()), |step| step.answer.clone()),
        };
        let (committed, inverse) = self.put(values, time_ms)?.ok_or_else(overtaken)?;
        let new: BTreeMap<_, _> = inverse.iter().map(|step| (&step.answer, &step.mine)).collect();
        let restored = |step: &ValueStep| {
            Some((step.before.as_ref()?.0.clone(), (*new.get(&step.answer)?).clone()?))
        };
        let names = steps.iter().filter_map(restored).collect();
        self.undo.rename(&names);
        Ok((Undone { committed, delta: None }, Edited::Values(inverse)))
    }

    fn reverse_text(&mut self, step: &TextStep, time_ms: i64) -> Result<(Undone, Edited), EditError> {
        let overtaken = || EditError::UndoOvertaken { answer: step.answer.clone() };
        let (delta, restored) = self.reversal(step);
        let done = self.splice_text(&step.answer, &delta, time_ms)?;
        let (committed, inverse) = done.ok_or_else(overtaken)?;
        let names = restored.into_iter().zip(inverse.inserted.iter().cloned()).collect();
        self.undo.rename(&names);
        Ok((Undone { committed, delta: Some(delta) }, Edited::Text(inverse)))
    }

    /// The delta that takes a step back, and the operations of the characters that it puts back, in the
    /// delta's order.
    fn reversal(&self, step: &TextStep) -> (Delta, Vec<OpId>) {
        let visible = self.visible(&step.answer);
        // At one place what comes back stands before what goes, as in a delta.
        let mut pieces: Vec<(usize, Piece)> = Vec::new();
        for stretch in &step.stretches {
            let range = self.range(&step.answer, stretch, &visible);
            for (id, char) in &stretch.chars {
                let position = self.place_of(&step.answer, id).unwrap_or(range.0).clamp(range.0, range.1);
                pieces.push((position, Piece::Restore(id.clone(), *char)));
            }
        }
        let survivors = step.inserted.iter().filter_map(|id| visible.get(id));
        pieces.extend(survivors.map(|(position, width)| (*position, Piece::Remove(*width))));
        pieces.sort_by_key(|(position, piece)| (*position, matches!(piece, Piece::Remove(_))));
        let (mut delta, mut restored, mut done) = (Delta::default(), Vec::new(), 0);
        for (position, piece) in pieces {
            delta.keep(position - done);
            done = position;
            match piece {
                Piece::Restore(id, char) => {
                    delta.insert(char.encode_utf8(&mut [0; 4]));
                    restored.push(id);
                }
                Piece::Remove(width) => {
                    delta.delete(width);
                    done += width;
                }
            }
        }
        (delta, restored)
    }

    /// Where a stretch may come back: after its left neighbour and before its right one, while they are
    /// there.
    fn range(&self, answer: &AnswerId, stretch: &Stretch, visible: &Visible) -> (usize, usize) {
        let end = self.text(answer).map_or(0, utf16_len);
        let left = stretch.left.as_ref().and_then(|id| visible.get(id));
        let right = stretch.right.as_ref().and_then(|id| visible.get(id));
        let start = left.map_or(0, |(position, width)| position + width);
        (start, right.map_or(end, |(position, _)| *position).max(start))
    }

    /// Where a character stands, or would if it had not been taken out.
    pub(crate) fn place_of(&self, answer: &AnswerId, id: &OpId) -> Option<usize> {
        let object = self.prose_object(answer)?;
        let cursor = Cursor::try_from(id.to_string()).ok()?;
        // A debug build of automerge 0.12 compares with a slower search, which finds nothing for a character
        // taken out behind the last one that is left, and panics; only there.
        match guarded(|| self.automerge.get_cursor_position(object, &cursor, None)) {
            Some(position) => position.ok(),
            None => self.text(answer).map(utf16_len),
        }
    }

    /// A text's characters: position and width, in UTF-16 units.
    pub(crate) fn visible(&self, answer: &AnswerId) -> Visible {
        let (mut visible, mut position) = (Visible::new(), 0);
        for (id, char) in self.prose_object(answer).into_iter().flat_map(|object| chars(&self.automerge, object)) {
            visible.insert(id, (position, char.len_utf16()));
            position += char.len_utf16();
        }
        visible
    }
}

pub(crate) type Visible = BTreeMap<OpId, (usize, usize)>;

enum Piece {
    Restore(OpId, char),
    Remove(usize),
}
