//! A box for typing that an input method can compose in undisturbed, and that grows with its text.
//!
//! The element holds its own text; what is to be shown is written into it only when it differs, never in
//! mid-composition, and with the caret kept where it was in the text.

use form_model::delta::Delta;
use form_model::id::AnswerId;
use form_model::input;
use yew::prelude::*;

use super::access;
use super::colleague::{Carets, Marks};
use super::height::{grow, use_refit};
use super::text_element::{TextElement, pasted_text};
use crate::state::prose::moved_selection;
use crate::widget::composition::use_composition;

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
    /// Whose it is, when it is only to be read here.
    #[prop_or_default]
    pub read_only: Option<AttrValue>,
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
    let read = reader(&frame, &node, props);
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
            } else if let Some(field) = TextElement::of(&node) {
                grow(&frame, &field.value(), writing);
            }
        })
    };
    let onpaste = paste_guard(props);
    let events = Events { oninput, onpaste };
    // A label, so that a click anywhere in a table's cell enters its box.
    let long = matches!(writing, Writing::Prose | Writing::Page);
    html! {
        <label ref={frame} class={classes!("box", writing.class(), props.read_only.as_ref().map(|_| "read-only"))}>
            { element(props, node, events) }
            if long { <Carets answer={props.answer.clone()} /> }
            <Marks answer={props.answer.clone()} />
            { access::tip(&props.answer, props.read_only.as_ref()) }
        </label>
    }
}

/// Passes on what the box reads, cleaned of what no answer needs.
fn reader(frame: &NodeRef, node: &NodeRef, props: &TextBoxProps) -> Callback<()> {
    let (frame, node, ontext, writing) = (frame.clone(), node.clone(), props.ontext.clone(), props.writing);
    Callback::from(move |()| {
        let Some(element) = TextElement::of(&node) else { return };
        let (raw, cleaned) = (element.value(), input::clean(&element.value()));
        if raw != cleaned {
            element.set(&cleaned, moved_selection(&raw, &cleaned, &[], element.selection()));
        }
        grow(&frame, &cleaned, writing);
        ontext.emit(cleaned);
    })
}

/// Keeps out a paste that is too long to be kept.
fn paste_guard(props: &TextBoxProps) -> Callback<Event> {
    let (most, onexcess, onpaste) = (props.most, props.onexcess.clone(), props.onpaste.clone());
    Callback::from(move |event: Event| match pasted_text(&event).map(|text| text.chars().count()) {
        Some(length) if length > most => {
            event.prevent_default();
            onexcess.emit(length);
        }
        _ => onpaste.emit(event),
    })
}

/// What the element tells beyond what its owner asked to hear.
struct Events {
    oninput: Callback<InputEvent>,
    onpaste: Callback<Event>,
}

fn element(props: &TextBoxProps, node: NodeRef, events: Events) -> Html {
    let Events { oninput, onpaste } = events;
    let read_only = props.read_only.is_some();
    let invalid = props.described_by.as_ref().map(|_| "true");
    let required = (props.required && !read_only).then_some("true");
    let placeholder = props.placeholder.clone().filter(|_| !read_only);
    let described_by =
        access::described_by(&props.answer, props.described_by.as_ref(), props.read_only.as_ref());
    let inputmode = (props.writing == Writing::Figure).then_some("decimal");
    let onfocus = props.onfocus.reform(|_: FocusEvent| ());
    let onblur = props.onblur.reform(|_: FocusEvent| ());
    if matches!(props.writing, Writing::Figure | Writing::Line) {
        return html! {
            <input type="text" ref={node} data-answer={props.answer.0.clone()} {inputmode} autocomplete="off"
                spellcheck="false" {placeholder} readonly={read_only} aria-label={props.name.clone()}
                aria-describedby={described_by} aria-invalid={invalid}
                aria-required={required} {oninput} {onfocus} {onblur}
                onkeydown={props.onkeydown.clone()} {onpaste} />
        };
    }
    html! {
        <textarea rows="1" ref={node} data-answer={props.answer.0.clone()} autocomplete="off"
            spellcheck="false" {placeholder} readonly={read_only} aria-label={props.name.clone()}
            aria-describedby={described_by} aria-invalid={invalid}
            aria-required={required} {oninput} {onfocus} {onblur}
            onkeydown={props.onkeydown.clone()} {onpaste} />
    }
}

impl Writing {
    fn class(self) -> &'static str {
        match self {
            Self::Figure => "box-figure",
            Self::Line => "box-line",
            Self::Words => "box-words",
            Self::Prose => "box-prose",
            Self::Page => "box-page",
        }
    }
}

/// Brings the element up to date, keeping the selection at its place in the text.
fn show(node: &NodeRef, text: &str, patches: Option<&Callback<(), Vec<Delta>>>) {
    let Some(field) = TextElement::of(node) else { return };
    let patches = patches.map(|patches| patches.emit(())).unwrap_or_default();
    let before = field.value();
    if before != text {
        field.set(text, moved_selection(&before, text, &patches, field.selection()));
    }
}
