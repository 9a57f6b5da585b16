//! One file: its picture, what is said about it, where it is, and what can be done with it.

use form_model::command::BlobState;
use form_model::definition::EvidenceSlot;
use form_model::evidence::{Attribute, Entry, size};
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use super::directory::is_directory;
use super::picture::{Picture, Size};
use super::{directory, drag, transfer};
use crate::field::remark::Remarks;
use crate::field::value::Value;
use crate::field::{Work, attribute_name};
use crate::text;
use crate::widget::action::{Action, Weight};

#[derive(PartialEq, Properties)]
pub struct CardProps {
    pub entry: Entry,
    /// Its place among the files, from 0.
    pub at: usize,
    /// All files of the slot, in order.
    pub files: Vec<Entry>,
    pub blob: Option<BlobState>,
    /// Whether this desk may change it.
    pub own: bool,
    pub onview: Callback<Entry>,
    pub slot: EvidenceSlot,
    /// The file is to be read as a directory.
    pub oncheck: Callback<Entry>,
    pub version: u32,
}

#[component]
pub fn Card(props: &CardProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let dragged = use_state(|| false);
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let entry = &props.entry;
    let alt = if entry.caption.is_empty() { &entry.file.name } else { &entry.caption };
    let onview = {
        let entry = entry.clone();
        props.onview.reform(move |_: MouseEvent| entry.clone())
    };
    let here = props.blob.as_ref().is_some_and(|blob| blob.here);
    html! {
        <li class={classes!("card", dragged.then_some("dragged"))} data-entry={entry.id.to_string()} data-at={props.at.to_string()}
            data-file={entry.file.name.clone()}>
            <button type="button" class="card-picture" data-action="view-evidence" onclick={onview}
                aria-label={text::EVIDENCE_OPEN.fill(language, &[("name", &entry.file.name)])}>
                <Picture file={entry.file.clone()} {here} size={Size::Small} alt={alt.clone()} />
            </button>
            <div class="card-words">
                <p class="card-name" title={entry.file.name.clone()}>
                    <span class="card-number">{ props.at + 1 }</span>{ &entry.file.name }
                    <span class="muted">{ size(entry.file.size) }</span>
                </p>
                { transfer::line(props.blob.as_ref(), entry.file.size, language) }
                { directory(&work, props, here, language) }
                { line(&work, props, Attribute::Caption, language) }
                <details class="card-details">
                    <summary>{ details(entry, language) }</summary>
                    { line(&work, props, Attribute::Taken, language) }
                    { line(&work, props, Attribute::Place, language) }
                    { line(&work, props, Attribute::By, language) }
                </details>
            </div>
            if props.own { { acts(&work, props, &dragged, language) } }
        </li>
    }
}

/// What a directory adds up to, and the way to look at it.
fn directory(work: &Work, props: &CardProps, here: bool, language: Language) -> Html {
    let entry = &props.entry;
    if !is_directory(&props.slot, std::slice::from_ref(&entry.file.name)) {
        return Html::default();
    }
    let onclick = {
        let entry = entry.clone();
        props.oncheck.reform(move |()| entry.clone())
    };
    html! {
        <div class="card-directory">
            { directory::line(&work.desk.sheet(), &props.slot, entry, language) }
            if here {
                <Action name="check-directory" label={text::DIRECTORY_CHECK.of(language)} weight={Weight::Link} small=true
                    {onclick} />
            }
        </div>
    }
}

/// What stands in the folded line: when and where, or what could be said there.
fn details(entry: &Entry, language: Language) -> String {
    let said = [&entry.taken, &entry.place, &entry.by].into_iter().filter(|text| !text.is_empty());
    let said: Vec<_> = said.map(String::as_str).collect();
    if said.is_empty() { text::EVIDENCE_DETAILS.of(language).to_owned() } else { said.join(" · ") }
}

fn line(work: &Work, props: &CardProps, attribute: Attribute, language: Language) -> Html {
    let sheet = work.desk.sheet();
    let Some(field) = sheet.definition.field(&props.entry.field).cloned() else { return Html::default() };
    let answer = props.entry.answer(attribute);
    let version = props.version;
    html! {
        <div class="card-line">
            <span class="muted" aria-hidden="true">{ attribute_name(attribute, language) }</span>
            <div class="card-answer">
                <Value {field} answer={answer.clone()} {version} />
                <Remarks answers={vec![answer]} {version} />
            </div>
        </div>
    }
}

fn acts(work: &Work, props: &CardProps, dragged: &UseStateHandle<bool>, language: Language) -> Html {
    let others: Vec<Entry> = props.files.iter().filter(|other| other.id != props.entry.id).cloned().collect();
    let place = {
        let (desk, entry) = (work.desk.clone(), props.entry.clone());
        Callback::from(move |at: usize| desk.place_evidence(&others, at, &entry))
    };
    let (at, last) = (props.at, props.files.len().saturating_sub(1));
    let earlier = place.reform(move |()| at.saturating_sub(1));
    let later = place.reform(move |()| at + 1);
    let remove = {
        let (desk, entry) = (work.desk.clone(), props.entry.clone());
        Callback::from(move |()| desk.remove_evidence(&entry, true))
    };
    html! {
        <div class="card-acts">
            { handle(props, &place, dragged, language) }
            <Action name="move-up" label={text::EVIDENCE_EARLIER.of(language)} icon={Icon::AngleUp} weight={Weight::Plain}
                disabled={at == 0} onclick={earlier} />
            <Action name="move-down" label={text::EVIDENCE_LATER.of(language)} icon={Icon::AngleDown} weight={Weight::Plain}
                disabled={at == last} onclick={later} />
            <Action name="remove-evidence" label={text::EVIDENCE_REMOVE.of(language)} icon={Icon::Times} weight={Weight::Plain}
                onclick={remove} />
        </div>
    }
}

/// The grip by which a card is moved with the pointer. Who has none moves it by the buttons beside it.
fn handle(
    props: &CardProps,
    place: &Callback<usize>,
    dragged: &UseStateHandle<bool>,
    language: Language,
) -> Html {
    let begin = {
        let dragged = dragged.clone();
        Callback::from(move |event: PointerEvent| {
            drag::capture(&event);
            dragged.set(true);
        })
    };
    let end = {
        let (dragged, place, from) = (dragged.clone(), place.clone(), props.at);
        Callback::from(move |event: PointerEvent| {
            dragged.set(false);
            let target = drag::card_at((event.client_x(), event.client_y()));
            if let Some(to) = target.filter(|to| *to != from) {
                place.emit(to);
            }
        })
    };
    let stop = {
        let dragged = dragged.clone();
        Callback::from(move |_: PointerEvent| dragged.set(false))
    };
    html! {
        <span class="card-grip" title={text::EVIDENCE_DRAG.of(language)} aria-hidden="true" data-grip=""
            onpointerdown={begin} onpointerup={end} onpointercancel={stop}>
            { "⠿" }
        </span>
    }
}
