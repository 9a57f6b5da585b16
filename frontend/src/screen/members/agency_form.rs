//! An agency is taken in or changed: name, mark, what it does, what it fills, which evidence it reads.

use std::collections::BTreeSet;

use form_model::command::TeamAct;
use form_model::date;
use form_model::definition::{FormDefinition, Section};
use form_model::language::Language;
use form_model::member::{AgencyId, EvidenceAccess, FormPart, Grant, Role, Step, suggested_mark};
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::draft::{Share, narrows, share, toggle};
use super::matrix::{GRANTED_ROLES, role_of, role_word};
use super::suggestion;
use crate::field::Work;
use crate::screen::signing::step_word;
use crate::state::rights;
use crate::text;
use crate::time;
use crate::widget::action::{Action, Weight};
use crate::widget::dialog::Dialog;
use crate::widget::line::Line;
use crate::widget::task::use_task;
use crate::widget::tick::Tick;

/// For how many days what was written before a change may still be handed in, unless the lead says otherwise.
pub const ACCEPT_DAYS: i64 = 7;

/// Longest mark, in characters: what its square has room for.
const MARK_MAX_CHARACTERS: usize = 2;

#[derive(PartialEq, Properties)]
pub struct AgencyFormProps {
    /// The agency to be changed; a new one when `None`.
    pub agency: Option<AgencyId>,
    pub onclose: Callback<()>,
}

/// What is typed and ticked so far.
#[derive(Clone, PartialEq)]
struct Wish {
    id: AgencyId,
    name: String,
    mark: String,
    /// The mark was typed: a change of the name leaves it alone.
    mark_typed: bool,
    grant: Grant,
    accept_until: String,
}

#[component]
pub fn AgencyForm(props: &AgencyFormProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let work = use_context::<Work>();
    let wish = use_state(|| first_wish(work.as_ref(), props.agency.as_ref()));
    let task = use_task();
    let Some(work) = work else { return Html::default() };
    let sheet = work.desk.sheet();
    let (team, definition) = (sheet.team.clone(), sheet.definition.clone());
    drop(sheet);
    let existing = props.agency.as_ref().and_then(|id| rights::agency(&team, id)).cloned();
    let taken: Vec<String> = rights::active(&team)
        .filter(|agency| agency.id != wish.id)
        .map(|agency| agency.mark.clone())
        .collect();
    let loses = existing.as_ref().is_some_and(|agency| narrows(&agency.grant, &wish.grant));
    let until = date::parse(&wish.accept_until).ok().filter(|day| day.has_day()).map(|day| day.to_string());
    let mark_fits = (1..=MARK_MAX_CHARACTERS).contains(&wish.mark.trim().chars().count());
    let ready = !wish.name.trim().is_empty() && mark_fits && (!loses || until.is_some());
    let save = {
        let (desk, task, wish, onclose) =
            (work.desk.clone(), task.clone(), wish.clone(), props.onclose.clone());
        let until = until.filter(|_| loses);
        Callback::from(move |()| {
            let act = TeamAct::SaveAgency {
                id: wish.id.clone(),
                name: wish.name.trim().to_owned(),
                mark: wish.mark.trim().to_owned(),
                grant: wish.grant.clone(),
                accept_until: until.clone(),
            };
            let (desk, onclose) = (desk.clone(), onclose.clone());
            task.run(async move { desk.team(act).await }, move |()| onclose.emit(()));
        })
    };
    let change = |change: fn(&mut Wish, String)| {
        let wish = wish.clone();
        Callback::from(move |typed: String| {
            let mut changed = (*wish).clone();
            change(&mut changed, typed);
            wish.set(changed);
        })
    };
    let onname = {
        let (wish, taken) = (wish.clone(), taken.clone());
        Callback::from(move |name: String| {
            let mut changed = (*wish).clone();
            if !changed.mark_typed {
                changed.mark = suggested_mark(&name, &refs(&taken));
            }
            changed.name = name;
            wish.set(changed);
        })
    };
    let title = if existing.is_some() { &text::CHANGE_AGENCY } else { &text::ADD_AGENCY };
    let is_lead = existing.is_some_and(|agency| agency.grant.role == Role::Lead);
    let footer = html! {
        <>
            <Action name="save-agency" label={text::SAVE.of(language)} weight={Weight::Primary}
                disabled={!ready || task.is_busy()} onclick={save} />
            <Action name="cancel" label={text::CANCEL.of(language)} onclick={props.onclose.clone()} />
        </>
    };
    html! {
        <Dialog name="agency" title={title.of(language)} wide=true onclose={props.onclose.clone()} {footer}>
            if props.agency.is_none() { { kinds(&wish, &definition, &work, &taken, language) } }
            <div class="agency-lines">
                <Line name="agency-name" label={text::AGENCY_NAME.of(language)} example={text::AGENCY_EXAMPLE.of(language)}
                    value={wish.name.clone()} onchange={onname} />
                <Line name="agency-mark" label={text::AGENCY_MARK.of(language)} value={wish.mark.clone()}
                    onchange={change(|wish, mark| { wish.mark = mark; wish.mark_typed = true; })} />
            </div>
            if !is_lead {
                { role(&wish, language) }
                if wish.grant.role == Role::Contributor { { parts(&wish, &definition, language) } }
                { evidence(&wish, &definition, language) }
            }
            if wish.grant.writes() { { steps(&wish, language) } }
            if loses {
                <Line name="accept-until" label={text::ACCEPT_UNTIL.of(language)} value={wish.accept_until.clone()}
                    onchange={change(|wish, day| wish.accept_until = day)} />
                <p class="muted">{ text::ACCEPT_UNTIL_WHY.of(language) }</p>
            }
            { task.failure(language) }
        </Dialog>
    }
}

