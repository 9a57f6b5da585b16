//! What the window as a whole listens to: shortcuts, the person turning away, a pointer that is down, where the
//! focus and the caret are.

use std::cell::RefCell;
use std::rc::Rc;

use form_model::id::AnswerId;
use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use yew::prelude::*;

use crate::field::text_element::caret;
use crate::state::desk::Desk;
use crate::state::team::Place;
use crate::widget::dialog::focused_element;

/// A pointer that goes down and is never seen to come up (on a scroll bar, out of the window) holds drawing back
/// no longer than this.
const LONGEST_CLICK_MS: u32 = 1_000;

/// Ctrl+K, Ctrl+Z, Ctrl+Y wherever the focus is; not while a dialog asks or an input method composes.
#[hook]
pub fn use_shortcuts(desk: &Desk, asked: bool, onsearch: Callback<()>) {
    use_effect_with((desk.clone(), asked), move |(desk, asked)| {
        let (desk, asked) = (desk.clone(), *asked);
        let options = EventListenerOptions::enable_prevent_default();
        let listener = web_sys::window().map(|window| {
            EventListener::new_with_options(&window, "keydown", options, move |event| {
                let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
                if asked || event.is_composing() || !(event.ctrl_key() || event.meta_key()) {
                    return;
                }
                match (event.key().to_lowercase().as_str(), event.shift_key()) {
                    ("k", false) => onsearch.emit(()),
                    ("z", false) => desk.undo(),
                    ("y", false) | ("z", true) => desk.redo(),
                    _ => return,
                }
                event.prevent_default();
            })
        });
        move || drop(listener)
    });
}

/// What is typed is stored when the person turns to another window.
#[hook]
pub fn use_commit_on_leaving(desk: &Desk) {
    use_effect_with(desk.clone(), |desk| {
        let desk = desk.clone();
        let listener =
            web_sys::window().map(|window| EventListener::new(&window, "blur", move |_| desk.commit_all()));
        move || drop(listener)
    });
}

/// Nothing is drawn anew between the going down and the coming up of a pointer: the remark of a field that is left
/// by the click would push away what is clicked.
#[hook]
pub fn use_steady_clicks(desk: &Desk) {
    use_effect_with(desk.clone(), |desk| {
        let timer = Rc::new(RefCell::new(None::<Timeout>));
        let listen = |event: &'static str, down: bool| {
            let (desk, timer) = (desk.clone(), timer.clone());
            let window = web_sys::window()?;
            let options = EventListenerOptions::run_in_capture_phase();
            Some(EventListener::new_with_options(&window, event, options, move |_| {
                if down {
                    desk.listeners().set_pointer_down(true);
                }
                // After the click that follows the pointer's coming up.
                let release = desk.clone();
                let pause_ms = if down { LONGEST_CLICK_MS } else { 0 };
                timer.replace(Some(Timeout::new(pause_ms, move || {
                    release.listeners().set_pointer_down(false);
                })));
            }))
        };
        let listeners =
            [listen("pointerdown", true), listen("pointerup", false), listen("pointercancel", false)];
        let desk = desk.clone();
        move || {
            drop(listeners);
            desk.listeners().set_pointer_down(false);
        }
    });
}

/// Tells colleagues in which field the focus is, and where the caret stands in its text.
#[hook]
pub fn use_whereabouts(desk: &Desk) {
    use_effect_with(desk.clone(), |desk| {
        let document = web_sys::window().and_then(|window| window.document());
        let listen = |event: &'static str| {
            let desk = desk.clone();
            let document = document.as_ref()?;
            Some(EventListener::new(document, event, move |_| {
                let desk = desk.clone();
                // After the focus has moved on and the text is as typed.
                Timeout::new(0, move || desk.be_at(whereabouts())).forget();
            }))
        };
        let listeners = ["focusin", "focusout", "selectionchange", "input", "keyup", "pointerup"].map(listen);
        let desk = desk.clone();
        move || {
            drop(listeners);
            desk.be_at((None, None));
        }
    });
}

/// The answer whose control has the focus, and the caret in its text.
fn whereabouts() -> Place {
    let control = focused_element().and_then(|element| element.closest("[data-answer]").ok().flatten());
    let answer = control.and_then(|control| control.get_attribute("data-answer")).map(AnswerId);
    match answer {
        Some(answer) => {
            let caret = caret().filter(|_| answer.facet().is_none());
            (Some(answer.base()), caret.and_then(|caret| u64::try_from(caret.end).ok()))
        }
        None => (None, None),
    }
}
