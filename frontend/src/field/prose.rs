//! Long text, merged character by character: each change goes to the disk as it is made.

use form_model::answer::AnswerValue;
use form_model::count;
use form_model::definition::{Field, FieldKind};
use form_model::id::AnswerId;
use form_model::input;
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use super::access::{self, read_only};
use super::text_box::{TextBox, Writing};
use super::{Work, remark, spoken_name};
use crate::state::watch::{Change, use_changes};
use crate::text;
use crate::widget::action::{Action, Weight};

/// From this limit on a text is offered the quiet page with the outline beside it.
const LONG_TEXT_CHARACTERS: u32 = 1_000;

#[derive(PartialEq, Properties)]
pub struct ProseProps {
    pub field: Field,
    pub version: u32,
    /// On the quiet page already.
    #[prop_or_default]
    pub expanded: bool,
}

#[component]
pub fn Prose(props: &ProseProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let answer = props.field.id.answer();
    let own = answer.clone();
    use_changes(&work.desk, move |change| matches!(change, Change::Prose(changed) if *changed == own));
    let FieldKind::Prose { limit, outline, attachable } = &props.field.kind else { return Html::default() };
    let sheet = work.desk.sheet();
    let text: AttrValue =
        sheet.prose(&answer).map(|prose| prose.text().to_owned()).unwrap_or_default().into();
    let name = spoken_name(&sheet.definition, language, &answer);
    let described_by = remark::description(&sheet, &answer);
    let read_only = read_only(&sheet, &answer, language);
    drop(sheet);

    let ontext = {
        let (work, answer) = (work.clone(), answer.clone());
        Callback::from(move |text: String| work.desk.type_prose(&answer, &text))
    };
    let onexcess = {
        let (work, name) = (work.clone(), name.clone());
        Callback::from(move |length| work.desk.refuse_length(&name, length, input::PROSE_MAX_CHARS))
    };
    let oncompose = {
        let (work, answer) = (work.clone(), answer.clone());
        Callback::from(
            move |begins| if begins { work.desk.hold(&answer) } else { work.desk.release(&answer) },
        )
    };
    let patches = {
        let (work, answer) = (work.clone(), answer.clone());
        Callback::from(move |()| work.desk.take_unshown(&answer))
    };
    let onfocus = {
        let (work, answer) = (work.clone(), answer.clone());
        Callback::from(move |()| work.onenter.emit(answer.clone()))
    };
    let onblur = {
        let (work, answer) = (work.clone(), answer.clone());
        Callback::from(move |()| work.desk.leave(&answer))
    };
    let long = !outline.is_empty() || limit.is_some_and(|limit| limit >= LONG_TEXT_CHARACTERS);
    let onexpand = {
        let (work, answer) = (work.clone(), answer.clone());
        Callback::from(move |()| work.onexpand.emit(answer.clone()))
    };
    let writing = if props.expanded { Writing::Page } else { Writing::Prose };
    html! {
        <div class="prose">
            <TextBox answer={answer.clone()} {writing} text={text.clone()} {name} {described_by} {read_only}
                required={props.field.required}
                most={input::PROSE_MAX_CHARS} {ontext} {onexcess} {oncompose} {patches} {onfocus} {onblur} />
            <div class="prose-foot">
                if *attachable { { attached(&work, &props.field.id.part("attached"), language) } }
                if long && !props.expanded {
                    <Action name="focus-mode" label={text::FOCUS_MODE.of(language)} icon={Icon::Expand}
                        weight={Weight::Link} small=true onclick={onexpand} />
                }
                if let Some(limit) = limit {
                    { counter(&text, *limit, language) }
                }
            </div>
        </div>
    }
}

/// `2,812 / 3,000`, and by how much it is over.
fn counter(text: &str, limit: u32, language: Language) -> Html {
    let characters = count::characters(text);
    let over = characters.saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
    let spelled = |count: &str| form_model::number::display(count);
    html! {
        <span class={classes!("counter", (over > 0).then_some("over"))} data-count={characters.to_string()}>
            if over > 0 {
                <strong>{ text::OVER_LIMIT.fill(language, &[("count", &spelled(&over.to_string()))]) }</strong>
            }
            { format!("{} / {}", spelled(&characters.to_string()), spelled(&limit.to_string())) }
        </span>
    }
}

/// 可另附纸: the text is given on attached paper.
fn attached(work: &Work, answer: &AnswerId, language: Language) -> Html {
    let sheet = work.desk.sheet();
    let (checked, foreign) = (sheet.answers().flag(answer), !sheet.may_write(answer));
    let onchange = {
        let (work, answer) = (work.clone(), answer.clone());
        Callback::from(move |_: Event| {
            let value = (!checked).then_some(AnswerValue::Flag(true));
            work.desk.set_one(answer.clone(), value);
        })
    };
    html! {
        <label class={classes!("option", "attached", foreign.then_some("read-only"))}>
            <input type="checkbox" data-answer={answer.0.clone()} {checked} {onchange}
                onclick={access::unless_own(foreign)} aria-readonly={foreign.then_some("true")} />
            <span>{ text::ATTACHED.of(language) }</span>
        </label>
    }
}
