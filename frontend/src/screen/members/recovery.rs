//! The recovery code: on paper, apart from the machine. It appoints a new lead's device when the last one is lost.

use form_model::command::RecoveryCode;
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use crate::field::Work;
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::dialog::Dialog;
use crate::widget::qr::Qr;
use crate::widget::task::use_task;

#[derive(PartialEq, Properties)]
pub struct RecoveryProps {
    pub onclose: Callback<()>,
}

#[component]
pub fn Recovery(props: &RecoveryProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let code = use_state(|| None::<RecoveryCode>);
    let task = use_task();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let name = work.desk.sheet().name().to_owned();
    let make = {
        let (desk, task, code) = (work.desk.clone(), task.clone(), code.clone());
        Callback::from(move |()| {
            let (desk, code) = (desk.clone(), code.clone());
            task.run(async move { desk.recovery_code().await }, move |made| code.set(Some(made)));
        })
    };
    let print = Callback::from(|()| {
        if let Some(window) = web_sys::window() {
            // Refused only where there is no printing at all; the code stays on the screen.
            window.print().ok();
        }
    });
    let footer = html! {
        <>
            if code.is_some() {
                <Action name="print" label={text::PRINT.of(language)} icon={Icon::Print} weight={Weight::Primary} onclick={print} />
                <Action name="close" label={text::DONE.of(language)} onclick={props.onclose.clone()} />
            } else {
                <Action name="make-recovery" label={text::RECOVERY_SHOW.of(language)} weight={Weight::Primary}
                    disabled={task.is_busy()} onclick={make} />
                <Action name="cancel" label={text::CANCEL.of(language)} onclick={props.onclose.clone()} />
            }
        </>
    };
    html! {
        <Dialog name="recovery" title={text::RECOVERY.of(language)} onclose={props.onclose.clone()} {footer}>
            <p>{ text::RECOVERY_WHY.of(language) }</p>
            if let Some(code) = &*code {
                <div class="to-print">
                    <h2>{ text::RECOVERY_OF.fill(language, &[("name", &name)]) }</h2>
                    <Qr rows={code.qr.clone()} label={text::RECOVERY.of(language)} />
                    <p class="code" data-recovery="">{ &code.text }</p>
                    <p>{ text::RECOVERY_KEEP.of(language) }</p>
                </div>
            }
            { task.failure(language) }
        </Dialog>
    }
}
