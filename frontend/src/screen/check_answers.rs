//! Check answers: the whole form, and before it one list of what is wrong, linked to the fields.

use form_model::check::{Problem, missing_evidence};
use form_model::command::ConflictValue;
use form_model::id::AnswerId;
use form_model::language::Language;
use form_model::rule::Severity;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use crate::field::remark::{confirmation, spelled};
use crate::field::{Work, page, spoken_name};
use crate::paper::sheet::SectionSheet;
use crate::state::sheet::Sheet;
use crate::text;
use crate::widget::action::Action;
use crate::widget::agency;
use crate::widget::sign::sign;

#[derive(PartialEq, Properties)]
pub struct CheckAnswersProps {
    pub onchoose: Callback<AnswerId>,
    /// To sign-off.
    pub onsigning: Callback<()>,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

#[component]
pub fn CheckAnswers(props: &CheckAnswersProps) -> Html {
    let Some(work) = use_context::<Work>() else { return Html::default() };
    use_effect_with((), |()| page::focus_first(".summary"));
    let sections: Vec<_> =
        work.desk.sheet().definition.sections.iter().map(|section| section.id.clone()).collect();
    html! {
        <>
            <Summary onchoose={props.onchoose.clone()} onsigning={props.onsigning.clone()} version={props.version} />
            <main id="form" class="desk" tabindex="-1">
                { for sections.into_iter().map(|section| html! {
                    <SectionSheet key={section.clone()} section={section.clone()} version={props.version} />
                }) }
            </main>
        </>
    }
}

/// All problems by section: what blocks first, then what a person has to confirm.
#[component]
fn Summary(props: &CheckAnswersProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let sheet = work.desk.sheet();
    let problems = sheet.problems.clone();
    let blocking: Vec<_> = problems.iter().filter(|problem| problem.blocks()).collect();
    let open: Vec<_> = problems.iter().filter(|problem| is_caution(problem) && !problem.confirmed).collect();
    let confirmed: Vec<_> =
        problems.iter().filter(|problem| is_caution(problem) && problem.confirmed).collect();
    let conflicts: Vec<_> = sheet.conflicts().cloned().collect();
    let evidence = missing_evidence(&sheet.definition, sheet.answers());
    let draw = |problems: &[&Problem], title: &text::Text, class: &'static str, icon: Icon| {
        if problems.is_empty() {
            return Html::default();
        }
        let title = title.fill(language, &[("count", &problems.len().to_string())]);
        html! {
            <section class={classes!("summary-part", class)}>
                <h2>{ sign(icon) }{ title }</h2>
                { by_section(&work, &sheet, problems, &props.onchoose, language) }
            </section>
        }
    };
    html! {
        <section class="summary" tabindex="-1" role="region" aria-label={text::CHECK_TITLE.of(language)}
            data-blocking={blocking.len().to_string()} data-cautions={open.len().to_string()}>
            if blocking.is_empty() && conflicts.is_empty() && evidence.is_empty() {
                <section class="summary-part good">
                    <h2>{ sign(Icon::CheckCircle) }{ text::CHECK_CLEAR.of(language) }</h2>
                    <p>{ text::CHECK_CLEAR_WHY.of(language) }</p>
                </section>
            } else {
                <p class="muted">{ text::CHECK_HOW.of(language) }</p>
            }
            <Action name="to-signing" label={text::SIGNING.of(language)} small=true onclick={props.onsigning.clone()} />
            { picks(&sheet, &conflicts, &text::CHECK_CONFLICTS, &props.onchoose, language) }
            { picks(&sheet, &sheet.reread, &text::CHECK_REREAD, &props.onchoose, language) }
            { draw(&blocking, &text::CHECK_BLOCKING, "problem", Icon::ExclamationCircle) }
            { missing(&work, &sheet, &evidence, language) }
            { draw(&open, &text::CHECK_CAUTIONS, "caution", Icon::ExclamationTriangle) }
            { draw(&confirmed, &text::CHECK_CONFIRMED, "confirmed", Icon::CheckCircle) }
        </section>
    }
}

