//! Boxes as high as their text.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::text_box::Writing;

/// The length of the text, in bytes, for which a box was measured.
const MEASURED: &str = "data-measured";

/// Gives the box the height of its text, and says whether there is any.
///
/// Of a few words the frame holds a second copy, unseen, that is as high as they are. A second copy of long text
/// would be laid out at each keystroke; its box is measured instead.
pub fn grow(frame: &NodeRef, text: &str, writing: Writing) {
    let Some(frame) = frame.cast::<Element>() else { return };
    // Setting an attribute or class of our own element doesn't fail.
    frame.class_list().toggle_with_force("blank", text.trim().is_empty()).ok();
    match writing {
        Writing::Words => {
            frame.set_attribute("data-text", text).ok();
        }
        Writing::Prose => {
            let area =
                frame.first_element_child().and_then(|child| child.dyn_into::<HtmlTextAreaElement>().ok());
            if let Some(area) = area {
                fit(&area, text);
            }
        }
        Writing::Figure | Writing::Line | Writing::Page => {}
    }
}

/// Measures a long text's box anew when the window's width changes (and when a face is loaded, see boot.js).
#[hook]
pub fn use_refit(frame: &NodeRef, node: &NodeRef, writing: Writing) {
    let (frame, node) = (frame.clone(), node.clone());
    use_effect_with(writing, move |writing| {
        let writing = *writing;
        let window = web_sys::window().filter(|_| writing == Writing::Prose);
        let listener = window.map(|window| {
            EventListener::new(&window, "resize", move |_| {
                if let Some(area) = node.cast::<HtmlTextAreaElement>() {
                    // Taller than any text, so that the height is taken anew from nothing.
                    area.set_attribute(MEASURED, &usize::MAX.to_string()).ok();
                    grow(&frame, &area.value(), writing);
                }
            })
        });
        move || drop(listener)
    });
}

/// Measures the text and sets the height, unless the text is the one that was measured last.
fn fit(area: &HtmlTextAreaElement, text: &str) {
    let length = text.len().to_string();
    let measured = area.get_attribute(MEASURED).and_then(|length| length.parse::<usize>().ok());
    if measured == Some(text.len()) {
        return;
    }
    let style = HtmlElement::style(area);
    // Properties of a style declaration are set by script, which the content security policy allows.
    if measured.is_none_or(|measured| text.len() < measured) {
        style.remove_property("height").ok();
    }
    if area.scroll_height() > area.client_height() {
        style.set_property("height", &format!("{}px", area.scroll_height())).ok();
    }
    area.set_attribute(MEASURED, &length).ok();
}
