//! 凭邀请加入: what was sent is pasted, read, and joined.

use form_model::command::{self, InvitePreview, Join};
use form_model::id::ApplicationId;
use form_model::language::Language;
use form_model::member::Role;
use yew::prelude::*;

use super::members::role_word;
use crate::shell;
use crate::text;
use crate::time;
use crate::widget::action::{Action, Weight};
use crate::widget::dialog::Dialog;
use crate::widget::line::Area;
use crate::widget::task::use_task;

#[derive(PartialEq, Properties)]
pub struct JoinFormProps {
    pub onclose: Callback<()>,
    pub onjoined: Callback<ApplicationId>,
}

#[component]
pub fn JoinForm(props: &JoinFormProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let pasted = use_state(String::new);
    let preview = use_state(|| None::<InvitePreview>);
    let task = use_task();
    let read = {
        let (task, pasted, preview) = (task.clone(), pasted.clone(), preview.clone());
        Callback::from(move |()| {
            let (asked, preview) = (Join { text: pasted.trim().to_owned() }, preview.clone());
            let reading = async move { shell::request(command::name::READ_INVITE, &asked).await };
            task.run(reading, move |read: InvitePreview| preview.set(Some(read)));
        })
    };
    let join = {
        let (task, pasted, onjoined) = (task.clone(), pasted.clone(), props.onjoined.clone());
        Callback::from(move |()| {
            let (asked, onjoined) = (Join { text: pasted.trim().to_owned() }, onjoined.clone());
            let joining = async move { shell::request(command::name::JOIN, &asked).await };
            task.run(joining, move |id: ApplicationId| onjoined.emit(id));
        })
    };
    let recovering = use_state(|| false);
    let recover = {
        let (task, pasted, onjoined) = (task.clone(), pasted.clone(), props.onjoined.clone());
        Callback::from(move |()| {
            let (asked, onjoined) = (Join { text: pasted.trim().to_owned() }, onjoined.clone());
            let recovering = async move { shell::request(command::name::RECOVER, &asked).await };
            task.run(recovering, move |id: ApplicationId| onjoined.emit(id));
        })
    };
    let onrecover = {
        let recovering = recovering.clone();
        Callback::from(move |()| recovering.set(!*recovering))
    };
    let onchange = {
        let (pasted, preview) = (pasted.clone(), preview.clone());
        Callback::from(move |typed| {
            pasted.set(typed);
            preview.set(None);
        })
    };
    let blank = pasted.trim().is_empty();
    let (title, other, label) = if *recovering {
        (&text::RECOVER, &text::JOIN_BY_INVITE, &text::RECOVER_PASTE)
    } else {
        (&text::JOIN_BY_INVITE, &text::RECOVER, &text::JOIN_PASTE)
    };
    let example = if *recovering { "" } else { text::JOIN_EXAMPLE.of(language) };
    let footer = html! {
        <>
            if *recovering {
                <Action name="recover" label={text::RECOVER_DO.of(language)} weight={Weight::Primary}
                    disabled={blank || task.is_busy()} onclick={recover} />
            } else if preview.is_some() {
                <Action name="join" label={text::JOIN.of(language)} weight={Weight::Primary} disabled={task.is_busy()}
                    onclick={join} />
            } else {
                <Action name="read-invite" label={text::JOIN_READ.of(language)} weight={Weight::Primary}
                    disabled={blank || task.is_busy()} onclick={read.clone()} />
            }
            <Action name="cancel" label={text::CANCEL.of(language)} onclick={props.onclose.clone()} />
            <Action name="switch-join" label={other.of(language)} weight={Weight::Link} onclick={onrecover} />
        </>
    };
    html! {
        <Dialog name="join" title={title.of(language)} onclose={props.onclose.clone()} {footer}>
            <Area name="invite" label={label.of(language)} example={example} rows=5
                value={(*pasted).clone()} {onchange} onsend={read} first=true />
            if let Some(preview) = &*preview { { previewed(preview, language) } }
            if task.is_busy() { <p class="muted" role="status">{ text::CONNECT_BUSY.of(language) }</p> }
            { task.failure(language) }
        </Dialog>
    }
}

fn previewed(preview: &InvitePreview, language: Language) -> Html {
    let role = preview.grant.role;
    let parts = preview.grant.parts.len().to_string();
    html! {
        <dl class="facts" data-preview="">
            <dt>{ text::JOIN_FORM.of(language) }</dt><dd>{ &preview.form_title }</dd>
            <dt>{ text::ROLE_LEAD.of(language) }</dt><dd>{ &preview.lead }</dd>
            <dt>{ text::JOIN_AS.of(language) }</dt>
            <dd>{ format!("{} · {}", preview.agency, role_word(role).of(language)) }</dd>
            if role == Role::Contributor {
                <dt>{ text::PARTS.of(language) }</dt>
                <dd>
                    if preview.parts.is_empty() {
                        { text::JOIN_PARTS.fill(language, &[("count", &parts)]) }
                    } else {
                        { preview.parts.join(language.pick("、", ", ")) }
                    }
                </dd>
            }
            <dt>{ text::JOIN_UNTIL.of(language) }</dt><dd>{ time::moment(preview.expires_ms, language) }</dd>
        </dl>
    }
}
