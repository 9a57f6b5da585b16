//! What is asked before somebody puts their name to something: a section, the whole, or that they take it back.

use form_model::command::{Signer, SigningAct, StatementSummary, Team};
use form_model::language::Language;
use form_model::member::Step;
use yew::prelude::*;

use super::statement::step_word;
use crate::field::Work;
use crate::state::sheet::Sheet;
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::banner::{Banner, Tone};
use crate::widget::dialog::Dialog;
use crate::widget::line::{Area, Line};
use crate::widget::task::use_task;

/// To what somebody puts their name.
#[derive(Clone, Debug, PartialEq)]
pub enum SignWhat {
    Section { section: String, step: Step },
    Whole,
    Withdraw(StatementSummary),
}

#[derive(PartialEq, Properties)]
pub struct SignProps {
    pub what: SignWhat,
    pub onclose: Callback<()>,
}

#[component]
pub fn Sign(props: &SignProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let work = use_context::<Work>();
    let signer = use_state(|| work.as_ref().map(|work| usual_signer(&work.desk.sheet())).unwrap_or_default());
    let reason = use_state(String::new);
    let task = use_task();
    let Some(work) = work else { return Html::default() };
    let withdraws = matches!(props.what, SignWhat::Withdraw(_));
    let ready = !signer.person.trim().is_empty() && (!withdraws || !reason.trim().is_empty());
    let sign = {
        let (desk, task, onclose) = (work.desk.clone(), task.clone(), props.onclose.clone());
        let act = act(&props.what, &signer, &reason);
        Callback::from(move |()| {
            let (desk, act, onclose) = (desk.clone(), act.clone(), onclose.clone());
            task.run(async move { desk.signing(act).await }, move |()| onclose.emit(()));
        })
    };
    let change = |change: fn(&mut Signer, String)| {
        let signer = signer.clone();
        Callback::from(move |typed: String| {
            let mut changed = (*signer).clone();
            change(&mut changed, typed);
            signer.set(changed);
        })
    };
    let onreason = {
        let reason = reason.clone();
        Callback::from(move |typed| reason.set(typed))
    };
    let (title, label) = words(&props.what, &work.desk.sheet(), language);
    let footer = html! {
        <>
            <Action name="confirm-sign" {label} weight={Weight::Primary} class={if withdraws { "grave" } else { "official" }}
                disabled={!ready || task.is_busy()} onclick={sign} />
            <Action name="cancel" label={text::CANCEL.of(language)} onclick={props.onclose.clone()} />
        </>
    };
    html! {
        <Dialog name="sign" {title} wide=true onclose={props.onclose.clone()} {footer}>
            { explained(&props.what, &work.desk.sheet(), language) }
            <div class="signer-lines">
                <Line name="signer-person" label={text::SIGNER_PERSON.of(language)} value={signer.person.clone()}
                    first=true onchange={change(|signer, person| signer.person = person)} />
                <Line name="signer-title" label={text::SIGNER_TITLE.of(language)}
                    example={text::SIGNER_TITLE_EXAMPLE.of(language)} value={signer.title.clone()}
                    onchange={change(|signer, title| signer.title = title)} />
            </div>
            if withdraws {
                <Area name="withdraw-reason" label={text::WITHDRAW_REASON.of(language)} value={(*reason).clone()}
                    rows={2} onchange={onreason} />
            } else {
                <Line name="signer-remark" label={text::SIGNER_REMARK.of(language)} value={signer.remark.clone()}
                    onchange={change(|signer, remark| signer.remark = remark)} />
            }
            { task.failure(language) }
        </Dialog>
    }
}

/// Whose desk this is, with the title that was given the last time.
fn usual_signer(sheet: &Sheet) -> Signer {
    let person = own_person(&sheet.team).unwrap_or_default().to_owned();
    let made = sheet.signing.sections.iter().flat_map(|section| &section.statements);
    let own = made.chain(&sheet.signing.declarations).filter(|made| made.own && made.person == person);
    let title = own.max_by_key(|made| made.time_ms).map(|made| made.title.clone());
    Signer { person, title: title.unwrap_or_default(), remark: String::new() }
}

fn own_person(team: &Team) -> Option<&str> {
    team.devices.iter().find(|device| device.own).map(|device| device.person.as_str())
}

fn act(what: &SignWhat, signer: &Signer, reason: &str) -> SigningAct {
    let signer = signer.clone();
    match what {
        SignWhat::Section { section, .. } => SigningAct::SignOff { section: section.clone(), signer },
        SignWhat::Whole => SigningAct::Declare { signer },
        SignWhat::Withdraw(statement) => {
            SigningAct::Withdraw { statement: statement.id.clone(), signer, reason: reason.trim().to_owned() }
        }
    }
}

/// The title, and what the button says.
fn words(what: &SignWhat, sheet: &Sheet, language: Language) -> (String, &'static str) {
    match what {
        SignWhat::Section { section, step } => {
            let word = step_word(*step).of(language);
            let part = sheet.definition.text(language, &format!("{section}.title")).to_owned();
            (text::SIGN_TITLE.fill(language, &[("step", word), ("part", &part)]), word)
        }
        SignWhat::Whole => (text::DECLARATION.of(language).to_owned(), text::DECLARE.of(language)),
        SignWhat::Withdraw(_) => {
            (text::WITHDRAW_TITLE.of(language).to_owned(), text::WITHDRAW_STATEMENT.of(language))
        }
    }
}

/// What it means, and what is still wrong with what would be signed.
fn explained(what: &SignWhat, sheet: &Sheet, language: Language) -> Html {
    let why = match what {
        SignWhat::Section { .. } => &text::SIGN_WHY,
        SignWhat::Whole => &text::DECLARE_WHY,
        SignWhat::Withdraw(_) => &text::WITHDRAW_WHY,
    };
    let within = |section: &str| match what {
        SignWhat::Section { section: signed, .. } => section == signed,
        SignWhat::Whole => true,
        SignWhat::Withdraw(_) => false,
    };
    let problems =
        sheet.problems.iter().filter(|problem| problem.blocks() && within(problem.answer.section()));
    let open = problems.count() + sheet.conflicts().filter(|answer| within(answer.section())).count();
    html! {
        <>
            <p>{ why.of(language) }</p>
            if open > 0 {
                <Banner tone={Tone::Caution} message={text::SIGN_PROBLEMS.fill(language, &[("count", &open.to_string())])} />
            }
        </>
    }
}
