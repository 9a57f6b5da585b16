//! The list of parts: what is done, what is begun, what is wrong. Any order.

use form_model::evidence::slots;
use form_model::language::Language;
use form_model::progress::{SectionProgress, SectionStatus};
use yew::prelude::*;

use crate::field::Work;
use crate::paper::standing::{Standing, standing};
use crate::state::rights;
use crate::state::sheet::Sheet;
use crate::text;
use crate::widget::agency;

#[derive(PartialEq, Properties)]
pub struct TaskListProps {
    /// The section in hand.
    pub section: AttrValue,
    pub onchoose: Callback<String>,
    /// To the files of evidence.
    pub onevidence: Callback<String>,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

#[component]
pub fn TaskList(props: &TaskListProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let sheet = work.desk.sheet();
    let total = form_model::progress::total(&sheet.definition, sheet.answers());
    let (answered, required) = (total.answered.to_string(), total.required.to_string());
    let words = text::PROGRESS.fill(language, &[("answered", &answered), ("required", &required)]);
    html! {
        <nav class="tasks" aria-label={text::TASKS.of(language)}>
            <div class="tasks-head">
                <span>{ words.clone() }</span>
                <progress value={answered} max={required} aria-label={words} />
            </div>
            <ol>
                { for sheet.progress.iter().map(|progress| task(props, &sheet, progress, language)) }
            </ol>
            { evidence(props, &sheet, language) }
        </nav>
    }
}

/// The way to the files of evidence, with how many pieces are there.
fn evidence(props: &TaskListProps, sheet: &Sheet, language: Language) -> Html {
    let states = slots(&sheet.definition, sheet.answers());
    if states.is_empty() {
        return Html::default();
    }
    let asked = states.iter().filter(|state| state.asked).count();
    let missing = states.iter().filter(|state| state.is_missing()).count();
    // First to what is missing.
    let first = states.iter().find(|state| state.is_missing()).or(states.first());
    let first = first.map(|state| state.slot.id.clone()).unwrap_or_default();
    let onclick = props.onevidence.reform(move |_: MouseEvent| first.clone());
    let (class, status) = match missing {
        0 => ("complete", text::EVIDENCE_COMPLETE.of(language).to_owned()),
        missing if missing == asked => ("untouched", text::UNTOUCHED.of(language).to_owned()),
        missing => ("in-progress", text::EVIDENCE_MISSING.fill(language, &[("count", &missing.to_string())])),
    };
    let figures = [("done", &(asked - missing).to_string()[..]), ("asked", &asked.to_string()[..])];
    html! {
        <button type="button" class={classes!("task", "task-evidence", class)} data-action="evidence" {onclick}>
            <span class="task-title">{ text::EVIDENCE_DONE.fill(language, &figures) }</span>
            <span class="task-status"><span class="dot" aria-hidden="true" />{ status }</span>
        </button>
    }
}

fn task(props: &TaskListProps, sheet: &Sheet, progress: &SectionProgress, language: Language) -> Html {
    let definition = &sheet.definition;
    let here = progress.section == props.section.as_str();
    let section = progress.section.clone();
    let onclick = props.onchoose.reform(move |_: MouseEvent| section.clone());
    let counted = definition.section(&progress.section).is_some_and(|section| section.counted);
    let conflicts = sheet.conflicts().filter(|answer| answer.section() == progress.section).count();
    let reread = sheet.reread.iter().filter(|answer| answer.section() == progress.section).count();
    let (class, status) = match standing(sheet, &progress.section) {
        Standing::Open => status(progress, conflicts, reread, counted, language),
        // What is wrong comes first, also in what was signed.
        _ if progress.status == SectionStatus::Problem || conflicts + reread > 0 => {
            status(progress, conflicts, reread, counted, language)
        }
        signed => {
            (signed.class(), signed.word().map(|word| word.of(language).to_owned()).unwrap_or_default())
        }
    };
    html! {
        <li key={progress.section.clone()}>
            <button type="button" class={classes!("task", class)} data-section={progress.section.clone()}
                data-action="section" aria-current={here.then_some("true")} {onclick}>
                <span class="task-title">{ definition.text(language, &format!("{}.title", progress.section)) }</span>
                <span class="task-status"><span class="dot" aria-hidden="true" />{ status }</span>
                { owner(sheet, &progress.section, language) }
            </button>
        </li>
    }
}

/// Who fills the part: by the team, and before there is one by the form.
fn owner(sheet: &Sheet, section: &str, language: Language) -> Html {
    let definition = &sheet.definition;
    let owners = rights::section_owners(&sheet.team, section);
    if let Some(first) = owners.first().filter(|_| rights::has_colleagues(&sheet.team)) {
        let own = owners.iter().any(|owner| Some(&owner.id) == sheet.team.me.as_ref());
        let names = agency::names(&owners, language);
        return html! {
            <span class={classes!("task-owner", own.then_some("own"))}>
                { agency::mark(first) }<span class="agency-name">{ names }</span>
            </span>
        };
    }
    let kind = definition.section(section).map(|section| format!("agency.{}", section.owner));
    let usual = kind.and_then(|key| definition.message(language, &key).map(ToOwned::to_owned));
    html! { if let Some(usual) = usual { <span class="task-owner"><span class="agency-name">{ usual }</span></span> } }
}

fn status(
    progress: &SectionProgress,
    conflicts: usize,
    reread: usize,
    counted: bool,
    language: Language,
) -> (&'static str, String) {
    let figures = format!("{}/{}", progress.answered, progress.required);
    match progress.status {
        SectionStatus::Problem => ("to-mend", text::HAS_PROBLEM.of(language).to_owned()),
        _ if conflicts > 0 => {
            ("to-pick", text::CONFLICTS.fill(language, &[("count", &conflicts.to_string())]))
        }
        _ if reread > 0 => ("to-pick", text::TO_REREAD.fill(language, &[("count", &reread.to_string())])),
        _ if !counted => ("untouched", text::NOT_COUNTED.of(language).to_owned()),
        SectionStatus::Untouched => ("untouched", text::UNTOUCHED.of(language).to_owned()),
        SectionStatus::InProgress => ("in-progress", format!("{} {figures}", text::IN_PROGRESS.of(language))),
        SectionStatus::Complete => ("complete", text::COMPLETE.of(language).to_owned()),
    }
}
