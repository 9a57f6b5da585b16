//! Text to take along: shown whole, copied with one press.

use form_model::language::Language;
use gloo_timers::callback::Timeout;
use patternfly_yew::prelude::Icon;
use wasm_bindgen::prelude::*;
use yew::prelude::*;

use super::action::{Action, Weight};
use crate::text;

#[wasm_bindgen(module = "/js/shell.js")]
extern "C" {
    /// Puts text on the clipboard; says whether that worked.
    fn copy(text: &str) -> bool;
}

/// How long the button says that it is done.
const SAID_MS: u32 = 2_500;

#[derive(PartialEq, Properties)]
pub struct CopyProps {
    pub text: AttrValue,
    #[prop_or_default]
    pub weight: Weight,
}

/// A button that copies. Says so when it has, or that the text must be copied by hand.
#[component]
pub fn Copy(props: &CopyProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let done = use_state(|| None::<bool>);
    let timer = use_mut_ref(|| None::<Timeout>);
    let onclick = {
        let (done, text) = (done.clone(), props.text.clone());
        Callback::from(move |()| {
            done.set(Some(copy(&text)));
            let done = done.clone();
            timer.replace(Some(Timeout::new(SAID_MS, move || done.set(None))));
        })
    };
    let said = match *done {
        None => "",
        Some(true) => text::COPIED.of(language),
        Some(false) => text::COPY_BY_HAND.of(language),
    };
    html! {
        <span class="copy">
            <Action name="copy" label={text::COPY.of(language)} icon={Icon::Copy} weight={props.weight} small=true {onclick} />
            <span class="muted" role="status">{ said }</span>
        </span>
    }
}

#[derive(PartialEq, Properties)]
pub struct TextToCopyProps {
    /// What a screen reader calls it.
    pub label: AttrValue,
    pub text: AttrValue,
    pub rows: u8,
}

/// Text to be pasted elsewhere, with the button that copies it.
#[component]
pub fn TextToCopy(props: &TextToCopyProps) -> Html {
    html! {
        <div class="to-copy">
            <textarea readonly=true rows={props.rows.to_string()} aria-label={props.label.clone()} value={props.text.clone()} />
            <Copy text={props.text.clone()} weight={Weight::Secondary} />
        </div>
    }
}
