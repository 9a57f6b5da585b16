//! Agencies by sections: who fills what, and by when.

use form_model::command::{AgencySummary, Team, TeamAct};
use form_model::date;
use form_model::definition::FormDefinition;
use form_model::language::Language;
use form_model::member::{FormPart, Role};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::Asking;
use super::agency_form::ACCEPT_DAYS;
use super::draft::{Draft, Due, Share, share};
use crate::field::Work;
use crate::state::rights;
use crate::text::{self, Text};
use crate::time;
use crate::widget::action::{Action, Weight};
use crate::widget::agency;
use crate::widget::line::Line;
use crate::widget::task::use_task;
use crate::widget::tick::Tick;

#[derive(PartialEq, Properties)]
pub struct MatrixProps {
    pub onask: Callback<Asking>,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

#[component]
pub fn Matrix(props: &MatrixProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let draft = use_state(Draft::default);
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let sheet = work.desk.sheet();
    let (team, definition) = (sheet.team.clone(), sheet.definition.clone());
    drop(sheet);
    let table = Table { team: &team, definition: &definition, draft: &draft, ask: &props.onask, language };
    html! {
        <section class="members-part">
            <div class="matrix-frame" tabindex="0" role="region" aria-label={text::MATRIX.of(language)}>
                <table class="matrix">
                    <caption class="pf-v6-screen-reader">{ text::MATRIX.of(language) }</caption>
                    { table.head() }
                    <tbody>{ for rights::active(&team).map(|agency| table.row(agency)) }</tbody>
                    { table.foot() }
                </table>
            </div>
            <SaveDraft draft={draft.clone()} />
        </section>
    }
}

/// What the table is drawn from.
struct Table<'a> {
    team: &'a Team,
    definition: &'a FormDefinition,
    draft: &'a UseStateHandle<Draft>,
    ask: &'a Callback<Asking>,
    language: Language,
}

