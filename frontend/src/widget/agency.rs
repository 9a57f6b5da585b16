//! An agency's mark: one or two characters on its colour. Colour alone never says whose something is.

use form_model::command::{AGENCY_COLOURS, AgencySummary, Stamp, Team};
use form_model::language::Language;
use yew::prelude::*;

use crate::state::rights;
use crate::text;

/// The class that gives an agency's colour.
pub fn hue(colour: u8) -> String {
    format!("hue-{}", colour % AGENCY_COLOURS)
}

/// The mark, beside words that name the agency: silent for a screen reader.
pub fn mark(agency: &AgencySummary) -> Html {
    html! { <span class={classes!("agency-mark", hue(agency.colour))} aria-hidden="true">{ &agency.mark }</span> }
}

/// Mark and name.
pub fn named(agency: &AgencySummary) -> Html {
    html! { <span class="agency">{ mark(agency) }<span class="agency-name">{ &agency.name }</span></span> }
}

/// Mark and name of several, side by side.
pub fn several(agencies: &[&AgencySummary]) -> Html {
    html! { { for agencies.iter().map(|agency| named(agency)) } }
}

/// Who made a change, with the mark of their agency where it is known.
pub fn author(team: &Team, stamp: &Stamp, language: Language) -> Html {
    let agency = stamp.agency.as_ref().and_then(|id| rights::agency(team, id));
    html! {
        <span class="agency">
            if let Some(agency) = agency { { mark(agency) } }
            <span class="author">
                { &stamp.author }
                if stamp.own { <span class="muted">{ text::THIS_DESK.of(language) }</span> }
            </span>
        </span>
    }
}

/// Names side by side, as a sentence has them.
pub fn names(agencies: &[&AgencySummary], language: Language) -> String {
    let names: Vec<_> = agencies.iter().map(|agency| agency.name.as_str()).collect();
    names.join(language.pick("、", ", "))
}
