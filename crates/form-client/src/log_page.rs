//! The hub's log as a desk keeps it: pages without the changes' bytes, which the document holds.

use std::collections::BTreeMap;

use form_document::ledger::{Ledger, Logged, PageBuilder};
use form_document::log::Position;
use form_document::wire::{self, Page, PageEntry, START_MAX_BYTES, WireActor, WireChange};
use form_document::{ActorId, Claim, change_place};
use form_store::application::ApplicationKey;
use form_store::{Store, StoreError};

use crate::proof;

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
/// proofs, and everybody's claims.
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
    let kept = store.log_pages_after(key, after)?;
    let pages = kept.iter().map(|bytes| {
        let bare: Page = wire::decode_up_to(bytes, START_MAX_BYTES).map_err(|error| unreadable(&error))?;
        fill(store, key, ledger, bare, have)
    });
    pages.collect()
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

/// A kept page with bytes and proofs.
fn fill(
    store: &Store,
    key: ApplicationKey,
    ledger: &Ledger,
    bare: Page,
    have: &BTreeMap<ActorId, u64>,
) -> Result<Page, StoreError> {
    let document = &ledger.document;
    let mut builder = PageBuilder::new(bare.after, have);
    for entry in bare.entries {
        match entry {
            PageEntry::Accepted { actor, first_seq, count } => {
                let actor = ActorId::from(actor);
                for seq in (first_seq..).take(usize::try_from(count).unwrap_or(usize::MAX)) {
                    let bytes = document.hash_at(&actor, seq).and_then(|hash| document.change(&hash));
                    let missing = || unreadable(&"a change of the log is not in the document");
                    let bytes = bytes.ok_or_else(missing)?;
                    builder.push(Logged::Accepted { actor: actor.clone(), seq, bytes });
                }
            }
            PageEntry::Refused { hash, reason } => {
                builder.push(Logged::Refused { hash: hash.into(), reason });
            }
            PageEntry::Roster(entry) => builder.push(Logged::Roster(entry)),
            PageEntry::Change(_) => {}
        }
    }
    let claims: Vec<Claim> =
        builder.newcomers().into_iter().filter_map(|actor| ledger.claim(actor).cloned()).collect();
    let spans = builder.given().clone();
    let mut page = builder.finish(&[], &claims, bare.head);
    for (actor, (first, last)) in spans {
        for row in store.segments_after(key, actor.to_bytes(), first.saturating_sub(1))? {
            if row.first_seq <= last {
                page.seals.push(proof::seal(&row, document, last.saturating_add(1))?);
            }
        }
    }
    Ok(page)
}

fn unreadable(cause: &dyn std::fmt::Display) -> StoreError {
    StoreError::Unreadable { what: "page of the hub's log", cause: cause.to_string() }
}
