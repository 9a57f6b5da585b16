//! Splicing prose texts.

use automerge::ReadDoc;
use automerge::transaction::Transactable;
use form_model::delta::{Delta, Step, utf16_len};
use form_model::id::AnswerId;

use crate::document::Document;
use crate::edit::Committed;
use crate::error::EditError;
use crate::op::OpId;
use crate::patch::chars_in;
use crate::reader::Shown;
use crate::undo::{Stretch, TextStep};

/// Characters taken out at once up to which each is looked up by itself.
const SINGLY_MAX: usize = 64;

impl Document {
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
        let texts = OpId::from_automerge(&object).map(|text| (text, deleted)).into_iter().collect();
        let replaced = Shown { texts, ..Shown::default() };
        let committed = self.commit(time_ms, replaced, |transaction| {
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
        let Some(committed) = committed else {
            return Ok(None);
        };
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
}
