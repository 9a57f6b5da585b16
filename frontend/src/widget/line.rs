//! A labelled line to type into, outside the form.

use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::composition::use_composition;

#[derive(PartialEq, Properties)]
pub struct LineProps {
    /// `data-field`.
    pub name: &'static str,
    pub label: AttrValue,
    #[prop_or_default]
    pub example: AttrValue,
    pub value: String,
    pub onchange: Callback<String>,
    /// Enter was pressed, not in a composition.
    #[prop_or_default]
    pub onenter: Callback<()>,
    /// Is entered when its dialog opens.
    #[prop_or_default]
    pub first: bool,
    #[prop_or_default]
    pub disabled: bool,
}

/// A labelled line outside the form.
#[component]
pub fn Line(props: &LineProps) -> Html {
    let node = use_node_ref();
    let read = {
        let (node, onchange) = (node.clone(), props.onchange.clone());
        Callback::from(move |()| {
            if let Some(input) = node.cast::<HtmlInputElement>() {
                onchange.emit(input.value());
            }
        })
    };
    let composing = use_composition(&node, {
        let read = read.clone();
        Callback::from(move |begins: bool| {
            if !begins {
                read.emit(());
            }
        })
    });
    let oninput = Callback::from(move |_: InputEvent| {
        if !*composing.borrow() {
            read.emit(());
        }
    });
    let onkeydown = {
        let onenter = props.onenter.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" && !event.is_composing() {
                onenter.emit(());
            }
        })
    };
    html! {
        <label class="form-line">
            <span>{ &props.label }</span>
            <span class="pf-v6-c-form-control">
                <input ref={node} type="text" data-field={props.name} value={props.value.clone()} placeholder={props.example.clone()}
                    autocomplete="off" autofocus={props.first} disabled={props.disabled} {oninput} {onkeydown} />
            </span>
        </label>
    }
}

#[derive(PartialEq, Properties)]
pub struct AreaProps {
    /// `data-field`.
    pub name: &'static str,
    pub label: AttrValue,
    #[prop_or_default]
    pub example: AttrValue,
    pub value: String,
    pub onchange: Callback<String>,
    #[prop_or(3)]
    pub rows: u8,
    /// Is entered when its dialog opens.
    #[prop_or_default]
    pub first: bool,
    /// The label is read aloud and not shown.
    #[prop_or_default]
    pub quiet: bool,
    /// Control and Enter were pressed.
    #[prop_or_default]
    pub onsend: Callback<()>,
}

/// Several labelled lines.
#[component]
pub fn Area(props: &AreaProps) -> Html {
    let node = use_node_ref();
    let read = {
        let (node, onchange) = (node.clone(), props.onchange.clone());
        Callback::from(move |()| {
            if let Some(area) = node.cast::<HtmlTextAreaElement>() {
                onchange.emit(area.value());
            }
        })
    };
    let composing = use_composition(&node, {
        let read = read.clone();
        Callback::from(move |begins: bool| {
            if !begins {
                read.emit(());
            }
        })
    });
    let oninput = Callback::from(move |_: InputEvent| {
        if !*composing.borrow() {
            read.emit(());
        }
    });
    let onkeydown = {
        let onsend = props.onsend.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && !event.is_composing() {
                event.prevent_default();
                onsend.emit(());
            }
        })
    };
    html! {
        <label class="form-line">
            <span class={classes!(props.quiet.then_some("pf-v6-screen-reader"))}>{ &props.label }</span>
            <textarea ref={node} class="area" data-field={props.name} rows={props.rows.to_string()}
                value={props.value.clone()} placeholder={props.example.clone()} autofocus={props.first} {oninput}
                {onkeydown} />
        </label>
    }
}
