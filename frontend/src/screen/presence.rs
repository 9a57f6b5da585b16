//! Who else is in the form: their marks in the bar, each the way to where they are.

use form_model::check;
use form_model::command::{AgencySummary, Present};
use form_model::id::AnswerId;
use form_model::language::Language;
use yew::prelude::*;

use crate::field::Work;
use crate::state::rights;
use crate::state::sheet::Sheet;
use crate::state::watch::{Change, use_changes};
use crate::text;
use crate::widget::agency::hue;

/// How many marks the bar has room for; the rest are counted.
const SHOWN: usize = 5;

#[derive(PartialEq, Properties)]
pub struct PresenceProps {
    pub work: Work,
    /// To where somebody is.
    pub onshow: Callback<AnswerId>,
}

#[component]
pub fn Presence(props: &PresenceProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    use_changes(&props.work.desk, |change| matches!(change, Change::Presence(_) | Change::Sheet));
    let sheet = props.work.desk.sheet();
    let here: Vec<(&AgencySummary, &Present)> = sheet
        .present
        .iter()
        .filter_map(|person| Some((rights::agency(&sheet.team, &person.agency)?, person)))
        .collect();
    if here.is_empty() {
        return Html::default();
    }
    let more = here.len().saturating_sub(SHOWN);
    html! {
        <ul class="presence" aria-label={text::PRESENT.of(language)}>
            { for here.iter().take(SHOWN).map(|(agency, person)| mark(props, &sheet, agency, person, language)) }
            if more > 0 { <li class="muted">{ format!("+{more}") }</li> }
        </ul>
    }
}

fn mark(
    props: &PresenceProps,
    sheet: &Sheet,
    agency: &AgencySummary,
    person: &Present,
    language: Language,
) -> Html {
    let at = person.answer.as_ref().map(AnswerId::base);
    let place = at.as_ref().map(|at| check::subject(&sheet.definition, language, at));
    let who = format!("{} · {}", person.person, agency.name);
    let words = match &place {
        Some(place) => text::PRESENT_AT.fill(language, &[("who", &who), ("place", place)]),
        None => who,
    };
    let onclick = {
        let onshow = props.onshow.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(at) = &at {
                onshow.emit(at.clone());
            }
        })
    };
    html! {
        <li key={person.device.clone()}>
            <button type="button" class={classes!("agency-mark", "person", hue(agency.colour))} data-action="go-to-person"
                aria-label={words.clone()} {onclick}>
                { &agency.mark }
                <span class="tip" aria-hidden="true">{ words.clone() }</span>
            </button>
        </li>
    }
}
