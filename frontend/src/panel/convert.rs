//! An amount pasted in another unit than the field's: offered for conversion, rate and source kept in the note.

use form_model::answer::AnswerValue;
use form_model::definition::{Field, FieldKind, Unit};
use form_model::id::{AnswerId, NOTE_FACET};
use form_model::language::Language;
use form_model::number;
use form_model::paste::{Amount, Conversion, ConvertProblem, Currency, convert, money};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::rule::unit_word;
use crate::field::{Work, field_at, spoken_name};
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::dialog::Dialog;

/// The unit of a field that holds money.
fn money_unit(field: &Field) -> Option<Unit> {
    match field.kind {
        FieldKind::Number {
            unit: Some(unit @ (Unit::HundredMillionYuan | Unit::TenThousandYuan)), ..
        } => Some(unit),
        _ => None,
    }
}

/// Whether a pasted text is an amount with a unit of its own, for a field that holds money.
pub fn is_foreign(field: &Field, text: &str) -> bool {
    money_unit(field).is_some() && money(text).is_some()
}

#[derive(PartialEq, Properties)]
pub struct ConvertProps {
    pub answer: AnswerId,
    /// As it was pasted.
    pub pasted: AttrValue,
    pub onclose: Callback<()>,
}

/// Asks for what the conversion needs, shows its result, and keeps how it was reached in the answer's note.
#[component]
pub fn Convert(props: &ConvertProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let rate = use_state(String::new);
    let source = use_state(|| text::CONVERT_SOURCE_DEFAULT.of(language).to_owned());
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let definition = work.desk.sheet().definition.clone();
    let unit = field_at(&definition, &props.answer).and_then(money_unit);
    let (Some(unit), Some(amount)) = (unit, money(&props.pasted)) else { return Html::default() };
    let dollars = amount.currency == Currency::Dollar;
    let result = in_unit(&amount, unit, &rate);
    let take = {
        let (work, answer, onclose) = (work.clone(), props.answer.clone(), props.onclose.clone());
        let taken = result.clone().map(|conversion| {
            let note = note(&props.pasted, &amount, &conversion, &rate, &source, language);
            (conversion.rounded, note)
        });
        Callback::from(move |()| {
            if let Ok((value, note)) = taken.clone() {
                work.desk.set(vec![
                    (answer.clone(), Some(AnswerValue::Text(value))),
                    (answer.with_facet(NOTE_FACET), Some(AnswerValue::Text(note))),
                ]);
            }
            onclose.emit(());
        })
    };
    let as_pasted = {
        let (work, answer, onclose) = (work.clone(), props.answer.clone(), props.onclose.clone());
        let pasted = props.pasted.to_string();
        Callback::from(move |()| {
            work.desk.draft(&answer, pasted.clone());
            work.desk.commit(&answer);
            onclose.emit(());
        })
    };
    let footer = html! {
        <>
            <Action name="convert" label={text::CONVERT_TAKE.of(language)} weight={Weight::Primary}
                disabled={result.is_err()} onclick={take} />
            <Action name="keep-pasted" label={text::CONVERT_KEEP.of(language)} onclick={as_pasted} />
            <Action name="cancel" label={text::CANCEL.of(language)} weight={Weight::Link} onclick={props.onclose.clone()} />
        </>
    };
    html! {
        <Dialog name="convert" title={text::CONVERT_TITLE.of(language)} onclose={props.onclose.clone()} {footer}>
            <p>
                { text::CONVERT_WHAT.fill(language, &[
                    ("pasted", props.pasted.as_str()),
                    ("answer", &spoken_name(&definition, language, &props.answer)),
                    ("unit", unit_word(unit, language)),
                ]) }
            </p>
            if dollars {
                { line("convert-rate", text::CONVERT_RATE.of(language), &rate) }
                { line("convert-source", text::CONVERT_SOURCE.of(language), &source) }
            }
            { outcome(&result, unit, language) }
        </Dialog>
    }
}

/// A labelled line of a dialog.
pub fn line(name: &'static str, label: &'static str, state: &UseStateHandle<String>) -> Html {
    let oninput = {
        let state = state.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            {
                state.set(input.value());
            }
        })
    };
    html! {
        <label class="form-line">
            <span>{ label }</span>
            <span class="pf-v6-c-form-control">
                <input type="text" data-field={name} value={(**state).clone()} {oninput} autocomplete="off" />
            </span>
        </label>
    }
}

fn outcome(converted: &Result<Conversion, ConvertProblem>, unit: Unit, language: Language) -> Html {
    match converted {
        Ok(conversion) => html! {
            <p class="converted" aria-live="polite">
                <strong class="ink">{ number::display(&conversion.rounded) }</strong>{ " " }{ unit_word(unit, language) }
                if conversion.exact != conversion.rounded {
                    <span class="muted">
                        { text::CONVERT_EXACT.fill(language, &[("exact", &number::display(&conversion.exact))]) }
                    </span>
                }
            </p>
        },
        Err(problem) => {
            let sentence = match problem {
                ConvertProblem::RateNeeded => &text::CONVERT_RATE_NEEDED,
                ConvertProblem::BadRate => &text::CONVERT_BAD_RATE,
                ConvertProblem::NoMoneyField | ConvertProblem::TooLarge => &text::CONVERT_TOO_LARGE,
            };
            html! { <p class="muted" aria-live="polite">{ sentence.of(language) }</p> }
        }
    }
}

/// The amount in the unit of a field that holds money; `rate` is yuan per dollar, blank while unknown.
pub fn converted(field: &Field, amount: &Amount, rate: &str) -> Result<Conversion, ConvertProblem> {
    in_unit(amount, money_unit(field).ok_or(ConvertProblem::NoMoneyField)?, rate)
}

fn in_unit(amount: &Amount, unit: Unit, rate: &str) -> Result<Conversion, ConvertProblem> {
    let needed = amount.currency == Currency::Dollar && !rate.trim().is_empty();
    convert(amount, unit, needed.then(|| rate.trim()))
}

/// How the figure was reached, for whoever checks it later.
pub fn note(
    pasted: &str,
    amount: &Amount,
    conversion: &Conversion,
    rate: &str,
    source: &str,
    language: Language,
) -> String {
    let exact = conversion.exact.as_str();
    match amount.currency {
        Currency::Yuan => text::CONVERT_NOTE_YUAN.fill(language, &[("pasted", pasted), ("exact", exact)]),
        Currency::Dollar => text::CONVERT_NOTE_DOLLAR.fill(
            language,
            &[("pasted", pasted), ("exact", exact), ("rate", rate.trim()), ("source", source.trim())],
        ),
    }
}
