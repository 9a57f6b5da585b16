//! The web view of Huiqian: screens over the shell's typed commands.

mod chart;
mod field;
mod panel;
mod paper;
mod screen;
mod shell;
mod state;
#[cfg(test)]
mod style_test;
mod text;
mod time;
mod widget;

use std::rc::Rc;

use form_model::command::{self, Imported, Settings, Start};
use form_model::id::ApplicationId;
use form_model::language::Language;
use serde::de::IgnoredAny;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use screen::application::Application;
use screen::first_run::FirstRun;
use screen::home::Home;
use screen::settings::{SettingsScreen, TEXT_SIZES};
use screen::verify::VerifyScreen;
use shell::Failure;
use state::desk::Desk;
use widget::action::{Action, Weight};
use widget::banner::{Banner, Tone};

/// Which screen is shown.
#[derive(Clone, PartialEq)]
enum Place {
    Home,
    Settings,
    Verify,
    Application(Desk),
}

/// What came of the last import, or what went wrong last.
type Message = Option<Result<Imported, Failure>>;

#[component]
fn App() -> Html {
    let start = use_state(|| None::<Rc<Start>>);
    let place = use_state(|| Place::Home);
    let message = use_state(|| Message::None);
    let begin = beginning(&start, &message);
    {
        let begin = begin.clone();
        use_effect_with((), move |()| begin.emit(()));
    }
    let settings = start.as_ref().map(|start| start.settings.clone()).unwrap_or_default();
    use_effect_with(settings.clone(), apply);
    let language = settings.language;
    let (save, open) = (saving(&begin, &message), opening(&place, &message));
    let home = {
        let (place, begin) = (place.clone(), begin.clone());
        Callback::from(move |()| {
            place.set(Place::Home);
            begin.emit(());
        })
    };
    let told = told(&message, language);
    let Some(start) = (*start).clone() else { return waiting(&message, &begin, language) };
    let screen = match &*place {
        _ if !start.introduced => html! { <FirstRun settings={start.settings.clone()} onsave={save} /> },
        Place::Home => {
            let onimport = importing(&begin, &message);
            let (onsettings, onverify) = (going(&place, Place::Settings), going(&place, Place::Verify));
            html! { <Home {start} onopen={open} {onimport} {onsettings} {onverify}>{ told }</Home> }
        }
        Place::Verify => html! { <VerifyScreen onhome={home} /> },
        Place::Settings => html! { <><SettingsScreen {start} onsave={save} onhome={home} />{ told }</> },
        Place::Application(desk) => {
            let id = desk.sheet().application.clone();
            let onreopen = open.reform(move |()| id.clone());
            html! { <Application key={desk.opening()} desk={desk.clone()} onhome={home} {onreopen} /> }
        }
    };
    html! { <ContextProvider<Language> context={language}>{ screen }</ContextProvider<Language>> }
}

/// Goes to a screen.
fn going(place: &UseStateHandle<Place>, to: Place) -> Callback<()> {
    let place = place.clone();
    Callback::from(move |()| place.set(to.clone()))
}

/// Asks the shell how things stand.
fn beginning(start: &UseStateHandle<Option<Rc<Start>>>, message: &UseStateHandle<Message>) -> Callback<()> {
    let (start, message) = (start.clone(), message.clone());
    Callback::from(move |()| {
        let (start, message) = (start.clone(), message.clone());
        spawn_local(async move {
            let none = serde_json::Map::new();
            match shell::call::<_, Start>(command::name::START, &none, None).await {
                Ok(answer) => start.set(Some(Rc::new(answer))),
                Err(failure) => message.set(Some(Err(failure))),
            }
        });
    })
}

/// Keeps the settings, then asks how things stand.
fn saving(begin: &Callback<()>, message: &UseStateHandle<Message>) -> Callback<Settings> {
    let (begin, message) = (begin.clone(), message.clone());
    Callback::from(move |settings: Settings| {
        let (begin, message) = (begin.clone(), message.clone());
        spawn_local(async move {
            match shell::request::<_, IgnoredAny>(command::name::SAVE_SETTINGS, &settings).await {
                Ok(_) => begin.emit(()),
                Err(failure) => message.set(Some(Err(failure))),
            }
        });
    })
}

/// Opens an application and goes there.
fn opening(place: &UseStateHandle<Place>, message: &UseStateHandle<Message>) -> Callback<ApplicationId> {
    let (place, message) = (place.clone(), message.clone());
    Callback::from(move |id: ApplicationId| {
        let (place, message) = (place.clone(), message.clone());
        spawn_local(async move {
            match Desk::open(&id).await {
                Ok(desk) => {
                    message.set(None);
                    place.set(Place::Application(desk));
                }
                Err(failure) => message.set(Some(Err(failure))),
            }
        });
    })
}

/// Takes in a file that the person chooses.
fn importing(begin: &Callback<()>, message: &UseStateHandle<Message>) -> Callback<()> {
    let (begin, message) = (begin.clone(), message.clone());
    Callback::from(move |()| {
        let (begin, message) = (begin.clone(), message.clone());
        spawn_local(async move {
            let none = serde_json::Map::new();
            match shell::call::<_, Option<Imported>>(command::name::IMPORT_FILE, &none, None).await {
                Ok(None) => {}
                Ok(Some(imported)) => {
                    message.set(Some(Ok(imported)));
                    begin.emit(());
                }
                Err(failure) => message.set(Some(Err(failure))),
            }
        });
    })
}

/// Puts language and text size on the document, where style sheets and screen readers find them.
fn apply(settings: &Settings) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    document.set_title(text::NAME.of(settings.language));
    let Some(root) = document.document_element() else { return };
    // Setting an attribute or a class of the root element doesn't fail.
    root.set_attribute("lang", settings.language.tag()).ok();
    for size in TEXT_SIZES {
        root.class_list().toggle_with_force(&format!("text-{size}"), size == settings.text_size).ok();
    }
}

/// The message, to be closed.
fn told(message: &UseStateHandle<Message>, language: Language) -> Html {
    let close = {
        let message = message.clone();
        Callback::from(move |()| message.set(None))
    };
    let (tone, sentence) = match &**message {
        None => return Html::default(),
        Some(Ok(imported)) => widget::banner::imported(imported, &text::IMPORTED_HOME, language),
        Some(Err(failure)) => (Tone::Problem, failure.sentence(language)),
    };
    html! {
        <Banner {tone} message={sentence}>
            <Action name="close-message" label={text::CLOSE.of(language)} weight={Weight::Link} small=true onclick={close} />
        </Banner>
    }
}

/// Before the shell has answered, or when it can't (a damaged or newer database, a folder in use).
fn waiting(message: &UseStateHandle<Message>, begin: &Callback<()>, language: Language) -> Html {
    match &**message {
        Some(Err(failure)) => html! {
            <main class="first-run" data-screen="broken">
                <div class="card">
                    <p class="seal" aria-hidden="true">{ "会签" }</p>
                    <Banner tone={Tone::Problem} message={failure.sentence(language)} />
                    <Action name="retry" label={text::TRY_AGAIN.of(language)} onclick={begin.clone()} />
                </div>
            </main>
        },
        _ => html! {
            <main class="first-run" data-screen="loading">
                <p class="muted" role="status">{ text::LOADING.of(language) }</p>
            </main>
        },
    }
}

fn main() {
    yew::Renderer::<App>::new().render();
}
