//! One person took a file out, another put it back, unaware of each other: who did what, and a person picks.

use form_model::command::ConflictValue;
use form_model::evidence::{Attribute, Entry};
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use crate::field::Work;
use crate::text;
use crate::time;
use crate::widget::action::Action;
use crate::widget::agency;
use crate::widget::sign::sign;

/// Whether people differ on that.
pub fn is_disputed(work: &Work, entry: &Entry) -> bool {
    work.desk.sheet().in_conflict(&entry.answer(Attribute::Removed))
}

/// The dispute over a file, if there is one.
pub fn dispute(work: &Work, entry: &Entry, own: bool, language: Language) -> Html {
    let answer = entry.answer(Attribute::Removed);
    let sheet = work.desk.sheet();
    let sides = sheet.state(&answer).map(|state| state.conflict.clone()).unwrap_or_default();
    if sides.is_empty() {
        return Html::default();
    }
    let side = |side: &ConflictValue| {
        let done = if side.value.is_some() { &text::REMOVAL_REMOVED } else { &text::REMOVAL_RESTORED };
        html! {
            <p>
                { agency::author(&sheet.team, &side.stamp, language) }
                <span class="muted">{ time::moment(side.stamp.time_ms, language) }</span>
                <span>{ done.of(language) }</span>
            </p>
        }
    };
    let pick = |removed: bool| {
        let (desk, entry) = (work.desk.clone(), entry.clone());
        Callback::from(move |()| desk.remove_evidence(&entry, removed))
    };
    html! {
        <section class="conflict removal" aria-label={text::REMOVAL.fill(language, &[("name", &entry.file.name)])}
            data-conflict-card={answer.0.clone()}>
            <h3>{ sign(Icon::ExclamationTriangle) }{ text::REMOVAL.fill(language, &[("name", &entry.file.name)]) }</h3>
            { for sides.iter().map(side) }
            if own {
                <div class="actions">
                    <Action name="keep-file" label={text::REMOVAL_KEEP.of(language)} small=true onclick={pick(false)} />
                    <Action name="confirm-removal" label={text::REMOVAL_REMOVE.of(language)} small=true onclick={pick(true)} />
                </div>
            }
        </section>
    }
}
