//! A file, large: to look at, and to save a copy of.

use form_model::command::{BlobState, EvidenceAct, Transfer};
use form_model::evidence::Entry;
use form_model::language::Language;
use yew::prelude::*;

use super::picture::{Picture, Size};
use super::transfer;
use crate::field::Work;
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::dialog::Dialog;

#[derive(PartialEq, Properties)]
pub struct LightBoxProps {
    pub entry: Entry,
    pub blob: Option<BlobState>,
    pub onclose: Callback<()>,
}

#[component]
pub fn LightBox(props: &LightBoxProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let entry = &props.entry;
    let here = props.blob.as_ref().is_some_and(|blob| blob.here);
    let transfer = props.blob.as_ref().map(|blob| &blob.transfer);
    let on_hub = transfer == Some(&Transfer::OnHub);
    // It waits for a person: the line costs money, or nothing is carried.
    let paused = work.desk.sheet().paused;
    let held = transfer == Some(&Transfer::Held) || paused && transfer == Some(&Transfer::Waiting);
    let act = |act: EvidenceAct| {
        let desk = work.desk.clone();
        Callback::from(move |()| desk.evidence_now(act.clone()))
    };
    let sha256 = || entry.file.sha256.clone();
    let save = act(EvidenceAct::Save { sha256: sha256(), without_place: false });
    let save_plain = act(EvidenceAct::Save { sha256: sha256(), without_place: true });
    let fetch = act(EvidenceAct::Fetch { sha256: sha256() });
    let is_photo = entry.file.kind == "image/jpeg";
    let footer = html! {
        <>
            if here {
                <Action name="save-evidence" label={text::EVIDENCE_SAVE.of(language)} onclick={save} />
                if held {
                    <Action name="send-evidence" label={text::EVIDENCE_SEND.of(language)} onclick={fetch} />
                }
                if is_photo {
                    <Action name="save-without-place" label={text::EVIDENCE_SAVE_NO_PLACE.of(language)} onclick={save_plain} />
                }
            } else if on_hub {
                <Action name="fetch-evidence" label={text::EVIDENCE_FETCH.of(language)} weight={Weight::Primary} onclick={fetch} />
            }
            <Action name="close" label={text::CLOSE.of(language)} weight={Weight::Link} onclick={props.onclose.clone()} />
        </>
    };
    let alt = if entry.caption.is_empty() { entry.file.name.clone() } else { entry.caption.clone() };
    let said = [&entry.caption, &entry.taken, &entry.place, &entry.by];
    let said: Vec<_> = said.into_iter().filter(|text| !text.is_empty()).map(String::as_str).collect();
    let fallback = html! { <p class="muted">{ text::EVIDENCE_NO_PREVIEW.of(language) }</p> };
    html! {
        <Dialog name="light-box" title={entry.file.name.clone()} wide=true onclose={props.onclose.clone()} {footer}>
            <figure class="light-box">
                <Picture file={entry.file.clone()} {here} size={Size::Large} {alt} {fallback} />
                if !said.is_empty() { <figcaption>{ said.join(" · ") }</figcaption> }
            </figure>
            { transfer::line(props.blob.as_ref(), entry.file.size, language) }
        </Dialog>
    }
}
