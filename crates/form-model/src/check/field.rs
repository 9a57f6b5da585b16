//! The problems of one field: something missing, or an answer that does not suit it.

use super::{Problem, kind, mark, rule_id};
use crate::answer::{AnswerValue, Answers};
use crate::count::is_blank;
use crate::definition::{Field, FieldKind};
use crate::id::{AnswerId, NOTE_FACET};
use crate::input::VALUE_MAX_CHARS;
use crate::number::NONE_WORD;
use crate::rule::Severity;

/// All problems of a relevant field.
pub(super) fn problems(field: &Field, answers: &Answers) -> Vec<Problem> {
    let mut problems = match &field.kind {
        FieldKind::Calculated { .. } => return Vec::new(),
        FieldKind::Choices { options, other } => choices(field, options, other.as_deref(), answers),
        FieldKind::Confirm => confirm(field, answers),
        FieldKind::Prose { attachable: true, .. } => {
            let attached = answers.flag(&field.id.part("attached"));
            single(field, &field.id.answer(), attached, answers)
        }
        _ => {
            let ids = field.answers();
            ids.iter().flat_map(|id| single(field, id, false, answers)).collect()
        }
    };
    for id in field.answers() {
        problems.extend(wrong_kind(field, &id, answers));
        problems.extend(long_note(&id, answers));
    }
    problems
}

/// An answer given as text; `elsewhere` when it need not be given here.
fn single(field: &Field, id: &AnswerId, elsewhere: bool, answers: &Answers) -> Vec<Problem> {
    let text = answers.text(id);
    if is_blank(text) {
        // A flag stored here is the matter of `wrong_kind`.
        let stray_flag = matches!(answers.get(id), Some(AnswerValue::Flag(_)));
        let missing = field.required && !elsewhere && !stray_flag;
        return missing.then(|| blocking(id, rule_id::REQUIRED)).into_iter().collect();
    }
    let mut problems = marks(id, text);
    if text.trim() == NONE_WORD && field.none_allowed {
        return problems;
    }
    if text.trim() == NONE_WORD && field.required && matches!(field.kind, FieldKind::Text { .. }) {
        problems.push(blocking(id, rule_id::REQUIRED).with("text", NONE_WORD));
        return problems;
    }
    problems.extend(kind::problem(field, id, text));
    problems
}

fn choices(field: &Field, options: &[String], other: Option<&str>, answers: &Answers) -> Vec<Problem> {
    let mut problems = Vec::new();
    let ticked = options.iter().any(|option| !answers.is_blank(&field.id.part(option)));
    if field.required && !ticked {
        problems.push(blocking(&field.id.answer(), rule_id::REQUIRED));
    }
    if let Some(other) = other {
        let id = field.other_text(other);
        let text = answers.text(&id);
        problems.extend(marks(&id, text));
        problems.extend(kind::too_long(&id, text, VALUE_MAX_CHARS));
        let option = field.id.part(other);
        if answers.flag(&option) && is_blank(text) {
            problems.push(blocking(&id, rule_id::OTHER_TEXT).with("option", option));
        }
    }
    problems
}

fn confirm(field: &Field, answers: &Answers) -> Vec<Problem> {
    let id = field.id.answer();
    let missing = field.required && answers.is_blank(&id);
    missing.then(|| blocking(&id, rule_id::CONFIRM)).into_iter().collect()
}

/// Characters that do not belong in any answer.
fn marks(id: &AnswerId, text: &str) -> Vec<Problem> {
    let unreadable = mark::first_unreadable(text)
        .map(|position| blocking(id, rule_id::UNREADABLE_CHARACTER).with("position", position));
    let direction = mark::first_direction_mark(text).map(|(position, code)| {
        Problem::new(id.clone(), rule_id::DIRECTION_MARK, Severity::Caution)
            .with("position", position)
            .with("code", code)
    });
    unreadable.into_iter().chain(direction).collect()
}

/// A text where a tick belongs, or the other way round: only a hand-made document has that.
fn wrong_kind(field: &Field, id: &AnswerId, answers: &Answers) -> Option<Problem> {
    let flag_expected = match &field.kind {
        FieldKind::Confirm => true,
        FieldKind::Choices { other, .. } => other.as_ref().is_none_or(|other| *id != field.other_text(other)),
        FieldKind::Prose { .. } => *id != field.id.answer(),
        _ => false,
    };
    let is_flag = matches!(answers.get(id)?, AnswerValue::Flag(_));
    (is_flag != flag_expected).then(|| blocking(id, rule_id::WRONG_KIND))
}

fn long_note(id: &AnswerId, answers: &Answers) -> Option<Problem> {
    let note = id.with_facet(NOTE_FACET);
    kind::too_long(&note, answers.text(&note), VALUE_MAX_CHARS)
}

pub(super) fn blocking(id: &AnswerId, rule: &str) -> Problem {
    Problem::new(id.clone(), rule, Severity::Blocking)
}
