//! The checklist: every slot, what is there and what is missing; below it, how much is still to be sent.

use std::collections::BTreeMap;

use form_model::command::{BlobState, EvidenceAct, Link, Transfer};
use form_model::evidence::{SlotState, size};
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use crate::field::Work;
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::tick::Tick;

/// What the list shows.
pub struct SlotList<'a> {
    pub work: &'a Work,
    pub states: &'a [SlotState<'a>],
    pub blobs: &'a BTreeMap<String, BlobState>,
    pub shown: Option<&'a SlotState<'a>>,
    pub onslot: &'a Callback<String>,
    pub onback: &'a Callback<()>,
    pub language: Language,
}

/// Draws it.
pub fn draw(list: &SlotList<'_>) -> Html {
    let sheet = list.work.desk.sheet();
    let language = list.language;
    let asked = list.states.iter().filter(|state| state.asked).count();
    let done = list.states.iter().filter(|state| state.asked && !state.files.is_empty()).count();
    let words =
        text::EVIDENCE_DONE.fill(language, &[("done", &done.to_string()), ("asked", &asked.to_string())]);
    let metered = sheet.metered;
    let shared = sheet.sync.link != Link::None;
    let onmetered = {
        let desk = list.work.desk.clone();
        Callback::from(move |()| desk.evidence_now(EvidenceAct::Metered { on: !metered }))
    };
    html! {
        <nav class="tasks slots" aria-label={text::EVIDENCE.of(language)}>
            <div class="tasks-head">
                <Action name="leave-evidence" class="slots-back" label={text::BACK_TO_PARTS.of(language)} icon={Icon::AngleLeft}
                    weight={Weight::Link} small=true onclick={list.onback.clone()} />
                <span>{ words.clone() }</span>
                <progress value={done.to_string()} max={asked.to_string()} aria-label={words} />
            </div>
            <ol>{ for list.states.iter().map(|state| slot(list, state, language)) }</ol>
            if shared {
                <div class="slots-foot">
                    <p class="muted" data-left="">{ left(list, language) }</p>
                    <Tick part="metered" label={text::EVIDENCE_METERED.of(language)} checked={metered} onchange={onmetered} />
                </div>
            }
        </nav>
    }
}

fn slot(list: &SlotList<'_>, state: &SlotState<'_>, language: Language) -> Html {
    let sheet = list.work.desk.sheet();
    let here = list.shown.is_some_and(|shown| shown.slot.id == state.slot.id);
    let id = state.slot.id.clone();
    let onclick = list.onslot.reform(move |_: MouseEvent| id.clone());
    let label = sheet.definition.text(language, &format!("evidence.{}.label", state.slot.id)).to_owned();
    let (class, status) = match (state.files.len(), state.asked) {
        (0, true) => ("untouched", text::EVIDENCE_CHIP_NONE.of(language).to_owned()),
        (0, false) => ("complete", text::NOT_COUNTED.of(language).to_owned()),
        (count, _) => ("complete", text::EVIDENCE_CHIP.fill(language, &[("count", &count.to_string())])),
    };
    html! {
        <li key={state.slot.id.clone()}>
            <button type="button" class={classes!("task", class)} data-action="slot" data-slot={state.slot.id.clone()}
                aria-current={here.then_some("true")} {onclick}>
                <span class="task-title">{ format!("{}. {label}", state.slot.number) }</span>
                <span class="task-status"><span class="dot" aria-hidden="true" />{ status }</span>
            </button>
        </li>
    }
}

/// How much of this desk's files the hub has not confirmed.
fn left(list: &SlotList<'_>, language: Language) -> String {
    let files = list.states.iter().flat_map(|state| state.files.iter().chain(&state.removed));
    let sizes: BTreeMap<_, _> = files.map(|entry| (&entry.file.sha256, entry.file.size)).collect();
    let left = sizes.into_iter().map(|(sha256, size)| match list.blobs.get(sha256) {
        Some(BlobState { here: true, transfer: Transfer::Sending { sent }, .. }) => {
            size.saturating_sub(*sent)
        }
        Some(BlobState { here: true, transfer: Transfer::Waiting | Transfer::Failed { .. }, .. }) => size,
        _ => 0,
    });
    match left.sum() {
        0 => text::EVIDENCE_ALL_ON_HUB.of(language).to_owned(),
        bytes => text::EVIDENCE_LEFT.fill(language, &[("size", &size(bytes))]),
    }
}
