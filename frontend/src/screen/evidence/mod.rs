//! Evidence: the form's slots, and the files of the one in hand.

mod card;
mod directory;
mod drag;
mod light_box;
mod picture;
mod slot;
mod slot_list;
mod transfer;

use form_model::command::EvidenceAct;
use form_model::evidence::slots;
use form_model::id::AnswerId;
use form_model::language::Language;
use yew::prelude::*;

use crate::field::{Work, page};
use crate::state::desk::Desk;
use crate::state::watch::{Change, use_changes, use_listener};

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

/// What is dropped on any other screen is taken in as a file of Huiqian's.
#[hook]
pub fn use_drops_elsewhere(desk: &Desk, evidence_shown: bool) {
    let shown = use_mut_ref(|| evidence_shown);
    shown.replace(evidence_shown);
    let told = desk.clone();
    use_listener(desk, move |change| {
        if let Change::Dropped(drop) = change
            && !*shown.borrow()
        {
            told.evidence_now(EvidenceAct::LeaveDropped { tray: drop.tray });
        }
    });
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
    let blobs = sheet.blobs.clone();
    drop(sheet);
    let shown = states.iter().find(|state| state.slot.id == props.slot.as_str()).or(states.first());
    html! {
        <>
            { slot_list::draw(&SlotList { work: &work, states: &states, blobs: &blobs, shown, onslot: &props.onslot, onback: &props.onback, language }) }
            <main id="form" class="evidence-desk" tabindex="-1">
                if let Some(state) = shown {
                    <Slot key={state.slot.id.clone()} slot={state.slot.clone()} asked={state.asked} files={state.files.clone()}
                        removed={state.removed.clone()} {blobs} onshow={props.onshow.clone()} version={props.version} />
                }
            </main>
        </>
    }
}
