//! Finding and entering controls in the page.

use form_model::id::AnswerId;
use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement, HtmlTextAreaElement, ScrollIntoViewOptions, ScrollLogicalPosition};

/// Moves the focus to an answer's control and brings it to the middle of the window. A multiple choice is
/// entered at its first option. Returns whether there is such a control in the page.
pub fn enter(answer: &AnswerId) -> bool {
    let Some(control) = control_of(answer) else { return false };
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Center);
    control.scroll_into_view_with_scroll_into_view_options(&options);
    control.focus().is_ok()
}

/// Moves to the control that follows the one in focus.
pub fn enter_next() {
    let Some(document) = document() else { return };
    let Ok(controls) = document.query_selector_all("[data-answer]") else { return };
    let here = document.active_element();
    let position = (0..controls.length()).find(|at| controls.get(*at).as_ref() == here.as_deref());
    let next =
        position.and_then(|at| controls.get(at + 1)).and_then(|node| node.dyn_into::<HtmlElement>().ok());
    if let Some(next) = next {
        next.focus().ok();
    }
}

/// Puts the focus on the first element that matches.
pub fn focus_first(selector: &str) {
    let element = document().and_then(|document| document.query_selector(selector).ok().flatten());
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        element.focus().ok();
    }
}

fn control_of(answer: &AnswerId) -> Option<HtmlElement> {
    let document = document()?;
    let exact = format!("[data-answer=\"{answer}\"]");
    let part = format!("[data-answer^=\"{answer}.\"]");
    let found = document.query_selector(&exact).ok().flatten();
    found.or_else(|| document.query_selector(&part).ok().flatten())?.dyn_into().ok()
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Puts the caret of the text area in focus at a place, in UTF-16 code units, and brings it into view.
pub fn set_caret(position: usize) {
    let area =
        document().and_then(|document| document.active_element()).and_then(|element| element.dyn_into().ok());
    let area: Option<HtmlTextAreaElement> = area;
    if let (Some(area), Ok(position)) = (area, u32::try_from(position)) {
        // Leaving and entering again makes the browser scroll to the caret.
        area.set_selection_range(position, position).ok();
        area.blur().ok();
        area.focus().ok();
    }
}
