//! The first sharing: the hub's address, and the code by which it takes a new application.

use form_model::address;
use form_model::language::Language;
use yew::prelude::*;

use crate::field::Work;
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::banner::{Banner, Tone};
use crate::widget::dialog::Dialog;
use crate::widget::line::Line;
use crate::widget::task::use_task;

#[derive(PartialEq, Properties)]
pub struct ConnectFormProps {
    pub onclose: Callback<()>,
}

#[component]
pub fn ConnectForm(props: &ConnectFormProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let url = use_state(String::new);
    let admission = use_state(String::new);
    let task = use_task();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let ready = !url.trim().is_empty() && !task.is_busy();
    let connect = {
        let (desk, task, url, admission, onclose) =
            (work.desk.clone(), task.clone(), url.clone(), admission.clone(), props.onclose.clone());
        Callback::from(move |()| {
            if !ready {
                return;
            }
            let (desk, onclose) = (desk.clone(), onclose.clone());
            let (url, admission) = (url.trim().to_owned(), admission.trim().to_owned());
            task.run(async move { desk.connect(url, admission).await }, move |()| onclose.emit(()));
        })
    };
    let typed = |state: &UseStateHandle<String>| {
        let state = state.clone();
        Callback::from(move |typed| state.set(typed))
    };
    let footer = html! {
        <>
            <Action name="confirm-connect" label={text::CONNECT_DO.of(language)} weight={Weight::Primary} disabled={!ready}
                onclick={connect.clone()} />
            <Action name="cancel" label={text::CANCEL.of(language)} onclick={props.onclose.clone()} />
        </>
    };
    html! {
        <Dialog name="connect" title={text::CONNECT.of(language)} onclose={props.onclose.clone()} {footer}>
            <p>{ text::CONNECT_WHY.of(language) }</p>
            <Line name="hub-address" label={text::HUB_ADDRESS.of(language)} example={text::HUB_EXAMPLE.of(language)}
                value={(*url).clone()} onchange={typed(&url)} onenter={connect.clone()} first=true />
            if let Some(warning) = address::warning(&url, language) { <Banner tone={Tone::Caution} message={warning} /> }
            <Line name="admission" label={text::ADMISSION.of(language)} example={text::ADMISSION_EXAMPLE.of(language)}
                value={(*admission).clone()} onchange={typed(&admission)} onenter={connect} />
            if task.is_busy() { <p class="muted" role="status">{ text::CONNECT_BUSY.of(language) }</p> }
            { task.failure(language) }
        </Dialog>
    }
}
