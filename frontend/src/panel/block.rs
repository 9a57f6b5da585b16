//! A pasted block of cells: what would change, cell by cell, before anything does.

use std::collections::BTreeMap;

use form_model::answer::AnswerValue;
use form_model::definition::FormDefinition;
use form_model::id::{AnswerId, NOTE_FACET};
use form_model::language::Language;
use form_model::paste::{Currency, Plan, Planned, plan, table};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::convert;

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
    let rates = use_state(BTreeMap::<AnswerId, String>::new);
    let source = use_state(|| text::CONVERT_SOURCE_DEFAULT.of(language).to_owned());
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let definition = work.desk.sheet().definition.clone();
    let mut planned = plan(&definition, &props.anchor, &table(&props.pasted));
    let all = planned.cells.len();
    planned.cells.retain(|cell| work.desk.sheet().may_write(&cell.answer));
    let foreign = all - planned.cells.len();
    let basis = Basis { rates: (*rates).clone(), source: (*source).clone(), language };
    let cells: Vec<Cell> =
        planned.cells.iter().map(|cell| Cell::new(&definition, cell, converting.then_some(&basis))).collect();
    let amounts = planned.cells.iter().any(|cell| cell.amount.is_some());
    let dollars = cells.iter().any(|cell| cell.rate.is_some());
    let waiting = cells.iter().any(|cell| cell.rate == Some(Rate::Missing));
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
            <Action name="paste" label={text::PASTE_TAKE.fill(language, &[("count", &count)])}
                weight={Weight::Primary} disabled={cells.is_empty() || waiting} onclick={take} />
            <Action name="cancel" label={text::CANCEL.of(language)} onclick={props.onclose.clone()} />
        </>
    };
    html! {
        <Dialog name="paste" title={text::PASTE_TITLE.of(language)} wide=true onclose={props.onclose.clone()} {footer}>
            <p>{ text::PASTE_WHAT.of(language) }</p>
            if amounts {
                <label class="option">
                    <input type="checkbox" data-field="convert" checked={*converting} onchange={toggle} />
                    <span>{ text::PASTE_CONVERT.of(language) }</span>
                </label>
            }
            { listed(&work, &cells, &rates, language) }
            if waiting { <p class="muted" aria-live="polite">{ text::CONVERT_RATE_NEEDED.of(language) }</p> }
            if dollars { { convert::line("convert-source", text::CONVERT_SOURCE.of(language), &source) } }
            { unfit(&planned, language) }
            if foreign > 0 {
                <p class="remark caution">{ text::PASTE_FOREIGN.fill(language, &[("count", &foreign.to_string())]) }</p>
            }
        </Dialog>
    }
}

/// By what amounts are converted.
struct Basis {
    /// Yuan per dollar for each cell that was pasted in dollars: each year has its own.
    rates: BTreeMap<AnswerId, String>,
    source: String,
    language: Language,
}

/// Whether a cell's rate is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rate {
    Missing,
    Given,
}

/// A cell as it would be stored.
struct Cell {
    answer: AnswerId,
    text: String,
    note: Option<String>,
    /// Of a cell that was pasted in dollars and is converted.
    rate: Option<Rate>,
}

impl Cell {
    /// As pasted, or converted where there is a basis to.
    fn new(definition: &FormDefinition, planned: &Planned, basis: Option<&Basis>) -> Self {
        let plain =
            Self { answer: planned.answer.clone(), text: planned.text.clone(), note: None, rate: None };
        let field = field_at(definition, &planned.answer);
        let (Some(basis), Some(amount), Some(field)) = (basis, planned.amount, field) else { return plain };
        let dollars = amount.currency == Currency::Dollar;
        let rate = basis.rates.get(&planned.answer).map_or("", |rate| rate.trim());
        match convert::converted(field, &amount, rate) {
            Ok(conversion) => Self {
                note: Some(convert::note(
                    &planned.text,
                    &amount,
                    &conversion,
                    rate,
                    &basis.source,
                    basis.language,
                )),
                text: conversion.rounded,
                rate: dollars.then_some(Rate::Given),
                ..plain
            },
            Err(_) => Self { rate: dollars.then_some(Rate::Missing), ..plain },
        }
    }

    fn values(&self) -> Vec<(AnswerId, Option<AnswerValue>)> {
        let value = Some(self.text.clone()).filter(|text| !text.is_empty()).map(AnswerValue::Text);
        let note = self.note.clone();
        let note = note.map(|note| (self.answer.with_facet(NOTE_FACET), Some(AnswerValue::Text(note))));
        std::iter::once((self.answer.clone(), value)).chain(note).collect()
    }
}

fn listed(
    work: &Work,
    cells: &[Cell],
    rates: &UseStateHandle<BTreeMap<AnswerId, String>>,
    language: Language,
) -> Html {
    let sheet = work.desk.sheet();
    let dollars = cells.iter().any(|cell| cell.rate.is_some());
    let row = |cell: &Cell| {
        let name = spoken_name(&sheet.definition, language, &cell.answer);
        let value = |text: &str| {
            let value = AnswerValue::Text(text.to_owned());
            spelled(&sheet.definition, &cell.answer, Some(&value), language)
        };
        html! {
            <tr key={cell.answer.0.clone()}>
                <th scope="row">{ name.clone() }</th>
                <td class="muted">{ value(sheet.shown(&cell.answer)) }</td>
                <td class="ink">{ value(&cell.text) }</td>
                if dollars {
                    <td>{ for cell.rate.map(|_| rate_line(&cell.answer, &name, rates, language)) }</td>
                }
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
                    if dollars { <th scope="col">{ text::CONVERT_RATE.of(language) }</th> }
                </tr>
            </thead>
            <tbody>{ for cells.iter().map(row) }</tbody>
        </table>
    }
}

fn rate_line(
    answer: &AnswerId,
    name: &str,
    rates: &UseStateHandle<BTreeMap<AnswerId, String>>,
    language: Language,
) -> Html {
    let value = rates.get(answer).cloned().unwrap_or_default();
    let oninput = {
        let (answer, rates) = (answer.clone(), rates.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            {
                let mut changed = (*rates).clone();
                changed.insert(answer.clone(), input.value());
                rates.set(changed);
            }
        })
    };
    let label = format!("{}{}{name}", text::CONVERT_RATE.of(language), language.pick("：", ": "));
    html! {
        <span class="pf-v6-c-form-control">
            <input type="text" inputmode="decimal" data-field="rate" aria-label={label} {value} {oninput}
                autocomplete="off" />
        </span>
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
