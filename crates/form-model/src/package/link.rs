//! Whether everything that is named exists and fits where it is named.

use super::draft::{Draft, Reference, Wanted};
use super::fault::FaultKind;
use super::nearest::nearest;
use super::table_reader::{Expected, Located};
use crate::definition::{AnswerKind, EvidenceSlot, Field, FieldKind, FormDefinition};
use crate::id::{AnswerId, FieldId};

const FLAG: Expected = ("多选题的一个选项，或一项确认", "an option of a multiple choice, or a confirmation");
const DATE: Expected = ("一个日期栏目", "a date field");
const NUMBER: Expected = (
    "一个数字（分列的栏目要写明列，例如 .2025）",
    "a number (of a field in columns, name the column, such as .2025)",
);
const TEXT: Expected = ("一个文字栏目", "a text field");
const NUMBER_ROW: Expected =
    ("一个分列的数字栏目（不带列名）", "a number field in columns (without a column's name)");
const NUMBER_FIELD: Expected = ("一个数字栏目（不带列名）", "a number field (without a column's name)");
const FIELD: Expected = ("一个栏目（不带列名或选项）", "a field (without a column or option)");
const PROSE: Expected = ("一个长文本栏目（kind = \"prose\"）", "a field of kind = \"prose\"");
const CONTROL: Expected = ("一个不分列的栏目，或某一列", "a field without columns, or one column of it");
const YES_NO: Expected = ("“是”或“否”，即 \"yes\" 或 \"no\"", "\"yes\" or \"no\"");
const OPTION: Expected = ("该单选题的一个选项", "an option of that choice");
const TEXT_ANSWER: Expected = (
    "文字、数字、日期、是否或单选栏目；多选与确认请用 ticked",
    "a text, number, date, yes/no or single choice; use ticked for flags",
);

/// Checks every reference of conditions, rules, calculations, evidence slots and layouts.
pub(super) fn check_references(draft: &Draft<'_>, form: &FormDefinition) {
    for reference in &draft.references {
        let Some(field) = target(form, &reference.target) else {
            report_unknown(draft, form, reference);
            continue;
        };
        if let Some(expected) = misfit(form, field, reference) {
            let answer = match &reference.wanted {
                Wanted::Is(value) => format!("{} = {value}", reference.target),
                _ => reference.target.clone(),
            };
            draft.report(reference.place.clone(), FaultKind::UnfitAnswer { answer, expected });
        }
    }
    for field in form.fields() {
        check_own_relevance(draft, field);
    }
}

/// The field that a path names: the field itself, one of its stored answers, or a calculated column.
fn target<'f>(form: &'f FormDefinition, path: &str) -> Option<&'f Field> {
    if path.contains('?') {
        return None;
    }
    let by_answer = form.field_of(&AnswerId(path.to_owned()));
    by_answer.or_else(|| form.field(&FieldId(path.to_owned()))).or_else(|| {
        let (field, column) = path.rsplit_once('.')?;
        let field = form.field(&FieldId(field.to_owned()))?;
        field.columns.iter().any(|known| known == column).then_some(field)
    })
}

fn report_unknown(draft: &Draft<'_>, form: &FormDefinition, reference: &Reference) {
    let ids: Vec<String> = form
        .fields()
        .flat_map(|field| {
            let answers = field.answers().into_iter().map(|answer| answer.0);
            answers.chain([field.id.0.clone()])
        })
        .collect();
    let nearest = nearest(&reference.target, ids.iter().map(String::as_str));
    let answer = reference.target.clone();
    draft.report(reference.place.clone(), FaultKind::UnknownAnswer { answer, nearest });
}

/// What the reference should have named, if it does not fit.
fn misfit(form: &FormDefinition, field: &Field, reference: &Reference) -> Option<Expected> {
    let path = AnswerId(reference.target.clone());
    let kind = form.answer_kind(&path);
    let is_field = field.id.as_str() == reference.target;
    let number = matches!(field.kind, FieldKind::Number { .. });
    let (fits, expected) = match &reference.wanted {
        Wanted::Answer => (kind.is_some(), CONTROL),
        Wanted::Is(value) => return misfit_value(field, kind, value),
        Wanted::Flag => (kind == Some(AnswerKind::Flag), FLAG),
        Wanted::Date => (matches!(field.kind, FieldKind::Date { .. }) && kind.is_some(), DATE),
        Wanted::Number => (number && kind.is_some(), NUMBER),
        Wanted::Text => (matches!(field.kind, FieldKind::Text { .. }) && kind.is_some(), TEXT),
        Wanted::NumberRow => (number && is_field && field.columns.len() > 1, NUMBER_ROW),
        Wanted::NumberField => (number && is_field, NUMBER_FIELD),
        Wanted::Field => (is_field, FIELD),
        Wanted::Prose => (matches!(field.kind, FieldKind::Prose { .. }) && is_field, PROSE),
        Wanted::Control => (!is_field || field.columns.is_empty(), CONTROL),
    };
    (!fits).then_some(expected)
}

fn misfit_value(field: &Field, kind: Option<AnswerKind>, value: &str) -> Option<Expected> {
    match &field.kind {
        FieldKind::YesNo { .. } => (!["yes", "no"].contains(&value)).then_some(YES_NO),
        FieldKind::Choice { options } => (!options.iter().any(|known| known == value)).then_some(OPTION),
        _ => (kind != Some(AnswerKind::Value)).then_some(TEXT_ANSWER),
    }
}

fn check_own_relevance(draft: &Draft<'_>, field: &Field) {
    let Some(condition) = &field.relevant else {
        return;
    };
    let own = field.answers();
    if condition.reads().into_iter().any(|read| own.contains(read))
        && let Some(place) = draft.fields.get(&field.id)
    {
        draft.report(place.clone(), FaultKind::ReadsItself { field: field.id.to_string() });
    }
}

/// Checks that every evidence slot's field asks for that slot.
pub(super) fn check_evidence(draft: &Draft<'_>, form: &FormDefinition, slots: &[Located<EvidenceSlot>]) {
    for slot in slots {
        let field = form.field(&slot.value.field);
        if field.is_some_and(|field| field.evidence.as_ref() != Some(&slot.value.id)) {
            draft.report(
                slot.place.clone(),
                FaultKind::EvidenceApart { slot: slot.value.id.clone(), field: slot.value.field.to_string() },
            );
        }
    }
}
