//! The elements that text is typed into, of either kind.

use form_model::delta::utf16_len;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, HtmlElement, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::keys::Caret;
use crate::widget::dialog::focused_element;

/// Either element that text is typed into.
pub enum TextElement {
    Input(HtmlInputElement),
    Area(HtmlTextAreaElement),
}

impl TextElement {
    /// The element that a reference holds, if it is one of the two.
    pub fn of(node: &NodeRef) -> Option<Self> {
        let element = node.get()?;
        match element.dyn_into::<HtmlTextAreaElement>() {
            Ok(area) => Some(Self::Area(area)),
            Err(element) => element.dyn_into().ok().map(Self::Input),
        }
    }

    /// What it reads.
    pub fn value(&self) -> String {
        match self {
            Self::Input(input) => input.value(),
            Self::Area(area) => area.value(),
        }
    }

    /// The selection, in UTF-16 code units.
    pub fn selection(&self) -> (usize, usize) {
        let (start, end) = match self {
            Self::Input(input) => (input.selection_start(), input.selection_end()),
            Self::Area(area) => (area.selection_start(), area.selection_end()),
        };
        let units =
            |position: Option<u32>| position.and_then(|position| usize::try_from(position).ok()).unwrap_or(0);
        (units(start.ok().flatten()), units(end.ok().flatten()))
    }

    /// Writes text and, where the box is in focus, the selection.
    pub fn set(&self, text: &str, selection: (usize, usize)) {
        let element: &HtmlElement = match self {
            Self::Input(input) => {
                input.set_value(text);
                input
            }
            Self::Area(area) => {
                area.set_value(text);
                area
            }
        };
        // WebKit moves the focus to a box whose selection is set; so only where it is already.
        if focused_element().as_ref() == Some(element) {
            self.select(selection);
        }
    }

    fn select(&self, (start, end): (usize, usize)) {
        let units = |position: usize| u32::try_from(position).unwrap_or(u32::MAX);
        // Refused only by elements without text.
        match self {
            Self::Input(input) => input.set_selection_range(units(start), units(end)).ok(),
            Self::Area(area) => area.set_selection_range(units(start), units(end)).ok(),
        };
    }
}

/// The plain text of a paste.
pub fn pasted_text(event: &Event) -> Option<String> {
    event.dyn_ref::<ClipboardEvent>()?.clipboard_data()?.get_data("text/plain").ok()
}

/// Where the caret stands in the text box in focus.
pub fn caret() -> Option<Caret> {
    let element = focused_element()?;
    let field = match element.dyn_into::<HtmlTextAreaElement>() {
        Ok(area) => TextElement::Area(area),
        Err(element) => TextElement::Input(element.dyn_into().ok()?),
    };
    let (start, end) = field.selection();
    Some(Caret { start, end, length: utf16_len(&field.value()) })
}
