//! Sign-off and final revisions: who has signed what, what stands in the way of a final revision, and those that are
//! final.

mod finalise;
mod give_back;
mod news;
mod revision;
mod section;
mod sign;
mod statement;

pub use self::news::news;
pub use self::section::SectionSigns;
pub use self::statement::step_word;

use form_model::command::{Reason, SectionSigning, Signing, StatementState};
use form_model::definition::FormDefinition;
use form_model::id::AnswerId;
use form_model::language::Language;
use patternfly_yew::prelude::{EmptyState, Icon};
use yew::prelude::*;

use self::finalise::Finalise;
use self::give_back::GiveBack;
use self::revision::Revisions;
use self::sign::{Sign, SignWhat};
use crate::field::{Work, spoken_name};
use crate::paper::standing::{returned_words, standing_line};
use crate::state::sheet::Sheet;
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::banner::{Banner, Tone};
use crate::widget::seal::seal;
use crate::widget::sign::sign as icon;

/// What is asked over the screen.
#[derive(Clone, PartialEq)]
enum Asking {
    Sign(SignWhat),
    Return,
}

#[derive(PartialEq, Properties)]
pub struct SigningScreenProps {
    /// To a section.
    pub onchoose: Callback<String>,
    /// To an answer's control.
    pub onshow: Callback<AnswerId>,
    /// To who takes part.
    pub onmembers: Callback<()>,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

#[component]
pub fn SigningScreen(props: &SigningScreenProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let asking = use_state(|| None::<Asking>);
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let sheet = work.desk.sheet();
    let ask = {
        let asking = asking.clone();
        Callback::from(move |question| asking.set(Some(question)))
    };
    let onclose = {
        let asking = asking.clone();
        Callback::from(move |()| asking.set(None))
    };
    let founded = !sheet.team.agencies.is_empty();
    html! {
        <main id="form" class="desk signing" tabindex="-1" data-revision={sheet.team.revision.current.to_string()}
            data-closed={sheet.team.revision.closed.to_string()}>
            <div class="members-head">
                <h1>{ text::SIGNING.of(language) }</h1>
                if founded { { revision_state(&sheet, &ask, language) } }
            </div>
            if founded {
                { log_fault(&sheet.signing, language) }
                { returned(&sheet, language) }
                { overview(&sheet, props, language) }
                { declaration(&sheet, &ask, language) }
                <Finalise onshow={props.onshow.clone()} onchoose={props.onchoose.clone()} version={props.version} />
                <Revisions work={work.clone()} version={props.version} />
            } else {
                <EmptyState title={text::SIGNING_EMPTY.of(language).to_owned()}>
                    <p>{ text::SIGNING_EMPTY_WHY.of(language) }</p>
                    <div class="actions">
                        <Action name="to-members" label={text::MEMBERS.of(language)} weight={Weight::Primary}
                            onclick={props.onmembers.clone()} />
                    </div>
                </EmptyState>
            }
            { question(&asking, &onclose) }
        </main>
    }
}

fn question(asking: &UseStateHandle<Option<Asking>>, onclose: &Callback<()>) -> Html {
    match (**asking).clone() {
        None => Html::default(),
        Some(Asking::Sign(what)) => html! { <Sign {what} onclose={onclose.clone()} /> },
        Some(Asking::Return) => html! { <GiveBack onclose={onclose.clone()} /> },
    }
}

/// Which revision this is, whether it is final, and for whoever may, the way to give it back.
fn revision_state(sheet: &Sheet, ask: &Callback<Asking>, language: Language) -> Html {
    let revision = &sheet.team.revision;
    let number = [("number", &revision.current.to_string()[..])];
    html! {
        <div class="revision-state">
            if revision.closed {
                { seal(text::FINAL.of(language)) }
                <span>{ text::REVISION.fill(language, &number) }</span>
                if sheet.signing.may_return {
                    <Action name="return" label={text::RETURN.of(language)} onclick={ask.reform(|()| Asking::Return)} />
                }
            } else {
                <span class="muted">{ text::REVISION_DRAFT.fill(language, &number) }</span>
            }
        </div>
    }
}

/// That the hub has shown another public log than the one known here.
fn log_fault(signing: &Signing, language: Language) -> Html {
    let fault = signing.log.as_ref().and_then(|log| log.fault.as_ref());
    fault.map_or_else(Html::default, |fault| {
        html! { <Banner tone={Tone::Problem} message={fault.sentence(language)} /> }
    })
}

/// That the final revision was given back, by whom and why.
fn returned(sheet: &Sheet, language: Language) -> Html {
    let Some(returned) = &sheet.team.revision.returned else { return Html::default() };
    let reason = |reason: &Reason| {
        let on = reason.on.as_ref().map(|on| spoken_name(&sheet.definition, language, on));
        html! {
            <li>
                if let Some(on) = on { <strong>{ on }</strong>{ language.pick("：", ": ") } }
                { &reason.text }
            </li>
        }
    };
    html! {
        <section class="signing-part returned-note" data-returned="">
            <h2>{ icon(Icon::Flag) }{ returned_words(returned, language) }</h2>
            <p class="muted">
                { text::RETURNED_PARTS.fill(language, &[("parts", &titles(&sheet.definition, &returned.sections, language))]) }
            </p>
            <ul>{ for returned.reasons.iter().map(reason) }</ul>
        </section>
    }
}

/// Sections by their titles.
pub fn titles(definition: &FormDefinition, sections: &[String], language: Language) -> String {
    let title = |section: &String| definition.text(language, &format!("{section}.title")).to_owned();
    sections.iter().map(title).collect::<Vec<_>>().join(language.pick("、", ", "))
}

/// Every section that is signed, with its agencies.
fn overview(sheet: &Sheet, props: &SigningScreenProps, language: Language) -> Html {
    let row = |section: &SectionSigning| {
        let id = section.section.clone();
        let title = sheet.definition.text(language, &format!("{id}.title")).to_owned();
        let onclick = {
            let id = id.clone();
            props.onchoose.reform(move |_: MouseEvent| id.clone())
        };
        html! {
            <tr key={id.clone()}>
                <th scope="row">
                    <button type="button" class="summary-link" data-action="section-link" {onclick}>{ title }</button>
                    { standing_line(sheet, &id, language) }
                </th>
                <td><SectionSigns section={id} version={props.version} /></td>
            </tr>
        }
    };
    html! {
        <section class="signing-part">
            <h2>{ text::SIGNS_ALL.of(language) }</h2>
            <table class="plain-table signing-table">
                <caption class="pf-v6-screen-reader">{ text::SIGNS_ALL.of(language) }</caption>
                <thead>
                    <tr>
                        <th scope="col">{ text::REMINDER_PART.of(language) }</th>
                        <th scope="col">{ text::SIGNS.of(language) }</th>
                    </tr>
                </thead>
                <tbody>{ for sheet.signing.sections.iter().map(row) }</tbody>
            </table>
        </section>
    }
}

/// The lead's declaration that the whole is true.
fn declaration(sheet: &Sheet, ask: &Callback<Asking>, language: Language) -> Html {
    let signing = &sheet.signing;
    let holding = signing.declarations.iter().rev().find(|made| made.state == StatementState::Holds);
    let lapsed = signing.declarations.last().is_some_and(|newest| newest.state == StatementState::Lapsed);
    let withdraw = signing.may_declare.then(|| ask.reform(|made| Asking::Sign(SignWhat::Withdraw(made))));
    html! {
        <section class="signing-part" data-declared={holding.is_some().to_string()}>
            <h2>{ text::DECLARATION.of(language) }</h2>
            <p class="muted">{ text::DECLARATION_WHO.of(language) }</p>
            if let Some(made) = holding {
                { statement::standing(made, withdraw, language) }
            } else {
                if lapsed { <p class="caution-word">{ text::DECLARATION_LAPSED.of(language) }</p> }
                if signing.may_declare {
                    <div class="actions">
                        <Action name="declare" label={text::DECLARE.of(language)} class="official"
                            onclick={ask.reform(|()| Asking::Sign(SignWhat::Whole))} />
                    </div>
                } else {
                    <p class="muted">{ text::STEP_PENDING.fill(language, &[("step", text::DECLARATION.of(language))]) }</p>
                }
            }
            { statement::record(&signing.declarations, language) }
        </section>
    }
}
