//! The bar over an open application: its name, the state line that never lies, what can be done with the whole.

use form_model::language::Language;
use gloo_timers::callback::Timeout;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use crate::field::Work;
use crate::state::desk::Desk;
use crate::state::sheet::SaveState;
use crate::state::watch::{Change, use_changes};
use crate::text;
use crate::time;
use crate::widget::action::{Action, Weight};
use crate::widget::sign::sign;

#[derive(PartialEq, Properties)]
pub struct BarProps {
    /// The whole form is being checked.
    pub checking: bool,
    pub onhome: Callback<()>,
    pub onsearch: Callback<()>,
    pub onexport: Callback<()>,
    pub oncheck: Callback<()>,
    pub onpanel: Callback<()>,
    pub panel_open: bool,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

#[component]
pub fn Bar(props: &BarProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let sheet = work.desk.sheet();
    let name = match sheet.name() {
        "" => text::UNNAMED.of(language).to_owned(),
        name => name.to_owned(),
    };
    let form = sheet.definition.text(language, "form.title").to_owned();
    let undo = sheet.undo.clone();
    drop(sheet);
    let step_back = step(&work, Desk::undo);
    let step_forth = step(&work, Desk::redo);
    let check = if props.checking { &text::BACK_TO_PARTS } else { &text::CHECK };
    html! {
        <header class="bar">
            <Action name="home" label={text::APPLICATIONS.of(language)} icon={Icon::AngleLeft} weight={Weight::Plain}
                onclick={props.onhome.clone()} />
            <div class="bar-name">
                <h1 class="bar-title">{ name }</h1>
                <span class="muted">{ form }</span>
            </div>
            <span class="bar-space" />
            <button type="button" class="bar-search" data-action="search" onclick={props.onsearch.reform(|_: MouseEvent| ())}>
                { sign(Icon::Search) }<span>{ text::SEARCH.of(language) }</span><kbd>{ "Ctrl K" }</kbd>
            </button>
            <span class="bar-group">
                <Action name="undo" label={text::UNDO.of(language)} icon={Icon::Undo} weight={Weight::Plain}
                    shortcut="Ctrl+Z" disabled={!undo.undo} onclick={step_back} />
                <Action name="redo" label={text::REDO.of(language)} icon={Icon::Redo} weight={Weight::Plain}
                    shortcut="Ctrl+Y" disabled={!undo.redo} onclick={step_forth} />
            </span>
            <StateLine />
            <Action name="export" label={text::EXPORT.of(language)} weight={Weight::Link} onclick={props.onexport.clone()} />
            <Action name="panel" class="panel-toggle" label={text::PANEL.of(language)} icon={Icon::InfoCircle}
                weight={Weight::Plain} pressed={props.panel_open} onclick={props.onpanel.clone()} />
            <Action name="check" label={check.of(language)}
                weight={if props.checking { Weight::Secondary } else { Weight::Primary }} onclick={props.oncheck.clone()} />
        </header>
    }
}

fn step(work: &Work, act: impl Fn(&Desk) + 'static) -> Callback<()> {
    let desk = work.desk.clone();
    Callback::from(move |()| act(&desk))
}

/// Says 已存本机 only of what the shell has acknowledged.
#[component]
fn StateLine() -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let work = use_context::<Work>();
    let Some(work) = work else { return Html::default() };
    html! { <StateOf {work} {language} /> }
}

#[derive(PartialEq, Properties)]
struct StateOfProps {
    work: Work,
    language: Language,
}

#[component]
fn StateOf(props: &StateOfProps) -> Html {
    let (desk, language) = (&props.work.desk, props.language);
    use_changes(desk, |change| matches!(change, Change::Sheet | Change::Save | Change::Prose(_)));
    let sheet = desk.sheet();
    let (state, words) = match sheet.save_state() {
        SaveState::Saving => ("saving", text::SAVING.of(language).to_owned()),
        SaveState::Saved(time_ms) => {
            ("saved", text::SAVED.fill(language, &[("time", &time::clock(time_ms))]))
        }
        SaveState::Failed(count) => {
            ("failed", text::NOT_SAVED.fill(language, &[("count", &count.to_string())]))
        }
    };
    let retry = {
        let desk = desk.clone();
        Callback::from(move |()| desk.retry())
    };
    let spoken = use_settled(&words);
    let why = sheet.first_refusal().map(|(_, failure)| failure.sentence(language));
    html! {
        <span class={classes!("state", state)}>
            <span data-state={state} title={why}><span class="dot" aria-hidden="true" />{ words }</span>
            <span class="pf-v6-screen-reader" role="status" aria-live="polite">{ spoken }</span>
            if state == "failed" {
                <Action name="retry" label={text::TRY_AGAIN.of(language)} small=true onclick={retry} />
            }
        </span>
    }
}

/// How long the state line stays the same before it is read aloud: not at every keystroke.
const SETTLED_MS: u32 = 1_500;

/// The words once they have not changed for a while.
#[hook]
fn use_settled(words: &str) -> String {
    let settled = use_state(String::new);
    {
        let settled = settled.clone();
        use_effect_with(words.to_owned(), move |words| {
            let words = words.clone();
            let timer = Timeout::new(SETTLED_MS, move || settled.set(words));
            move || drop(timer)
        });
    }
    (*settled).clone()
}
