//! The panel about the answer in hand.

use form_model::check;
use form_model::definition::{Clause, Field, FieldKind, FormDefinition};
use form_model::id::{AnswerId, NOTE_FACET};
use form_model::language::Language;
use yew::prelude::*;

use super::comment::Threads;
use super::history::History;
use super::problem::Problems;
use super::rule;
use crate::chart::{self, Years};
use crate::field::remark::Remarks;
use crate::field::value::Value;
use crate::field::{Work, answers_at, field_at};
use crate::paper::evidence_chip::EvidenceChip;
use crate::text;

#[derive(PartialEq, Properties)]
pub struct FieldPanelProps {
    /// The answer in hand, as a control names it.
    pub answer: Option<AnswerId>,
    /// The section in hand, for its figures.
    pub section: AttrValue,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

#[component]
pub fn FieldPanel(props: &FieldPanelProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let definition = work.desk.sheet().definition.clone();
    let in_hand = props.answer.as_ref().and_then(|answer| Some((answer, field_at(&definition, answer)?)));
    let Some((answer, field)) = in_hand else {
        return html! {
            <>
                <p class="panel-empty muted">{ text::PANEL_EMPTY.of(language) }</p>
                { figures(&work, &definition, &props.section, None, language) }
                { instructions(&definition, language) }
            </>
        };
    };
    let title = check::subject(&definition, language, answer);
    let help = definition.message(language, &format!("{}.help", field.id)).map(ToOwned::to_owned);
    html! {
        <>
            <h2 class="panel-title">{ title }</h2>
            if let Some(help) = help { <p class="panel-help">{ help }</p> }
            <Problems answers={answers_at(&definition, answer)} version={props.version} />
            { rules(&definition, field, language) }
            if !field.columns.is_empty() { <p class="panel-keys muted">{ text::PANEL_KEYS.of(language) }</p> }
            { evidence(&definition, field, language, props.version) }
            { figures(&work, &definition, field.id.section(), Some(field), language) }
            { note(&work, field, answer, props.version, language) }
            <Threads key={format!("said:{answer}")} work={work.clone()} answer={answer.clone()} />
            <History answers={answers_at(&definition, answer)} version={props.version} />
        </>
    }
}

/// The note beside the answer. One that may only be read and is blank is not shown.
fn note(work: &Work, field: &Field, answer: &AnswerId, version: u32, language: Language) -> Html {
    let note = note_of(answer);
    let sheet = work.desk.sheet();
    if !sheet.may_write(&note) && sheet.answers().is_blank(&note) && !sheet.in_conflict(&note) {
        return Html::default();
    }
    html! {
        <section class="panel-part">
            <h3>{ text::PANEL_NOTE.of(language) }</h3>
            <div class="panel-note">
                <Value key={answer.0.clone()} field={field.clone()} answer={note.clone()} {version} />
            </div>
            <Remarks answers={vec![note]} {version} />
        </section>
    }
}

/// The form's own instructions, in full.
fn instructions(definition: &FormDefinition, language: Language) -> Html {
    if definition.clauses.is_empty() {
        return Html::default();
    }
    let clause = |clause: &Clause| {
        html! {
            <>
                <dt>{ &clause.citation }</dt>
                <dd>{ definition.text(language, &clause.text) }</dd>
            </>
        }
    };
    html! {
        <section class="panel-part instructions">
            <h3>{ text::PANEL_INSTRUCTIONS.of(language) }</h3>
            <dl>{ for definition.clauses.iter().map(clause) }</dl>
        </section>
    }
}

fn note_of(answer: &AnswerId) -> AnswerId {
    answer.with_facet(NOTE_FACET)
}

fn rules(definition: &FormDefinition, field: &Field, language: Language) -> Html {
    let clause = field.clause.as_ref().and_then(|citation| definition.clause(citation));
    html! {
        <section class="panel-part">
            <h3>{ text::PANEL_RULES.of(language) }</h3>
            <ul>{ for rule::lines(field, language).into_iter().map(|line| html! { <li>{ line }</li> }) }</ul>
            if let Some(clause) = clause {
                <details class="clause">
                    <summary>{ text::PANEL_CLAUSE.fill(language, &[("clause", &clause.citation)]) }</summary>
                    <blockquote>{ definition.text(language, &clause.text) }</blockquote>
                </details>
            }
        </section>
    }
}

fn evidence(definition: &FormDefinition, field: &Field, language: Language, version: u32) -> Html {
    let slot = field.evidence.as_ref().and_then(|id| definition.evidence.iter().find(|slot| slot.id == *id));
    let Some(slot) = slot else { return Html::default() };
    let kinds =
        slot.kinds.iter().map(|kind| definition.text(language, &format!("evidence_kind.{kind}")).to_owned());
    html! {
        <section class="panel-part">
            <h3>
                { text::PANEL_EVIDENCE.fill(language, &[("number", &slot.number.to_string())]) }
            </h3>
            <p>{ definition.text(language, &format!("evidence.{}.label", slot.id)) }</p>
            <p><EvidenceChip slot={slot.id.clone()} {version} /></p>
            <ul class="muted">{ for kinds.map(|kind| html! { <li>{ kind }</li> }) }</ul>
        </section>
    }
}

/// The year rows of a section as small bars: of the field in hand alone when it is one.
fn figures(
    work: &Work,
    definition: &FormDefinition,
    section: &str,
    field: Option<&Field>,
    language: Language,
) -> Html {
    let sheet = work.desk.sheet();
    let Some(section) = definition.section(section) else { return Html::default() };
    let numeric = |field: &&Field| {
        let number = matches!(field.kind, FieldKind::Number { .. } | FieldKind::Calculated { .. });
        number && field.columns.len() > 1
    };
    let only = field.filter(numeric);
    let shown =
        section.fields.iter().filter(numeric).filter(|field| only.is_none_or(|only| only.id == field.id));
    let drawn = shown.filter_map(|field| {
        let figure = |column: &String| match &field.kind {
            FieldKind::Calculated { .. } => {
                form_model::calculate::value(definition, field, Some(column), sheet.answers())
                    .unwrap_or_default()
            }
            _ => sheet.answers().text(&field.id.part(column)).to_owned(),
        };
        let row: Vec<_> = field
            .columns
            .iter()
            .map(|column| (definition.column_label(language, column), figure(column)))
            .collect();
        let title = check::short_label(&definition.label(language, &field.id));
        Some(html! { <Years key={field.id.0.clone()} {title} bars={chart::bars(&row)?} {language} /> })
    });
    let drawn: Vec<_> = drawn.collect();
    if drawn.is_empty() || (field.is_some() && only.is_none()) {
        return Html::default();
    }
    html! {
        <section class="panel-part">
            <h3>{ text::PANEL_FIGURES.of(language) }</h3>
            { for drawn }
        </section>
    }
}
