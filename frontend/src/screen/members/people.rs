//! Devices with their persons, and invites, under their agencies.

use form_model::command::{AgencySummary, DeviceSummary, InviteState, InviteSummary};
use form_model::language::Language;
use yew::prelude::*;

use super::Asking;
use crate::field::Work;
use crate::state::rights;
use crate::text::{self, Text};
use crate::time;
use crate::widget::action::{Action, Weight};
use crate::widget::agency;

#[derive(PartialEq, Properties)]
pub struct PeopleProps {
    pub onask: Callback<Asking>,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

#[component]
pub fn People(props: &PeopleProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let team = work.desk.sheet().team.clone();
    let leads = rights::may_lead(&team);
    let rows = team.agencies.iter().flat_map(|agency| {
        let devices = team.devices.iter().filter(|device| device.agency == agency.id);
        let invites = team.invites.iter().filter(|invite| invite.agency == agency.id);
        let devices = devices.map(|device| device_row(agency, device, leads, &props.onask, language));
        let invites = invites.map(|invite| invite_row(agency, invite, leads, &props.onask, language));
        devices.chain(invites).collect::<Vec<_>>()
    });
    html! {
        <section class="members-part">
            <h2>{ text::PEOPLE.of(language) }</h2>
            <table class="plain-table people">
                <caption class="pf-v6-screen-reader">{ text::PEOPLE.of(language) }</caption>
                <thead>
                    <tr>
                        <th scope="col">{ text::AGENCY.of(language) }</th>
                        <th scope="col">{ text::PERSON.of(language) }</th>
                        <th scope="col">{ text::DEVICE.of(language) }</th>
                        <th scope="col">{ text::STATE.of(language) }</th>
                        if leads { <td /> }
                    </tr>
                </thead>
                <tbody>{ for rows }</tbody>
            </table>
        </section>
    }
}

fn device_row(
    whose: &AgencySummary,
    device: &DeviceSummary,
    leads: bool,
    ask: &Callback<Asking>,
    language: Language,
) -> Html {
    let state = match (device.revoked || whose.removed, device.own) {
        (true, _) => &text::DEVICE_REVOKED,
        (false, true) => &text::DEVICE_OWN,
        (false, false) => &text::DEVICE_ACTIVE,
    };
    let question = Asking::Revoke(device.clone());
    html! {
        <tr key={device.key.clone()} data-device={device.key.clone()} class={classes!(device.revoked.then_some("past"))}>
            <th scope="row">{ agency::named(whose) }</th>
            <td>{ &device.person }</td>
            <td>{ &device.name }</td>
            <td>{ state.of(language) }</td>
            if leads {
                <td class="row-actions">
                    if !device.revoked {
                        <Action name="revoke-device" label={text::REVOKE.of(language)} weight={Weight::Link} small=true
                            onclick={ask.reform(move |()| question.clone())} />
                    }
                </td>
            }
        </tr>
    }
}

fn invite_row(
    whose: &AgencySummary,
    invite: &InviteSummary,
    leads: bool,
    ask: &Callback<Asking>,
    language: Language,
) -> Html {
    let question = Asking::Cancel(invite.clone());
    let open = invite.state == InviteState::Open;
    let until = time::moment(invite.expires_ms, language);
    html! {
        <tr key={invite.key.clone()} data-invite={invite.key.clone()} class={classes!((!open).then_some("past"))}>
            <th scope="row">{ agency::named(whose) }</th>
            <td>{ if invite.person.is_empty() { text::ANYBODY.of(language) } else { invite.person.as_str() } }</td>
            <td>{ text::INVITE_ROW.of(language) }</td>
            <td>{ invite_word(invite.state).fill(language, &[("time", &until)]) }</td>
            if leads {
                <td class="row-actions">
                    if open {
                        <Action name="cancel-invite" label={text::CANCEL_INVITE.of(language)} weight={Weight::Link}
                            small=true onclick={ask.reform(move |()| question.clone())} />
                    }
                </td>
            }
        </tr>
    }
}

fn invite_word(state: InviteState) -> &'static Text {
    match state {
        InviteState::Open => &text::INVITE_OPEN,
        InviteState::Expired => &text::INVITE_EXPIRED,
        InviteState::Used => &text::INVITE_USED,
        InviteState::Cancelled => &text::INVITE_CANCELLED,
    }
}
