//! What is not this desk's to write: shown as read, copied as text, and said whose it is.

use form_model::id::AnswerId;
use form_model::language::Language;
use yew::prelude::*;

use crate::state::rights::{self, Standing};
use crate::state::sheet::Sheet;
use crate::text;
use crate::widget::agency;

/// Why the answer is only to be read here, in words; `None` where it may be written.
pub fn read_only(sheet: &Sheet, answer: &AnswerId, language: Language) -> Option<AttrValue> {
    if sheet.may_write(answer) {
        return None;
    }
    let team = &sheet.team;
    let stopped = rights::standing(team) == Standing::Outside && team.me.is_some();
    let words = if rights::is_frozen(team, answer.section()) {
        text::READ_ONLY_FINAL.of(language).to_owned()
    } else if stopped {
        text::READ_ONLY_STOPPED.of(language).to_owned()
    } else {
        let owners = agency::names(&rights::owners(team, answer), language);
        text::READ_ONLY_OWNER.fill(language, &[("agency", &owners)])
    };
    Some(words.into())
}

/// The id of the element that says whose the answer is.
pub fn owner_id(answer: &AnswerId) -> String {
    format!("owner:{answer}")
}

/// Says whose the answer is: seen on hover and focus, read aloud after the control's name.
pub fn tip(answer: &AnswerId, read_only: Option<&AttrValue>) -> Html {
    let Some(words) = read_only else { return Html::default() };
    html! { <span class="tip" id={owner_id(answer)}>{ words }</span> }
}

/// The ids of all that describes a control: what is wrong with it, and whose it is.
pub fn described_by(
    answer: &AnswerId,
    remark: Option<&AttrValue>,
    read_only: Option<&AttrValue>,
) -> Option<AttrValue> {
    let owner = read_only.map(|_| owner_id(answer));
    let ids: Vec<String> = remark.map(ToString::to_string).into_iter().chain(owner).collect();
    (!ids.is_empty()).then(|| ids.join(" ").into())
}

/// Keeps a box that is not this desk's to tick as it is: HTML knows no read-only boxes.
pub fn unless_own(foreign: bool) -> Callback<MouseEvent> {
    Callback::from(move |event: MouseEvent| {
        if foreign {
            event.prevent_default();
        }
    })
}
