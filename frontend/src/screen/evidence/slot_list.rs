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
    let (metered, paused) = (sheet.metered, sheet.paused);
    let shared = sheet.sync.link != Link::None;
    let onmetered = {
        let desk = list.work.desk.clone();
        Callback::from(move |()| desk.evidence_now(EvidenceAct::Metered { on: !metered }))
    };
    let onpause = {
        let desk = list.work.desk.clone();
        Callback::from(move |()| desk.evidence_now(EvidenceAct::Pause { on: !paused }))
    };
    let left = Left::of(list);
    let pause = if paused { &text::EVIDENCE_RESUME } else { &text::EVIDENCE_PAUSE };
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
                    <p class="muted" data-left="" role="status">{ left.words(paused, language) }</p>
                    if paused || left.any() {
                        <Action name="pause-transfer" label={pause.of(language)} weight={Weight::Link} small=true onclick={onpause} />
                    }
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

/// How much is still to be carried, in bytes.
#[derive(Clone, Copy, Default)]
struct Left {
    up: u64,
    down: u64,
}

impl Left {
    /// Files that were taken out go to the hub too, and come from it only when somebody asks for them.
    fn of(list: &SlotList<'_>) -> Self {
        let stand = list.states.iter().flat_map(|state| state.files.iter().map(|entry| (entry, true)));
        let removed = list.states.iter().flat_map(|state| state.removed.iter().map(|entry| (entry, false)));
        let mut sizes: BTreeMap<&str, (u64, bool)> = BTreeMap::new();
        for (entry, stands) in stand.chain(removed) {
            sizes.entry(&entry.file.sha256).or_insert((entry.file.size, false)).1 |= stands;
        }
        let mut left = Self::default();
        for (sha256, (size, stands)) in sizes {
            if let Some(blob) = list.blobs.get(sha256) {
                left.add(blob, size, stands);
            }
        }
        left
    }

    fn add(&mut self, blob: &BlobState, size: u64, stands: bool) {
        match (&blob.transfer, blob.here) {
            (Transfer::Sending { sent }, _) => self.up += size.saturating_sub(*sent),
            (Transfer::Waiting | Transfer::Held | Transfer::Failed { .. }, true) => self.up += size,
            (Transfer::Fetching { got }, _) => self.down += size.saturating_sub(*got),
            (Transfer::OnHub | Transfer::Failed { .. }, false) if stands => self.down += size,
            _ => {}
        }
    }

    fn any(self) -> bool {
        self.up > 0 || self.down > 0
    }

    fn words(self, paused: bool, language: Language) -> String {
        let amount = |text: &text::Text, bytes: u64| {
            (bytes > 0).then(|| text.fill(language, &[("size", &size(bytes))]))
        };
        let words = [
            paused.then(|| text::EVIDENCE_PAUSED.of(language).to_owned()),
            amount(&text::EVIDENCE_LEFT, self.up),
            amount(&text::EVIDENCE_LEFT_TO_FETCH, self.down),
        ];
        let words: Vec<_> = words.into_iter().flatten().collect();
        if self.any() || paused {
            words.join(" · ")
        } else {
            text::EVIDENCE_ALL_ON_HUB.of(language).to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_counts_both_ways_and_no_file_that_nobody_sees_on_its_way_here() {
        let mut left = Left::default();
        let blob = |here, transfer| BlobState { sha256: String::new(), here, transfer };
        left.add(&blob(true, Transfer::Sending { sent: 1 << 20 }), 3 << 20, true);
        left.add(&blob(true, Transfer::Held), 2 << 20, false);
        left.add(&blob(true, Transfer::OnHub), 9 << 20, true);
        assert_eq!(left.words(false, Language::Chinese), "还有 4.0 MB 待上传");
        left.add(&blob(false, Transfer::OnHub), 5 << 20, true);
        left.add(&blob(false, Transfer::OnHub), 7 << 20, false);
        assert_eq!(left.words(true, Language::Chinese), "已暂停 · 还有 4.0 MB 待上传 · 还有 5.0 MB 待取来");
        assert_eq!(Left::default().words(false, Language::Chinese), "本机文件都已在协同中心");
    }
}
