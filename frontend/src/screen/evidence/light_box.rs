//! Files, large, one after the other: to look at, and to save a copy of.

use std::collections::BTreeMap;
use std::rc::Rc;

use form_model::command::{BlobState, EvidenceAct, Transfer};
use form_model::evidence::{Entry, EntryId};
use form_model::language::Language;
use gloo_events::{EventListener, EventListenerOptions};
use patternfly_yew::prelude::Icon;
use wasm_bindgen::JsCast;
use yew::prelude::*;

use super::pages::{self, use_pages};
use super::picture::{Picture, Size};
use super::transfer;
use crate::field::Work;
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::dialog::Dialog;

#[derive(PartialEq, Properties)]
pub struct LightBoxProps {
    /// The slot's files, in order.
    pub files: Vec<Entry>,
    /// The one that is shown.
    pub at: usize,
    pub blobs: Rc<BTreeMap<String, BlobState>>,
    /// Another one is to be shown.
    pub onshow: Callback<EntryId>,
    pub onclose: Callback<()>,
}

#[component]
pub fn LightBox(props: &LightBoxProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let work = use_context::<Work>();
    use_arrows(props);
    let entry = props.files.get(props.at);
    let blob = entry.and_then(|entry| props.blobs.get(&entry.file.sha256));
    let here = blob.is_some_and(|blob| blob.here);
    let pages = use_pages(work.as_ref(), entry.filter(|_| here).map(|entry| &entry.file));
    let (Some(work), Some(entry)) = (work, entry) else { return Html::default() };
    let alt = if entry.caption.is_empty() { entry.file.name.clone() } else { entry.caption.clone() };
    let said = [&entry.caption, &entry.taken, &entry.place, &entry.by];
    let said: Vec<_> = said.into_iter().filter(|text| !text.is_empty()).map(String::as_str).collect();
    let fallback = html! { <p class="muted">{ text::EVIDENCE_NO_PREVIEW.of(language) }</p> };
    html! {
        <Dialog name="light-box" title={entry.file.name.clone()} wide=true onclose={props.onclose.clone()}
            footer={footer(&work, props, entry, blob, language)}>
            <figure class="light-box">
                <Picture file={entry.file.clone()} {here} size={Size::Large} page={pages.shown} {alt} {fallback} />
                { pages::turn(&pages, language) }
                if !said.is_empty() { <figcaption>{ said.join(" · ") }</figcaption> }
            </figure>
            { transfer::line(blob, entry.file.size, language) }
        </Dialog>
    }
}

fn footer(
    work: &Work,
    props: &LightBoxProps,
    entry: &Entry,
    blob: Option<&BlobState>,
    language: Language,
) -> Html {
    let act = |act: EvidenceAct| {
        let desk = work.desk.clone();
        Callback::from(move |()| desk.evidence_now(act.clone()))
    };
    let sha256 = || entry.file.sha256.clone();
    let save = act(EvidenceAct::Save { sha256: sha256(), without_place: false });
    let save_plain = act(EvidenceAct::Save { sha256: sha256(), without_place: true });
    let save_original = entry
        .original
        .as_ref()
        .map(|file| act(EvidenceAct::Save { sha256: file.sha256.clone(), without_place: false }));
    let fetch = act(EvidenceAct::Fetch { sha256: sha256() });
    let here = blob.is_some_and(|blob| blob.here);
    let transfer = blob.map(|blob| &blob.transfer);
    let on_hub = transfer == Some(&Transfer::OnHub);
    // It waits for a person: the line costs money, or nothing is carried.
    let paused = work.desk.sheet().paused;
    let held = transfer == Some(&Transfer::Held) || paused && transfer == Some(&Transfer::Waiting);
    html! {
        <>
            if here {
                <Action name="save-evidence" label={text::EVIDENCE_SAVE.of(language)} onclick={save} />
                if let Some(onclick) = save_original {
                    <Action name="save-original" label={text::EVIDENCE_SAVE_ORIGINAL.of(language)} {onclick} />
                }
                if held {
                    <Action name="send-evidence" label={text::EVIDENCE_SEND.of(language)} onclick={fetch} />
                }
                if entry.file.is_picture() {
                    <Action name="save-without-place" label={text::EVIDENCE_SAVE_NO_PLACE.of(language)} onclick={save_plain} />
                }
            } else if on_hub {
                <Action name="fetch-evidence" label={text::EVIDENCE_FETCH.of(language)} weight={Weight::Primary} onclick={fetch} />
            }
            <Action name="close" label={text::CLOSE.of(language)} weight={Weight::Link} onclick={props.onclose.clone()} />
            if props.files.len() > 1 { { others(props, language) } }
        </>
    }
}

/// The ways to the files before and behind it, and which of how many it is.
fn others(props: &LightBoxProps, language: Language) -> Html {
    let (at, last) = (props.at, props.files.len() - 1);
    let to = |to: usize| {
        let entry = props.files.get(to).map(|entry| entry.id.clone());
        let onshow = props.onshow.clone();
        Callback::from(move |()| entry.iter().for_each(|entry| onshow.emit(entry.clone())))
    };
    let (number, count) = ((at + 1).to_string(), props.files.len().to_string());
    html! {
        <span class="light-box-others">
            <Action name="earlier-file" label={text::EVIDENCE_BEFORE.of(language)} icon={Icon::AngleLeft} weight={Weight::Plain}
                shortcut="←" disabled={at == 0} onclick={to(at.saturating_sub(1))} />
            <span role="status" data-shown="">{ text::EVIDENCE_PLACED.fill(language, &[("at", &number), ("count", &count)]) }</span>
            <Action name="later-file" label={text::EVIDENCE_BEHIND.of(language)} icon={Icon::AngleRight} weight={Weight::Plain}
                shortcut="→" disabled={at == last} onclick={to(at + 1)} />
        </span>
    }
}

/// The arrow keys lead to the files before and behind.
#[hook]
fn use_arrows(props: &LightBoxProps) {
    let ids: Vec<EntryId> = props.files.iter().map(|entry| entry.id.clone()).collect();
    use_effect_with((ids, props.at, props.onshow.clone()), |(ids, at, onshow)| {
        let (ids, at, onshow) = (ids.clone(), *at, onshow.clone());
        let options = EventListenerOptions::enable_prevent_default();
        let listener = web_sys::window().map(|window| {
            EventListener::new_with_options(&window, "keydown", options, move |event| {
                let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
                let to = match event.key().as_str() {
                    "ArrowLeft" => at.checked_sub(1),
                    "ArrowRight" => at.checked_add(1),
                    _ => return,
                };
                if let Some(entry) = to.and_then(|to| ids.get(to)) {
                    event.prevent_default();
                    onshow.emit(entry.clone());
                }
            })
        });
        move || drop(listener)
    });
}