/// The slots of evidence that are empty, linked to them.
fn missing(work: &Work, sheet: &Sheet, problems: &[Problem], language: Language) -> Html {
    if problems.is_empty() {
        return Html::default();
    }
    let link = |problem: &Problem| {
        let slot = problem.details.get("slot").cloned().unwrap_or_default();
        let onclick = {
            let slot = slot.clone();
            work.onevidence.reform(move |_: MouseEvent| slot.clone())
        };
        html! {
            <li key={slot.clone()}>
                <button type="button" class="summary-link" data-action="go" data-missing={slot} {onclick}>
                    { problem.sentence(&sheet.definition, language) }
                </button>
            </li>
        }
    };
    html! {
        <section class="summary-part problem" data-missing-evidence={problems.len().to_string()}>
            <h2>
                { sign(Icon::ExclamationCircle) }
                { text::CHECK_EVIDENCE.fill(language, &[("count", &problems.len().to_string())]) }
            </h2>
            <div class="summary-section"><ul>{ for problems.iter().map(link) }</ul></div>
        </section>
    }
}

/// Answers that wait for a person to pick or to read, linked to their cards.
fn picks(
    sheet: &Sheet,
    conflicts: &[AnswerId],
    title: &text::Text,
    onchoose: &Callback<AnswerId>,
    language: Language,
) -> Html {
    if conflicts.is_empty() {
        return Html::default();
    }
    let link = |answer: &AnswerId| {
        let (name, chosen) = (spoken_name(&sheet.definition, language, answer), answer.clone());
        html! {
            <li key={answer.0.clone()}>
                <button type="button" class="summary-link" data-action="go" data-conflict={answer.0.clone()}
                    onclick={onchoose.reform(move |_: MouseEvent| chosen.clone())}>
                    <span>{ name }</span>
                    { for sides(sheet, answer, language) }
                </button>
            </li>
        }
    };
    html! {
        <section class="summary-part caution">
            <h2>
                { sign(Icon::ExclamationTriangle) }
                { title.fill(language, &[("count", &conflicts.len().to_string())]) }
            </h2>
            <div class="summary-section"><ul>{ for conflicts.iter().map(link) }</ul></div>
        </section>
    }
}

/// Who gave which value.
fn sides(sheet: &Sheet, answer: &AnswerId, language: Language) -> Vec<Html> {
    let Some(state) = sheet.state(answer) else { return Vec::new() };
    let side = |side: &ConflictValue| {
        html! {
            <span class="side">
                { agency::author(&sheet.team, &side.stamp, language) }
                <span class="ink">{ spelled(&sheet.definition, answer, side.value.as_ref(), language) }</span>
            </span>
        }
    };
    state.conflict.iter().map(side).collect()
}

fn is_caution(problem: &Problem) -> bool {
    problem.severity == Severity::Caution
}

fn by_section(
    work: &Work,
    sheet: &Sheet,
    problems: &[&Problem],
    onchoose: &Callback<AnswerId>,
    language: Language,
) -> Html {
    let sections = sheet.definition.sections.iter().filter_map(|section| {
        let here: Vec<_> = problems.iter().filter(|problem| problem.answer.section() == section.id).collect();
        if here.is_empty() {
            return None;
        }
        let title = sheet.definition.text(language, &format!("{}.title", section.id)).to_owned();
        Some(html! {
            <div class="summary-section" key={section.id.clone()}>
                <h3>{ title }<span class="muted">{ here.len() }</span></h3>
                <ul>{ for here.into_iter().map(|problem| entry(work, sheet, problem, onchoose, language)) }</ul>
            </div>
        })
    });
    html! { { for sections } }
}

fn entry(
    work: &Work,
    sheet: &Sheet,
    problem: &Problem,
    onchoose: &Callback<AnswerId>,
    language: Language,
) -> Html {
    let answer = problem.answer.clone();
    let onclick = onchoose.reform(move |_: MouseEvent| answer.clone());
    html! {
        <li key={format!("{} {}", problem.answer, problem.rule)}>
            <button type="button" class="summary-link" data-action="go" data-problem={problem.answer.0.clone()}
                data-rule={problem.rule.clone()} {onclick}>
                { problem.sentence(&sheet.definition, language) }
            </button>
            if is_caution(problem) { { confirmation(work, sheet, problem, language) } }
        </li>
    }
}
