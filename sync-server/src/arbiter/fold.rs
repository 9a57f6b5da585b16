//! Folding: the log's older places shrink to a few bytes, and their changes live on in a snapshot of the whole
//! document. Nothing is lost by it, and an application opens fast.

use std::collections::BTreeMap;

use form_document::log::Position;
use form_document::{ActorId, ChangeHash};
use form_model::id::ApplicationId;

use super::core::Core;
use super::open::OpenApplication;
use crate::error::HubError;
use crate::limit::{FOLD_PART, FOLD_PLACES};
use crate::storage::record::{ApplicationWrite, Commit, Fold, Place, Run, SnapshotRecord};

/// The places that a run stands for, without the changes' bytes. `None` for one that the ledger lacks.
pub(super) fn places_of(open: &OpenApplication, run: &Run) -> impl Iterator<Item = Option<Place>> + use<> {
    let places: Vec<Option<Place>> = match run {
        Run::Accepted { actor, first_seq, count } => {
            let actor = ActorId::from(*actor);
            let seqs = *first_seq..first_seq.saturating_add(*count);
            let place = |seq| {
                let hash = open.ledger.document.hash_at(&actor, seq)?;
                Some(Place::Accepted { actor: actor.clone(), seq, hash, bytes: Vec::new() })
            };
            seqs.map(place).collect()
        }
        Run::Refused { hash, reason } => {
            vec![Some(Place::Refused { hash: ChangeHash(hash.0), reason: *reason })]
        }
        Run::Roster { version } => {
            let roster = open.ledger.chain().at(*version);
            vec![roster.map(|roster| Place::Roster { version: *version, hash: roster.hash })]
        }
    };
    places.into_iter()
}

impl Core {
    /// Whether an open application's log has grown enough to be folded.
    pub fn wants_fold(&self, id: &ApplicationId) -> bool {
        self.cache.peek(id).is_some_and(|open| {
            let tail = open.head.state.position.saturating_sub(open.folded);
            tail >= FOLD_PLACES && tail >= open.ledger.document.change_count() / FOLD_PART
        })
    }

    /// Folds an application's log.
    ///
    /// # Errors
    /// When the store fails.
    pub fn fold(&mut self, id: &ApplicationId) -> Result<(), HubError> {
        self.open(id)?;
        let open = self.opened(id)?;
        let (after, head) = (open.folded, open.head);
        if after == head.state.position {
            return Ok(());
        }
        let before = self.state_at(id, after)?;
        let mut runs = Vec::new();
        for record in self.storage.log(id, after, usize::MAX)? {
            Run::extend(&mut runs, &record.place);
        }
        let snapshot = SnapshotRecord { head, document: open.ledger.document.save() };
        let mut write = ApplicationWrite::new(id.clone());
        write.fold = Some((snapshot, Fold { before, after: head.state, runs }));
        if let Err(error) = self.commit(&Commit { applications: vec![write], ..Commit::default() }) {
            // The log may be folded all the same.
            self.cache.drop(id);
            return Err(error);
        }
        if let Some(open) = self.cache.get(id) {
            open.folded = head.state.position;
        }
        Ok(())
    }

    /// How far each actor's changes were accepted at a position, by seq.
    pub(super) fn accepted_at(
        &self,
        id: &ApplicationId,
        position: Position,
    ) -> Result<BTreeMap<ActorId, u64>, HubError> {
        let mut accepted = BTreeMap::new();
        for fold in self.storage.folds(id, 0)? {
            let mut at = fold.before.position;
            for run in fold.runs {
                let Run::Accepted { actor, first_seq, count } = run else {
                    at += 1;
                    continue;
                };
                let here = count.min(position.saturating_sub(at));
                if here > 0 {
                    accepted.insert(ActorId::from(actor), first_seq.saturating_add(here - 1));
                }
                at = at.saturating_add(count);
            }
        }
        let mut after = self.opened(id)?.folded;
        while after < position {
            let records = self.storage.log(id, after, crate::limit::PAGE_READ_PLACES)?;
            let Some(last) = records.last() else { break };
            after = last.position;
            for record in records.into_iter().take_while(|record| record.position <= position) {
                if let Place::Accepted { actor, seq, .. } = record.place {
                    accepted.insert(actor, seq);
                }
            }
        }
        Ok(accepted)
    }
}
