//! How far a section has come on its way to being final, in a word.

use form_model::command::{ReturnSummary, StatementState, StatementSummary};
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use crate::state::rights;
use crate::state::sheet::Sheet;
use crate::state::signing::any_lapsed;
use crate::text::{self, Text};
use crate::time;
use crate::widget::seal::seal;
use crate::widget::sign::sign;

/// How far a section has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has signed it, or not everybody.
    Open,
    /// Given back for correction.
    Returned,
    /// Changed since it was signed.
    Lapsed,
    /// Everybody has signed who has to.
    Signed,
    /// Part of a final revision.
    Final,
}

impl Standing {
    /// What it is called; `None` while there is nothing to say.
    pub fn word(self) -> Option<&'static Text> {
        match self {
            Self::Open => None,
            Self::Returned => Some(&text::STANDING_RETURNED),
            Self::Lapsed => Some(&text::STANDING_LAPSED),
            Self::Signed => Some(&text::STANDING_SIGNED),
            Self::Final => Some(&text::STANDING_FINAL),
        }
    }

    /// Whether somebody has to do something about it.
    fn asks(self) -> bool {
        matches!(self, Self::Returned | Self::Lapsed)
    }

    /// The class of words about it.
    pub fn class(self) -> &'static str {
        match self {
            Self::Open => "",
            Self::Returned | Self::Lapsed => "to-pick",
            Self::Signed => "signed",
            Self::Final => "final",
        }
    }
}

/// How far a section has come. What was given back counts as that until it is signed again, also where its old sign-off
/// still holds because nothing was changed.
pub fn standing(sheet: &Sheet, section: &str) -> Standing {
    if rights::is_frozen(&sheet.team, section) {
        return Standing::Final;
    }
    let Some(signing) = sheet.section_signing(section) else { return Standing::Open };
    let revision = &sheet.team.revision;
    let returned =
        revision.returned.as_ref().filter(|returned| returned.sections.iter().any(|id| id == section));
    let since = returned.map_or(i64::MIN, |returned| returned.time_ms);
    let holding = |made: &StatementSummary| made.state == StatementState::Holds && made.time_ms > since;
    if !signing.agencies.is_empty() && signing.is_signed() && signing.statements.iter().any(holding) {
        Standing::Signed
    } else if returned.is_some() {
        Standing::Returned
    } else if any_lapsed(signing) {
        Standing::Lapsed
    } else {
        Standing::Open
    }
}

/// In a word, beside the section's title, where somebody has to do something; a seal says the rest.
pub fn standing_line(sheet: &Sheet, section: &str, language: Language) -> Html {
    let standing = standing(sheet, section);
    let Some(word) = standing.word().filter(|_| standing.asks()) else { return Html::default() };
    html! { <span class={classes!("standing", standing.class())}>{ word.of(language) }</span> }
}

/// Over the paper: that the section is final, was given back, or is signed and what editing does to that.
pub fn standing_note(sheet: &Sheet, section: &str, language: Language) -> Html {
    let revision = &sheet.team.revision;
    let (class, head) = match standing(sheet, section) {
        Standing::Open => return Html::default(),
        Standing::Final => (
            "final",
            html! {
                <>
                    { seal(text::FINAL.of(language)) }
                    <span>{ text::NOTE_FINAL.of(language) }</span>
                </>
            },
        ),
        Standing::Signed => (
            "signed",
            html! {
                <>
                    { seal(text::STEP_SIGN.of(language)) }
                    <span>{ text::NOTE_SIGNED.of(language) }</span>
                </>
            },
        ),
        Standing::Lapsed => (
            "caution",
            html! {
                <>{ sign(Icon::ExclamationTriangle) }<span>{ text::NOTE_LAPSED.of(language) }</span></>
            },
        ),
        Standing::Returned => (
            "caution",
            html! {
                <>
                    { sign(Icon::Flag) }
                    <span>{ revision.returned.as_ref().map(|returned| returned_words(returned, language)).unwrap_or_default() }</span>
                </>
            },
        ),
    };
    html! {
        <div class={classes!("standing-note", class)} data-standing={class}>
            <p>{ head }</p>
            { whole_reasons(sheet, section) }
        </div>
    }
}

/// `示例省工信厅 周敏 12月1日 10:32 退回修改`.
pub fn returned_words(returned: &ReturnSummary, language: Language) -> String {
    let time = time::moment(returned.time_ms, language);
    let who = [("agency", &returned.agency[..]), ("person", &returned.person[..]), ("time", &time[..])];
    text::RETURNED_BY.fill(language, &who)
}

/// Why the section as a whole was given back, while it is open for that.
fn whole_reasons(sheet: &Sheet, section: &str) -> Html {
    let revision = &sheet.team.revision;
    let Some(returned) = &revision.returned else { return Html::default() };
    if !returned.sections.iter().any(|id| id == section) {
        return Html::default();
    }
    let whole = returned.reasons.iter().filter(|reason| reason.on.is_none());
    html! { <ul>{ for whole.map(|reason| html! { <li>{ &reason.text }</li> }) }</ul> }
}
