//! The lead passes to another agency; this one goes on as a contributor.

use std::collections::BTreeMap;

use form_model::command::{AgencySummary, Team, TeamAct};
use form_model::definition::FormDefinition;
use form_model::language::Language;
use form_model::member::{AgencyId, FormPart, Grant, Role};
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::agency_form::{ACCEPT_DAYS, part_tick};
use super::draft::toggle;
use crate::field::Work;
use crate::state::rights;
use crate::text;
use crate::time;
use crate::widget::action::{Action, Weight};
use crate::widget::dialog::Dialog;
use crate::widget::task::use_task;

#[derive(PartialEq, Properties)]
pub struct HandOverProps {
    pub onclose: Callback<()>,
}

#[component]
pub fn HandOver(props: &HandOverProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let work = use_context::<Work>();
    let to = use_state(|| None::<AgencyId>);
    let grant = use_state(|| work.as_ref().map(own_part).unwrap_or_default());
    let task = use_task();
    let Some(work) = work else { return Html::default() };
    let sheet = work.desk.sheet();
    let (team, definition) = (sheet.team.clone(), sheet.definition.clone());
    drop(sheet);
    let others: Vec<&AgencySummary> =
        rights::active(&team).filter(|agency| team.me.as_ref() != Some(&agency.id)).collect();
    let hand_over = {
        let (desk, task, to, grant, onclose) =
            (work.desk.clone(), task.clone(), (*to).clone(), (*grant).clone(), props.onclose.clone());
        Callback::from(move |()| {
            let Some(to) = to.clone() else { return };
            let (desk, onclose) = (desk.clone(), onclose.clone());
            let act = TeamAct::HandOver {
                to,
                grant: grant.clone(),
                accept_until: Some(time::in_days(ACCEPT_DAYS)),
            };
            task.run(async move { desk.team(act).await }, move |()| onclose.emit(()));
        })
    };
    let onto = {
        let to = to.clone();
        Callback::from(move |event: Event| {
            let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
            to.set(select.map(|select| select.value()).filter(|id| !id.is_empty()).map(AgencyId));
        })
    };
    let footer = html! {
        <>
            <Action name="confirm-hand-over" label={text::HAND_OVER.of(language)} weight={Weight::Primary} class="grave"
                disabled={to.is_none() || task.is_busy()} onclick={hand_over} />
            <Action name="cancel" label={text::CANCEL.of(language)} onclick={props.onclose.clone()} />
        </>
    };
    html! {
        <Dialog name="hand-over" title={text::HAND_OVER.of(language)} onclose={props.onclose.clone()} {footer}>
            <p>{ text::HAND_OVER_WHY.of(language) }</p>
            <label class="form-line">
                <span>{ text::HAND_OVER_TO.of(language) }</span>
                <span class="pf-v6-c-form-control">
                    <select data-field="hand-over-to" onchange={onto}>
                        <option value="" selected={to.is_none()}>{ text::CHOOSE.of(language) }</option>
                        { for others.iter().map(|agency| html! {
                            <option value={agency.id.0.clone()} selected={to.as_ref() == Some(&agency.id)}>{ &agency.name }</option>
                        }) }
                    </select>
                </span>
            </label>
            { kept(&grant, &definition, language) }
            { task.failure(language) }
        </Dialog>
    }
}

/// What this agency goes on filling.
fn kept(grant: &UseStateHandle<Grant>, definition: &FormDefinition, language: Language) -> Html {
    let ontoggle = {
        let grant = grant.clone();
        Callback::from(move |part: FormPart| {
            let mut changed = (*grant).clone();
            toggle(&mut changed, &part);
            grant.set(changed);
        })
    };
    let tick = |id: &String| {
        let part = FormPart(id.clone());
        let label = definition.part_name(language, &part);
        part_tick(grant.parts.contains_key(&part), false, label, &part, &ontoggle)
    };
    html! {
        <fieldset class="parts-choice">
            <legend>{ text::HAND_OVER_KEEP.of(language) }</legend>
            { for definition.sections.iter().map(|section| tick(&section.id)) }
        </fieldset>
    }
}

/// The sections that nobody else was given: this agency has filled them as the lead.
fn own_part(work: &Work) -> Grant {
    let sheet = work.desk.sheet();
    let sections = sheet.definition.sections.iter().map(|section| section.id.clone());
    let parts: BTreeMap<_, _> = sections
        .filter(|section| is_left(&sheet.team, section))
        .map(|section| (FormPart(section), None))
        .collect();
    Grant { role: Role::Contributor, parts, ..Grant::default() }
}

fn is_left(team: &Team, section: &str) -> bool {
    rights::section_owners(team, section).iter().all(|owner| owner.grant.role == Role::Lead)
}
