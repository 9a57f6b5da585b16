//! A compact start for a joining replica: the snapshot and the folded log as they are stored.

use std::collections::BTreeMap;

use form_document::ActorId;
use form_document::key::PublicKey;
use form_document::wire::{Page, PageEntry, Seal, Start, WireActor, WireClaim, WireHash};
use form_model::id::ApplicationId;

use super::core::Core;
use super::open::OpenApplication;
use crate::error::{ErrorCode, HubError};
use crate::limit::START_TAIL_PLACES;
use crate::storage::record::{Run, SegmentRecord};

impl Core {
    /// A compact start. Its log may end a little before the newest position; an exchange brings the rest.
    ///
    /// # Errors
    /// When the device may not act in the application, or the store fails.
    pub fn start(&mut self, device: &PublicKey, id: &ApplicationId) -> Result<Start, HubError> {
        self.admit(device, id)?;
        let open = self.opened(id)?;
        if open.head.state.position.saturating_sub(open.folded) > START_TAIL_PLACES {
            self.fold(id)?;
        }
        self.compact(id)
    }

    /// An open application's snapshot and folded log as a joining replica gets them.
    pub(super) fn compact(&self, id: &ApplicationId) -> Result<Start, HubError> {
        let missing = || HubError::new(ErrorCode::Internal, "the application has no snapshot");
        let snapshot = self.storage.snapshot(id)?.ok_or_else(missing)?;
        let open = self.opened(id)?;
        let chain = open.ledger.chain();
        let mut entries = Vec::new();
        for run in self.storage.folds(id, 0)?.into_iter().flat_map(|fold| fold.runs) {
            let entry = match run {
                Run::Accepted { actor, first_seq, count } => {
                    if extended(&mut entries, actor, first_seq, count) {
                        continue;
                    }
                    PageEntry::Accepted { actor, first_seq, count }
                }
                Run::Refused { hash, reason } => PageEntry::Refused { hash, reason },
                Run::Roster { version } => {
                    let entry = chain.entries_after(version.saturating_sub(1)).first();
                    PageEntry::Roster(entry.ok_or_else(missing)?.clone())
                }
            };
            entries.push(entry);
        }
        let accepted = self.accepted_at(id, snapshot.head.state.position)?;
        let segments = self.storage.segments(id)?;
        let seals = segments.iter().filter_map(|segment| seal(open, segment, &accepted)).collect();
        let claims = open.ledger.claims().filter(|claim| accepted.contains_key(&claim.actor));
        let claims = claims.map(WireClaim::from).collect();
        let page = Page { after: 0, entries, seals, claims, head: snapshot.head.head };
        Ok(Start { document: snapshot.document, page })
    }
}

/// Lengthens the last run by one that goes on from it.
fn extended(entries: &mut [PageEntry], actor: WireActor, first_seq: u64, count: u64) -> bool {
    match entries.last_mut() {
        Some(PageEntry::Accepted { actor: before, first_seq: first, count: length })
            if *before == actor && first.saturating_add(*length) == first_seq =>
        {
            *length = length.saturating_add(count);
            true
        }
        _ => false,
    }
}

/// The segment for whoever has the changes accepted up to some position; `None` when it proves none of those.
fn seal(open: &OpenApplication, record: &SegmentRecord, accepted: &BTreeMap<ActorId, u64>) -> Option<Seal> {
    let end = accepted.get(&record.actor).copied().unwrap_or(0).saturating_add(1);
    if end <= record.first_seq {
        return None;
    }
    let whole = open.segment(record)?;
    let known = end.min(record.proven_end()).saturating_sub(record.first_seq);
    let rest: Vec<WireHash> =
        whole.hashes.iter().skip(usize::try_from(known).ok()?).map(|hash| WireHash(hash.0)).collect();
    Some(Seal {
        roster: record.roster,
        count: record.count,
        signature: record.signature,
        start: Some((WireActor::from(&record.actor), record.first_seq)),
        rest: (!rest.is_empty()).then_some(rest),
    })
}
