//! Making the revision final: what stands in the way, whom the lead does not wait for, and the last question.

use std::collections::BTreeMap;

use form_model::command::{Excuse, ObstacleSummary, SigningAct};
use form_model::id::AnswerId;
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use crate::field::Work;
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::dialog::Dialog;
use crate::widget::line::Line;
use crate::widget::sign::sign;
use crate::widget::task::use_task;

#[derive(PartialEq, Properties)]
pub struct FinaliseProps {
    /// To an answer's control.
    pub onshow: Callback<AnswerId>,
    /// To a section.
    pub onchoose: Callback<String>,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

/// What stands in the way of a final revision; for the lead, the way on.
#[component]
pub fn Finalise(props: &FinaliseProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let at_hub = use_state(Vec::<ObstacleSummary>::new);
    let excuses = use_state(BTreeMap::<String, String>::new);
    let asking = use_state(|| false);
    let task = use_task();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let (signing, revision) = {
        let sheet = work.desk.sheet();
        (sheet.signing.clone(), sheet.team.revision.clone())
    };
    if revision.closed {
        return Html::default();
    }
    let mut obstacles = signing.obstacles.clone();
    obstacles.extend(at_hub.iter().filter(|found| !signing.obstacles.contains(found)).cloned());
    let given = reasons(&obstacles, &excuses);
    let number = revision.current.to_string();
    let examine = {
        let (desk, task, at_hub, asking) = (work.desk.clone(), task.clone(), at_hub.clone(), asking.clone());
        let excuses = excuses.clone();
        Callback::from(move |()| {
            let (desk, at_hub, asking, excuses) =
                (desk.clone(), at_hub.clone(), asking.clone(), excuses.clone());
            task.run(async move { desk.examine().await }, move |found: Vec<ObstacleSummary>| {
                let excused =
                    found.iter().all(|one| one.device.is_some()) && reasons(&found, &excuses).is_some();
                asking.set(excused);
                at_hub.set(found);
            });
        })
    };
    let onclose = {
        let asking = asking.clone();
        Callback::from(move |()| asking.set(false))
    };
    let excused = given.clone().unwrap_or_default();
    html! {
        <section class="signing-part" data-obstacles={obstacles.len().to_string()}>
            <h2>{ text::FINALISE.of(language) }</h2>
            if obstacles.is_empty() {
                <p class="signing-clear">{ sign(Icon::CheckCircle) }{ text::OBSTACLES_NONE.of(language) }</p>
            } else {
                <p>{ text::OBSTACLES.fill(language, &[("count", &obstacles.len().to_string())]) }</p>
                <ul class="obstacles">
                    { for obstacles.iter().map(|one| obstacle(one, props, &excuses, signing.may_finalise, language)) }
                </ul>
            }
            { task.failure(language) }
            if signing.may_finalise {
                <div class="actions">
                    <Action name="finalise" label={text::FINALISE_DO.fill(language, &[("number", &number)])} weight={Weight::Primary}
                        class="official" disabled={task.is_busy() || !signing.obstacles.is_empty()} onclick={examine} />
                    if task.is_busy() { <span class="muted" role="status">{ text::FINALISE_BUSY.of(language) }</span> }
                </div>
                <details class="courier">
                    <summary>{ text::COURIER.of(language) }</summary>
                    <p class="muted">{ text::COURIER_WHY.of(language) }</p>
                    <Action name="export-courier" label={text::COURIER_EXPORT.of(language)} small=true
                        disabled={!signing.obstacles.is_empty() || given.is_none()} onclick={courier(&work, excused.clone())} />
                </details>
            } else {
                <p class="muted">{ text::FINALISE_LEAD.of(language) }</p>
            }
            if *asking { <Confirm {number} excuses={excused} {onclose} /> }
        </section>
    }
}

/// The reasons for every device that is not waited for; `None` while one is missing.
fn reasons(obstacles: &[ObstacleSummary], excuses: &BTreeMap<String, String>) -> Option<Vec<Excuse>> {
    let devices = obstacles.iter().filter_map(|one| one.device.as_ref());
    devices
        .map(|device| {
            let reason =
                excuses.get(device).map(|reason| reason.trim()).filter(|reason| !reason.is_empty())?;
            Some(Excuse { device: device.clone(), reason: reason.to_owned() })
        })
        .collect()
}

fn obstacle(
    one: &ObstacleSummary,
    props: &FinaliseProps,
    excuses: &UseStateHandle<BTreeMap<String, String>>,
    leads: bool,
    language: Language,
) -> Html {
    let sentence = one.sentence.sentence(language);
    let (onshow, onchoose) = (props.onshow.clone(), props.onchoose.clone());
    let go = match (one.answer.clone(), one.section.clone()) {
        (Some(answer), _) => Some(Callback::from(move |_: MouseEvent| onshow.emit(answer.clone()))),
        (None, Some(section)) => Some(Callback::from(move |_: MouseEvent| onchoose.emit(section.clone()))),
        (None, None) => None,
    };
    let excuse = one.device.clone().filter(|_| leads).map(|device| {
        let value = excuses.get(&device).cloned().unwrap_or_default();
        let excuses = excuses.clone();
        let onchange = Callback::from(move |reason: String| {
            let mut next = (*excuses).clone();
            next.insert(device.clone(), reason);
            excuses.set(next);
        });
        html! { <Line name="excuse" label={text::EXCUSE.of(language)} {value} {onchange} /> }
    });
    html! {
        <li key={sentence.clone()} data-obstacle={one.section.clone().or(one.answer.as_ref().map(|answer| answer.0.clone())).unwrap_or_default()}>
            if let Some(onclick) = go {
                <button type="button" class="summary-link" data-action="go" {onclick}>{ sentence }</button>
            } else {
                <p>{ sentence }</p>
            }
            { for excuse }
        </li>
    }
}

fn courier(work: &Work, excuses: Vec<Excuse>) -> Callback<()> {
    let desk = work.desk.clone();
    Callback::from(move |()| desk.export_courier(excuses.clone()))
}

#[derive(PartialEq, Properties)]
struct ConfirmProps {
    number: AttrValue,
    excuses: Vec<Excuse>,
    onclose: Callback<()>,
}

/// The last question: what is final leaves the house.
#[component]
fn Confirm(props: &ConfirmProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let task = use_task();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let finalise = {
        let (desk, task, onclose) = (work.desk.clone(), task.clone(), props.onclose.clone());
        let overrides = props.excuses.clone();
        Callback::from(move |()| {
            let (desk, onclose) = (desk.clone(), onclose.clone());
            let act = SigningAct::Finalise { overrides: overrides.clone() };
            task.run(async move { desk.signing(act).await }, move |()| onclose.emit(()));
        })
    };
    let footer = html! {
        <>
            <Action name="confirm-finalise" label={text::FINALISE.of(language)} weight={Weight::Primary} class="official"
                disabled={task.is_busy()} onclick={finalise} />
            <Action name="cancel" label={text::CANCEL.of(language)} onclick={props.onclose.clone()} />
        </>
    };
    html! {
        <Dialog name="finalise" title={text::FINALISE_TITLE.fill(language, &[("number", &props.number)])}
            onclose={props.onclose.clone()} {footer}>
            <p>{ text::FINALISE_WHY.of(language) }</p>
            if task.is_busy() { <p class="muted" role="status">{ text::FINALISE_BUSY.of(language) }</p> }
            { task.failure(language) }
        </Dialog>
    }
}