impl Table<'_> {
    fn leads(&self) -> bool {
        rights::may_lead(self.team)
    }

    fn title(&self, section: &str) -> String {
        self.definition.text(self.language, &format!("{section}.title")).to_owned()
    }

    fn head(&self) -> Html {
        let sections = self.definition.sections.iter();
        html! {
            <thead>
                <tr>
                    <th scope="col">{ text::AGENCY.of(self.language) }</th>
                    <th scope="col">{ text::ROLE.of(self.language) }</th>
                    { for sections.map(|section| html! {
                        <th scope="col" key={section.id.clone()}>{ self.title(&section.id) }</th>
                    }) }
                </tr>
            </thead>
        }
    }

    fn row(&self, agency: &AgencySummary) -> Html {
        let own = self.team.me.as_ref() == Some(&agency.id);
        let to = |question: Asking| self.ask.reform(move |()| question.clone());
        let id = agency.id.clone();
        let is_lead = agency.grant.role == Role::Lead;
        html! {
            <tr key={agency.id.0.clone()} data-agency={agency.id.0.clone()}>
                <th scope="row">
                    { agency::named(agency) }
                    if own { <span class="muted">{ text::OWN_AGENCY.of(self.language) }</span> }
                    if self.leads() {
                        <span class="matrix-actions">
                            <Action name="invite" label={text::INVITE.of(self.language)} weight={Weight::Link} small=true
                                onclick={to(Asking::Invite(id.clone()))} />
                            <Action name="change-agency" label={text::CHANGE.of(self.language)} weight={Weight::Link}
                                small=true onclick={to(Asking::Change(id.clone()))} />
                            if !is_lead {
                                <Action name="remove-agency" label={text::REMOVE.of(self.language)} weight={Weight::Link}
                                    small=true onclick={to(Asking::Remove(id))} />
                            }
                        </span>
                    }
                </th>
                <td class="matrix-role">{ self.role(agency) }</td>
                { for self.definition.sections.iter().map(|section| self.cell(agency, &section.id)) }
            </tr>
        }
    }

    /// What the agency does. Who leads is handed over, not chosen here.
    fn role(&self, agency: &AgencySummary) -> Html {
        let role = self.draft.grant(agency).role;
        if !self.leads() || agency.grant.role == Role::Lead {
            return html! { { role_word(role).of(self.language) } };
        }
        let onchange = {
            let (draft, agency) = (self.draft.clone(), agency.clone());
            Callback::from(move |event: Event| {
                let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
                if let Some(role) = select.and_then(|select| role_of(&select.value())) {
                    let mut changed = (*draft).clone();
                    changed.set_role(&agency, role);
                    draft.set(changed);
                }
            })
        };
        let label = text::ROLE_OF.fill(self.language, &[("agency", &agency.name)]);
        html! {
            <span class="pf-v6-c-form-control">
                <select aria-label={label} data-field="role" {onchange}>
                    { for GRANTED_ROLES.iter().map(|(value, offered)| html! {
                        <option value={*value} selected={role == *offered}>{ role_word(*offered).of(self.language) }</option>
                    }) }
                </select>
            </span>
        }
    }

    fn cell(&self, agency: &AgencySummary, section: &str) -> Html {
        let grant = self.draft.grant(agency);
        let key = section.to_owned();
        let words =
            |words: &Text| html! { <span class="pf-v6-screen-reader">{ words.of(self.language) }</span> };
        match grant.role {
            Role::Lead => html! {
                <td {key} class="matrix-all"><span aria-hidden="true">{ "●" }</span>{ words(&text::SHARE_LEAD) }</td>
            },
            Role::Reviewer | Role::Observer => html! {
                <td {key} class="muted"><span aria-hidden="true">{ "–" }</span>{ words(&text::SHARE_NONE) }</td>
            },
            Role::Contributor => {
                let share = share(grant, section);
                let due = grant.parts.iter().find(|(part, _)| part.section() == section);
                let due = due.and_then(|(_, due)| due.clone());
                html! {
                    <td {key} class={classes!(matches!(share, Share::Fields(_)).then_some("matrix-partial"))}>
                        { self.share(agency, section, &share) }
                        if let Some(due) = due { <span class="matrix-due">{ due }</span> }
                    </td>
                }
            }
        }
    }

    fn share(&self, agency: &AgencySummary, section: &str, share: &Share) -> Html {
        let fields = match share {
            Share::Fields(fields) => fields
                .iter()
                .map(|part| self.definition.part_name(self.language, part))
                .collect::<Vec<_>>()
                .join(self.language.pick("、", ", ")),
            Share::Nothing | Share::Whole => String::new(),
        };
        let listed = html! {
            if !fields.is_empty() {
                <span class="matrix-fields">{ text::SHARE_FIELDS.fill(self.language, &[("fields", &fields)]) }</span>
            }
        };
        if !self.leads() {
            let (sign, words) = match share {
                Share::Whole => ("●", text::SHARE_WHOLE.of(self.language)),
                Share::Fields(_) => ("◐", ""),
                Share::Nothing => ("–", text::SHARE_NONE.of(self.language)),
            };
            return html! {
                <><span aria-hidden="true">{ sign }</span><span class="pf-v6-screen-reader">{ words }</span>{ listed }</>
            };
        }
        let onchange = {
            let (draft, agency, part) = (self.draft.clone(), agency.clone(), FormPart(section.to_owned()));
            Callback::from(move |()| {
                let mut changed = (*draft).clone();
                changed.toggle(&agency, &part);
                draft.set(changed);
            })
        };
        let label = text::SHARE_OF
            .fill(self.language, &[("agency", &agency.name), ("section", &self.title(section))]);
        let mixed = matches!(share, Share::Fields(_));
        html! {
            <>
                <Tick part={section.to_owned()} {label} quiet=true checked={*share == Share::Whole} {mixed} {onchange} />
                { listed }
            </>
        }
    }

    /// By when each section is due.
    fn foot(&self) -> Html {
        html! {
            <tfoot>
                <tr>
                    <th scope="row">{ text::DUE_DAYS.of(self.language) }</th>
                    <td />
                    { for self.definition.sections.iter().map(|section| self.due(&section.id)) }
                </tr>
            </tfoot>
        }
    }

    fn due(&self, section: &str) -> Html {
        let due = self.draft.due(self.team, section);
        let several = text::DUE_SEVERAL.of(self.language);
        let key = section.to_owned();
        if !self.leads() {
            let words = match &due {
                Due::Open => "–".to_owned(),
                Due::Day(day) => date::display(day, self.language),
                Due::Several => several.to_owned(),
            };
            return html! { <td {key}>{ words }</td> };
        }
        let (value, placeholder) = match due {
            Due::Open => (String::new(), text::DUE_EXAMPLE.of(self.language)),
            Due::Day(day) => (day, ""),
            Due::Several => (String::new(), several),
        };
        let onchange = {
            let (draft, team, section) = (self.draft.clone(), self.team.clone(), section.to_owned());
            Callback::from(move |event: Event| {
                let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
                let Some(typed) = input.as_ref().map(HtmlInputElement::value) else { return };
                let day = date::parse(&typed).ok().filter(|day| day.has_day()).map(|day| day.to_string());
                // What is no day stays in sight, marked, and changes nothing.
                let wrong = !typed.trim().is_empty() && day.is_none();
                if let Some(input) = &input {
                    input.set_custom_validity(if wrong { "?" } else { "" });
                }
                if !wrong {
                    let mut changed = (*draft).clone();
                    changed.set_due(&team, &section, day.as_deref());
                    draft.set(changed);
                }
            })
        };
        let label = text::DUE_OF.fill(self.language, &[("section", &self.title(section))]);
        html! {
            <td {key}>
                <input type="text" class="matrix-day" aria-label={label} data-due={section.to_owned()} {value}
                    {placeholder} autocomplete="off" {onchange} />
            </td>
        }
    }
}

