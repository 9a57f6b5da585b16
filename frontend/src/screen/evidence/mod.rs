//! Evidence: the form's slots, and the files of the one in hand.

mod card;
mod cards;
mod directory;
mod drag;
mod drop;
mod light_box;
mod pages;
mod paste;
mod picture;
mod removal;
mod slot;
mod slot_list;
mod status;
mod told;
mod transfer;

use form_model::evidence::slots;
use form_model::id::AnswerId;
use form_model::language::Language;
use yew::prelude::*;

use crate::field::{Work, page};
use crate::state::watch::{Change, use_changes};

pub use drop::use_drops;
use slot::Slot;
use slot_list::SlotList;

#[derive(PartialEq, Properties)]
pub struct EvidenceScreenProps {
    /// The slot in hand, by its id.
    pub slot: AttrValue,
    pub onslot: Callback<String>,
    /// To the form.
    pub onback: Callback<()>,
    /// To the field that asks for the files.
    pub onshow: Callback<AnswerId>,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

/// The screen.
#[component]
pub fn EvidenceScreen(props: &EvidenceScreenProps) -> Html {
    let Some(work) = use_context::<Work>() else { return Html::default() };
    use_changes(&work.desk, |change| *change == Change::Evidence);
    use_effect_with((), |()| page::focus_first("#form"));
    let language = use_context::<Language>().unwrap_or_default();
    let sheet = work.desk.sheet();
    let definition = sheet.definition.clone();
    let states = slots(&definition, sheet.answers());
    let (blobs, told, watch) = (sheet.blobs.clone(), sheet.told.clone(), sheet.watch.clone());
    drop(sheet);
    let shown = states.iter().find(|state| state.slot.id == props.slot.as_str()).or(states.first());
    html! {
        <>
            { slot_list::draw(&SlotList { work: &work, states: &states, blobs: &blobs, shown, onslot: &props.onslot, onback: &props.onback, language }) }
            <main id="form" class="evidence-desk" tabindex="-1" data-shown-slot={shown.map(|state| state.slot.id.clone())}>
                if let Some(state) = shown {
                    <Slot key={state.slot.id.clone()} slot={state.slot.clone()} asked={state.asked} files={state.files.clone()}
                        removed={state.removed.clone()} {blobs}
                        told={told.get(&state.slot.id).cloned().unwrap_or_default()} {watch} onshow={props.onshow.clone()} version={props.version} />
                }
            </main>
        </>
    }
}
