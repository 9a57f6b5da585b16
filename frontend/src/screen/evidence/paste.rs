//! Pasting into a slot: a picture that the clipboard holds, or files that a file manager copied.

use form_model::command::EvidenceAct;
use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DataTransfer, Element, File};
use yew::prelude::*;

use crate::state::desk::Desk;

/// As which file managers offer what they copied.
const FILE_LIST: &str = "text/uri-list";

/// What a paste brings for a slot.
enum Pasted {
    /// The page has the bytes.
    Picture(File),
    /// The shell is to look: it has the files that a file manager copied, and pictures that a web view keeps to itself.
    InShell,
}

/// What is pasted anywhere on the page goes into the slot in view, except words into a box.
#[hook]
pub fn use_paste(desk: &Desk, slot: &str, own: bool) {
    use_effect_with((desk.clone(), slot.to_owned(), own), |(desk, slot, own)| {
        let (desk, slot, own) = (desk.clone(), slot.clone(), *own);
        let document = web_sys::window().and_then(|window| window.document()).filter(|_| own);
        let listeners = document.map(|document| {
            let options = EventListenerOptions::enable_prevent_default();
            // WebKit asks by this whether a paste is wanted where there is no box.
            let asked = EventListener::new_with_options(&document, "beforepaste", options, |event| {
                if !is_in_box(event) {
                    event.prevent_default();
                }
            });
            let pasted = EventListener::new_with_options(&document, "paste", options, move |event| {
                let data = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
                let Some(pasted) = data.and_then(|data| read(&data, is_in_box(event))) else { return };
                event.prevent_default();
                match pasted {
                    Pasted::Picture(picture) => desk.paste_evidence(slot.clone(), picture),
                    Pasted::InShell => {
                        let act = EvidenceAct::TakeClipboard { slot: slot.clone() };
                        desk.add_evidence(slot.clone(), act, true);
                    }
                }
            });
            (asked, pasted)
        });
        move || drop(listeners)
    });
}

fn is_in_box(event: &Event) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.matches("input, textarea, [contenteditable]").unwrap_or(false))
}

/// What there is for a slot; `None` when the paste is the box's own matter. Office programs offer a picture of every
/// text: in a box the text is meant.
fn read(data: &DataTransfer, in_box: bool) -> Option<Pasted> {
    let kinds = data.types();
    let offers = |kind: &str| kinds.includes(&kind.into(), 0);
    let files = data.files();
    let pictures = files.iter().flat_map(|files| (0..files.length()).filter_map(|at| files.item(at)));
    let picture = pictures.into_iter().find(|file| file.type_().starts_with("image/"));
    match picture {
        _ if offers(FILE_LIST) => Some(Pasted::InShell),
        Some(picture) if !(in_box && offers("text/plain")) => Some(Pasted::Picture(picture)),
        Some(_) => None,
        None if in_box => None,
        None => Some(Pasted::InShell),
    }
}
