//! The arbiter without a thread: every method does its work and returns.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use form_document::key::{PublicKey, SigningKey};
use form_document::log::Position;
use form_document::wire::{Exchange, Receipt, Reply};
use form_model::id::ApplicationId;

use super::cache::Cache;
use super::form::Forms;
use super::member;
use super::open::{OpenApplication, open};
use super::round::{Ask, Stretch};
use crate::clock::Clock;
use crate::error::{ErrorCode, HubError};
use crate::seal::Seal;
use crate::storage::record::Commit;
use crate::storage::{Storage, StorageError};

/// The hub's applications, and the only one who writes to them.
pub struct Core {
    pub(super) storage: Box<dyn Storage>,
    pub(super) cache: Cache,
    pub(super) forms: Forms,
    pub(super) clock: Clock,
    pub(super) key: Arc<SigningKey>,
    /// The open applications whose store was restored from a backup, each with the devices that have shown since
    /// that they know no more of the log than is here.
    pub(super) recovering: BTreeMap<ApplicationId, BTreeSet<PublicKey>>,
    pub(super) untold: Vec<Stretch>,
    /// What final revisions are signed with; a hub without one signs none.
    pub(super) seal: Option<Seal>,
}

impl Core {
    /// Takes a storage over for the hub of this key. `budget` is the memory for open ledgers, in bytes.
    ///
    /// # Errors
    /// When the storage belongs to another hub, or cannot be read or written.
    pub fn new(
        mut storage: Box<dyn Storage>,
        key: Arc<SigningKey>,
        clock: Clock,
        budget: u64,
    ) -> Result<Self, StorageError> {
        match storage.hub()? {
            Some(hub) if hub == key.public() => {}
            Some(hub) => {
                return Err(StorageError::Other(format!(
                    "the database is that of the hub with key {hub}, and the key file holds {}; \
                     put the right key file into the data folder",
                    key.public()
                )));
            }
            None => storage.commit(&Commit { hub: Some(key.public()), ..Commit::default() })?,
        }
        let (cache, forms) = (Cache::new(budget), Forms::default());
        Ok(Self {
            storage,
            cache,
            forms,
            clock,
            key,
            recovering: BTreeMap::new(),
            untold: Vec::new(),
            seal: None,
        })
    }

    /// The hub's public key.
    pub fn hub(&self) -> PublicKey {
        self.key.public()
    }

    /// The storage, to look into it.
    pub fn storage(&self) -> &dyn Storage {
        &*self.storage
    }

    /// How many bytes the open ledgers take, about, and how many they are.
    pub fn open_ledgers(&self) -> (u64, usize) {
        (self.cache.bytes(), self.cache.len())
    }

    /// Where the log of an open application ends; 0 when it is not open.
    pub(super) fn position(&self, id: &ApplicationId) -> Position {
        self.cache.peek(id).map_or(0, |open| open.head.state.position)
    }

    /// The applications in which the device is active, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn applications(&self, device: &PublicKey) -> Result<Vec<ApplicationId>, HubError> {
        Ok(self.storage.applications_of(device)?)
    }

    /// Whether the hub has an application.
    ///
    /// # Errors
    /// When the store fails.
    pub fn has(&self, id: &ApplicationId) -> Result<bool, HubError> {
        Ok(self.storage.application(id)?.is_some())
    }

    /// Whether the device may act in the application.
    ///
    /// # Errors
    /// When it may not, there is no such application, or the store fails.
    pub fn admit(&mut self, device: &PublicKey, id: &ApplicationId) -> Result<(), HubError> {
        self.open(id)?;
        member::check(self.opened(id)?.ledger.chain().newest(), device)
    }

    /// Takes an offer in and tells what is new: durable when it returns.
    ///
    /// # Errors
    /// As [`Self::admit`]; when the hello knows another log, or more of it.
    pub fn exchange(
        &mut self,
        device: &PublicKey,
        id: &ApplicationId,
        exchange: Exchange,
    ) -> Result<Reply, HubError> {
        self.greet(device, id, &exchange.hello)?;
        let receipt = if exchange.offer.is_empty() {
            Receipt { position: self.opened(id)?.head.state.position, ..Receipt::default() }
        } else {
            let ask = Ask { device: Some(*device), application: id.clone(), offer: exchange.offer };
            self.judge_one(&ask)?.receipt
        };
        let (page, more) = self.page(id, &exchange.hello)?;
        Ok(Reply { page, more, receipt })
    }

    /// Opens an application unless it is open.
    pub(super) fn open(&mut self, id: &ApplicationId) -> Result<(), HubError> {
        if self.cache.get(id).is_some() {
            return Ok(());
        }
        let record = self.storage.application(id)?.ok_or_else(unknown)?;
        let form = self.forms.get(&*self.storage, &record.package)?;
        let opened = open(&*self.storage, id, &record, &form, &self.key.public())?;
        if record.recovering {
            self.recovering.entry(id.clone()).or_default();
        }
        self.cache.put(id, opened);
        self.cache.shrink();
        Ok(())
    }

    /// An application that was opened just now.
    pub(super) fn opened(&self, id: &ApplicationId) -> Result<&OpenApplication, HubError> {
        self.cache.peek(id).ok_or_else(unknown)
    }
}

pub(super) fn unknown() -> HubError {
    HubError::new(ErrorCode::ApplicationUnknown, "this hub has no such application")
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core").field("hub", &self.key.public()).finish_non_exhaustive()
    }
}
