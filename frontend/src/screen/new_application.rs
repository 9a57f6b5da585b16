//! A new application: which form, what to call it, from which earlier answers.

use std::rc::Rc;

use form_model::command::{self, CreateApplication, FormSummary, Start};
use form_model::id::ApplicationId;
use form_model::language::Language;
use serde::Deserialize;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::shell::{self, Failure};
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::banner::{Banner, Tone};
use crate::widget::dialog::Dialog;
use crate::widget::line::Line;

#[derive(PartialEq, Properties)]
pub struct NewApplicationProps {
    pub start: Rc<Start>,
    pub copy_from: Option<ApplicationId>,
    pub onclose: Callback<()>,
    pub oncreated: Callback<ApplicationId>,
}

/// What the view reads of the shell's answer.
#[derive(Deserialize)]
struct Created {
    id: ApplicationId,
}

#[component]
pub fn NewApplication(props: &NewApplicationProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let wish = use_state(|| first_wish(props));
    let failure = use_state(|| None::<Failure>);
    let create = {
        let (wish, failure, oncreated) = (wish.clone(), failure.clone(), props.oncreated.clone());
        Callback::from(move |()| {
            let (wish, failure, oncreated) = ((*wish).clone(), failure.clone(), oncreated.clone());
            spawn_local(async move {
                match shell::request::<_, Created>(command::name::CREATE_APPLICATION, &wish).await {
                    Ok(created) => oncreated.emit(created.id),
                    Err(told) => failure.set(Some(told)),
                }
            });
        })
    };
    let onname = {
        let wish = wish.clone();
        Callback::from(move |name| wish.set(CreateApplication { name, ..(*wish).clone() }))
    };
    let oncopy = {
        let wish = wish.clone();
        Callback::from(move |event: Event| {
            if let Some(select) =
                event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok())
            {
                let copy_from = Some(select.value()).filter(|id| !id.is_empty()).map(ApplicationId);
                wish.set(CreateApplication { copy_from, ..(*wish).clone() });
            }
        })
    };
    let ready = !wish.name.trim().is_empty() && !wish.form.is_empty();
    let enter = {
        let create = create.clone();
        Callback::from(move |()| {
            if ready {
                create.emit(());
            }
        })
    };
    let footer = html! {
        <>
            <Action name="create" label={text::CREATE.of(language)} weight={Weight::Primary} disabled={!ready}
                onclick={create} />
            <Action name="cancel" label={text::CANCEL.of(language)} onclick={props.onclose.clone()} />
        </>
    };
    html! {
        <Dialog name="new-application" title={text::NEW_APPLICATION.of(language)} onclose={props.onclose.clone()} {footer}>
            if props.start.forms.is_empty() {
                <Banner tone={Tone::Caution} message={text::NO_FORMS.of(language)} />
            }
            <fieldset class="form-choices">
                <legend>{ text::CHOOSE_FORM.of(language) }</legend>
                { for props.start.forms.iter().map(|form| form_choice(&wish, form, language)) }
            </fieldset>
            <Line name="name" label={text::APPLICATION_NAME.of(language)}
                example={text::APPLICATION_NAME_WHY.of(language)} value={wish.name.clone()} onchange={onname} onenter={enter}
                first=true />
            if !props.start.applications.is_empty() {
                <label class="form-line">
                    <span>{ text::COPY_FROM.of(language) }</span>
                    <span class="pf-v6-c-form-control">
                        <select data-field="copy-from" onchange={oncopy}>
                            <option value="" selected={wish.copy_from.is_none()}>{ text::COPY_NOTHING.of(language) }</option>
                            { for props.start.applications.iter().map(|application| html! {
                                <option value={application.id.0.clone()}
                                    selected={wish.copy_from.as_ref() == Some(&application.id)}>
                                    { &application.name }
                                </option>
                            }) }
                        </select>
                    </span>
                </label>
            }
            if let Some(failure) = &*failure {
                <Banner tone={Tone::Problem} message={failure.sentence(language)} />
            }
        </Dialog>
    }
}

/// The form of the application that is copied, else the first there is.
fn first_wish(props: &NewApplicationProps) -> CreateApplication {
    let copied =
        props.start.applications.iter().find(|application| props.copy_from.as_ref() == Some(&application.id));
    let form = copied.map(|application| application.form.clone());
    let form = form.or_else(|| props.start.forms.first().map(|form| form.id.clone())).unwrap_or_default();
    CreateApplication { form, name: String::new(), copy_from: props.copy_from.clone() }
}

fn form_choice(wish: &UseStateHandle<CreateApplication>, form: &FormSummary, language: Language) -> Html {
    let onchange = {
        let (wish, id) = (wish.clone(), form.id.clone());
        Callback::from(move |_: Event| wish.set(CreateApplication { form: id.clone(), ..(*wish).clone() }))
    };
    let deadline = form.deadline.as_ref().map(|day| form_model::date::display(day, language));
    html! {
        <label key={form.id.clone()}>
            <input type="radio" name="form" value={form.id.clone()} data-field="form" checked={wish.form == form.id}
                {onchange} />
            <span>
                <strong>{ &form.title }</strong>
                <span class="muted">
                    { text::FORM_VERSION.fill(language, &[("version", &form.version)]) }
                    if let Some(deadline) = deadline { { format!(" · {} {deadline}", text::COLUMN_DEADLINE.of(language)) } }
                </span>
            </span>
        </label>
    }
}
