//! The sign-off of one section: which agency has taken which step, and what this one can do.

use form_model::command::{AgencySigning, SectionSigning, StatementState, StatementSummary};
use form_model::language::Language;
use form_model::member::Step;
use yew::prelude::*;

use super::sign::{Sign, SignWhat};
use super::statement::{record, standing, step_word};
use crate::field::Work;
use crate::state::rights;
use crate::state::signing::own_lapsed;
use crate::text;
use crate::widget::action::Action;
use crate::widget::agency;

#[derive(PartialEq, Properties)]
pub struct SectionSignsProps {
    /// The section's id.
    pub section: AttrValue,
    /// Under the paper of its section, with all that was ever said; else a row among others.
    #[prop_or_default]
    pub whole: bool,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

#[component]
pub fn SectionSigns(props: &SectionSignsProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let asking = use_state(|| None::<SignWhat>);
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let sheet = work.desk.sheet();
    let Some(signing) = sheet.section_signing(&props.section) else { return Html::default() };
    let frozen = rights::is_frozen(&sheet.team, &props.section);
    let title = sheet.definition.text(language, &format!("{}.title", props.section)).to_owned();
    let ask = {
        let asking = asking.clone();
        Callback::from(move |what| asking.set(Some(what)))
    };
    let onclose = {
        let asking = asking.clone();
        Callback::from(move |()| asking.set(None))
    };
    let agencies =
        signing.agencies.iter().map(|signer| agency_line(&work, signing, signer, frozen, &ask, language));
    html! {
        <section class={classes!("signs", props.whole.then_some("whole"))} aria-label={text::SIGNS_OF.fill(language, &[("part", &title)])}
            data-signs={props.section.clone()} data-signed={signing.is_signed().to_string()}>
            if props.whole { <h2>{ text::SIGNS.of(language) }</h2> }
            if own_lapsed(signing) && !frozen {
                <p class="caution-word" data-lapsed="">{ text::SIGNS_LAPSED.of(language) }</p>
            }
            <ul class="signs-agencies">{ for agencies }</ul>
            if props.whole { { record(&signing.statements, language) } }
            if let Some(what) = (*asking).clone() { <Sign {what} {onclose} /> }
        </section>
    }
}

fn agency_line(
    work: &Work,
    signing: &SectionSigning,
    signer: &AgencySigning,
    frozen: bool,
    ask: &Callback<SignWhat>,
    language: Language,
) -> Html {
    let sheet = work.desk.sheet();
    let known = rights::agency(&sheet.team, &signer.agency);
    let steps = known.map_or_else(|| vec![Step::Sign], |agency| agency.grant.all_steps());
    let withdraw = (!frozen).then(|| ask.reform(SignWhat::Withdraw));
    let taken = |step: Step| holding(signing, signer, step);
    let next = signer.next.filter(|_| signer.own && !frozen);
    let section = signing.section.clone();
    html! {
        <li key={signer.agency.0.clone()} data-signer={signer.agency.0.clone()}>
            if let Some(known) = known { { agency::named(known) } } else { <span>{ &signer.name }</span> }
            <span class="signs-steps">
                { for steps.into_iter().map(|step| match taken(step) {
                    Some(statement) => standing(statement, withdraw.clone(), language),
                    None => pending(step, language),
                }) }
            </span>
            if let Some(step) = next {
                <Action name="sign-off" label={step_word(step).of(language)} class="official" small=true
                    onclick={ask.reform(move |()| SignWhat::Section { section: section.clone(), step })} />
            }
        </li>
    }
}

/// An agency's statement on a step, while it holds.
fn holding<'a>(
    signing: &'a SectionSigning,
    signer: &AgencySigning,
    step: Step,
) -> Option<&'a StatementSummary> {
    let of_step = |made: &&StatementSummary| {
        made.agency == signer.agency && made.step == Some(step) && made.state == StatementState::Holds
    };
    signing.statements.iter().rev().find(of_step)
}

fn pending(step: Step, language: Language) -> Html {
    let words = text::STEP_PENDING.fill(language, &[("step", step_word(step).of(language))]);
    html! { <span class="statement pending muted" data-state="pending">{ words }</span> }
}
