//! The hub's log as a desk keeps it: pages without the changes' bytes, which the document holds.

use std::collections::BTreeMap;

use form_document::ledger::{Ledger, Logged, PageBuilder};
use form_document::log::{LogHead, Position};
use form_document::wire::{self, MESSAGE_MAX_BYTES, Page, PageEntry, START_MAX_BYTES, WireActor, WireChange};
use form_document::{ActorId, Claim, Document, change_place};
use form_store::application::ApplicationKey;
use form_store::{Store, StoreError};

use crate::proof;

/// How much kept pages that become one may hold, in bytes of changes: a restored hub takes each as one message,
/// and a segment of [`form_document::SEGMENT_MAX_CHANGES`] hashes for every author goes along.
const STRETCH_BYTES: usize = MESSAGE_MAX_BYTES / 4;

/// A page with every change's bytes left out, encoded.
pub(crate) fn without_bytes(page: &Page) -> Vec<u8> {
    let mut entries: Vec<PageEntry> = Vec::new();
    for entry in &page.entries {
        let PageEntry::Change(WireChange(bytes)) = entry else {
            entries.push(entry.clone());
            continue;
        };
        // A page that was followed holds nothing but changes that can be read.
        let Some((actor, seq)) = change_place(bytes) else { continue };
        let actor = WireActor::from(&actor);
        match entries.last_mut() {
            Some(PageEntry::Accepted { actor: last, first_seq, count })
                if *last == actor && first_seq.saturating_add(*count) == seq =>
            {
                *count += 1;
            }
            _ => entries.push(PageEntry::Accepted { actor, first_seq: seq, count: 1 }),
        }
    }
    let bare = Page { after: page.after, entries, seals: Vec::new(), claims: Vec::new(), head: page.head };
    wire::encode(&bare)
}

/// The kept pages that reach beyond a position, with the bytes of the changes that the receiver lacks, their
/// proofs, and everybody's claims. A desk keeps a page a keystroke; they are put together as far as a message
/// holds them, so that a segment goes along once and not with each change that it proves.
///
/// # Errors
/// When the database can't be read, or holds what no program of ours wrote.
pub(crate) fn pages_after(
    store: &Store,
    key: ApplicationKey,
    ledger: &Ledger,
    after: Position,
    have: &BTreeMap<ActorId, u64>,
) -> Result<Vec<Page>, StoreError> {
    let (mut pages, mut open) = (Vec::new(), None::<Stretch<'_>>);
    for bytes in store.log_pages_after(key, after)? {
        let bare: Page = wire::decode_up_to(&bytes, START_MAX_BYTES).map_err(|error| unreadable(&error))?;
        let (start, head) = (bare.after, bare.head);
        let mut places = filled(&ledger.document, bare, have)?;
        if let Some(stretch) = &open {
            // A page that came by exchange file may tell again what an earlier one has told.
            let told = usize::try_from(stretch.end.saturating_sub(start)).unwrap_or(usize::MAX);
            places.drain(..told.min(places.len()));
            if places.is_empty() {
                continue;
            }
        }
        let bytes = places.iter().map(size).sum::<usize>();
        if let Some(stretch) = open.take_if(|stretch| stretch.bytes.saturating_add(bytes) > STRETCH_BYTES) {
            pages.push(stretch.finish(store, key, ledger)?);
        }
        let stretch = open.get_or_insert_with(|| {
            let end = pages.last().map_or(start, |page: &Page| start.max(page.head.position));
            Stretch { builder: PageBuilder::new(end, have), end, bytes: 0, head }
        });
        stretch.push(places, bytes, head);
    }
    if let Some(stretch) = open {
        pages.push(stretch.finish(store, key, ledger)?);
    }
    Ok(pages)
}

/// How far each actor's changes stand among the places of the log up to a position, as far as the page that reaches
/// beyond it tells: whoever has the log up to there has them. A compact start's page begins with the log itself.
///
/// # Errors
/// As [`pages_after`].
pub(crate) fn accepted_up_to(
    store: &Store,
    key: ApplicationKey,
    position: Position,
) -> Result<BTreeMap<ActorId, u64>, StoreError> {
    let mut have = BTreeMap::new();
    let Some(bytes) = store.log_pages_after(key, position)?.into_iter().next() else { return Ok(have) };
    let page: Page = wire::decode_up_to(&bytes, START_MAX_BYTES).map_err(|error| unreadable(&error))?;
    let mut left = position.saturating_sub(page.after);
    for entry in page.entries {
        let PageEntry::Accepted { actor, first_seq, count } = entry else {
            left = left.saturating_sub(1);
            continue;
        };
        let known = count.min(left);
        if known > 0 {
            have.insert(ActorId::from(actor), first_seq.saturating_add(known - 1));
        }
        left -= known;
    }
    Ok(have)
}

/// Kept pages that become one.
struct Stretch<'a> {
    builder: PageBuilder<'a>,
    /// The position of its last place.
    end: Position,
    /// How much the changes in it are.
    bytes: usize,
    /// The hub's word up to its last place.
    head: LogHead,
}

