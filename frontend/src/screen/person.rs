//! Who uses this desk: asked on the first run, changed in the settings.

use form_model::command::Settings;
use form_model::language::Language;
use yew::prelude::*;

use crate::text;
use crate::widget::line::Line;

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
