//! One slot: what is asked for, its files as cards, the ways to add some, and those that were taken out.

use std::collections::BTreeMap;
use std::rc::Rc;

use form_model::command::{BlobState, DirectoryAct, EvidenceAct, Watch};
use form_model::definition::EvidenceSlot;
use form_model::evidence::{Entry, EntryId, SlotState};
use form_model::id::AnswerId;
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use super::cards::Cards;
use super::directory::{self, DirectoryDesk, use_directory};
use super::drop::use_directory_drops;
use super::light_box::LightBox;
use super::paste::use_paste;
use super::{removal, status, told};
use crate::field::Work;
use crate::field::access::read_only;
use crate::state::evidence::Told;
use crate::text;
use crate::widget::action::{Action, Weight};

#[derive(PartialEq, Properties)]
pub struct SlotProps {
    pub slot: EvidenceSlot,
    pub asked: bool,
    pub files: Vec<Entry>,
    pub removed: Vec<Entry>,
    pub blobs: Rc<BTreeMap<String, BlobState>>,
    /// What came of the last adding.
    pub told: Told,
    /// The folder that is watched, for this slot or another.
    pub watch: Option<Watch>,
    pub onshow: Callback<AnswerId>,
    pub version: u32,
}

#[component]
pub fn Slot(props: &SlotProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let viewed = use_state(|| None::<EntryId>);
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let (looking, read) = use_directory(&work);
    use_directory_drops(&work.desk, &props.slot, &read);
    let sheet = work.desk.sheet();
    let definition = sheet.definition.clone();
    let foreign = read_only(&sheet, &props.slot.field.answer(), language);
    drop(sheet);
    let own = foreign.is_none();
    use_paste(&work.desk, &props.slot.id, own && looking.table.is_none());
    let choose = {
        let (desk, slot) = (work.desk.clone(), props.slot.id.clone());
        Callback::from(move |()| {
            desk.add_evidence(slot.clone(), EvidenceAct::Choose { slot: slot.clone() }, true);
        })
    };
    if let Some(table) = looking.table.clone() {
        return html! {
            <DirectoryDesk slot={props.slot.clone()} looking={(*looking).clone()} {table} act={read} {own}
                version={props.version} />
        };
    }
    let label = definition.text(language, &format!("evidence.{}.label", props.slot.id)).to_owned();
    let number = text::PANEL_EVIDENCE.fill(language, &[("number", &props.slot.number.to_string())]);
    let onview = {
        let viewed = viewed.clone();
        Callback::from(move |entry: EntryId| viewed.set(Some(entry)))
    };
    let onclose = {
        let viewed = viewed.clone();
        Callback::from(move |()| viewed.set(None))
    };
    let shown = props.files.iter().position(|entry| viewed.as_ref() == Some(&entry.id));
    html! {
        <section class="slot" data-evidence-slot={props.slot.id.clone()}>
            <header class="slot-head">
                <div>
                    <p class="muted">{ number }</p>
                    <h2>{ label }</h2>
                    { about(props, &definition, language) }
                </div>
                if own {
                    <div class="directory-acts">
                        if !props.slot.directory.is_empty() {
                            <Action name="open-directory" label={text::DIRECTORY_OPEN.of(language)}
                                disabled={looking.busy} onclick={choose_directory(&props.slot, &read)} />
                        }
                        <Action name="add-evidence" label={text::EVIDENCE_ADD.of(language)} icon={Icon::Plus}
                            weight={Weight::Primary} disabled={props.told.busy} onclick={choose} />
                    </div>
                }
            </header>
            if let Some(words) = &foreign { <p class="muted">{ words }</p> }
            { told::told(&props.told, language) }
            { directory::told(&looking, language) }
            if let Some(watch) = &props.watch { { told::watched(&work, watch, &props.slot.id, &definition, language) } }
            { disputes(&work, props, own, language) }
            if props.files.is_empty() {
                <p class="slot-empty muted">
                    { if props.asked { text::EVIDENCE_EMPTY.of(language) } else { text::EVIDENCE_NOT_ASKED.of(language) } }
                </p>
            }
            <Cards files={props.files.clone()} slot={props.slot.clone()} blobs={props.blobs.clone()} {own}
                onview={onview.clone()} oncheck={check_entry(&props.slot, &read)} version={props.version} />
            if own { { ways_to_add(&work, props, language) } }
            { removed(&work, props, own, language) }
            if let Some(at) = shown {
                <LightBox files={props.files.clone()} {at} blobs={props.blobs.clone()} onshow={onview} {onclose} />
            }
        </section>
    }
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

/// Which field asks for it, who may have issued it, and of which kinds the files are.
fn about(props: &SlotProps, form: &form_model::definition::FormDefinition, language: Language) -> Html {
    let field = props.slot.field.answer();
    let name = form_model::check::short_label(&form.label(language, &props.slot.field));
    let state =
        SlotState { slot: &props.slot, asked: props.asked, files: props.files.clone(), removed: Vec::new() };
    let kinds = status::kinds(&state, form, language);
    let counted = !props.files.is_empty();
    let kind = |(name, count): &(String, usize)| {
        html! {
            <li class={classes!((counted && *count == 0).then_some("muted"))}>{ name }if counted { <span class="kind-count">{ count }</span> }</li>
        }
    };
    let missing: Vec<_> = state.missing_kinds().map(|kind| status::kind_name(form, kind, language)).collect();
    let lacks = missing.join(language.pick("、", ", "));
    let onclick = props.onshow.reform(move |()| field.clone());
    html! {
        <dl class="slot-about">
            <dt>{ text::EVIDENCE_FOR.of(language) }</dt>
            <dd><Action name="show-field" label={name} weight={Weight::Link} small=true {onclick} /></dd>
            <dt>{ text::EVIDENCE_ISSUER.of(language) }</dt>
            <dd>
                <ul class="slot-kinds">{ for kinds.iter().map(kind) }</ul>
                if counted && props.asked && !lacks.is_empty() {
                    <span class="problem" data-lacks="">{ text::EVIDENCE_LACKS.fill(language, &[("kinds", &lacks)]) }</span>
                }
            </dd>
        </dl>
    }
}

/// Where files may be let go, how else they come, and the watched folder.
fn ways_to_add(work: &Work, props: &SlotProps, language: Language) -> Html {
    let watch = {
        let (desk, slot) = (work.desk.clone(), props.slot.id.clone());
        Callback::from(move |()| desk.evidence_now(EvidenceAct::Watch { slot: slot.clone() }))
    };
    html! {
        <div class="drop-hint">
            <p class="muted">{ text::EVIDENCE_DROP.of(language) }</p>
            <p class="muted" data-paste-hint="">{ text::EVIDENCE_PASTE.of(language) }</p>
            if props.watch.is_none() {
                <Action name="watch" label={text::WATCH.of(language)} weight={Weight::Link} small=true onclick={watch} />
            }
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

/// Files that were taken out and on which people differ: not to be folded away with the others.
fn disputes(work: &Work, props: &SlotProps, own: bool, language: Language) -> Html {
    let disputed = props.removed.iter().filter(|entry| removal::is_disputed(work, entry));
    html! { { for disputed.map(|entry| removal::dispute(work, entry, own, language)) } }
}
