//! One slot: what is asked for, its files as cards, and those that were taken out.

use std::collections::BTreeMap;
use std::rc::Rc;

use form_model::command::{BlobState, DirectoryAct, Evidence, EvidenceAct};
use form_model::definition::EvidenceSlot;
use form_model::error::UserError;
use form_model::evidence::Entry;
use form_model::id::AnswerId;
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::card::Card;
use super::directory::{self, DirectoryDesk, is_directory, use_directory};
use super::drag::is_over;
use super::light_box::LightBox;
use crate::field::Work;
use crate::field::access::read_only;
use crate::state::watch::{Change, use_listener};
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::banner::{Banner, Tone};

#[derive(PartialEq, Properties)]
pub struct SlotProps {
    pub slot: EvidenceSlot,
    pub asked: bool,
    pub files: Vec<Entry>,
    pub removed: Vec<Entry>,
    pub blobs: Rc<BTreeMap<String, BlobState>>,
    pub onshow: Callback<AnswerId>,
    pub version: u32,
}

/// What came of the last adding.
#[derive(Clone, Default, PartialEq)]
struct Told {
    busy: bool,
    refused: Vec<UserError>,
    notices: Vec<UserError>,
}

#[component]
pub fn Slot(props: &SlotProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let told = use_state(Told::default);
    let viewed = use_state(|| None::<Entry>);
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let adding = adding(&work, &told);
    let (looking, read) = use_directory(&work);
    use_drops(&work, &props.slot, &adding, &read);
    let sheet = work.desk.sheet();
    let definition = sheet.definition.clone();
    let field = props.slot.field.answer();
    let foreign = read_only(&sheet, &field, language);
    drop(sheet);
    let choose = {
        let (adding, slot) = (adding.clone(), props.slot.id.clone());
        Callback::from(move |()| adding.emit(EvidenceAct::Choose { slot: slot.clone() }))
    };
    if let Some(table) = looking.table.clone() {
        return html! {
            <DirectoryDesk slot={props.slot.clone()} looking={(*looking).clone()} {table} act={read} own={foreign.is_none()}
                version={props.version} />
        };
    }
    let label = definition.text(language, &format!("evidence.{}.label", props.slot.id)).to_owned();
    let number = text::PANEL_EVIDENCE.fill(language, &[("number", &props.slot.number.to_string())]);
    let view = {
        let viewed = viewed.clone();
        Callback::from(move |entry: Entry| viewed.set(Some(entry)))
    };
    let unview = {
        let viewed = viewed.clone();
        Callback::from(move |()| viewed.set(None))
    };
    html! {
        <section class="slot" data-evidence-slot={props.slot.id.clone()}>
            <header class="slot-head">
                <div>
                    <p class="muted">{ number }</p>
                    <h2>{ label }</h2>
                    { about(props, &definition, language) }
                </div>
                if foreign.is_none() {
                    <div class="directory-acts">
                        if !props.slot.directory.is_empty() {
                            <Action name="open-directory" label={text::DIRECTORY_OPEN.of(language)}
                                disabled={looking.busy} onclick={choose_directory(&props.slot, &read)} />
                        }
                        <Action name="add-evidence" label={text::EVIDENCE_ADD.of(language)} icon={Icon::Plus}
                            weight={Weight::Primary} disabled={told.busy} onclick={choose} />
                    </div>
                }
            </header>
            if let Some(words) = &foreign { <p class="muted">{ words }</p> }
            { said(&told, language) }
            { directory::told(&looking, language) }
            if props.files.is_empty() {
                <p class="slot-empty muted">
                    { if props.asked { text::EVIDENCE_EMPTY.of(language) } else { text::EVIDENCE_NOT_ASKED.of(language) } }
                </p>
            }
            <ol class="cards">
                { for props.files.iter().enumerate().map(|(at, entry)| html! {
                    <Card key={entry.id.to_string()} entry={entry.clone()} {at} files={props.files.clone()}
                        blob={props.blobs.get(&entry.file.sha256).cloned()} own={foreign.is_none()} onview={view.clone()}
                        slot={props.slot.clone()} oncheck={check_entry(&props.slot, &read)} version={props.version} />
                }) }
            </ol>
            if foreign.is_none() { <p class="drop-hint muted">{ text::EVIDENCE_DROP.of(language) }</p> }
            { removed(&work, props, foreign.is_none(), language) }
            if let Some(entry) = &*viewed {
                <LightBox entry={entry.clone()} blob={props.blobs.get(&entry.file.sha256).cloned()} onclose={unview} />
            }
        </section>
    }
}

