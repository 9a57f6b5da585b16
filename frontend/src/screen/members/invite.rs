//! An invite: for whom and for how long; then its text and its code, shown once.

use form_model::command::Invite;
use form_model::language::Language;
use form_model::member::AgencyId;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::field::Work;
use crate::state::rights;
use crate::text;
use crate::time;
use crate::widget::action::{Action, Weight};
use crate::widget::banner::{Banner, Tone};
use crate::widget::copy::TextToCopy;
use crate::widget::dialog::Dialog;
use crate::widget::line::Line;
use crate::widget::qr::Qr;
use crate::widget::task::use_task;

/// For how many days an invite may be good.
const DAYS: [u32; 4] = [1, 3, 7, 30];

/// A week: long enough for a holiday weekend, short enough that a lost message is soon worth nothing.
const USUAL_DAYS: u32 = 7;

#[derive(PartialEq, Properties)]
pub struct InviteFormProps {
    pub agency: AgencyId,
    pub onclose: Callback<()>,
}

#[component]
pub fn InviteForm(props: &InviteFormProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let person = use_state(String::new);
    let days = use_state(|| USUAL_DAYS);
    let made = use_state(|| None::<Invite>);
    let task = use_task();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let team = work.desk.sheet().team.clone();
    let name = rights::agency(&team, &props.agency).map(|agency| agency.name.clone()).unwrap_or_default();
    let title = text::INVITE_TITLE.fill(language, &[("agency", &name)]);
    if let Some(invite) = &*made {
        let footer = html! {
            <Action name="close" label={text::DONE.of(language)} weight={Weight::Primary} onclick={props.onclose.clone()} />
        };
        return html! {
            <Dialog name="invite" {title} wide=true onclose={props.onclose.clone()} {footer}>{ shown(invite, language) }</Dialog>
        };
    }
    let make = {
        let (desk, task, agency, person, days, made) =
            (work.desk.clone(), task.clone(), props.agency.clone(), person.clone(), *days, made.clone());
        Callback::from(move |()| {
            let (desk, agency, person) = (desk.clone(), agency.clone(), person.trim().to_owned());
            let made = made.clone();
            task.run(async move { desk.invite(agency, person, days).await }, move |invite| {
                made.set(Some(invite));
            });
        })
    };
    let onperson = {
        let person = person.clone();
        Callback::from(move |typed| person.set(typed))
    };
    let ondays = {
        let days = days.clone();
        Callback::from(move |event: Event| {
            let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
            if let Some(chosen) = select.and_then(|select| select.value().parse().ok()) {
                days.set(chosen);
            }
        })
    };
    let footer = html! {
        <>
            <Action name="make-invite" label={text::MAKE_INVITE.of(language)} weight={Weight::Primary}
                disabled={team.hub.is_none() || task.is_busy()} onclick={make} />
            <Action name="cancel" label={text::CANCEL.of(language)} onclick={props.onclose.clone()} />
        </>
    };
    html! {
        <Dialog name="invite" {title} onclose={props.onclose.clone()} {footer}>
            if team.hub.is_none() { <Banner tone={Tone::Caution} message={text::INVITE_NO_HUB.of(language)} /> }
            <p>{ text::INVITE_WHAT.of(language) }</p>
            <Line name="invite-person" label={text::INVITE_PERSON.of(language)} example={text::PERSON_EXAMPLE.of(language)}
                value={(*person).clone()} onchange={onperson} first=true />
            <label class="form-line">
                <span>{ text::INVITE_DAYS.of(language) }</span>
                <span class="pf-v6-c-form-control">
                    <select data-field="invite-days" onchange={ondays}>
                        { for DAYS.iter().map(|offered| html! {
                            <option value={offered.to_string()} selected={*days == *offered}>
                                { text::DAYS.fill(language, &[("count", &offered.to_string())]) }
                            </option>
                        }) }
                    </select>
                </span>
            </label>
            { task.failure(language) }
        </Dialog>
    }
}

fn shown(invite: &Invite, language: Language) -> Html {
    let until = time::moment(invite.expires_ms, language);
    html! {
        <>
            <p>{ text::INVITE_SEND.fill(language, &[("time", &until)]) }</p>
            <div class="invite-shown">
                <TextToCopy label={text::INVITE_TEXT.of(language)} text={invite.text.clone()} rows=7 />
                <Qr rows={invite.qr.clone()} label={text::INVITE_QR.of(language)} />
            </div>
            <p class="caution-word">{ text::INVITE_ONCE.of(language) }</p>
        </>
    }
}
