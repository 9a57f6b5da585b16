//! Who uses this desk: asked on the first run, changed in the settings.

use form_model::command::Settings;
use form_model::language::Language;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::text;
use crate::widget::composition::use_composition;

#[derive(PartialEq, Properties)]
pub struct PersonFieldsProps {
    pub settings: Settings,
    pub onchange: Callback<Settings>,
}

/// Agency and name.
#[component]
pub fn PersonFields(props: &PersonFieldsProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let agency = {
        let (settings, onchange) = (props.settings.clone(), props.onchange.clone());
        Callback::from(move |agency| onchange.emit(Settings { agency, ..settings.clone() }))
    };
    let person = {
        let (settings, onchange) = (props.settings.clone(), props.onchange.clone());
        Callback::from(move |person| onchange.emit(Settings { person, ..settings.clone() }))
    };
    html! {
        <>
            <Line name="agency" label={text::AGENCY.of(language)} example={text::AGENCY_EXAMPLE.of(language)}
                value={props.settings.agency.clone()} onchange={agency} />
            <Line name="person" label={text::PERSON.of(language)} example={text::PERSON_EXAMPLE.of(language)}
                value={props.settings.person.clone()} onchange={person} />
        </>
    }
}

#[derive(PartialEq, Properties)]
pub struct LineProps {
    /// `data-field`.
    pub name: &'static str,
    pub label: &'static str,
    pub example: &'static str,
    pub value: String,
    pub onchange: Callback<String>,
    /// Enter was pressed, not in a composition.
    #[prop_or_default]
    pub onenter: Callback<()>,
    /// Is entered when its dialog opens.
    #[prop_or_default]
    pub first: bool,
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
            <span>{ props.label }</span>
            <span class="pf-v6-c-form-control">
                <input ref={node} type="text" data-field={props.name} value={props.value.clone()} placeholder={props.example}
                    autocomplete="off" autofocus={props.first} {oninput} {onkeydown} />
            </span>
        </label>
    }
}
