//! Who changed the answer in hand, when, from what to what.

use form_model::answer::AnswerValue;
use form_model::command::{HistoryEntry, HistoryStep, Team};
use form_model::definition::FormDefinition;
use form_model::id::AnswerId;
use form_model::language::Language;
use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::field::Work;
use crate::field::remark::spelled;
use crate::shell::Failure;
use crate::text;
use crate::time;
use crate::widget::agency;

/// How long an answer is in hand before its history is read: moving through a table asks for none.
const READ_PAUSE_MS: u32 = 250;

/// How many entries are shown; older ones are counted.
const SHOWN_ENTRIES: usize = 30;

/// How much of a long text an entry shows, in characters.
const SHOWN_CHARACTERS: usize = 60;

#[derive(PartialEq, Properties)]
pub struct HistoryProps {
    /// All answers of the control in hand.
    pub answers: Vec<AnswerId>,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

#[component]
pub fn History(props: &HistoryProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let entries = use_state(|| None::<(Vec<AnswerId>, Result<Vec<HistoryEntry>, Failure>)>);
    let work = use_context::<Work>();
    {
        let (entries, work) = (entries.clone(), work.clone());
        use_effect_with((props.answers.clone(), props.version), move |(answers, _)| {
            let answers = answers.clone();
            let timer = Timeout::new(READ_PAUSE_MS, move || {
                spawn_local(async move {
                    if let Some(work) = work {
                        let read = work.desk.history(&answers).await;
                        entries.set(Some((answers, read)));
                    }
                });
            });
            move || drop(timer)
        });
    }
    let Some(work) = work else { return Html::default() };
    let (definition, team) = (work.desk.sheet().definition.clone(), work.desk.sheet().team.clone());
    let known = (*entries).as_ref().filter(|(answers, _)| *answers == props.answers).map(|(_, read)| read);
    html! {
        <section class="panel-part history">
            <h3>{ text::PANEL_HISTORY.of(language) }</h3>
            { match known {
                None => Html::default(),
                Some(Err(failure)) => html! { <p class="muted">{ failure.sentence(language) }</p> },
                Some(Ok(read)) if read.is_empty() => html! { <p class="muted">{ text::HISTORY_EMPTY.of(language) }</p> },
                Some(Ok(read)) => listed(&definition, &team, read, language),
            } }
        </section>
    }
}

fn listed(definition: &FormDefinition, team: &Team, entries: &[HistoryEntry], language: Language) -> Html {
    let older = entries.len().saturating_sub(SHOWN_ENTRIES);
    html! {
        <>
            <ol>{ for entries.iter().take(SHOWN_ENTRIES).map(|entry| line(definition, team, entry, language)) }</ol>
            if older > 0 { <p class="muted">{ text::HISTORY_OLDER.fill(language, &[("count", &older.to_string())]) }</p> }
        </>
    }
}

fn line(definition: &FormDefinition, team: &Team, entry: &HistoryEntry, language: Language) -> Html {
    let value = |value: Option<&AnswerValue>| excerpt(&spelled(definition, &entry.answer, value, language));
    let what = match &entry.what {
        HistoryStep::Value { before, after } => {
            let before: Vec<_> = before.iter().map(|before| value(Some(before))).collect();
            html! {
                <>
                    if !before.is_empty() { <del>{ before.join(language.pick("、", ", ")) }</del>{ " → " } }
                    <ins>{ value(after.as_ref()) }</ins>
                </>
            }
        }
        HistoryStep::Prose { inserted, deleted } => html! {
            <>
                if !deleted.is_empty() { <del>{ excerpt(deleted) }</del>{ " " } }
                if !inserted.is_empty() { <ins>{ excerpt(inserted) }</ins> }
            </>
        },
    };
    html! {
        <li class={classes!(entry.concurrent.then_some("concurrent"))}>
            <span class="history-what">{ what }</span>
            <span class="muted">
                { agency::author(team, &entry.stamp, language) }
                { " · " }{ time::moment(entry.stamp.time_ms, language) }
                if entry.concurrent { { " · " }{ text::HISTORY_CONCURRENT.of(language) } }
            </span>
        </li>
    }
}

/// The start of a long text.
fn excerpt(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
