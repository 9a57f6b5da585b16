//! What is remembered of an edit.

use std::collections::BTreeMap;

use form_model::answer::AnswerValue;
use form_model::id::AnswerId;

use crate::edit::Committed;
use crate::history::RowStep;
use crate::op::OpId;

/// One edit: of values, which stand or fall together, or of a text.
#[derive(Clone, Debug)]
pub(super) enum Edited {
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
    /// The edit settled a conflict, which no edit can make again.
    pub(crate) disputed: bool,
}

/// What an edit put into a text and took out of it.
#[derive(Clone, Debug)]
pub(crate) struct TextStep {
    pub(super) answer: AnswerId,
    /// In the order of their operations.
    pub(super) inserted: Vec<OpId>,
    /// The character before the first one put in.
    pub(super) after: Option<OpId>,
    pub(super) stretches: Vec<Stretch>,
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
    pub(super) fn extend(&mut self, next: TextStep) -> Result<(), TextStep> {
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
        let ([mine], [_]) = (self.stretches.as_mut_slice(), next.stretches.as_slice()) else {
            return Err(next);
        };
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
    pub(super) fn chars(&self) -> usize {
        match self {
            Self::Values(steps) => steps.len(),
            Self::Text(step) => {
                let deleted: usize = step.stretches.iter().map(|stretch| stretch.chars.len()).sum();
                step.inserted.len() + deleted
            }
        }
    }

    /// Speaks of restored values and characters by the operations that restored them.
    pub(super) fn rename(&mut self, names: &BTreeMap<OpId, OpId>) {
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
