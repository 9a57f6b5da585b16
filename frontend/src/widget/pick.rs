//! A list to pick one of, which always shows what holds: also when a person's pick changes another list, or fails.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct PickProps {
    /// `data-field`.
    pub name: AttrValue,
    /// What a screen reader calls it; of a list inside of its own `label` none.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    /// `data-column`, where lists stand above columns.
    #[prop_or_default]
    pub column: Option<AttrValue>,
    /// The value that holds.
    pub value: AttrValue,
    /// Values and their words.
    pub options: Vec<(String, String)>,
    pub onchange: Callback<String>,
}

#[component]
pub fn Pick(props: &PickProps) -> Html {
    let node = use_node_ref();
    {
        // The attribute `selected` says only what a list begins with. Every time: a pick that failed is taken back.
        let (node, value) = (node.clone(), props.value.clone());
        use_effect(move || {
            if let Some(select) = node.cast::<HtmlSelectElement>() {
                select.set_value(&value);
            }
        });
    }
    let onchange = {
        let (node, onchange) = (node.clone(), props.onchange.clone());
        Callback::from(move |_: Event| {
            if let Some(select) = node.cast::<HtmlSelectElement>() {
                onchange.emit(select.value());
            }
        })
    };
    html! {
        <span class="pf-v6-c-form-control">
            <select ref={node} aria-label={props.label.clone()} data-field={props.name.clone()}
                data-column={props.column.clone()} {onchange}>
                { for props.options.iter().map(|(value, words)| html! {
                    <option key={value.clone()} value={value.clone()} selected={props.value == *value}>{ words }</option>
                }) }
            </select>
        </span>
    }
}
