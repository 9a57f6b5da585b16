//! The state line in the bar: how far what is here has come. Pressed, it tells more.

use form_model::language::Language;
use gloo_timers::callback::Timeout;
use yew::prelude::*;

use crate::field::Work;
use crate::state::sheet::{SaveState, Sheet};
use crate::state::state_line::{Clock, Way, state_line};
use crate::state::watch::{Change, use_changes};
use crate::text;
use crate::time;
use crate::widget::action::Action;

#[derive(PartialEq, Properties)]
pub struct StateLineProps {
    pub work: Work,
    /// More is to be told.
    pub onopen: Callback<()>,
}

/// Says 已存本机 only of what the shell has acknowledged, 已同步 only of what the hub has.
#[component]
pub fn StateLine(props: &StateLineProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let desk = &props.work.desk;
    use_changes(desk, |change| matches!(change, Change::Sheet | Change::Save | Change::Prose(_)));
    let sheet = desk.sheet();
    let save = match sheet.save_state() {
        SaveState::Saving => "saving",
        SaveState::Saved(_) => "saved",
        SaveState::Failed(_) => "failed",
    };
    let line = spelled(&sheet, language);
    let spoken = use_settled(&line.words);
    let why = sheet.first_refusal().map(|(_, failure)| failure.sentence(language));
    let retry = {
        let desk = desk.clone();
        Callback::from(move |()| desk.retry())
    };
    let name = text::SYNC_OPEN.fill(language, &[("state", &line.words)]);
    html! {
        <span class={classes!("state", line.tone.class())}>
            <button type="button" class="state-button" data-action="sync" data-state={save}
                data-sync={line.tone.class()} title={why} aria-label={name}
                onclick={props.onopen.reform(|_: MouseEvent| ())}>
                <span class="dot" aria-hidden="true" />
                { &line.words }
                if line.look { { " · " }{ text::LOOK.of(language) } }
            </button>
            <span class="pf-v6-screen-reader" role="status" aria-live="polite">{ spoken }</span>
            if save == "failed" {
                <Action name="retry" label={text::TRY_AGAIN.of(language)} small=true onclick={retry} />
            }
        </span>
    }
}

/// The state line as it stands.
pub fn spelled(sheet: &Sheet, language: Language) -> crate::state::state_line::StateLine {
    let clock = Clock { time: &time::clock, since: &|ms| time::since(ms, language) };
    let way = Way { save: sheet.save_state(), sync: &sheet.sync, last_own_ms: sheet.last_own_ms };
    state_line(way, &clock, language)
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
