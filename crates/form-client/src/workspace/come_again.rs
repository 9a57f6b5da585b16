//! A colleague's work that went with a refused change on which it hung is set aside here until it comes again: its
//! own desk writes it anew, as another actor, at the same times.

use std::collections::BTreeSet;

use form_document::ActorId;
use form_document::history::HistoryRow;
use form_document::key::PublicKey;
use form_document::ledger::SetAside;
use form_model::id::AnswerId;
use form_store::follow::RefusedRow;
use form_store::{Store, StoreError, Write};

use super::bundle::Shown;
use crate::session::{Session, recalled, stored};

/// Who wrote to which answer when: what a change and the one that takes its place have in common.
type Trace = (PublicKey, i64, AnswerId);

impl Session {
    /// Whether this device wrote as that actor.
    pub(super) fn is_own(&self, actor: &ActorId) -> bool {
        self.ledger.claim(actor).is_some_and(|claim| claim.device == self.device)
    }

    fn traces(&self, rows: &[HistoryRow]) -> BTreeSet<Trace> {
        rows.iter().filter_map(|row| self.trace(row)).collect()
    }

    fn trace(&self, row: &HistoryRow) -> Option<Trace> {
        Some((self.ledger.claim(&row.op.actor)?.device, row.time_ms, row.answer.clone()))
    }

    /// Of work that is about to be set aside, what did not come again with `brought`. This desk's own has been
    /// written again as far as it could be.
    pub(super) fn not_come_again(&self, set_aside: &[SetAside], brought: &[HistoryRow]) -> Vec<SetAside> {
        let here = self.traces(brought);
        let mut left = set_aside.to_vec();
        for aside in &mut left {
            aside.history.retain(|row| {
                self.is_own(&row.op.actor) || self.trace(row).is_none_or(|trace| !here.contains(&trace))
            });
        }
        left
    }

    /// Of what an exchange file brought and hangs on refused work, what nobody here has looked at, and is not here in
    /// another shape.
    ///
    /// # Errors
    /// When the database can't be read.
    pub(super) fn new_aside(
        &self,
        store: &Store,
        set_aside: &[SetAside],
        shown: Shown,
    ) -> Result<Vec<SetAside>, StoreError> {
        if set_aside.is_empty() {
            return Ok(Vec::new());
        }
        let kept = store.refused(self.key)?;
        let known: BTreeSet<&[u8]> =
            kept.iter().filter(|row| !row.raw.is_empty()).map(|row| row.hash.as_slice()).collect();
        let here = self.traces(&recalled(&store.history(self.key, None)?));
        let grant = self.ledger.chain().newest().grant(&self.device);
        let ours = |answer: &AnswerId| grant.is_some_and(|grant| grant.may_write(answer));
        let mut new: Vec<SetAside> =
            set_aside.iter().filter(|aside| !known.contains(aside.hash.0.as_slice())).cloned().collect();
        for aside in &mut new {
            aside.history.retain(|row| {
                self.definition.field_of(&row.answer).is_some()
                    && (shown == Shown::All || ours(&row.answer))
                    && self.trace(row).is_some_and(|trace| !here.contains(&trace))
            });
        }
        new.retain(|aside| !aside.history.is_empty());
        Ok(new)
    }

    /// Puts away what was set aside of colleagues' work and came again.
    ///
    /// # Errors
    /// When the database can't be written.
    pub(super) fn put_away_again(
        &self,
        write: &Write<'_>,
        kept: &[RefusedRow],
        brought: &[HistoryRow],
    ) -> Result<(), StoreError> {
        let here = self.traces(brought);
        for row in kept {
            let did = recalled(std::slice::from_ref(&row.history));
            let again = |row: &HistoryRow| {
                !self.is_own(&row.op.actor) && self.trace(row).is_some_and(|trace| here.contains(&trace))
            };
            let left: Vec<HistoryRow> = did.iter().filter(|row| !again(row)).cloned().collect();
            if left.len() < did.len() {
                let rows = if left.is_empty() { String::new() } else { stored(&left)?.rows };
                write.dismiss_refused(self.key, &row.hash, &rows)?;
            }
        }
        Ok(())
    }
}
