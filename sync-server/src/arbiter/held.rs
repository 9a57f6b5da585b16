//! Work that was refused because the revision was final, for those who fill that part once it is open again.

use form_document::key::PublicKey;
use form_document::log::Position;
use form_document::wire::{self, HeldWork};
use form_model::id::ApplicationId;

use super::core::Core;
use crate::error::HubError;

impl Core {
    /// The first of it after a place of the log, in CBOR ([`HeldWork`]); an empty one when there is no more.
    ///
    /// # Errors
    /// When the device takes no part in the application, or the store fails.
    pub fn held(
        &mut self,
        device: &PublicKey,
        id: &ApplicationId,
        after: Position,
    ) -> Result<Vec<u8>, HubError> {
        self.admit(device, id)?;
        let none = || wire::encode(&HeldWork { position: after, ..HeldWork::default() });
        Ok(self.storage.held(id, after)?.map_or_else(none, |(_, work)| work))
    }
}
