//! The red seal of what is official. The words beside it, or read aloud, say the same.

use yew::prelude::*;

/// A seal with a word of two characters in it.
pub fn seal(word: &str) -> Html {
    html! { <span class="seal" aria-hidden="true">{ word.to_owned() }</span> }
}
