//! Icons beside words: decoration for the eye, silent for a screen reader.

use patternfly_yew::prelude::Icon;
use yew::prelude::*;

/// The icon, hidden from assistive technology: the words beside it say the same.
pub fn sign(icon: Icon) -> Html {
    html! { <span class="sign" aria-hidden="true">{ icon }</span> }
}

/// A speech bubble, which [`Icon`] has only in a face that we do not ship.
pub fn comment_sign() -> Html {
    html! { <span class="sign" aria-hidden="true"><i class="fas fa-comment-alt" /></span> }
}
