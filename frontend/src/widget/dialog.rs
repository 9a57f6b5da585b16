//! A modal dialog on the platform's own `<dialog>`: it keeps the focus inside, and Escape closes it.

use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct DialogProps {
    /// `data-dialog`, and the base of its title's id.
    pub name: AttrValue,
    pub title: AttrValue,
    pub onclose: Callback<()>,
    pub children: Html,
    /// Buttons, the main one first.
    #[prop_or_default]
    pub footer: Html,
    #[prop_or_default]
    pub wide: bool,
}

#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let node = use_node_ref();
    use_effect_with(node.clone(), |node| {
        let before = focused_element();
        let dialog = node.cast::<HtmlDialogElement>();
        if let Some(dialog) = &dialog {
            // Fails only when it is open already.
            dialog.show_modal().ok();
        }
        move || {
            if let Some(dialog) = dialog {
                dialog.close();
            }
            if let Some(before) = before {
                before.focus().ok();
            }
        }
    });
    let oncancel = props.onclose.reform(|event: Event| event.prevent_default());
    let title_id = format!("{}-title", props.name);
    html! {
        <dialog
            ref={node}
            class={classes!("pf-v6-c-modal-box", if props.wide { "pf-m-md" } else { "pf-m-sm" })}
            data-dialog={props.name.clone()}
            aria-labelledby={title_id.clone()}
            {oncancel}
        >
            <header class="pf-v6-c-modal-box__header">
                <h1 class="pf-v6-c-modal-box__title" id={title_id}>{ &props.title }</h1>
            </header>
            <div class="pf-v6-c-modal-box__body">{ props.children.clone() }</div>
            <footer class="pf-v6-c-modal-box__footer">{ props.footer.clone() }</footer>
        </dialog>
    }
}

/// What has the keyboard focus.
pub fn focused_element() -> Option<HtmlElement> {
    document()?.active_element()?.dyn_into().ok()
}

fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}
