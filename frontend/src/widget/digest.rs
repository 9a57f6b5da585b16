//! A long number that people compare by its start.

use yew::prelude::*;

use super::action::Weight;
use super::copy::Copy;

/// How many digits of it are shown: as many as people read out to each other.
const DIGITS_SHOWN: usize = 16;

/// The start of it, with all of it to be copied.
pub fn digest(whole: &str) -> Html {
    let start = whole.get(..DIGITS_SHOWN).unwrap_or(whole);
    html! {
        <span class="digest">
            <code title={whole.to_owned()}>{ format!("{start}…") }</code>
            <Copy text={whole.to_owned()} weight={Weight::Link} />
        </span>
    }
}
