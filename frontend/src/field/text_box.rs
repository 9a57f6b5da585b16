//! A box for typing that an input method can compose in undisturbed, and that grows with its text.
//!
//! The element holds its own text; what is to be shown is written into it only when it differs, never in
//! mid-composition, and with the caret kept where it was in the text.

use form_model::delta::{Delta, utf16_len};
use form_model::id::AnswerId;
use form_model::input;
use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Element, HtmlElement, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::keys::Caret;
use crate::state::prose::moved_selection;
use crate::widget::composition::use_composition;
use crate::widget::dialog::focused_element;

/// What kind of text is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// A figure: one line, right-aligned.
    Figure,
    /// A date or telephone number: one line.
    Line,
    /// Words that may run over several lines.
    Words,
    /// Long text.
    Prose,
    /// Long text in a box of a given height, which scrolls.
    Page,
}

#[derive(PartialEq, Properties)]
pub struct TextBoxProps {
    /// `data-answer`.
    pub answer: AnswerId,
    pub writing: Writing,
    /// What it is to show.
    pub text: AttrValue,
    /// What a screen reader calls it.
    pub name: AttrValue,
    /// The id of the element that says what is wrong, when something is.
    pub described_by: Option<AttrValue>,
    pub required: bool,
    #[prop_or_default]
    pub placeholder: Option<AttrValue>,
    /// The box now reads so, cleaned of what no answer needs.
    pub ontext: Callback<String>,
    /// A composition begins (true) or has ended, after its text was passed on (false).
    #[prop_or_default]
    pub oncompose: Callback<bool>,
    /// The changes by other hands since this was last asked, which lead to `text`.
    #[prop_or_default]
    pub patches: Option<Callback<(), Vec<Delta>>>,
    #[prop_or_default]
    pub onfocus: Callback<()>,
    #[prop_or_default]
    pub onblur: Callback<()>,
    #[prop_or_default]
    pub onkeydown: Callback<KeyboardEvent>,
    #[prop_or_default]
    pub onpaste: Callback<Event>,
    /// The most characters that are kept: more is not even pasted, so that the page stays quick.
    pub most: usize,
    /// So many characters were pasted, which is too many.
    pub onexcess: Callback<usize>,
}

#[component]
pub fn TextBox(props: &TextBoxProps) -> Html {
    let writing = props.writing;
    let frame = use_node_ref();
    let node = use_node_ref();
    let read = {
        let (frame, node, ontext) = (frame.clone(), node.clone(), props.ontext.clone());
        Callback::from(move |()| {
            let Some(field) = TextField::of(&node) else { return };
            let (raw, cleaned) = (field.value(), input::clean(&field.value()));
            if raw != cleaned {
                let selection = moved_selection(&raw, &cleaned, &[], field.selection());
                field.set(&cleaned, selection);
            }
            grow(&frame, &cleaned, writing);
            ontext.emit(cleaned);
        })
    };
    let composing = use_composition(&node, {
        let (read, oncompose) = (read.clone(), props.oncompose.clone());
        Callback::from(move |begins: bool| {
            if !begins {
                read.emit(());
            }
            oncompose.emit(begins);
        })
    });
    {
        let (frame, node, composing) = (frame.clone(), node.clone(), composing.clone());
        let (text, patches) = (props.text.clone(), props.patches.clone());
        use_effect(move || {
            if !*composing.borrow() {
                show(&node, &text, patches.as_ref());
                grow(&frame, &text, writing);
            }
        });
    }
    use_refit(&frame, &node, writing);
    let oninput = {
        let (node, frame) = (node.clone(), frame.clone());
        Callback::from(move |_: InputEvent| {
            if !*composing.borrow() {
                read.emit(());
            } else if let Some(field) = TextField::of(&node) {
                grow(&frame, &field.value(), writing);
            }
        })
    };
    let onpaste = {
        let (most, onexcess, onpaste) = (props.most, props.onexcess.clone(), props.onpaste.clone());
        Callback::from(move |event: Event| match pasted_text(&event).map(|text| text.chars().count()) {
            Some(length) if length > most => {
                event.prevent_default();
                onexcess.emit(length);
            }
            _ => onpaste.emit(event),
        })
    };
    let class = match writing {
        Writing::Figure => "box-figure",
        Writing::Line => "box-line",
        Writing::Words => "box-words",
        Writing::Prose => "box-prose",
        Writing::Page => "box-page",
    };
    let invalid = props.described_by.as_ref().map(|_| "true");
    let inputmode = (writing == Writing::Figure).then_some("decimal");
    let onfocus = props.onfocus.reform(|_: FocusEvent| ());
    let onblur = props.onblur.reform(|_: FocusEvent| ());
    let control = if matches!(writing, Writing::Figure | Writing::Line) {
        html! {
            <input type="text" ref={node} data-answer={props.answer.0.clone()} {inputmode} autocomplete="off"
                spellcheck="false" placeholder={props.placeholder.clone()} aria-label={props.name.clone()}
                aria-describedby={props.described_by.clone()} aria-invalid={invalid}
                aria-required={props.required.then_some("true")} {oninput}
                {onfocus} {onblur} onkeydown={props.onkeydown.clone()} {onpaste} />
        }
    } else {
        html! {
            <textarea rows="1" ref={node} data-answer={props.answer.0.clone()} autocomplete="off"
                spellcheck="false" placeholder={props.placeholder.clone()} aria-label={props.name.clone()}
                aria-describedby={props.described_by.clone()} aria-invalid={invalid}
                aria-required={props.required.then_some("true")} {oninput}
                {onfocus} {onblur} onkeydown={props.onkeydown.clone()} {onpaste} />
        }
    };
    // A label, so that a click anywhere in a table's cell enters its box.
    html! { <label ref={frame} class={classes!("box", class)}>{ control }</label> }
}

