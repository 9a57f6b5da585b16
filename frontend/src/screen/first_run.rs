//! The first start: agency and name, then work.

use form_model::command::Settings;
use form_model::language::Language;
use yew::prelude::*;

use super::person::PersonFields;
use crate::field::page;
use crate::text;
use crate::widget::action::{Action, Weight};

#[derive(PartialEq, Properties)]
pub struct FirstRunProps {
    pub settings: Settings,
    pub onsave: Callback<Settings>,
}

#[component]
pub fn FirstRun(props: &FirstRunProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let settings = use_state(|| props.settings.clone());
    use_effect_with((), |()| page::focus_first("[data-field=agency]"));
    let complete = !settings.agency.trim().is_empty() && !settings.person.trim().is_empty();
    let save = {
        let (settings, onsave) = (settings.clone(), props.onsave.clone());
        Callback::from(move |()| onsave.emit((*settings).clone()))
    };
    let onsubmit = {
        let save = save.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if complete {
                save.emit(());
            }
        })
    };
    let onchange = {
        let settings = settings.clone();
        Callback::from(move |changed| settings.set(changed))
    };
    html! {
        <main class="first-run" data-screen="first-run">
            <form class="card" {onsubmit}>
                <p class="seal" aria-hidden="true">{ "会签" }</p>
                <h1>{ text::WELCOME.of(language) }</h1>
                <p class="muted">{ text::WELCOME_WHY.of(language) }</p>
                <PersonFields settings={(*settings).clone()} {onchange} />
                <Action name="begin" label={text::BEGIN.of(language)} weight={Weight::Primary} disabled={!complete}
                    onclick={save} />
            </form>
        </main>
    }
}
