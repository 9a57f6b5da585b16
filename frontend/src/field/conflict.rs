//! Two places filled it differently: every value with who, when and what it replaced; a person picks one or writes
//! another. And what a colleague had put where somebody was typing.

use form_model::answer::AnswerValue;
use form_model::command::ConflictValue;
use form_model::definition::{Field, FieldKind, FormDefinition};
use form_model::evidence::{Attribute, EvidenceKey};
use form_model::id::AnswerId;
use form_model::input;
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use super::access::read_only;
use super::remark::spelled;
use super::{Work, field_at, spoken_name};
use crate::state::sheet::Overtaken;
use crate::text;
use crate::time;
use crate::widget::action::{Action, Weight};
use crate::widget::agency;
use crate::widget::line::Line;
use crate::widget::sign::sign;

#[derive(PartialEq, Properties)]
pub struct ConflictProps {
    pub answer: AnswerId,
    /// Every value there is.
    pub values: Vec<ConflictValue>,
}

#[component]
pub fn Conflict(props: &ConflictProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let third = use_state(|| None::<String>);
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let sheet = work.desk.sheet();
    let definition = sheet.definition.clone();
    let name = spoken_name(&definition, language, &props.answer);
    let title =
        text::CONFLICT.fill(language, &[("answer", &name), ("count", &props.values.len().to_string())]);
    let foreign = read_only(&sheet, &props.answer, language);
    let side = |side: &ConflictValue| {
        let value = spelled(&definition, &props.answer, side.value.as_ref(), language);
        let before = spelled(&definition, &props.answer, side.before.as_ref(), language);
        let onclick = {
            let (desk, answer, value) = (work.desk.clone(), props.answer.clone(), side.value.clone());
            Callback::from(move |()| desk.set_one(answer.clone(), value.clone()))
        };
        html! {
            <li data-side={value.clone()}>
                <span class="conflict-value">
                    <span class="ink">{ &value }</span>
                    <span class="muted">{ text::BEFORE.fill(language, &[("value", &before)]) }</span>
                </span>
                <span class="conflict-who">
                    { agency::author(&sheet.team, &side.stamp, language) }
                    <span class="muted">{ time::moment(side.stamp.time_ms, language) }</span>
                </span>
                if foreign.is_none() {
                    <Action name="pick" label={text::PICK.of(language)} small=true {onclick} />
                }
            </li>
        }
    };
    let last = match &foreign {
        Some(whose) => html! { <p class="muted">{ text::CONFLICT_THEIRS.of(language) }{ whose }</p> },
        None => html! {
            <>
                { another(&work, &props.answer, &definition, &props.values, &third, language) }
                <p class="muted">{ text::CONFLICT_KEPT.of(language) }</p>
            </>
        },
    };
    html! {
        <section class="conflict" aria-label={title.clone()} data-conflict-card={props.answer.0.clone()}>
            <h3>{ sign(Icon::ExclamationTriangle) }{ title.clone() }</h3>
            <ul>{ for props.values.iter().map(side) }</ul>
            { last }
        </section>
    }
}

