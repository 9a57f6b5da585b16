//! A copy of what a hub holds, made from the hub alone and held against nothing: in memory, for comparing.

use std::collections::BTreeSet;

use form_document::ActorId;
use form_document::ledger::Ledger;
use form_document::wire::{Hello, Page, Start};
use form_model::definition::FormDefinition;
use form_model::error::UserError;
use form_model::id::ApplicationId;

use super::{Workspace, start, transfer};
use crate::outbox::Outbox;

/// The copy, as far as it has followed the hub.
#[derive(Debug)]
pub struct HubCopy {
    application: ApplicationId,
    definition: FormDefinition,
    ledger: Ledger,
    actor: ActorId,
}

impl Workspace {
    /// Begins a copy of an application as its hub holds it.
    ///
    /// # Errors
    /// [`form_model::error::ErrorCode::HubBroken`] when the start is not what the hub has signed.
    pub fn copy_of_hub(&self, id: &ApplicationId, begun: &Start) -> Result<HubCopy, UserError> {
        let row = self.row(id)?;
        let (actor, definition) = (self.actor(&row)?, self.definition(&row)?);
        let started = Ledger::start(begun, &row.genesis, &definition, actor.clone());
        let (ledger, _) = started.map_err(|fault| start::broken(&fault))?;
        Ok(HubCopy { application: id.clone(), definition, ledger, actor })
    }
}

impl HubCopy {
    /// How far it has followed.
    pub fn hello(&self) -> Hello {
        Outbox::default().hello(&self.ledger)
    }

    /// Follows a page of the hub's log.
    ///
    /// # Errors
    /// [`form_model::error::ErrorCode::HubBroken`].
    pub fn follow(&mut self, page: &Page) -> Result<(), UserError> {
        // It makes no edits, so none of the actors is its own.
        let followed = self.ledger.follow(page, &self.actor, &BTreeSet::new());
        followed.map(drop).map_err(|fault| start::broken(&fault))
    }

    /// The answers, as [`Workspace::export`] gives them in JSON.
    ///
    /// # Errors
    /// When they cannot be written as JSON.
    pub fn export(&self) -> Result<Vec<u8>, UserError> {
        transfer::json(&self.definition, &self.application, &self.ledger.document.answers())
    }
}
