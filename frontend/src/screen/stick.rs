//! The ways by USB: a stick is a network. Exchange files go out, with as much of the evidence as people choose, and come
//! in.

use std::collections::{BTreeMap, BTreeSet};

use form_model::command::{BlobState, EvidenceAct, PackedEvidence};
use form_model::evidence::{SlotState, size, slots};
use form_model::language::Language;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::field::Work;
use crate::state::watch::{Change, use_changes};
use crate::text::{self, Text};
use crate::widget::action::Action;
use crate::widget::tick::Tick;

/// Files, each once: by hash, with its length in bytes.
type Files = BTreeMap<String, u64>;

/// A slot with files that an exchange file can carry.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Offer {
    slot: String,
    number: u32,
    files: Files,
}

/// What can be carried: of each slot the files that stand there and are here.
fn offers(states: &[SlotState<'_>], blobs: &BTreeMap<String, BlobState>) -> Vec<Offer> {
    let here = |sha256: &str| blobs.get(sha256).is_some_and(|blob| blob.here);
    let of_slot = |state: &SlotState<'_>| Offer {
        slot: state.slot.id.clone(),
        number: state.slot.number,
        files: state
            .files
            .iter()
            .filter(|entry| here(&entry.file.sha256))
            .map(|entry| (entry.file.sha256.clone(), entry.file.size))
            .collect(),
    };
    states.iter().map(of_slot).filter(|offer| !offer.files.is_empty()).collect()
}

/// The files of the chosen slots. One in two slots goes along once.
fn files_of<'a>(offers: impl IntoIterator<Item = &'a Offer>) -> Files {
    offers.into_iter().flat_map(|offer| offer.files.clone()).collect()
}

fn packed(offers: &[Offer], chosen: &BTreeSet<String>) -> PackedEvidence {
    let slots: Vec<_> =
        offers.iter().map(|offer| offer.slot.clone()).filter(|slot| chosen.contains(slot)).collect();
    match slots.len() {
        0 => PackedEvidence::None,
        all if all == offers.len() => PackedEvidence::All,
        _ => PackedEvidence::Only { slots, files: Vec::new() },
    }
}

/// `{count}` and `{size}` of files.
fn weighed(text: &Text, files: &Files, language: Language) -> String {
    let (count, bytes) = (files.len().to_string(), size(files.values().sum()));
    text.fill(language, &[("count", &count), ("size", &bytes)])
}

#[derive(PartialEq, Properties)]
pub struct StickProps {
    pub work: Work,
    pub onclose: Callback<()>,
}

/// The part of the panel.
#[component]
pub fn Stick(props: &StickProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let chosen = use_state(BTreeSet::<String>::new);
    let carried = use_state(BTreeSet::<String>::new);
    use_changes(&props.work.desk, |change| *change == Change::Evidence);
    {
        let (desk, carried) = (props.work.desk.clone(), carried.clone());
        use_effect_with((), move |()| {
            spawn_local(async move {
                // Without it the panel tells the whole size alone.
                if let Ok(evidence) = desk.evidence(EvidenceAct::Stick).await {
                    carried.set(evidence.carried.into_iter().collect());
                }
            });
        });
    }
    let sheet = props.work.desk.sheet();
    let definition = sheet.definition.clone();
    let offers = offers(&slots(&definition, sheet.answers()), &sheet.blobs);
    drop(sheet);
    let write = |since_last: bool| {
        let (desk, onclose) = (props.work.desk.clone(), props.onclose.clone());
        let evidence = packed(&offers, &chosen);
        Callback::from(move |()| {
            desk.export_bundle(since_last, evidence.clone());
            // The message about the file stands in the page.
            onclose.emit(());
        })
    };
    let import = {
        let (desk, onclose) = (props.work.desk.clone(), props.onclose.clone());
        Callback::from(move |()| {
            desk.import();
            onclose.emit(());
        })
    };
    html! {
        <section class="dialog-part">
            <h2>{ text::USB.of(language) }</h2>
            <p class="muted">{ text::USB_WHY.of(language) }</p>
            { choice(&offers, &chosen, &carried, language) }
            <div class="actions">
                <Action name="bundle-since" label={text::USB_SINCE.of(language)} small=true onclick={write(true)} />
                <Action name="bundle-all" label={text::USB_ALL.of(language)} small=true onclick={write(false)} />
                <Action name="import" label={text::IMPORT.of(language)} small=true onclick={import} />
            </div>
        </section>
    }
}

