//! Long texts that two people rewrote at one place, unaware of each other: merging keeps both rewritings, and
//! somebody has to read what came of it. The mark stays until a person here says that it was read.

use form_model::command::{Event, ReadThrough};
use form_model::error::UserError;
use form_model::id::{AnswerId, ApplicationId};
use form_store::StoreError;

use super::{Workspace, not_saved, unusable};

impl Workspace {
    /// The answers to be read through.
    ///
    /// # Errors
    /// As [`Workspace::open_application`].
    pub fn rereads(&mut self, id: &ApplicationId) -> Result<Vec<AnswerId>, UserError> {
        let key = self.session(id)?.key;
        let kept = self.store.rereads(key).map_err(|error| unusable(&self.home, &error))?;
        Ok(kept.into_iter().map(AnswerId).collect())
    }

    /// A person has read an answer through. Returns those that are left.
    ///
    /// # Errors
    /// [`form_model::error::ErrorCode::NotSaved`].
    pub fn read_through(&mut self, request: &ReadThrough) -> Result<Vec<AnswerId>, UserError> {
        let key = self.session(&request.application)?.key;
        self.store
            .write(|write| write.forget_reread(key, &request.answer.0))
            .map_err(|error: StoreError| not_saved(&error))?;
        self.rereads(&request.application)
    }

    /// What the view hears when a merge has found some.
    pub(super) fn reread_news(
        &mut self,
        id: &ApplicationId,
        found: &[AnswerId],
    ) -> Result<Option<Event>, UserError> {
        if found.is_empty() {
            return Ok(None);
        }
        Ok(Some(Event::Reread { answers: self.rereads(id)? }))
    }
}
