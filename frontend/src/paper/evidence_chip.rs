//! Beside a field that asks for evidence: how many files are there, and the way to them.

use form_model::evidence::slots;
use form_model::language::Language;
use yew::prelude::*;

use crate::field::Work;
use crate::state::watch::{Change, use_changes};
use crate::text;

#[derive(PartialEq, Properties)]
pub struct EvidenceChipProps {
    /// The slot's id.
    pub slot: AttrValue,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

#[component]
pub fn EvidenceChip(props: &EvidenceChipProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    use_changes(&work.desk, |change| *change == Change::Evidence);
    let sheet = work.desk.sheet();
    let busy = sheet.told.get(props.slot.as_str()).is_some_and(|told| told.busy);
    let definition = sheet.definition.clone();
    let states = slots(&definition, sheet.answers());
    let Some(state) = states.iter().find(|state| state.slot.id == props.slot.as_str()) else {
        return Html::default();
    };
    let count = state.files.len();
    let (class, words) = match (count, sheet.blanks_shown && state.asked) {
        _ if busy => ("none", text::EVIDENCE_ADDING.of(language).to_owned()),
        (0, true) => ("missing", text::EVIDENCE_CHIP_NONE.of(language).to_owned()),
        (0, false) => ("none", text::EVIDENCE_CHIP_ADD.of(language).to_owned()),
        _ => ("some", text::EVIDENCE_CHIP.fill(language, &[("count", &count.to_string())])),
    };
    let slot = props.slot.to_string();
    let onclick = work.onevidence.reform(move |_: MouseEvent| slot.clone());
    html! {
        <button type="button" class={classes!("evidence-chip", class)} data-chip={props.slot.clone()}
            data-count={count.to_string()} {onclick}>
            { words }
        </button>
    }
}
