//! A pasted block of cells: what would change, cell by cell, before anything does.

use form_model::answer::AnswerValue;
use form_model::definition::{FieldKind, Unit};
use form_model::id::{AnswerId, NOTE_FACET};
use form_model::language::Language;
use form_model::paste::{Currency, Plan, Planned, convert, plan, table};
use yew::prelude::*;

use crate::field::remark::spelled;
use crate::field::{Work, field_at, spoken_name};
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::dialog::Dialog;

#[derive(PartialEq, Properties)]
pub struct BlockProps {
    /// The cell that was pasted into.
    pub anchor: AnswerId,
    pub pasted: AttrValue,
    pub onclose: Callback<()>,
}

/// Lists old and new of each cell, offers to convert amounts, and stores all of it as one step.
#[component]
pub fn PastedBlock(props: &BlockProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let converting = use_state(|| true);
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let definition = work.desk.sheet().definition.clone();
    let planned = plan(&definition, &props.anchor, &table(&props.pasted));
    let cells: Vec<Cell> =
        planned.cells.iter().map(|cell| resolve(&work, cell, *converting, language)).collect();
    let convertible = planned.cells.iter().any(|cell| converted(&work, cell).is_some());
    let take = {
        let (work, onclose) = (work.clone(), props.onclose.clone());
        let values: Vec<_> = cells.iter().flat_map(Cell::values).collect();
        Callback::from(move |()| {
            if !values.is_empty() {
                work.desk.set(values.clone());
            }
            onclose.emit(());
        })
    };
    let toggle = {
        let converting = converting.clone();
        Callback::from(move |_: Event| converting.set(!*converting))
    };
    let count = cells.len().to_string();
    let footer = html! {
        <>
            <Action name="paste" label={text::PASTE_TAKE.fill(language, &[("count", &count)])} weight={Weight::Primary}
                disabled={cells.is_empty()} onclick={take} />
            <Action name="cancel" label={text::CANCEL.of(language)} onclick={props.onclose.clone()} />
        </>
    };
    html! {
        <Dialog name="paste" title={text::PASTE_TITLE.of(language)} wide=true onclose={props.onclose.clone()} {footer}>
            <p>{ text::PASTE_WHAT.of(language) }</p>
            if convertible {
                <label class="option">
                    <input type="checkbox" data-field="convert" checked={*converting} onchange={toggle} />
                    <span>{ text::PASTE_CONVERT.of(language) }</span>
                </label>
            }
            { listed(&work, &cells, language) }
            { unfit(&planned, language) }
        </Dialog>
    }
}

/// A cell as it would be stored.
struct Cell {
    answer: AnswerId,
    text: String,
    note: Option<String>,
}

impl Cell {
    fn values(&self) -> Vec<(AnswerId, Option<AnswerValue>)> {
        let value = Some(self.text.clone()).filter(|text| !text.is_empty()).map(AnswerValue::Text);
        let note =
            self.note.clone().map(|note| (self.answer.with_facet(NOTE_FACET), Some(AnswerValue::Text(note))));
        std::iter::once((self.answer.clone(), value)).chain(note).collect()
    }
}

fn resolve(work: &Work, cell: &Planned, converting: bool, language: Language) -> Cell {
    match converted(work, cell).filter(|_| converting) {
        Some((text, exact)) => Cell {
            answer: cell.answer.clone(),
            text,
            note: Some(text::CONVERT_NOTE_YUAN.fill(language, &[("pasted", &cell.text), ("exact", &exact)])),
        },
        None => Cell { answer: cell.answer.clone(), text: cell.text.clone(), note: None },
    }
}

/// The amount in the field's unit, rounded and exact, where no rate is needed.
fn converted(work: &Work, cell: &Planned) -> Option<(String, String)> {
    let amount = cell.amount.filter(|amount| amount.currency == Currency::Yuan)?;
    let sheet = work.desk.sheet();
    let unit: Unit = match field_at(&sheet.definition, &cell.answer)?.kind {
        FieldKind::Number { unit, .. } => unit?,
        _ => return None,
    };
    let conversion = convert(&amount, unit, None).ok()?;
    Some((conversion.rounded, conversion.exact))
}

fn listed(work: &Work, cells: &[Cell], language: Language) -> Html {
    let sheet = work.desk.sheet();
    let row = |cell: &Cell| {
        let value = |text: &str| {
            let value = AnswerValue::Text(text.to_owned());
            spelled(&sheet.definition, &cell.answer, Some(&value), language)
        };
        html! {
            <tr>
                <th scope="row">{ spoken_name(&sheet.definition, language, &cell.answer) }</th>
                <td class="muted">{ value(sheet.shown(&cell.answer)) }</td>
                <td class="ink">{ value(&cell.text) }</td>
            </tr>
        }
    };
    html! {
        <table class="plain-table">
            <thead>
                <tr>
                    <th scope="col">{ text::PASTE_CELL.of(language) }</th>
                    <th scope="col">{ text::PASTE_OLD.of(language) }</th>
                    <th scope="col">{ text::PASTE_NEW.of(language) }</th>
                </tr>
            </thead>
            <tbody>{ for cells.iter().map(row) }</tbody>
        </table>
    }
}

fn unfit(planned: &Plan, language: Language) -> Html {
    if planned.unfit.is_empty() {
        return Html::default();
    }
    let texts: Vec<_> = planned.unfit.iter().map(|cell| cell.text.as_str()).collect();
    let texts = texts.join(language.pick("、", ", "));
    html! { <p class="remark caution">{ text::PASTE_UNFIT.fill(language, &[("texts", &texts)]) }</p> }
}
