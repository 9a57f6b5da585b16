//! Members: who takes part, who fills what by when, from which devices; invites. Everybody looks, the lead acts.

mod agency_form;
mod confirm;
mod draft;
mod hand_over;
mod invite;
mod matrix;
mod people;
mod recovery;
mod suggestion;

pub use self::matrix::role_word;

use form_model::command::{DeviceSummary, InviteSummary};
use form_model::language::Language;
use form_model::member::AgencyId;
use patternfly_yew::prelude::{EmptyState, Icon};
use yew::prelude::*;

use self::agency_form::AgencyForm;
use self::confirm::{CancelInvite, RemoveAgency, RevokeDevice};
use self::hand_over::HandOver;
use self::invite::InviteForm;
use self::matrix::Matrix;
use self::people::People;
use self::recovery::Recovery;
use super::connect::ConnectForm;
use super::reminder::ReminderList;
use crate::field::Work;
use crate::state::rights;
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::agency;
use crate::widget::banner::{Banner, Tone};

/// What is asked over the screen.
#[derive(Clone, PartialEq)]
pub enum Asking {
    Add,
    Change(AgencyId),
    Remove(AgencyId),
    Invite(AgencyId),
    Cancel(InviteSummary),
    Revoke(DeviceSummary),
    HandOver,
    Recovery,
    Connect,
    Reminder,
}

#[derive(PartialEq, Properties)]
pub struct MembersProps {
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

#[component]
pub fn Members(props: &MembersProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let asking = use_state(|| None::<Asking>);
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let ask = {
        let asking = asking.clone();
        Callback::from(move |question| asking.set(Some(question)))
    };
    let team = work.desk.sheet().team.clone();
    let leads = rights::may_lead(&team);
    let founded = !team.agencies.is_empty();
    html! {
        <main id="form" class="desk members" tabindex="-1">
            <div class="members-head">
                <h1>{ text::MEMBERS.of(language) }</h1>
                { tools(&ask, leads, founded, team.hub.is_some(), language) }
            </div>
            { situation(&work, leads, &ask, language) }
            if founded {
                <Matrix onask={ask.clone()} version={props.version} />
                <People onask={ask} version={props.version} />
            }
            { question(&asking) }
        </main>
    }
}

/// What can be done with the team as a whole.
fn tools(ask: &Callback<Asking>, leads: bool, founded: bool, hub: bool, language: Language) -> Html {
    let to = |question: Asking| ask.reform(move |()| question.clone());
    html! {
        <div class="actions">
            if leads {
                <Action name="add-agency" label={text::ADD_AGENCY.of(language)} icon={Icon::PlusCircle}
                    weight={if hub { Weight::Primary } else { Weight::Secondary }} onclick={to(Asking::Add)} />
            }
            if founded {
                <Action name="reminder" label={text::REMINDER.of(language)} icon={Icon::Bell} onclick={to(Asking::Reminder)} />
            }
            if leads {
                <Action name="hand-over" label={text::HAND_OVER.of(language)} weight={Weight::Link}
                    onclick={to(Asking::HandOver)} />
                <Action name="recovery" label={text::RECOVERY.of(language)} icon={Icon::Key} weight={Weight::Link}
                    onclick={to(Asking::Recovery)} />
            }
        </div>
    }
}

/// What stands in the way: no hub, no team, or no say.
fn situation(work: &Work, leads: bool, ask: &Callback<Asking>, language: Language) -> Html {
    let sheet = work.desk.sheet();
    let team = &sheet.team;
    let connect = html! {
        <Action name="connect" label={text::CONNECT.of(language)} weight={Weight::Primary}
            onclick={ask.reform(|()| Asking::Connect)} />
    };
    if team.agencies.is_empty() {
        return html! {
            <EmptyState title={text::MEMBERS_EMPTY.of(language).to_owned()}>
                <p>{ text::MEMBERS_EMPTY_WHY.of(language) }</p>
                <div class="actions">{ connect }</div>
            </EmptyState>
        };
    }
    let lead_names = agency::names(&rights::leads(team).collect::<Vec<_>>(), language);
    html! {
        <>
            if !leads {
                <p class="muted">{ text::MEMBERS_LOOK.fill(language, &[("lead", &lead_names)]) }</p>
            }
            if team.hub.is_none() {
                <div class="members-connect">
                    <p>{ text::MEMBERS_NO_HUB.of(language) }</p>
                    if leads { { connect } }
                </div>
            }
            if team.unconfirmed > 0 && team.hub.is_some() {
                <Banner tone={Tone::Caution}
                    message={text::MEMBERS_UNCONFIRMED.fill(language, &[("count", &team.unconfirmed.to_string())])} />
            }
        </>
    }
}

/// The dialog that asks, if anything is asked.
fn question(asking: &UseStateHandle<Option<Asking>>) -> Html {
    let onclose = {
        let asking = asking.clone();
        Callback::from(move |()| asking.set(None))
    };
    match (**asking).clone() {
        None => Html::default(),
        Some(Asking::Add) => html! { <AgencyForm agency={None::<AgencyId>} {onclose} /> },
        Some(Asking::Change(agency)) => html! { <AgencyForm agency={Some(agency)} {onclose} /> },
        Some(Asking::Remove(agency)) => html! { <RemoveAgency {agency} {onclose} /> },
        Some(Asking::Invite(agency)) => html! { <InviteForm {agency} {onclose} /> },
        Some(Asking::Cancel(invite)) => html! { <CancelInvite {invite} {onclose} /> },
        Some(Asking::Revoke(device)) => html! { <RevokeDevice {device} {onclose} /> },
        Some(Asking::HandOver) => html! { <HandOver {onclose} /> },
        Some(Asking::Recovery) => html! { <Recovery {onclose} /> },
        Some(Asking::Connect) => html! { <ConnectForm {onclose} /> },
        Some(Asking::Reminder) => html! { <ReminderList {onclose} /> },
    }
}
