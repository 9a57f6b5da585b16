//! One file: its picture, what is said about it, where it is, and what can be done with it.

use form_model::answer::AnswerValue;
use form_model::command::BlobState;
use form_model::definition::EvidenceSlot;
use form_model::evidence::{Attribute, Entry, EntryId, size};
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::directory::is_directory;
use super::picture::{Picture, Size};
use super::status::kind_name;
use super::{directory, drag, removal, transfer};
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
    /// How many files the slot has.
    pub count: usize,
    /// Where beside it a card that is dragged would be let go.
    pub mark: Option<&'static str>,
    pub blob: Option<BlobState>,
    /// Whether this desk may change it.
    pub own: bool,
    pub slot: EvidenceSlot,
    pub onview: Callback<EntryId>,
    /// The file is to be read as a directory.
    pub oncheck: Callback<Entry>,
    /// It is to stand behind so many others.
    pub onplace: Callback<(EntryId, usize)>,
    /// It is dragged over a gap between cards, or no longer.
    pub ongap: Callback<Option<usize>>,
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
        let entry = entry.id.clone();
        props.onview.reform(move |_: MouseEvent| entry.clone())
    };
    let here = props.blob.as_ref().is_some_and(|blob| blob.here);
    html! {
        <li class={classes!("file-card", dragged.then_some("dragged"), props.mark)} data-entry={entry.id.to_string()}
            data-at={props.at.to_string()} data-file={entry.file.name.clone()} onkeydown={moving(props)}>
            <button type="button" class="card-picture" data-action="view-evidence" onclick={onview}
                aria-label={text::EVIDENCE_OPEN.fill(language, &[("name", &entry.file.name)])}
                aria-keyshortcuts={props.own.then_some("Alt+ArrowUp Alt+ArrowDown")}>
                <Picture file={entry.file.clone()} {here} size={Size::Small} alt={alt.clone()} />
            </button>
            <div class="card-words">
                <p class="card-name" title={entry.file.name.clone()}>
                    <span class="card-number">{ props.at + 1 }</span>{ &entry.file.name }
                    <span class="muted">{ size(entry.file.size) }</span>
                </p>
                { transfer::line(props.blob.as_ref(), entry.file.size, language) }
                { directory(&work, props, here, language) }
                { removal::dispute(&work, entry, props.own, language) }
                { line(&work, props, Attribute::Caption, language) }
                { kind(&work, props, language) }
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

/// Alt and an arrow move the card, wherever in it the focus is.
fn moving(props: &CardProps) -> Callback<KeyboardEvent> {
    let (own, at, last) = (props.own, props.at, props.count.saturating_sub(1));
    let (entry, onplace) = (props.entry.id.clone(), props.onplace.clone());
    Callback::from(move |event: KeyboardEvent| {
        if !own || !event.alt_key() || event.is_composing() {
            return;
        }
        let to = match event.key().as_str() {
            "ArrowUp" => at.checked_sub(1),
            "ArrowDown" => Some(at + 1).filter(|to| *to <= last),
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        if let Some(to) = to {
            onplace.emit((entry.clone(), to));
        }
    })
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

/// Who stands behind it: one of the kinds that the slot takes.
fn kind(work: &Work, props: &CardProps, language: Language) -> Html {
    let answer = props.entry.answer(Attribute::Kind);
    let form = work.desk.sheet().definition.clone();
    let chosen = props.entry.kind.as_str();
    let onchange = {
        let (desk, answer) = (work.desk.clone(), answer.clone());
        Callback::from(move |event: Event| {
            let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
            let Some(kind) = select.map(|select| select.value()) else { return };
            desk.set_one(answer.clone(), (!kind.is_empty()).then_some(AnswerValue::Text(kind)));
        })
    };
    let unsaid = text::EVIDENCE_KIND_UNSAID.of(language);
    let option = |kind: &String| {
        html! { <option value={kind.clone()} selected={chosen == kind}>{ kind_name(&form, kind, language) }</option> }
    };
    let label = format!("{}{}", props.entry.file.name, language.pick("的种类", ", kind"));
    html! {
        <div class="card-line">
            <span class="muted" aria-hidden="true">{ attribute_name(Attribute::Kind, language) }</span>
            <div class="card-answer">
                if props.own {
                    <span class={classes!("card-kind", chosen.is_empty().then_some("muted"))}>
                    <select aria-label={label}
                        data-kind={chosen.to_owned()} {onchange}>
                        <option value="" selected={chosen.is_empty()}>{ unsaid }</option>
                        { for props.slot.kinds.iter().map(option) }
                    </select>
                    </span>
                } else {
                    <span>{ if chosen.is_empty() { unsaid.to_owned() } else { kind_name(&form, chosen, language) } }</span>
                }
                <Remarks answers={vec![answer]} version={props.version} />
            </div>
        </div>
    }
}

fn acts(work: &Work, props: &CardProps, dragged: &UseStateHandle<bool>, language: Language) -> Html {
    let place = {
        let entry = props.entry.id.clone();
        props.onplace.reform(move |at: usize| (entry.clone(), at))
    };
    let (at, last) = (props.at, props.count.saturating_sub(1));
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
                shortcut="Alt+↑" disabled={at == 0} onclick={earlier} />
            <Action name="move-down" label={text::EVIDENCE_LATER.of(language)} icon={Icon::AngleDown} weight={Weight::Plain}
                shortcut="Alt+↓" disabled={at == last} onclick={later} />
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
    let over = {
        let (dragged, ongap) = (dragged.clone(), props.ongap.clone());
        Callback::from(move |event: PointerEvent| {
            if *dragged {
                ongap.emit(drag::gap_at((event.client_x(), event.client_y())));
            }
        })
    };
    let end = {
        let (dragged, place, from, ongap) = (dragged.clone(), place.clone(), props.at, props.ongap.clone());
        Callback::from(move |event: PointerEvent| {
            dragged.set(false);
            ongap.emit(None);
            let gap = drag::gap_at((event.client_x(), event.client_y()));
            if let Some(to) = gap.and_then(|gap| drag::moved_to(from, gap)) {
                place.emit(to);
            }
        })
    };
    let stop = {
        let (dragged, ongap) = (dragged.clone(), props.ongap.clone());
        Callback::from(move |_: PointerEvent| {
            dragged.set(false);
            ongap.emit(None);
        })
    };
    html! {
        <span class="card-grip" title={text::EVIDENCE_DRAG.of(language)} aria-hidden="true" data-grip=""
            onpointerdown={begin} onpointermove={over} onpointerup={end} onpointercancel={stop}>
            { "⠿" }
        </span>
    }
}
