//! What is asked before it leaves the house: an agency removed, a device revoked, an invite taken back.

use form_model::command::{DeviceSummary, InviteSummary, TeamAct};
use form_model::language::Language;
use form_model::member::AgencyId;
use yew::prelude::*;

use crate::field::Work;
use crate::state::rights;
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::dialog::Dialog;
use crate::widget::task::use_task;

#[derive(PartialEq, Properties)]
struct ConfirmProps {
    /// `data-dialog`, and what the button does.
    name: &'static str,
    title: AttrValue,
    what: AttrValue,
    /// The words on the button.
    label: AttrValue,
    act: TeamAct,
    onclose: Callback<()>,
}

#[component]
fn Confirm(props: &ConfirmProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let task = use_task();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let act = {
        let (desk, task, act, onclose) =
            (work.desk.clone(), task.clone(), props.act.clone(), props.onclose.clone());
        Callback::from(move |()| {
            let (desk, act, onclose) = (desk.clone(), act.clone(), onclose.clone());
            task.run(async move { desk.team(act).await }, move |()| onclose.emit(()));
        })
    };
    let footer = html! {
        <>
            <Action name={format!("confirm-{}", props.name)} label={props.label.clone()} weight={Weight::Primary}
                class="grave" disabled={task.is_busy()} onclick={act} />
            <Action name="cancel" label={text::CANCEL.of(language)} onclick={props.onclose.clone()} />
        </>
    };
    html! {
        <Dialog name={props.name} title={props.title.clone()} onclose={props.onclose.clone()} {footer}>
            <p>{ &props.what }</p>
            { task.failure(language) }
        </Dialog>
    }
}

#[derive(PartialEq, Properties)]
pub struct RemoveAgencyProps {
    pub agency: AgencyId,
    pub onclose: Callback<()>,
}

#[component]
pub fn RemoveAgency(props: &RemoveAgencyProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let sheet = work.desk.sheet();
    let name = rights::agency(&sheet.team, &props.agency).map(|agency| agency.name.clone());
    let agency = name.unwrap_or_default();
    html! {
        <Confirm name="remove-agency" title={text::REMOVE_AGENCY.fill(language, &[("agency", &agency)])}
            what={text::REMOVE_AGENCY_WHY.of(language)} label={text::REMOVE.of(language)}
            act={TeamAct::RemoveAgency { agency: props.agency.clone() }} onclose={props.onclose.clone()} />
    }
}

#[derive(PartialEq, Properties)]
pub struct RevokeDeviceProps {
    pub device: DeviceSummary,
    pub onclose: Callback<()>,
}

#[component]
pub fn RevokeDevice(props: &RevokeDeviceProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let device = &props.device;
    let title = text::REVOKE_DEVICE.fill(language, &[("person", &device.person), ("device", &device.name)]);
    let what = if device.own { &text::REVOKE_OWN_WHY } else { &text::REVOKE_DEVICE_WHY };
    html! {
        <Confirm name="revoke-device" {title} what={what.of(language)} label={text::REVOKE.of(language)}
            act={TeamAct::RevokeDevice { key: device.key.clone() }} onclose={props.onclose.clone()} />
    }
}

#[derive(PartialEq, Properties)]
pub struct CancelInviteProps {
    pub invite: InviteSummary,
    pub onclose: Callback<()>,
}

#[component]
pub fn CancelInvite(props: &CancelInviteProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    html! {
        <Confirm name="cancel-invite" title={text::CANCEL_INVITE_TITLE.of(language)}
            what={text::CANCEL_INVITE_WHY.of(language)} label={text::CANCEL_INVITE.of(language)}
            act={TeamAct::CancelInvite { key: props.invite.key.clone() }} onclose={props.onclose.clone()} />
    }
}
