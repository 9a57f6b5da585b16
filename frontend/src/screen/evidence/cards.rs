//! The files of a slot as cards, in the order that people gave them: moved with the pointer, or with Alt and the arrows.

use std::collections::BTreeMap;
use std::rc::Rc;

use form_model::command::BlobState;
use form_model::definition::EvidenceSlot;
use form_model::evidence::{Entry, EntryId};
use form_model::language::Language;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::card::Card;
use crate::field::{Work, page};
use crate::text;
use crate::widget::dialog::focused_element;

#[derive(PartialEq, Properties)]
pub struct CardsProps {
    pub files: Vec<Entry>,
    pub slot: EvidenceSlot,
    pub blobs: Rc<BTreeMap<String, BlobState>>,
    /// Whether this desk may change them.
    pub own: bool,
    pub onview: Callback<EntryId>,
    /// A file is to be read as a directory.
    pub oncheck: Callback<Entry>,
    pub version: u32,
}

/// All cards.
#[component]
pub fn Cards(props: &CardsProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    // The gap in which the card that is dragged would be let go.
    let gap = use_state(|| None::<usize>);
    let said = use_state(String::new);
    let moved = use_mut_ref(|| None::<(EntryId, Option<HtmlElement>)>);
    let Some(work) = use_context::<Work>() else { return Html::default() };
    {
        // A card that is moved in the page loses the focus; whoever moves it on wants it kept.
        let moved = moved.clone();
        let order: Vec<EntryId> = props.files.iter().map(|entry| entry.id.clone()).collect();
        use_effect_with(order, move |_| {
            if let Some((entry, before)) = moved.borrow_mut().take() {
                focus_again(&entry, before);
            }
        });
    }
    let onplace = {
        let (desk, files, said) = (work.desk.clone(), props.files.clone(), said.clone());
        Callback::from(move |(entry, at): (EntryId, usize)| {
            let (mine, others): (Vec<_>, Vec<_>) = files.iter().cloned().partition(|one| one.id == entry);
            let at = at.min(others.len());
            let Some(mine) = mine.first() else { return };
            moved.replace(Some((entry, focused_element())));
            desk.place_evidence(&others, at, mine);
            let (number, count) = ((at + 1).to_string(), files.len().to_string());
            said.set(text::EVIDENCE_PLACED.fill(language, &[("at", &number), ("count", &count)]));
        })
    };
    let ongap = {
        let gap = gap.clone();
        Callback::from(move |at| gap.set(at))
    };
    let count = props.files.len();
    let mark = |at: usize| match *gap {
        Some(gap) if gap == at => Some("gap-before"),
        Some(gap) if gap == count && at + 1 == count => Some("gap-after"),
        _ => None,
    };
    html! {
        <>
            <ol class="cards">
                { for props.files.iter().enumerate().map(|(at, entry)| html! {
                    <Card key={entry.id.to_string()} entry={entry.clone()} {at} {count} mark={mark(at)}
                        slot={props.slot.clone()} oncheck={props.oncheck.clone()} blob={props.blobs.get(&entry.file.sha256).cloned()} own={props.own}
                        onview={props.onview.clone()} onplace={onplace.clone()} ongap={ongap.clone()} version={props.version} />
                }) }
            </ol>
            <p class="pf-v6-screen-reader" role="status" aria-live="polite" data-placed="">{ (*said).clone() }</p>
        </>
    }
}

/// Puts the focus back on what had it in the card; a button that can be pressed no more gives way to the picture.
fn focus_again(entry: &EntryId, before: Option<HtmlElement>) {
    let card = format!("[data-entry=\"{entry}\"]");
    let inside = before.filter(|element| element.closest(&card).is_ok_and(|found| found.is_some()));
    if let Some(element) = inside {
        element.focus().ok();
        if focused_element().as_ref() == Some(&element) {
            return;
        }
    }
    page::focus_first(&format!("{card} .card-picture"));
}