/// What of the evidence goes along: all, and then less of it by slot.
fn choice(
    offers: &[Offer],
    chosen: &UseStateHandle<BTreeSet<String>>,
    carried: &BTreeSet<String>,
    language: Language,
) -> Html {
    if offers.is_empty() {
        return Html::default();
    }
    let all = chosen.len() == offers.len();
    let toggle_all = {
        let (chosen, slots) = (chosen.clone(), offers.iter().map(|offer| offer.slot.clone()));
        let next: BTreeSet<String> = if all { BTreeSet::new() } else { slots.collect() };
        Callback::from(move |()| chosen.set(next.clone()))
    };
    let label = weighed(&text::USB_EVIDENCE, &files_of(offers), language);
    let picked = files_of(offers.iter().filter(|offer| chosen.contains(&offer.slot)));
    let mut new = picked.clone();
    new.retain(|sha256, _| !carried.contains(sha256));
    html! {
        <div class="stick-evidence">
            <Tick part="stick-evidence" {label} checked={all} mixed={!all && !chosen.is_empty()} onchange={toggle_all} />
            if !chosen.is_empty() {
                <div class="stick-slots">{ for offers.iter().map(|offer| slot_tick(offer, chosen, language)) }</div>
                <p class="muted" data-stick-load="">
                    { weighed(&text::USB_PICKED, &picked, language) }
                    if new.len() < picked.len() { { weighed(&text::USB_PICKED_NEW, &new, language) } }
                </p>
                <p class="muted">{ text::USB_OPEN.of(language) }</p>
            }
        </div>
    }
}

fn slot_tick(offer: &Offer, chosen: &UseStateHandle<BTreeSet<String>>, language: Language) -> Html {
    let label =
        weighed(&text::USB_SLOT, &offer.files, language).replace("{number}", &offer.number.to_string());
    let checked = chosen.contains(&offer.slot);
    let toggle = {
        let mut next = (**chosen).clone();
        if !next.remove(&offer.slot) {
            next.insert(offer.slot.clone());
        }
        let chosen = chosen.clone();
        Callback::from(move |()| chosen.set(next.clone()))
    };
    html! { <Tick part={format!("stick-slot-{}", offer.number)} {label} {checked} onchange={toggle} /> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(number: u32, files: &[(&str, u64)]) -> Offer {
        let files = files.iter().map(|(sha256, size)| ((*sha256).to_owned(), *size)).collect();
        Offer { slot: format!("s{number}"), number, files }
    }

    #[test]
    fn a_file_in_two_slots_is_carried_and_weighed_once() {
        let offers = [offer(1, &[("a", 1 << 20)]), offer(2, &[("a", 1 << 20), ("b", 2 << 20)])];
        assert_eq!(weighed(&text::USB_PICKED, &files_of(&offers), Language::English), "2 files, 3.0 MB.");
    }

    #[test]
    fn what_is_ticked_is_what_is_asked_for() {
        let offers = [offer(1, &[("a", 1)]), offer(2, &[("b", 1)])];
        let of = |slots: &[&str]| packed(&offers, &slots.iter().map(|slot| (*slot).to_owned()).collect());
        assert_eq!(of(&[]), PackedEvidence::None);
        assert_eq!(of(&["s2"]), PackedEvidence::Only { slots: vec!["s2".to_owned()], files: Vec::new() });
        assert_eq!(of(&["s1", "s2"]), PackedEvidence::All);
    }
}
