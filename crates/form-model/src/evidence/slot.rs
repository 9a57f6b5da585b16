//! The checklist of evidence: what is asked for, and what is there.

use super::{Entry, entries};
use crate::answer::Answers;
use crate::check::is_relevant;
use crate::definition::{EvidenceSlot, Field, FormDefinition};
use crate::number;

/// How a slot stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotState<'f> {
    pub slot: &'f EvidenceSlot,
    /// Whether the answers call for it ([`is_asked`]).
    pub asked: bool,
    /// Its files in order, without those that were taken out.
    pub files: Vec<Entry>,
    /// Those that were taken out.
    pub removed: Vec<Entry>,
}

impl SlotState<'_> {
    /// Whether something is called for that is not there: any file at all, or one of a kind that the form demands.
    pub fn is_missing(&self) -> bool {
        self.asked && (self.files.is_empty() || self.missing_kinds().next().is_some())
    }

    /// The kinds that the form demands and no file has.
    pub fn missing_kinds(&self) -> impl Iterator<Item = &str> {
        let demanded = self.slot.demanded.iter().map(String::as_str);
        demanded.filter(|kind| self.count_of(kind) == 0)
    }

    /// How many files are of a kind; of none, those of which nobody has said it.
    pub fn count_of(&self, kind: &str) -> usize {
        self.files.iter().filter(|entry| entry.kind == kind).count()
    }
}

/// Every slot of the form, in printed order.
pub fn slots<'f>(form: &'f FormDefinition, answers: &Answers) -> Vec<SlotState<'f>> {
    let state = |slot: &'f EvidenceSlot| {
        let (removed, files) = entries(answers, &slot.field).into_iter().partition(|entry| entry.removed);
        let asked = form.field(&slot.field).is_some_and(|field| is_asked(field, answers));
        SlotState { slot, asked, files, removed }
    };
    form.evidence.iter().map(state).collect()
}

/// Whether a field's answers call for evidence: the field is asked, and does not say throughout that there is
/// nothing (无, or 0; 填报说明 2). A field that is not filled in yet calls for it.
pub fn is_asked(field: &Field, answers: &Answers) -> bool {
    if !is_relevant(field, answers) {
        return false;
    }
    let given = field.answers();
    let mut said = given.iter().filter(|answer| !answers.is_blank(answer)).peekable();
    said.peek().is_none() || said.any(|answer| !says_nothing(answers.text(answer)))
}

fn says_nothing(text: &str) -> bool {
    let text = text.trim();
    text == number::NONE_WORD || text.parse::<rust_decimal::Decimal>().is_ok_and(|figure| figure.is_zero())
}
