//! What came of adding files to a slot, and the folder that is watched for it.

use form_model::command::{EvidenceAct, Watch};
use form_model::definition::FormDefinition;
use form_model::error::UserError;
use form_model::language::Language;
use yew::prelude::*;

use crate::field::Work;
use crate::state::evidence::Told;
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::banner::{Banner, Tone};

/// What came of the last adding.
pub fn told(told: &Told, language: Language) -> Html {
    let banner =
        |tone: Tone| move |error: &UserError| html! { <Banner {tone} message={error.sentence(language)} /> };
    html! {
        <div class="slot-told">
            if told.busy { <p class="muted" role="status">{ text::EVIDENCE_ADDING.of(language) }</p> }
            { for told.refused.iter().map(banner(Tone::Problem)) }
            { for told.notices.iter().map(banner(Tone::Caution)) }
        </div>
    }
}

/// How the watched folder stands, and the way to end that.
pub fn watched(work: &Work, watch: &Watch, slot: &str, form: &FormDefinition, language: Language) -> Html {
    let onstop = {
        let desk = work.desk.clone();
        Callback::from(move |()| desk.evidence_now(EvidenceAct::Unwatch))
    };
    let refusal = |error: &UserError| html! { <li>{ error.sentence(language) }</li> };
    html! {
        <section class="watch" data-watch={watch.folder.clone()} data-added={watch.added.to_string()}>
            <div class="watch-words">
                <p class="watch-title">{ title(watch, slot, form, language) }</p>
                <p class="muted" role="status">{ figures(watch, language) }</p>
                if let Some(trouble) = &watch.trouble { <p class="problem">{ trouble.sentence(language) }</p> }
                if !watch.refusals.is_empty() { <ul>{ for watch.refusals.iter().rev().map(refusal) }</ul> }
            </div>
            <Action name="unwatch" label={text::WATCH_STOP.of(language)} small=true weight={Weight::Secondary} onclick={onstop} />
        </section>
    }
}

fn title(watch: &Watch, slot: &str, form: &FormDefinition, language: Language) -> String {
    let other = form.slot(&watch.slot).filter(|_| watch.slot != slot);
    let folder = watch.folder.as_str();
    match (other, watch.there) {
        (_, false) => text::WATCH_AWAY.fill(language, &[("folder", folder)]),
        (None, true) => text::WATCH_HERE.fill(language, &[("folder", folder)]),
        (Some(other), true) => {
            let number = other.number.to_string();
            text::WATCH_ELSEWHERE.fill(language, &[("folder", folder), ("number", &number)])
        }
    }
}

/// What came of it so far; what did not happen is not counted out.
fn figures(watch: &Watch, language: Language) -> String {
    let words = [
        (watch.added, &text::WATCH_ADDED),
        (watch.known, &text::WATCH_KNOWN),
        (watch.waiting, &text::WATCH_WAITING),
        (watch.refused, &text::WATCH_REFUSED),
    ];
    let said = words.into_iter().filter(|(count, _)| *count > 0);
    let said: Vec<_> =
        said.map(|(count, words)| words.fill(language, &[("count", &count.to_string())])).collect();
    if said.is_empty() {
        text::WATCH_NOTHING.of(language).to_owned()
    } else {
        said.join(language.pick("，", ", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_happen_is_not_counted_out() {
        let watch = Watch { added: 3, refused: 1, ..Watch::default() };
        assert_eq!(figures(&watch, Language::Chinese), "新添 3 个，未添加 1 个");
        assert_eq!(figures(&Watch::default(), Language::Chinese), text::WATCH_NOTHING.of(Language::Chinese));
    }
}