/// Brings the element up to date, keeping the selection at its place in the text.
fn show(node: &NodeRef, text: &str, patches: Option<&Callback<(), Vec<Delta>>>) {
    let Some(field) = TextField::of(node) else { return };
    let patches = patches.map(|patches| patches.emit(())).unwrap_or_default();
    let before = field.value();
    if before != text {
        field.set(text, moved_selection(&before, text, &patches, field.selection()));
    }
}

/// Gives the box the height of its text, and says whether there is any.
///
/// Of a few words the frame holds a second copy, unseen, that is as high as they are. A second copy of long text
/// would be laid out at each keystroke; its box is measured instead.
fn grow(frame: &NodeRef, text: &str, writing: Writing) {
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
fn use_refit(frame: &NodeRef, node: &NodeRef, writing: Writing) {
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

/// The length of the text, in bytes, for which a box was measured.
const MEASURED: &str = "data-measured";

/// Either element that text is typed into.
enum TextField {
    Input(HtmlInputElement),
    Area(HtmlTextAreaElement),
}

impl TextField {
    fn of(node: &NodeRef) -> Option<Self> {
        let element = node.get()?;
        match element.dyn_into::<HtmlTextAreaElement>() {
            Ok(area) => Some(Self::Area(area)),
            Err(element) => element.dyn_into().ok().map(Self::Input),
        }
    }

    fn value(&self) -> String {
        match self {
            Self::Input(input) => input.value(),
            Self::Area(area) => area.value(),
        }
    }

    fn selection(&self) -> (usize, usize) {
        let (start, end) = match self {
            Self::Input(input) => (input.selection_start(), input.selection_end()),
            Self::Area(area) => (area.selection_start(), area.selection_end()),
        };
        let units =
            |position: Option<u32>| position.and_then(|position| usize::try_from(position).ok()).unwrap_or(0);
        (units(start.ok().flatten()), units(end.ok().flatten()))
    }

    fn set(&self, text: &str, selection: (usize, usize)) {
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
        Ok(area) => TextField::Area(area),
        Err(element) => TextField::Input(element.dyn_into().ok()?),
    };
    let (start, end) = field.selection();
    Some(Caret { start, end, length: utf16_len(&field.value()) })
}
