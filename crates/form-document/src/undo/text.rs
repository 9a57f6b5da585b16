//! Taking an edit of a text back.

use std::collections::BTreeMap;

use automerge::{Cursor, ReadDoc};
use form_model::delta::{Delta, utf16_len};
use form_model::id::AnswerId;

use crate::document::Document;
use crate::error::EditError;
use crate::op::OpId;
use crate::patch::chars;
use crate::undo::Undone;
use crate::undo::step::{Edited, Stretch, TextStep};

impl Document {
    pub(super) fn reverse_text(
        &mut self,
        step: &TextStep,
        time_ms: i64,
    ) -> Result<(Undone, Edited), EditError> {
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
        self.automerge.get_cursor_position(object, &cursor, None).ok()
    }

    /// A text's characters: position and width, in UTF-16 units.
    pub(crate) fn visible(&self, answer: &AnswerId) -> Visible {
        let (mut visible, mut position) = (Visible::new(), 0);
        for (id, char) in
            self.prose_object(answer).into_iter().flat_map(|object| chars(&self.automerge, object))
        {
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
