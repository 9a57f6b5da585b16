//! Files dropped on the window.

use form_model::command::{DirectoryAct, EvidenceAct};
use form_model::definition::EvidenceSlot;
use yew::prelude::*;

use super::directory::is_directory;
use super::drag::{is_in_view, slot_at};
use crate::state::desk::Desk;
use crate::state::watch::{Change, Dropping, use_listener};

/// What is dropped on a slot, wherever one is shown, goes into it; what is dropped elsewhere is taken in as a file of
/// Huiqian's. A directory that is dropped on the slot in view is looked at first ([`use_directory_drops`]).
#[hook]
pub fn use_drops(desk: &Desk, evidence_shown: bool) {
    // The listener outlives one drawing of the page.
    let shown = use_mut_ref(|| evidence_shown);
    shown.replace(evidence_shown);
    let told = desk.clone();
    use_listener(desk, move |change| {
        let Change::Dropped(drop) = change else { return };
        let Some(slot) = slot_at(drop.place) else {
            told.evidence_now(EvidenceAct::LeaveDropped { tray: drop.tray });
            return;
        };
        let definition = told.sheet().definition.clone();
        if definition.slot(&slot).is_some_and(|slot| is_looked_at(slot, &drop)) {
            return;
        }
        let act = EvidenceAct::TakeDropped { slot: slot.clone(), tray: drop.tray };
        told.add_evidence(slot, act, *shown.borrow());
    });
}

/// Reads a directory that is dropped on the slot in view.
#[hook]
pub fn use_directory_drops(desk: &Desk, slot: &EvidenceSlot, read: &Callback<DirectoryAct>) {
    let last = use_mut_ref(|| (slot.clone(), read.clone()));
    last.replace((slot.clone(), read.clone()));
    use_listener(desk, move |change| {
        let Change::Dropped(drop) = change else { return };
        let (slot, read) = last.borrow().clone();
        if is_looked_at(&slot, &drop) {
            read.emit(DirectoryAct::TakeDropped { slot: slot.id, tray: drop.tray });
        }
    });
}

/// Whether what was dropped is a directory, on the slot in view.
fn is_looked_at(slot: &EvidenceSlot, drop: &Dropping) -> bool {
    is_in_view(drop.place) && is_directory(slot, &drop.names)
}