/// A value that nobody gave yet, for answers that are typed.
fn another(
    work: &Work,
    answer: &AnswerId,
    definition: &FormDefinition,
    values: &[ConflictValue],
    third: &UseStateHandle<Option<String>>,
    language: Language,
) -> Html {
    let field = field_at(definition, answer);
    let chosen = EvidenceKey::read(answer).is_some_and(|key| key.attribute == Attribute::Kind);
    if chosen {
        return Html::default();
    }
    if answer.facet().is_none() && !field.is_some_and(is_typed) {
        return html! { <p>{ text::CONFLICT_TICK.of(language) }</p> };
    }
    let begin = |with: String| {
        let third = third.clone();
        Callback::from(move |()| third.set(Some(with.clone())))
    };
    let Some(typed) = (**third).clone() else {
        let joined =
            field.filter(|field| matches!(field.kind, FieldKind::Text { .. })).map(|_| joined(values));
        return html! {
            <div class="actions">
                if let Some(joined) = joined {
                    <Action name="merge-both" label={text::CONFLICT_MERGE.of(language)} weight={Weight::Link} small=true
                        onclick={begin(joined)} />
                }
                <Action name="write-third" label={text::CONFLICT_THIRD.of(language)} weight={Weight::Link} small=true
                    onclick={begin(String::new())} />
            </div>
        };
    };
    let store = {
        let (desk, answer, third, field) = (work.desk.clone(), answer.clone(), third.clone(), field.cloned());
        let typed = typed.clone();
        Callback::from(move |()| {
            let text = match &field {
                Some(field) => input::normalise(field, &answer, &typed),
                None => input::clean(&typed),
            };
            if !text.is_empty() {
                desk.set_one(answer.clone(), Some(AnswerValue::Text(text)));
                third.set(None);
            }
        })
    };
    let onchange = {
        let third = third.clone();
        Callback::from(move |typed| third.set(Some(typed)))
    };
    let cancel = {
        let third = third.clone();
        Callback::from(move |()| third.set(None))
    };
    html! {
        <div class="conflict-third">
            <Line name="third" label={text::CONFLICT_THIRD.of(language)} value={typed} {onchange} onenter={store.clone()}
                first=true />
            <Action name="store-third" label={text::CONFLICT_STORE.of(language)} small=true onclick={store} />
            <Action name="cancel-third" label={text::CANCEL.of(language)} weight={Weight::Link} small=true onclick={cancel} />
        </div>
    }
}

/// A long text that two people rewrote at one place: somebody has to read it through.
pub fn reread(work: &Work, answer: &AnswerId, language: Language) -> Html {
    let onclick = {
        let (desk, answer) = (work.desk.clone(), answer.clone());
        Callback::from(move |()| desk.read_through(&answer))
    };
    html! {
        <p class="remark caution" data-reread={answer.0.clone()}>
            { sign(Icon::ExclamationTriangle) }
            <span>{ text::REREAD.of(language) }</span>
            <Action name="read-through" label={text::REREAD_DONE.of(language)} small=true {onclick} />
        </p>
    }
}

/// All texts that were given, to be made one of.
fn joined(values: &[ConflictValue]) -> String {
    let texts = values.iter().filter_map(|side| side.value.as_ref()).map(AnswerValue::as_text);
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("；")
}

fn is_typed(field: &Field) -> bool {
    matches!(
        field.kind,
        FieldKind::Text { .. } | FieldKind::Phone | FieldKind::Number { .. } | FieldKind::Date { .. }
    )
}

/// What a colleague had put there while it was typed into here, with the way back to it.
pub fn overtaken(work: &Work, answer: &AnswerId, theirs: &Overtaken, language: Language) -> Html {
    let sheet = work.desk.sheet();
    let value = spelled(&sheet.definition, answer, theirs.value.as_ref(), language);
    let take = {
        let (desk, answer, value) = (work.desk.clone(), answer.clone(), theirs.value.clone());
        Callback::from(move |()| {
            desk.set_one(answer.clone(), value.clone());
            desk.forget_overtaken(&answer);
        })
    };
    let keep = {
        let (desk, answer) = (work.desk.clone(), answer.clone());
        Callback::from(move |()| desk.forget_overtaken(&answer))
    };
    html! {
        <div class="remark overtaken" data-overtaken={answer.0.clone()}>
            { agency::author(&sheet.team, &theirs.stamp, language) }
            <span>
                { text::OVERTAKEN.fill(language, &[
                    ("time", &time::moment(theirs.stamp.time_ms, language)),
                    ("value", &value),
                ]) }
            </span>
            <Action name="take-theirs" label={text::OVERTAKEN_TAKE.of(language)} small=true onclick={take} />
            <Action name="keep-mine" label={text::OVERTAKEN_KEEP.of(language)} weight={Weight::Link} small=true onclick={keep} />
        </div>
    }
}
