//! Colleagues' work that the hub refused because the revision was final, and keeps.

use form_document::log::{Position, Reason};
use form_document::wire::HeldWork;
use form_model::command::Event;
use form_model::error::UserError;
use form_model::id::ApplicationId;
use form_store::StoreError;

use super::bundle::Shown;
use super::{Workspace, not_saved, unusable};

/// The setting that tells up to which place of an application's log held work was asked for.
const ASKED: &str = "held_work";

impl Workspace {
    /// After which place of the log the hub is to be asked for held work; `None` when there is none that is not here.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn held_after(&mut self, id: &ApplicationId) -> Result<Option<Position>, UserError> {
        let session = self.session(id)?;
        let (key, end) = (session.key, session.ledger.log().position);
        let asked = self.asked_for(id)?;
        if asked >= end {
            return Ok(None);
        }
        let missing = self.store.refused_without_bytes(key, Reason::Held.number());
        Ok(missing.map_err(|error| unusable(&self.home, &error))?.then_some(asked))
    }

    /// Takes held work in: what this desk may write is shown among the work that was not accepted. `None` when that was
    /// all of it.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn take_held(&mut self, id: &ApplicationId, held: HeldWork) -> Result<Option<Vec<Event>>, UserError> {
        let over = held.offer.is_empty();
        let position = if over { self.session(id)?.ledger.log().position } else { held.position };
        let taken = if over { None } else { Some(self.take(id, held.offer, Shown::Ours)?.2) };
        let asked = (format!("{ASKED}:{id}"), position.to_string());
        self.store
            .write(|write| write.put_setting(&asked.0, &asked.1))
            .map_err(|error: StoreError| not_saved(&error))?;
        Ok(taken)
    }

    fn asked_for(&self, id: &ApplicationId) -> Result<Position, UserError> {
        let asked = self.store.setting(&format!("{ASKED}:{id}"));
        let asked = asked.map_err(|error| unusable(&self.home, &error))?;
        Ok(asked.and_then(|asked| asked.parse().ok()).unwrap_or(0))
    }
}
