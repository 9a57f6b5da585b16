//! Controls: one for each kind of answer, and what stands beside them.

pub mod access;
pub mod choice;
pub mod colleague;
pub mod conflict;
pub mod height;
pub mod keys;
pub mod page;
pub mod prose;
pub mod remark;
pub mod text_box;
pub mod text_element;
pub mod value;

use form_model::check;
use form_model::definition::{Field, FieldKind, FormDefinition};
use form_model::evidence::{Attribute, EvidenceKey};
use form_model::id::{AnswerId, NOTE_FACET};
use form_model::language::Language;
use yew::prelude::*;

use crate::paper::grid::Grid;
use crate::state::desk::Desk;
use crate::text;
use std::rc::Rc;

/// What every control of an open application works with.
#[derive(Clone, PartialEq)]
pub struct Work {
    pub desk: Desk,
    pub grid: Rc<Grid>,
    /// A control was entered.
    pub onenter: Callback<AnswerId>,
    /// A block of cells was pasted into an answer.
    pub onblock: Callback<(AnswerId, String)>,
    /// A single amount was pasted into a number.
    pub onamount: Callback<(AnswerId, String)>,
    /// To a slot of evidence, by its id.
    pub onevidence: Callback<String>,
    /// Long text is to be written without distraction.
    pub onexpand: Callback<AnswerId>,
}

#[derive(PartialEq, Properties)]
pub struct ControlProps {
    pub answer: AnswerId,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

/// The control of a field or of one stored answer.
#[component]
pub fn Control(props: &ControlProps) -> Html {
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let definition = work.desk.sheet().definition.clone();
    let Some(field) = field_at(&definition, &props.answer).cloned() else { return Html::default() };
    let (answer, version) = (props.answer.clone(), props.version);
    match &field.kind {
        FieldKind::YesNo { .. } => html! { <choice::YesNo {field} {version} /> },
        FieldKind::Choice { .. } => html! { <choice::OneOf {field} {version} /> },
        FieldKind::Choices { .. } => html! { <choice::AnyOf {field} {version} /> },
        FieldKind::Confirm => html! { <choice::Confirm {field} {version} /> },
        FieldKind::Prose { .. } => html! { <prose::Prose {field} {version} /> },
        FieldKind::Calculated { .. } => html! { <value::Calculated {field} {answer} {version} /> },
        FieldKind::Text { .. } | FieldKind::Phone | FieldKind::Number { .. } | FieldKind::Date { .. } => {
            html! { <value::Value {field} {answer} {version} /> }
        }
    }
}

/// The field that a layout names by its own path or by one of its answers.
pub fn field_at<'a>(definition: &'a FormDefinition, answer: &AnswerId) -> Option<&'a Field> {
    let names = |field: &&Field| {
        field.id.as_str() == answer.as_str()
            || field.columns.iter().any(|column| field.id.part(column) == *answer)
    };
    definition.field_of(answer).or_else(|| definition.fields().find(names))
}

/// Every answer whose problems are shown beside the control that a layout names: of a choice or a text with its
/// flags, all of them.
pub fn answers_at(definition: &FormDefinition, answer: &AnswerId) -> Vec<AnswerId> {
    match field_at(definition, answer) {
        Some(field) if field.id.as_str() == answer.as_str() => {
            let mut answers = field.answers();
            if !answers.contains(answer) {
                answers.insert(0, answer.clone());
            }
            answers
        }
        _ => vec![answer.clone()],
    }
}

/// What a screen reader calls a control.
pub fn spoken_name(definition: &FormDefinition, language: Language, answer: &AnswerId) -> String {
    let subject = check::subject(definition, language, answer);
    match EvidenceKey::read(answer) {
        Some(key) => {
            format!("{subject}{}{}", language.pick("", ", "), attribute_name(key.attribute, language))
        }
        None if answer.facet() == Some(NOTE_FACET) => text::NOTE_OF.fill(language, &[("answer", &subject)]),
        None => subject,
    }
}

/// What a line about a file of evidence is called.
pub fn attribute_name(attribute: Attribute, language: Language) -> &'static str {
    match attribute {
        Attribute::By => text::EVIDENCE_BY.of(language),
        Attribute::Taken => text::EVIDENCE_TAKEN.of(language),
        Attribute::Place => text::EVIDENCE_PLACE.of(language),
        Attribute::Totals => text::DIRECTORY_SUM.of(language),
        Attribute::Caption | Attribute::Facts | Attribute::Order | Attribute::Removed => {
            text::EVIDENCE_CAPTION.of(language)
        }
    }
}

/// The id of the element that holds what is wrong with an answer.
pub fn remark_id(answer: &AnswerId) -> String {
    format!("remark:{answer}")
}
