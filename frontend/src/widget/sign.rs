//! Icons beside words: decoration for the eye, silent for a screen reader.

use patternfly_yew::prelude::Icon;
use yew::prelude::*;

/// The icon, hidden from assistive technology: the words beside it say the same.
pub fn sign(icon: Icon) -> Html {
    html! { <span class="sign" aria-hidden="true">{ icon }</span> }
}
