//! What was refused of this desk's work, or hung on refused work: kept, with the reason, until a person has put it away.

use form_model::answer::AnswerValue;
use form_model::command::SetAside;
use form_model::id::AnswerId;
use form_model::language::Language;
use yew::prelude::*;

use crate::field::Work;
use crate::field::remark::spelled;
use crate::shell::Failure;
use crate::state::rights;
use crate::state::team::PutAway;
use crate::text;
use crate::time;
use crate::widget::action::{Action, Weight};
use crate::widget::agency;
use crate::widget::banner::{Banner, Tone};
use crate::widget::copy::Copy;
use wasm_bindgen_futures::spawn_local;

#[derive(PartialEq, Properties)]
pub struct SetAsideListProps {
    pub work: Work,
    /// How many there are: read again when that changes.
    pub count: u32,
    /// To an answer's control.
    pub onshow: Callback<AnswerId>,
}

/// What the shell last answered.
type Read = Option<Result<Vec<SetAside>, Failure>>;

#[component]
pub fn SetAsideList(props: &SetAsideListProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let read = use_state(|| Read::None);
    {
        let (read, work) = (read.clone(), props.work.clone());
        use_effect_with(props.count, move |_| ask(&work, &read, None, PutAway::Only));
    }
    let body = match &*read {
        None => html! { <p class="muted" role="status">{ text::LOADING.of(language) }</p> },
        Some(Err(failure)) => html! { <Banner tone={Tone::Problem} message={failure.sentence(language)} /> },
        Some(Ok(refused)) => html! {
            <ul class="set-aside">{ for refused.iter().map(|refused| entry(props, &read, refused, language)) }</ul>
        },
    };
    html! {
        <section class="dialog-part">
            <h2>{ text::SET_ASIDE.of(language) }</h2>
            <p class="muted">{ text::SET_ASIDE_WHY.of(language) }</p>
            { body }
        </section>
    }
}

/// Reads the list, after putting one away.
fn ask(work: &Work, read: &UseStateHandle<Read>, dismiss: Option<String>, how: PutAway) {
    let (desk, read) = (work.desk.clone(), read.clone());
    spawn_local(async move { read.set(Some(desk.set_aside(dismiss, how).await)) });
}

fn entry(
    props: &SetAsideListProps,
    read: &UseStateHandle<Read>,
    refused: &SetAside,
    language: Language,
) -> Html {
    let sheet = props.work.desk.sheet();
    let owner = refused.owner.as_ref().and_then(|owner| rights::agency(&sheet.team, owner));
    let written = match &refused.value {
        Some(AnswerValue::Text(text)) if sheet.prose(&refused.answer).is_some() => Some(text.clone()),
        None if !refused.deleted.is_empty() => None,
        value => Some(spelled(&sheet.definition, &refused.answer, value.as_ref(), language)),
    };
    let put_away = |how: PutAway| {
        let (work, read, change) = (props.work.clone(), read.clone(), refused.change.clone());
        Callback::from(move |()| ask(&work, &read, Some(change.clone()), how))
    };
    let go = {
        let answer = refused.answer.clone();
        props.onshow.reform(move |()| answer.clone())
    };
    let words = written.clone().unwrap_or_else(|| refused.deleted.clone());
    html! {
        <li key={refused.change.clone()} data-set-aside={refused.answer.0.clone()}>
            <div class="set-aside-head">
                <Action name="go" label={refused.name.clone()} weight={Weight::Link} small=true onclick={go} />
                <span class="muted">{ time::moment(refused.time_ms, language) }</span>
            </div>
            <p class="set-aside-words">
                if !refused.deleted.is_empty() { <del>{ &refused.deleted }</del>{ " " } }
                if let Some(written) = written { <span class="ink">{ written }</span> }
            </p>
            if let Some(author) = &refused.author {
                <p class="muted">{ text::SET_ASIDE_AUTHOR.of(language) }{ author }</p>
            }
            <p class="caution-word">{ &refused.reason }</p>
            if let Some(owner) = owner {
                <p class="muted">{ text::SET_ASIDE_OWNER.of(language) }{ agency::named(owner) }</p>
            }
            <div class="actions">
                <Copy text={words} weight={Weight::Secondary} />
                if refused.may_adopt {
                    <Action name="adopt" label={text::SET_ASIDE_ADOPT.of(language)} small=true onclick={put_away(PutAway::Adopt)} />
                }
                if rights::may_comment(&sheet.team) {
                    <Action name="propose" label={text::SET_ASIDE_PROPOSE.of(language)} small=true onclick={put_away(PutAway::Propose)} />
                }
                <Action name="dismiss" label={text::SET_ASIDE_DISMISS.of(language)} weight={Weight::Link} small=true
                    onclick={put_away(PutAway::Only)} />
            </div>
        </li>
    }
}