/// The roles that a lead gives, by the name that a select has for them.
pub const GRANTED_ROLES: [(&str, Role); 3] =
    [("contributor", Role::Contributor), ("reviewer", Role::Reviewer), ("observer", Role::Observer)];

/// The role of that name.
pub fn role_of(name: &str) -> Option<Role> {
    GRANTED_ROLES.iter().find(|(value, _)| *value == name).map(|(_, role)| *role)
}

/// What a role is called.
pub fn role_word(role: Role) -> &'static Text {
    match role {
        Role::Lead => &text::ROLE_LEAD,
        Role::Contributor => &text::ROLE_CONTRIBUTOR,
        Role::Reviewer => &text::ROLE_REVIEWER,
        Role::Observer => &text::ROLE_OBSERVER,
    }
}

#[derive(PartialEq, Properties)]
struct SaveDraftProps {
    draft: UseStateHandle<Draft>,
}

/// Saves what was changed; where somebody loses something, asks until when they may still hand it in.
#[component]
fn SaveDraft(props: &SaveDraftProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let last_day = use_state(|| time::in_days(ACCEPT_DAYS));
    let task = use_task();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let team = work.desk.sheet().team.clone();
    let count = props.draft.changes(&team).len();
    if count == 0 {
        return Html::default();
    }
    let narrows = props.draft.narrows(&team);
    let day = date::parse(&last_day).ok().filter(|day| day.has_day()).map(|day| day.to_string());
    let discard = {
        let draft = props.draft.clone();
        Callback::from(move |()| draft.set(Draft::default()))
    };
    let save = {
        let (desk, draft, task) = (work.desk.clone(), props.draft.clone(), task.clone());
        let until = day.clone().filter(|_| narrows);
        Callback::from(move |()| {
            let acts: Vec<TeamAct> = draft
                .changes(&team)
                .into_iter()
                .map(|(agency, grant)| TeamAct::SaveAgency {
                    id: agency.id.clone(),
                    name: agency.name.clone(),
                    mark: agency.mark.clone(),
                    grant: grant.clone(),
                    accept_until: until.clone(),
                })
                .collect();
            let (desk, draft) = (desk.clone(), draft.clone());
            let saving = async move {
                for act in acts {
                    desk.team(act).await?;
                }
                Ok(())
            };
            task.run(saving, move |()| draft.set(Draft::default()));
        })
    };
    html! {
        <div class="matrix-save" data-changes={count.to_string()}>
            <p role="status">{ text::DRAFT_CHANGES.fill(language, &[("count", &count.to_string())]) }</p>
            if narrows {
                <Line name="accept-until" label={text::ACCEPT_UNTIL.of(language)} value={(*last_day).clone()}
                    onchange={let last_day = last_day.clone(); Callback::from(move |day| last_day.set(day))} />
                <p class="muted">{ text::ACCEPT_UNTIL_WHY.of(language) }</p>
            }
            <div class="actions">
                <Action name="save-draft" label={text::SAVE_SHARES.of(language)} weight={Weight::Primary}
                    disabled={task.is_busy() || (narrows && day.is_none())} onclick={save} />
                <Action name="discard-draft" label={text::DISCARD.of(language)} onclick={discard} />
            </div>
            { task.failure(language) }
        </div>
    }
}
