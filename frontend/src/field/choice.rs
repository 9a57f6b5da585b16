//! Answers that are ticked: yes or no, one of several, any of several, a statement that is true.

use form_model::answer::AnswerValue;
use form_model::definition::{Field, FieldKind};
use form_model::id::AnswerId;
use form_model::input::{NO, YES};
use form_model::language::Language;
use yew::prelude::*;

use super::access::{self, read_only};
use super::colleague::Marks;
use super::value::Value;
use super::{Work, remark, spoken_name};
use crate::text;

#[derive(PartialEq, Properties)]
pub struct ChoiceProps {
    pub field: Field,
    pub version: u32,
}

/// □是 □否
#[component]
pub fn YesNo(props: &ChoiceProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let options = [(YES, text::YES.of(language)), (NO, text::NO.of(language))];
    let options = options.map(|(value, label)| (value.to_owned(), label.to_owned()));
    html! { <Radios field={props.field.clone()} version={props.version} options={options.to_vec()} inline=true /> }
}

/// Exactly one of the options.
#[component]
pub fn OneOf(props: &ChoiceProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let FieldKind::Choice { options } = &props.field.kind else { return Html::default() };
    let sheet = work.desk.sheet();
    let label = |option: &String| {
        sheet.definition.text(language, &format!("{}.{option}.label", props.field.id)).to_owned()
    };
    let options: Vec<_> = options.iter().map(|option| (option.clone(), label(option))).collect();
    html! { <Radios field={props.field.clone()} version={props.version} {options} inline=false /> }
}

#[derive(PartialEq, Properties)]
struct RadiosProps {
    field: Field,
    version: u32,
    /// Stored value and words.
    options: Vec<(String, String)>,
    inline: bool,
}

/// Printed boxes of which one is ticked. Ticking the ticked one again clears the answer.
#[component]
fn Radios(props: &RadiosProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let answer = props.field.id.answer();
    let sheet = work.desk.sheet();
    let chosen = sheet.shown(&answer).to_owned();
    let name = spoken_name(&sheet.definition, language, &answer);
    let read_only = read_only(&sheet, &answer, language);
    let remark = remark::description(&sheet, &answer);
    let described_by = access::described_by(&answer, remark.as_ref(), read_only.as_ref());
    drop(sheet);
    let foreign = read_only.is_some();
    let radio = |(value, label): &(String, String)| {
        let checked = *value == chosen;
        let onclick = {
            let (work, answer, value) = (work.clone(), answer.clone(), value.clone());
            Callback::from(move |event: MouseEvent| {
                if foreign {
                    event.prevent_default();
                    return;
                }
                let value = (!checked).then(|| AnswerValue::Text(value.clone()));
                work.desk.set_one(answer.clone(), value);
            })
        };
        html! {
            <label key={value.clone()} class="option">
                <input type="radio" name={answer.0.clone()} value={value.clone()} data-answer={answer.0.clone()}
                    {checked} {onclick} onfocus={entering(&work, &answer)} />
                <span>{ label }</span>
            </label>
        }
    };
    html! {
        <div role="radiogroup" aria-label={name} aria-describedby={described_by}
            class={classes!("options", props.inline.then_some("inline"), foreign.then_some("read-only"))}
            aria-readonly={foreign.then_some("true")}
            aria-required={(props.field.required && !foreign).then_some("true")}>
            { for props.options.iter().map(radio) }
            <Marks answer={answer.clone()} />
            { access::tip(&answer, read_only.as_ref()) }
        </div>
    }
}

/// Any number of options; 其他 brings a line for its text.
#[component]
pub fn AnyOf(props: &ChoiceProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let FieldKind::Choices { options, other } = &props.field.kind else { return Html::default() };
    let group = props.field.id.answer();
    let sheet = work.desk.sheet();
    let name = spoken_name(&sheet.definition, language, &group);
    let read_only = read_only(&sheet, &group, language);
    let remark = remark::description(&sheet, &group);
    let described_by = access::described_by(&group, remark.as_ref(), read_only.as_ref());
    let foreign = read_only.is_some();
    let ticked: Vec<_> =
        options.iter().map(|option| sheet.answers().flag(&props.field.id.part(option))).collect();
    let label = |option: &str| {
        sheet.definition.text(language, &format!("{}.{option}.label", props.field.id)).to_owned()
    };
    let labels: Vec<_> = options.iter().map(|option| label(option)).collect();
    drop(sheet);
    let lines = options.iter().zip(labels).zip(ticked).map(|((option, label), ticked)| {
        let is_other = other.as_ref() == Some(option);
        let text = is_other.then(|| props.field.other_text(option)).filter(|_| ticked);
        html! {
            <div key={option.clone()} class="option-line">
                { tick(&work, &props.field.id.part(option), &group, ticked, foreign, &label) }
                if let Some(answer) = text {
                    <Value field={props.field.clone()} {answer} version={props.version} />
                }
            </div>
        }
    });
    html! {
        <div role="group" class={classes!("options", foreign.then_some("read-only"))} aria-label={name}
            aria-describedby={described_by}>
            { for lines }
            <Marks answer={group.clone()} />
            { access::tip(&group, read_only.as_ref()) }
        </div>
    }
}

/// A statement that a person ticks as true.
#[component]
pub fn Confirm(props: &ChoiceProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let answer = props.field.id.answer();
    let sheet = work.desk.sheet();
    let (ticked, label) = (sheet.answers().flag(&answer), sheet.definition.label(language, &props.field.id));
    let read_only = read_only(&sheet, &answer, language);
    drop(sheet);
    let foreign = read_only.is_some();
    html! {
        <div class={classes!("options", foreign.then_some("read-only"))}>
            { tick(&work, &answer, &answer, ticked, foreign, &label) }
            <Marks answer={answer.clone()} />
            { access::tip(&answer, read_only.as_ref()) }
        </div>
    }
}

/// A printed box and its words. One that is not this desk's to tick is still entered, and stays as it is.
fn tick(
    work: &Work,
    answer: &AnswerId,
    entered: &AnswerId,
    ticked: bool,
    foreign: bool,
    label: &str,
) -> Html {
    let onchange = {
        let (work, answer) = (work.clone(), answer.clone());
        Callback::from(move |_: Event| {
            let value = (!ticked).then_some(AnswerValue::Flag(true));
            work.desk.set_one(answer.clone(), value);
        })
    };
    html! {
        <label class="option">
            <input type="checkbox" data-answer={answer.0.clone()} checked={ticked} {onchange}
                onclick={access::unless_own(foreign)} aria-readonly={foreign.then_some("true")} onfocus={entering(work, entered)} />
            <span>{ label }</span>
        </label>
    }
}

fn entering(work: &Work, answer: &AnswerId) -> Callback<FocusEvent> {
    let answer = answer.clone();
    work.onenter.reform(move |_| answer.clone())
}