impl Stretch<'_> {
    fn push(&mut self, places: Vec<Logged>, bytes: usize, head: LogHead) {
        self.end = self.end.saturating_add(places.len() as u64);
        self.bytes = self.bytes.saturating_add(bytes);
        self.head = head;
        places.into_iter().for_each(|place| self.builder.push(place));
    }

    /// The page, with what proves its changes.
    fn finish(self, store: &Store, key: ApplicationKey, ledger: &Ledger) -> Result<Page, StoreError> {
        let newcomers = self.builder.newcomers().into_iter();
        let claims: Vec<Claim> = newcomers.filter_map(|actor| ledger.claim(actor).cloned()).collect();
        let spans = self.builder.given().clone();
        let mut page = self.builder.finish(&[], &claims, self.head);
        for (actor, (first, last)) in spans {
            for row in store.segments_after(key, actor.to_bytes(), first.saturating_sub(1))? {
                if row.first_seq <= last {
                    page.seals.push(proof::seal(&row, &ledger.document, last.saturating_add(1))?);
                }
            }
        }
        Ok(page)
    }
}

/// A kept page's places, with the bytes of the changes that the receiver lacks.
fn filled(document: &Document, bare: Page, have: &BTreeMap<ActorId, u64>) -> Result<Vec<Logged>, StoreError> {
    let mut places = Vec::new();
    for entry in bare.entries {
        match entry {
            PageEntry::Accepted { actor, first_seq, count } => {
                let actor = ActorId::from(actor);
                let had = have.get(&actor).copied().unwrap_or(0);
                for seq in (first_seq..).take(usize::try_from(count).unwrap_or(usize::MAX)) {
                    let change = || document.change(&document.hash_at(&actor, seq)?);
                    let bytes = if seq <= had { Some(Vec::new()) } else { change() };
                    let missing = || unreadable(&"a change of the log is not in the document");
                    let bytes = bytes.ok_or_else(missing)?;
                    places.push(Logged::Accepted { actor: actor.clone(), seq, bytes });
                }
            }
            PageEntry::Refused { hash, reason } => places.push(Logged::Refused { hash: hash.into(), reason }),
            PageEntry::Roster(entry) => places.push(Logged::Roster(entry)),
            PageEntry::Change(_) => {}
        }
    }
    Ok(places)
}

/// How much a place takes, in bytes, where that is much.
fn size(place: &Logged) -> usize {
    match place {
        Logged::Accepted { bytes, .. } => bytes.len(),
        Logged::Roster(entry) => entry.content.len(),
        Logged::Refused { .. } => 0,
    }
}

fn unreadable(cause: &dyn std::fmt::Display) -> StoreError {
    StoreError::Unreadable { what: "page of the hub's log", cause: cause.to_string() }
}
