//! Pages for those who follow a log live: made from what a round has just stored.

use std::collections::BTreeMap;

use form_document::ActorId;
use form_document::ledger::{Logged, PageBuilder};
use form_document::wire::Page;

use super::core::Core;
use super::page::sealed;
use super::round::Stretch;
use crate::error::{ErrorCode, HubError};
use crate::storage::record::Place;

impl Core {
    /// What a round added to an application's log, for a receiver that had all before it and `have` besides.
    ///
    /// # Errors
    /// When the store fails.
    pub fn live_page(&mut self, stretch: &Stretch, have: &BTreeMap<ActorId, u64>) -> Result<Page, HubError> {
        self.open(&stretch.application)?;
        let open = self.opened(&stretch.application)?;
        let mut builder = PageBuilder::new(stretch.before.position, have);
        for record in &stretch.records {
            builder.push(match &record.place {
                Place::Accepted { actor, seq, bytes, .. } => {
                    Logged::Accepted { actor: actor.clone(), seq: *seq, bytes: bytes.clone() }
                }
                Place::Refused { hash, reason } => Logged::Refused { hash: *hash, reason: *reason },
                Place::Roster { version, .. } => {
                    let entry = open.ledger.chain().entries_after(version.saturating_sub(1)).first();
                    let missing = || HubError::new(ErrorCode::Internal, "a roster entry is missing");
                    Logged::Roster(entry.ok_or_else(missing)?.clone())
                }
            });
        }
        Ok(sealed(open, builder, &stretch.segments, stretch.head.head))
    }
}

impl Stretch {
    /// About how large its page is, in bytes.
    pub fn size(&self) -> usize {
        let size = |place: &Place| match place {
            Place::Accepted { bytes, .. } => bytes.len(),
            Place::Refused { .. } | Place::Roster { .. } => 256,
        };
        self.records.iter().map(|record| size(&record.place)).sum()
    }

    /// The actors whose changes it accepts.
    pub fn actors(&self) -> impl Iterator<Item = &ActorId> {
        self.records.iter().filter_map(|record| match &record.place {
            Place::Accepted { actor, .. } => Some(actor),
            _ => None,
        })
    }
}
