//! Settings: who, which language, how large, where the data lies.

use form_model::command::{self, Settings, Start};
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::person::PersonFields;
use crate::shell::{self, Failure};
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::banner::{Banner, Tone};
use std::rc::Rc;

/// The text sizes that are offered, in percent.
pub const TEXT_SIZES: [u16; 4] = [100, 115, 130, 150];

#[derive(PartialEq, Properties)]
pub struct SettingsProps {
    pub start: Rc<Start>,
    pub onsave: Callback<Settings>,
    pub onhome: Callback<()>,
}

/// Changes take effect and are kept at once; names when the field is left.
#[component]
pub fn SettingsScreen(props: &SettingsProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let typed = use_state(|| props.start.settings.clone());
    let failure = use_state(|| None::<Failure>);
    let change = {
        let (typed, onsave) = (typed.clone(), props.onsave.clone());
        Callback::from(move |settings: Settings| {
            typed.set(settings.clone());
            onsave.emit(settings);
        })
    };
    let onnames = {
        let typed = typed.clone();
        Callback::from(move |settings| typed.set(settings))
    };
    let onleave = {
        let (typed, saved, onsave) = (typed.clone(), props.start.settings.clone(), props.onsave.clone());
        Callback::from(move |_: FocusEvent| {
            let named = !typed.agency.trim().is_empty() && !typed.person.trim().is_empty();
            if *typed != saved && named {
                onsave.emit((*typed).clone());
            }
        })
    };
    let open_folder = {
        let failure = failure.clone();
        Callback::from(move |()| {
            let failure = failure.clone();
            spawn_local(async move {
                let none = serde_json::Map::new();
                let opened: Result<(), Failure> =
                    shell::call(command::name::OPEN_DATA_FOLDER, &none, None).await;
                failure.set(opened.err());
            });
        })
    };
    let saved = *typed == props.start.settings;
    html! {
        <div class="page" data-screen="settings">
            <header class="bar">
                <Action name="home" label={text::BACK.of(language)} icon={Icon::AngleLeft} weight={Weight::Plain}
                    onclick={props.onhome.clone()} />
                <h1 class="bar-title">{ text::SETTINGS.of(language) }</h1>
                <span class="bar-space" />
                <span class="state" role="status">
                    if saved { { text::SETTINGS_SAVED.of(language) } }
                </span>
            </header>
            <main class="column">
                <section class="card" onfocusout={onleave}>
                    <h2>{ text::WHO.of(language) }</h2>
                    <PersonFields settings={(*typed).clone()} onchange={onnames} />
                </section>
                <section class="card">
                    <h2>{ text::LOOKS.of(language) }</h2>
                    { languages(&typed, &change, language) }
                    { sizes(&typed, &change, language) }
                </section>
                <section class="card">
                    <h2>{ text::DATA.of(language) }</h2>
                    <dl class="facts">
                        <dt>{ text::DATA_FOLDER.of(language) }</dt>
                        <dd><code data-field="data-folder">{ &props.start.data_folder }</code></dd>
                    </dl>
                    <p class="muted">{ text::DATA_FOLDER_WHY.of(language) }</p>
                    <Action name="open-data-folder" label={text::OPEN_FOLDER.of(language)} icon={Icon::FolderOpen}
                        onclick={open_folder} />
                    if let Some(failure) = &*failure {
                        <Banner tone={Tone::Problem} message={failure.sentence(language)} />
                    }
                </section>
                <p class="muted">{ text::VERSION.fill(language, &[("version", &props.start.version)]) }</p>
            </main>
        </div>
    }
}

fn languages(settings: &Settings, change: &Callback<Settings>, language: Language) -> Html {
    let option = |offered: Language| {
        let name = offered.pick("中文", "English");
        let to = Settings { language: offered, ..settings.clone() };
        choice(
            "language",
            offered.tag().to_owned(),
            name.to_owned(),
            settings.language == offered,
            change,
            to,
        )
    };
    html! {
        <fieldset class="segments">
            <legend>{ text::LANGUAGE.of(language) }</legend>
            { for Language::ALL.into_iter().map(option) }
        </fieldset>
    }
}

fn sizes(settings: &Settings, change: &Callback<Settings>, language: Language) -> Html {
    let option = |size: u16| {
        let to = Settings { text_size: size, ..settings.clone() };
        choice("text-size", size.to_string(), format!("{size}%"), settings.text_size == size, change, to)
    };
    html! {
        <fieldset class="segments">
            <legend>{ text::TEXT_SIZE.of(language) }</legend>
            { for TEXT_SIZES.into_iter().map(option) }
        </fieldset>
    }
}

fn choice(
    name: &'static str,
    value: String,
    label: String,
    checked: bool,
    change: &Callback<Settings>,
    to: Settings,
) -> Html {
    let onchange = change.reform(move |_: Event| to.clone());
    html! {
        <label key={value.clone()}>
            <input type="radio" {name} {value} data-field={name} {checked} {onchange} />
            <span>{ label }</span>
        </label>
    }
}