fn refs(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

fn first_wish(work: Option<&Work>, id: Option<&AgencyId>) -> Wish {
    let accept_until = time::in_days(ACCEPT_DAYS);
    let existing = work.zip(id).and_then(|(work, id)| {
        let sheet = work.desk.sheet();
        let agency = rights::agency(&sheet.team, id)?;
        Some((agency.id.clone(), agency.name.clone(), agency.mark.clone(), agency.grant.clone()))
    });
    if let Some((id, name, mark, grant)) = existing {
        return Wish { id, name, mark, mark_typed: true, grant, accept_until };
    }
    let id = work.map_or_else(
        || AgencyId("agency".to_owned()),
        |work| suggestion::id("agency", &work.desk.sheet().team),
    );
    let grant = Grant { role: Role::Contributor, ..Grant::default() };
    Wish { id, name: String::new(), mark: String::new(), mark_typed: false, grant, accept_until }
}

/// The kinds of agency that the form suggests, each with the sections that it usually fills.
fn kinds(
    wish: &UseStateHandle<Wish>,
    definition: &FormDefinition,
    work: &Work,
    taken: &[String],
    language: Language,
) -> Html {
    let offer = |kind: &String| {
        let name = definition.text(language, &format!("agency.{kind}")).to_owned();
        let onclick = {
            let (wish, name, taken) = (wish.clone(), name.clone(), taken.to_owned());
            let (id, grant) =
                (suggestion::id(kind, &work.desk.sheet().team), suggestion::grant(definition, kind));
            Callback::from(move |()| {
                let mark = suggested_mark(&name, &refs(&taken));
                let (id, name, grant) = (id.clone(), name.clone(), grant.clone());
                wish.set(Wish { id, name, mark, mark_typed: false, grant, ..(*wish).clone() });
            })
        };
        html! { <Action name="kind" label={name} small=true {onclick} /> }
    };
    // The first kind is the lead, who is here already.
    html! {
        <div class="kinds" role="group" aria-label={text::AGENCY_KINDS.of(language)}>
            <p class="muted">{ text::AGENCY_KINDS.of(language) }</p>
            <div class="kinds-list">{ for definition.agencies.iter().skip(1).map(offer) }</div>
        </div>
    }
}

fn role(wish: &UseStateHandle<Wish>, language: Language) -> Html {
    let onchange = {
        let wish = wish.clone();
        Callback::from(move |event: Event| {
            let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
            if let Some(role) = select.and_then(|select| role_of(&select.value())) {
                let mut changed = (*wish).clone();
                changed.grant.role = role;
                wish.set(changed);
            }
        })
    };
    html! {
        <label class="form-line">
            <span>{ text::ROLE.of(language) }</span>
            <span class="pf-v6-c-form-control">
                <select data-field="role" {onchange}>
                    { for GRANTED_ROLES.iter().map(|(value, offered)| html! {
                        <option value={*value} selected={wish.grant.role == *offered}>
                            { role_word(*offered).of(language) }
                        </option>
                    }) }
                </select>
            </span>
        </label>
    }
}

/// The form's sections and fields to be ticked.
fn parts(wish: &UseStateHandle<Wish>, definition: &FormDefinition, language: Language) -> Html {
    html! {
        <fieldset class="parts-choice">
            <legend>{ text::PARTS.of(language) }</legend>
            { for definition.sections.iter().map(|section| section_choice(wish, definition, section, language)) }
        </fieldset>
    }
}

/// A part to be ticked.
pub fn part_tick(
    checked: bool,
    mixed: bool,
    label: String,
    part: &FormPart,
    ontoggle: &Callback<FormPart>,
) -> Html {
    let to_toggle = part.clone();
    let onchange = ontoggle.reform(move |()| to_toggle.clone());
    html! { <Tick part={part.0.clone()} {label} {checked} {mixed} {onchange} /> }
}

fn section_choice(
    wish: &UseStateHandle<Wish>,
    definition: &FormDefinition,
    section: &Section,
    language: Language,
) -> Html {
    let ontoggle = {
        let wish = wish.clone();
        Callback::from(move |part: FormPart| {
            let mut changed = (*wish).clone();
            toggle(&mut changed.grant, &part);
            wish.set(changed);
        })
    };
    let whole = FormPart(section.id.clone());
    let share = share(&wish.grant, &section.id);
    let mixed = matches!(share, Share::Fields(_));
    let fields: Vec<FormPart> = section.fields.iter().map(|field| FormPart(field.id.0.clone())).collect();
    let field = |part: &FormPart| {
        let checked = wish.grant.parts.contains_key(part);
        part_tick(checked, false, definition.part_name(language, part), part, &ontoggle)
    };
    html! {
        <div class="parts-section" key={section.id.clone()}>
            { part_tick(share == Share::Whole, mixed, definition.part_name(language, &whole), &whole, &ontoggle) }
            <details open={mixed}>
                <summary>{ text::PARTS_FIELDS.of(language) }</summary>
                <div class="parts-fields">{ for fields.iter().map(field) }</div>
            </details>
        </div>
    }
}

/// The steps that come before the agency's sign-off.
fn steps(wish: &UseStateHandle<Wish>, language: Language) -> Html {
    let tick = |step: Step| {
        let checked = wish.grant.steps.contains(&step);
        let onchange = {
            let wish = wish.clone();
            Callback::from(move |()| {
                let mut changed = (*wish).clone();
                if checked {
                    changed.grant.steps.remove(&step);
                } else {
                    changed.grant.steps.insert(step);
                }
                wish.set(changed);
            })
        };
        html! { <Tick part={format!("step-{step:?}").to_lowercase()} label={step_word(step).of(language)} {checked} {onchange} /> }
    };
    html! {
        <fieldset class="parts-choice sign-steps">
            <legend>{ text::STEPS.of(language) }</legend>
            <div class="kinds-list">{ for [Step::Prepare, Step::Review].into_iter().map(tick) }</div>
            <p class="muted">{ text::STEPS_WHY.of(language) }</p>
        </fieldset>
    }
}

/// Whether the agency reads all evidence or only that of what it fills.
fn evidence(wish: &UseStateHandle<Wish>, definition: &FormDefinition, language: Language) -> Html {
    let only = wish.grant.evidence != EvidenceAccess::All;
    let slots: BTreeSet<String> = definition
        .evidence
        .iter()
        .filter(|slot| wish.grant.may_write(&slot.field.answer()))
        .map(|slot| slot.id.clone())
        .collect();
    let onchange = {
        let wish = wish.clone();
        Callback::from(move |()| {
            let mut changed = (*wish).clone();
            changed.grant.evidence = if only {
                EvidenceAccess::All
            } else {
                EvidenceAccess::Only(slots.iter().cloned().collect())
            };
            wish.set(changed);
        })
    };
    html! { <Tick part="evidence" label={text::EVIDENCE_ONLY.of(language)} checked={only} {onchange} /> }
}
