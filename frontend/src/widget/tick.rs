//! A box to tick that may also be ticked in part.

use web_sys::HtmlInputElement;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct TickProps {
    /// `data-part`.
    pub part: AttrValue,
    pub label: AttrValue,
    /// The label is read aloud and not shown.
    #[prop_or_default]
    pub quiet: bool,
    pub checked: bool,
    /// Some of it is ticked.
    #[prop_or_default]
    pub mixed: bool,
    pub onchange: Callback<()>,
}

#[component]
pub fn Tick(props: &TickProps) -> Html {
    let node = use_node_ref();
    {
        // HTML has no attribute for it.
        let node = node.clone();
        use_effect_with(props.mixed, move |mixed| {
            if let Some(input) = node.cast::<HtmlInputElement>() {
                input.set_indeterminate(*mixed);
            }
        });
    }
    html! {
        <label class={classes!("tick", props.mixed.then_some("mixed"))}>
            <input ref={node} type="checkbox" data-part={props.part.clone()} checked={props.checked}
                aria-label={props.quiet.then(|| props.label.clone())}
                onchange={props.onchange.reform(|_: Event| ())} />
            if !props.quiet { <span>{ &props.label }</span> }
        </label>
    }
}
