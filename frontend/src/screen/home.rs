//! Home: every application on this computer, and the ways to a new one.

use std::rc::Rc;

use form_model::command::{ApplicationSummary, Start};
use form_model::id::ApplicationId;
use form_model::language::Language;
use patternfly_yew::prelude::{EmptyState, Icon};
use yew::prelude::*;

use super::join::JoinForm;
use super::new_application::NewApplication;
use crate::text;
use crate::time;
use crate::widget::action::{Action, Weight};
use crate::widget::sign::sign;

#[derive(PartialEq, Properties)]
pub struct HomeProps {
    pub start: Rc<Start>,
    pub onopen: Callback<ApplicationId>,
    pub onimport: Callback<()>,
    pub onsettings: Callback<()>,
    pub onverify: Callback<()>,
    /// What there is to tell.
    #[prop_or_default]
    pub children: Html,
}

/// What a new application starts from.
#[derive(Clone, PartialEq)]
enum Beginning {
    Blank,
    From(ApplicationId),
}

#[component]
pub fn Home(props: &HomeProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let beginning = use_state(|| None::<Beginning>);
    let begin = {
        let beginning = beginning.clone();
        Callback::from(move |()| beginning.set(Some(Beginning::Blank)))
    };
    let duplicate = {
        let beginning = beginning.clone();
        Callback::from(move |id| beginning.set(Some(Beginning::From(id))))
    };
    let onclose = {
        let beginning = beginning.clone();
        Callback::from(move |()| beginning.set(None))
    };
    let joining = use_state(|| false);
    let set_joining = |to: bool| {
        let joining = joining.clone();
        Callback::from(move |()| joining.set(to))
    };
    let settings = &props.start.settings;
    let empty = props.start.applications.is_empty();
    let actions = html! {
        <>
            <Action name="new" label={text::NEW_APPLICATION.of(language)} icon={Icon::PlusCircle}
                weight={Weight::Primary} onclick={begin} />
            <Action name="join-by-invite" label={text::JOIN_BY_INVITE.of(language)} icon={Icon::Users}
                onclick={set_joining(true)} />
            <Action name="import" label={text::IMPORT.of(language)} icon={Icon::Download}
                onclick={props.onimport.clone()} />
        </>
    };
    html! {
        <div class="page" data-screen="home">
            <header class="bar">
                <span class="seal small" aria-hidden="true">{ "会签" }</span>
                <span class="bar-title">{ text::NAME.of(language) }</span>
                <span class="bar-space" />
                <span class="muted">{ format!("{} · {}", settings.agency, settings.person) }</span>
                <Action name="verify" label={text::VERIFY.of(language)} icon={Icon::CheckCircle} weight={Weight::Link}
                    onclick={props.onverify.clone()} />
                <Action name="settings" label={text::SETTINGS.of(language)} icon={Icon::Cog} weight={Weight::Plain}
                    onclick={props.onsettings.clone()} />
            </header>
            <main class="column wide">
                { props.children.clone() }
                if empty {
                    <div class="home-empty">
                        <div class="sheet-mark" aria-hidden="true" />
                        <EmptyState title={text::HOME_EMPTY.of(language).to_owned()}>
                            <p>{ text::HOME_EMPTY_WHY.of(language) }</p>
                            <div class="actions">{ actions }</div>
                        </EmptyState>
                    </div>
                } else {
                    <div class="head-row">
                        <h1>{ text::APPLICATIONS.of(language) }</h1>
                        <div class="actions">{ actions }</div>
                    </div>
                    { list(props, &duplicate, language) }
                }
            </main>
            if *joining { <JoinForm onclose={set_joining(false)} onjoined={props.onopen.clone()} /> }
            if let Some(beginning) = &*beginning {
                <NewApplication start={props.start.clone()} {onclose} oncreated={props.onopen.clone()}
                    copy_from={match beginning {
                        Beginning::Blank => None,
                        Beginning::From(id) => Some(id.clone()),
                    }} />
            }
        </div>
    }
}

fn list(props: &HomeProps, duplicate: &Callback<ApplicationId>, language: Language) -> Html {
    html! {
        <table class="applications">
            <thead>
                <tr>
                    <th scope="col">{ text::COLUMN_NAME.of(language) }</th>
                    <th scope="col">{ text::COLUMN_PROGRESS.of(language) }</th>
                    <th scope="col">{ text::COLUMN_DEADLINE.of(language) }</th>
                    <th scope="col">{ text::COLUMN_CHANGED.of(language) }</th>
                    <td />
                </tr>
            </thead>
            <tbody>
                { for props.start.applications.iter().map(|application| row(props, application, duplicate, language)) }
            </tbody>
        </table>
    }
}

fn row(
    props: &HomeProps,
    application: &ApplicationSummary,
    duplicate: &Callback<ApplicationId>,
    language: Language,
) -> Html {
    let id = application.id.clone();
    let open = props.onopen.reform(move |()| id.clone());
    let id = application.id.clone();
    let copy = duplicate.reform(move |()| id.clone());
    let name = match application.name.trim() {
        "" => text::UNNAMED.of(language).to_owned(),
        name => name.to_owned(),
    };
    html! {
        <tr key={application.id.0.clone()} data-application={application.id.0.clone()}>
            <th scope="row">
                <Action name="open" label={name} weight={Weight::Link} onclick={open} />
                <span class="muted">{ &application.form_title }</span>
            </th>
            <td>{ progress(application, language) }</td>
            <td>{ deadline(application, &props.start.today, language) }</td>
            <td class="muted">{ time::moment(application.changed_ms, language) }</td>
            <td class="row-actions">
                <Action name="duplicate" label={text::DUPLICATE.of(language)} small=true onclick={copy} />
            </td>
        </tr>
    }
}

fn progress(application: &ApplicationSummary, language: Language) -> Html {
    let (answered, required) = (application.answered.to_string(), application.required.to_string());
    let words = text::PROGRESS.fill(language, &[("answered", &answered), ("required", &required)]);
    html! {
        <>
            <progress value={answered} max={required} aria-label={words.clone()} />
            <span class="figures">{ words.clone() }</span>
            if application.problems > 0 {
                <span class="problem-word">
                    { sign(Icon::ExclamationCircle) }
                    { text::PROBLEMS.fill(language, &[("count", &application.problems.to_string())]) }
                </span>
            }
        </>
    }
}

fn deadline(application: &ApplicationSummary, today: &str, language: Language) -> Html {
    let counted =
        application.deadline.as_ref().and_then(|deadline| time::countdown(today, deadline, language));
    match counted {
        None => html! { <span class="muted">{ text::NO_DEADLINE.of(language) }</span> },
        Some((words, urgency)) => {
            let class = urgency.class();
            html! { <span {class}>{ words }</span> }
        }
    }
}
