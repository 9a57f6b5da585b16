//! Parts of printed text, lines of the cover, and the slip of what is asked but not printed.

use form_model::check;
use form_model::definition::{FieldKind, FormDefinition};
use form_model::id::{AnswerId, FieldId};
use form_model::language::Language;
use form_model::layout::Part;
use yew::prelude::*;

use super::evidence_chip::EvidenceChip;
use crate::field::remark::{self, Remarks};
use crate::field::{Control, Work, answers_at};
use crate::text;

/// What stands in a cell or line, broken where the paper breaks.
pub fn parts(definition: &FormDefinition, parts: &[Part], language: Language, version: u32) -> Html {
    let lines = parts.split(|part| matches!(part, Part::Break));
    let line = |parts: &[Part]| {
        let drawn = parts.iter().map(|part| match part {
            Part::Text(key) => html! { <span class="print">{ definition.text(language, key) }</span> },
            Part::Label(field) => {
                html! { <span class="print">{ definition.label(language, &FieldId(field.clone())) }</span> }
            }
            Part::Answer(id) => html! { <Control answer={AnswerId(id.clone())} {version} /> },
            Part::Evidence(slot) => {
                let remark = definition.text(language, &format!("evidence.{slot}.remark")).to_owned();
                html! {
                    <>
                        <span class="print evidence" data-evidence={slot.clone()}>{ remark }</span>
                        <EvidenceChip slot={slot.clone()} {version} />
                    </>
                }
            }
            Part::Break => Html::default(),
        });
        html! { <div class={classes!("parts", holds_answer(parts).then_some("fill"))}>{ for drawn }</div> }
    };
    html! { { for lines.map(line) } }
}

fn holds_answer(parts: &[Part]) -> bool {
    parts.iter().any(|part| matches!(part, Part::Answer(_)))
}

/// The answers that some parts ask for, of a choice all of them.
pub fn answers_in(definition: &FormDefinition, parts: &[Part]) -> Vec<AnswerId> {
    let named = parts.iter().filter_map(|part| match part {
        Part::Answer(id) => Some(AnswerId(id.clone())),
        _ => None,
    });
    named.flat_map(|answer| answers_at(definition, &answer)).collect()
}

#[derive(PartialEq, Properties)]
pub struct LineProps {
    pub parts: Vec<Part>,
    pub version: u32,
}

/// A line of the cover.
#[component]
pub fn Line(props: &LineProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let sheet = work.desk.sheet();
    let answers = answers_in(&sheet.definition, &props.parts);
    let mark = remark::mark(&sheet, &answers);
    html! {
        <div class={classes!("paper-line", mark)}>
            { parts(&sheet.definition, &props.parts, language, props.version) }
            <Remarks {answers} version={props.version} />
        </div>
    }
}

#[derive(PartialEq, Properties)]
pub struct SupplementProps {
    pub fields: Vec<FieldId>,
    pub version: u32,
}

/// What is asked but not printed on the form, on a slip of its own.
#[component]
pub fn Supplement(props: &SupplementProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let sheet = work.desk.sheet();
    let asked = |id: &&FieldId| {
        sheet.definition.field(id).is_some_and(|field| check::is_relevant(field, sheet.answers()))
    };
    let rows = props.fields.iter().filter(asked).map(|id| supplement_row(&work, id, language, props.version));
    html! {
        <div class="slip">
            <h3>{ text::SUPPLEMENT.of(language) }</h3>
            { for rows }
        </div>
    }
}

fn supplement_row(work: &Work, id: &FieldId, language: Language, version: u32) -> Html {
    let sheet = work.desk.sheet();
    let definition = &sheet.definition;
    let Some(field) = definition.field(id) else { return Html::default() };
    let whole = id.answer();
    let answers = answers_at(definition, &whole);
    // A statement to be ticked carries its words itself.
    let label = (!matches!(field.kind, FieldKind::Confirm)).then(|| definition.label(language, id));
    let cells = field.columns.iter().map(|column| {
        html! {
            <div class="slip-cell" key={column.clone()}>
                <span class="muted">{ definition.column_label(language, column) }</span>
                <Control answer={id.part(column)} {version} />
            </div>
        }
    });
    html! {
        <div class={classes!("slip-row", remark::mark(&sheet, &answers))} key={id.0.clone()}>
            if let Some(label) = label { <span class="slip-label">{ label }</span> }
            <div class={classes!("slip-answer", (!field.columns.is_empty()).then_some("columns"))}>
                if field.columns.is_empty() {
                    <Control answer={whole} {version} />
                } else {
                    { for cells }
                }
            </div>
            <Remarks {answers} {version} />
        </div>
    }
}
