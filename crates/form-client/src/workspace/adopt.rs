//! Refused work that may be written now, written again: what was held while a revision was final, above all.

use form_document::{ChangeHash, Committed, Merged};
use form_model::error::{ErrorCode, UserError};
use form_model::id::{AnswerId, ApplicationId};
use form_store::application::ApplicationKey;
use form_store::{StoreError, Write};

use super::missed::Missed;
use super::{Workspace, rights, unusable};
use crate::session::{keep, keep_merged};

/// What was made in memory, and is to be kept.
#[derive(Default)]
pub(super) struct Made {
    pub(super) committed: Vec<Committed>,
    pub(super) written: Merged,
    /// Value answers that were written to.
    pub(super) changed: Vec<AnswerId>,
}

impl Made {
    /// Adds what another has made.
    pub(super) fn add(&mut self, other: Self) {
        let Self { committed, written, changed } = other;
        self.committed.extend(committed);
        self.changed.extend(changed);
        self.written = written;
    }

    /// Keeps all of it; returns the number of the last change.
    ///
    /// # Errors
    /// When the database can't be written.
    pub(super) fn keep(
        &self,
        write: &Write<'_>,
        key: ApplicationKey,
        newest: i64,
        now: i64,
    ) -> Result<i64, StoreError> {
        let mut number = newest;
        for committed in &self.committed {
            number += 1;
            keep(write, key, number, &committed.bytes, &committed.history, now)?;
        }
        keep_merged(write, key, number, &self.written, now)
    }
}

impl Workspace {
    /// Writes a piece of refused work again, in memory: a value as it was last, a text as it was typed, wherever that
    /// belongs now.
    ///
    /// # Errors
    /// When this desk may not write there (now either); [`ErrorCode::NotAdopted`] when the text hangs on what is gone.
    pub(super) fn adopt(&mut self, id: &ApplicationId, missed: &Missed, now: i64) -> Result<Made, UserError> {
        let language = self.language();
        let session = self.session(id)?;
        rights::check(session, language, [missed.answer()])?;
        let mut made = Made::default();
        if let Some(value) = missed.last_value() {
            let answer = missed.answer().clone();
            // At its time, as whatever comes again: colleagues who were shown it know it by that.
            let (author, written) = missed.last().map_or((None, now), |(author, time)| (Some(author), time));
            let now = if author.is_some_and(|author| session.is_own(author)) { written } else { now };
            made.committed.extend(session.document_mut().set(&[(answer.clone(), value)], now)?);
            made.changed.push(answer);
            return Ok(made);
        }
        let key = session.key;
        let known = self.store.refused(key).map_err(|error| unusable(&self.home, &error))?;
        let wanted = missed.hashes().filter_map(|hash| hash.try_into().ok()).map(ChangeHash).collect();
        let bytes: Vec<&[u8]> = known.iter().map(|row| row.raw.as_slice()).collect();
        let written = self.session(id)?.ledger.adopt(&bytes, &wanted);
        made.written = written.ok_or_else(|| UserError::new(ErrorCode::NotAdopted))?;
        Ok(made)
    }
}
