//! A final revision is given back: which sections are to be corrected, and why.

use std::collections::BTreeSet;

use form_model::command::{Reason, SigningAct};
use form_model::definition::{Field, FormDefinition};
use form_model::id::AnswerId;
use form_model::language::Language;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::field::{Work, spoken_name};
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::dialog::Dialog;
use crate::widget::line::Line;
use crate::widget::task::use_task;
use crate::widget::tick::Tick;

/// One reason as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Draft {
    section: String,
    /// The field; the section as a whole when `None`.
    on: Option<AnswerId>,
    text: String,
}

#[derive(PartialEq, Properties)]
pub struct GiveBackProps {
    pub onclose: Callback<()>,
}

#[component]
pub fn GiveBack(props: &GiveBackProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let drafts = use_state(Vec::<Draft>::new);
    let task = use_task();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let (definition, revision) = {
        let sheet = work.desk.sheet();
        (sheet.definition.clone(), sheet.team.revision.clone())
    };
    let ready = !drafts.is_empty() && drafts.iter().all(|draft| !draft.text.trim().is_empty());
    let give_back = {
        let (desk, task, onclose) = (work.desk.clone(), task.clone(), props.onclose.clone());
        let act = act(&drafts, &definition, language);
        Callback::from(move |()| {
            let (desk, act, onclose) = (desk.clone(), act.clone(), onclose.clone());
            task.run(async move { desk.signing(act).await }, move |()| onclose.emit(()));
        })
    };
    let footer = html! {
        <>
            <Action name="confirm-return" label={text::RETURN.of(language)} weight={Weight::Primary} class="grave"
                disabled={!ready || task.is_busy()} onclick={give_back} />
            <Action name="cancel" label={text::CANCEL.of(language)} onclick={props.onclose.clone()} />
        </>
    };
    let frozen = definition.sections.iter().filter(|section| revision.frozen.contains(&section.id));
    let title = text::RETURN_TITLE.fill(language, &[("number", &revision.current.to_string())]);
    html! {
        <Dialog name="return" {title} wide=true onclose={props.onclose.clone()} {footer}>
            <p>{ text::RETURN_WHY.of(language) }</p>
            <div class="return-sections">
                { for frozen.map(|section| section_choice(&definition, &section.id, &drafts, language)) }
            </div>
            { task.failure(language) }
        </Dialog>
    }
}

fn act(drafts: &[Draft], definition: &FormDefinition, language: Language) -> SigningAct {
    let sections: BTreeSet<&String> = drafts.iter().map(|draft| &draft.section).collect();
    // A reason about a whole section names it, for one return may be about several.
    let several = sections.len() > 1;
    let reasons = drafts.iter().map(|draft| {
        let text = draft.text.trim();
        let text = match draft.on {
            None if several => {
                let title = definition.text(language, &format!("{}.title", draft.section)).to_owned();
                text::RETURN_ON_PART.fill(language, &[("part", &title), ("reason", text)])
            }
            _ => text.to_owned(),
        };
        Reason { on: draft.on.clone(), text }
    });
    SigningAct::Return { reasons: reasons.collect(), sections: sections.into_iter().cloned().collect() }
}

fn section_choice(
    definition: &FormDefinition,
    section: &str,
    drafts: &UseStateHandle<Vec<Draft>>,
    language: Language,
) -> Html {
    let label = definition.text(language, &format!("{section}.title")).to_owned();
    let checked = drafts.iter().any(|draft| draft.section == section);
    let onchange = {
        let (drafts, section) = (drafts.clone(), section.to_owned());
        Callback::from(move |()| {
            let mut next = (*drafts).clone();
            if checked {
                next.retain(|draft| draft.section != section);
            } else {
                next.push(Draft { section: section.clone(), ..Draft::default() });
            }
            drafts.set(next);
        })
    };
    let more = {
        let (drafts, section) = (drafts.clone(), section.to_owned());
        Callback::from(move |()| {
            let mut next = (*drafts).clone();
            next.push(Draft { section: section.clone(), ..Draft::default() });
            drafts.set(next);
        })
    };
    let own = drafts.iter().enumerate().filter(|(_, draft)| draft.section == section);
    html! {
        <div class="return-section" key={section.to_owned()}>
            <Tick part={section.to_owned()} {label} {checked} {onchange} />
            if checked {
                { for own.map(|(index, draft)| reason_line(definition, index, draft, drafts, language)) }
                <Action name="more-reasons" label={text::RETURN_MORE.of(language)} weight={Weight::Link} small=true onclick={more} />
            }
        </div>
    }
}

/// What a reason is about, and its words.
fn reason_line(
    definition: &FormDefinition,
    index: usize,
    draft: &Draft,
    drafts: &UseStateHandle<Vec<Draft>>,
    language: Language,
) -> Html {
    let change = |change: fn(&mut Draft, String)| {
        let drafts = drafts.clone();
        Callback::from(move |given: String| {
            let mut next = (*drafts).clone();
            if let Some(draft) = next.get_mut(index) {
                change(draft, given);
            }
            drafts.set(next);
        })
    };
    let place = change(|draft, chosen| draft.on = (!chosen.is_empty()).then_some(AnswerId(chosen)));
    let onplace = place.reform(|event: Event| {
        let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        select.map(|select| select.value()).unwrap_or_default()
    });
    let section = definition.section(&draft.section);
    let fields = section.map(|section| section.fields.as_slice()).unwrap_or_default();
    let answers = fields.iter().flat_map(Field::answers);
    html! {
        <div class="return-reason" key={index}>
            <label class="form-line">
                <span>{ text::RETURN_ON.of(language) }</span>
                <span class="pf-v6-c-form-control">
                    <select data-field="return-on" onchange={onplace}>
                        <option value="" selected={draft.on.is_none()}>{ text::RETURN_WHOLE.of(language) }</option>
                        { for answers.map(|answer| html! {
                            <option value={answer.0.clone()} selected={draft.on.as_ref() == Some(&answer)}>
                                { spoken_name(definition, language, &answer) }
                            </option>
                        }) }
                    </select>
                </span>
            </label>
            <Line name="return-reason" label={text::RETURN_REASON.of(language)} value={draft.text.clone()}
                onchange={change(|draft, text| draft.text = text)} />
        </div>
    }
}