/// Asks for files to be added and keeps what came of it.
fn adding(work: &Work, told: &UseStateHandle<Told>) -> Callback<EvidenceAct> {
    let (desk, told) = (work.desk.clone(), told.clone());
    Callback::from(move |act: EvidenceAct| {
        let (desk, told) = (desk.clone(), told.clone());
        told.set(Told { busy: true, ..Told::default() });
        spawn_local(async move {
            match desk.evidence(act).await {
                Ok(Evidence { refused, notices, .. }) => told.set(Told { busy: false, refused, notices }),
                Err(failure) => {
                    told.set(Told::default());
                    desk.tell_failure(failure);
                }
            }
        });
    })
}

/// Chooses a directory for this slot.
fn choose_directory(slot: &EvidenceSlot, read: &Callback<DirectoryAct>) -> Callback<()> {
    let slot = slot.id.clone();
    read.reform(move |()| DirectoryAct::Choose { slot: slot.clone() })
}

/// Reads a file that stands in this slot as a directory.
fn check_entry(slot: &EvidenceSlot, read: &Callback<DirectoryAct>) -> Callback<Entry> {
    let slot = slot.id.clone();
    read.reform(move |entry: Entry| DirectoryAct::Open { slot: slot.clone(), sha256: entry.file.sha256 })
}

/// What is dropped on this slot goes into it, a directory after it was looked at; what is dropped elsewhere is taken in
/// as a file of Huiqian's.
#[hook]
fn use_drops(
    work: &Work,
    slot: &EvidenceSlot,
    adding: &Callback<EvidenceAct>,
    read: &Callback<DirectoryAct>,
) {
    let last = use_mut_ref(|| (slot.clone(), adding.clone(), read.clone()));
    last.replace((slot.clone(), adding.clone(), read.clone()));
    let desk = work.desk.clone();
    use_listener(&work.desk, move |change| {
        let Change::Dropped(drop) = change else { return };
        let (slot, adding, read) = last.borrow().clone();
        if is_over(".evidence-desk", drop.place) {
            if is_directory(&slot, &drop.names) {
                read.emit(DirectoryAct::TakeDropped { slot: slot.id, tray: drop.tray });
            } else {
                adding.emit(EvidenceAct::TakeDropped { slot: slot.id, tray: drop.tray });
            }
        } else {
            desk.evidence_now(EvidenceAct::LeaveDropped { tray: drop.tray });
        }
    });
}

/// Which field asks for it, and who may have issued it.
fn about(props: &SlotProps, definition: &form_model::definition::FormDefinition, language: Language) -> Html {
    let field = props.slot.field.answer();
    let name = form_model::check::short_label(&definition.label(language, &props.slot.field));
    let kind = |kind: &String| definition.text(language, &format!("evidence_kind.{kind}")).to_owned();
    let kinds: Vec<_> = props.slot.kinds.iter().map(kind).collect();
    let onclick = props.onshow.reform(move |()| field.clone());
    html! {
        <dl class="slot-about">
            <dt>{ text::EVIDENCE_FOR.of(language) }</dt>
            <dd><Action name="show-field" label={name} weight={Weight::Link} small=true {onclick} /></dd>
            <dt>{ text::EVIDENCE_ISSUER.of(language) }</dt>
            <dd>{ kinds.join(language.pick("、", ", ")) }</dd>
        </dl>
    }
}

fn said(told: &Told, language: Language) -> Html {
    let banner =
        |tone: Tone| move |error: &UserError| html! { <Banner {tone} message={error.sentence(language)} /> };
    html! {
        <div class="slot-told">
            if told.busy { <p class="muted" role="status">{ text::EVIDENCE_ADDING.of(language) }</p> }
            { for told.refused.iter().map(banner(Tone::Problem)) }
            { for told.notices.iter().map(banner(Tone::Caution)) }
        </div>
    }
}

fn removed(work: &Work, props: &SlotProps, own: bool, language: Language) -> Html {
    if props.removed.is_empty() {
        return Html::default();
    }
    let line = |entry: &Entry| {
        let (desk, restored) = (work.desk.clone(), entry.clone());
        let onclick = Callback::from(move |()| desk.remove_evidence(&restored, false));
        html! {
            <li key={entry.id.to_string()}>
                <span>{ &entry.file.name }</span>
                if own {
                    <Action name="restore-evidence" label={text::EVIDENCE_RESTORE.of(language)} weight={Weight::Link}
                        small=true {onclick} />
                }
            </li>
        }
    };
    html! {
        <details class="slot-removed">
            <summary>{ text::EVIDENCE_REMOVED.fill(language, &[("count", &props.removed.len().to_string())]) }</summary>
            <ul>{ for props.removed.iter().map(line) }</ul>
        </details>
    }
}
