//! The hub's seal: the keys with which it signs final revisions and its public log. Apart from the key by which devices
//! know the hub, so that it can be rotated, and taken back by a root key that is not on the machine.

mod file;
mod locked;

use std::fmt;
use std::path::Path;

use form_document::key::{PublicKey, SigningKey};
use form_document::transparency::Origin;

use crate::arbiter::Core;
use crate::config::SealSettings;

pub use file::{SealError, SealFolder};

/// What the hub signs with, and whom verifiers trust.
pub struct Seal {
    pub origin: Origin,
    /// The public half of the root key, which verifiers are given.
    pub root: PublicKey,
    /// The key that signs now.
    pub key: SigningKey,
    /// The root key itself, while it still lies in the data folder: only then can the first key be introduced.
    pub root_key: Option<SigningKey>,
}

/// The seal in a data folder; made at the first start. `core` is the hub's, to ask its log which key signs.
///
/// # Errors
/// When the seal's files, or the passphrase's, cannot be used; when the log is not sound.
pub fn open(data: &Path, settings: &SealSettings, core: &Core) -> Result<Seal, SealError> {
    let passphrase = settings
        .passphrase()
        .map_err(|error| SealError::File(settings.passphrase_file.clone().unwrap_or_default(), error))?;
    let passphrase = passphrase.as_deref();
    let folder = SealFolder::at(data);
    if !folder.file().exists() {
        let entries = core.storage().seal_size().map_err(|error| SealError::Log(error.to_string()))?;
        if entries > 0 {
            return Err(SealError::Missing(folder.file()));
        }
        let seal = folder.open_or_new(settings.origin.as_deref(), passphrase)?;
        tracing::warn!(
            root = %seal.root,
            file = %folder.root_file().display(),
            "the root key of the signature log was made: put it on paper (sync-server keys root) and take it off \
             this machine"
        );
        return Ok(seal);
    }
    let (origin, root) = folder.public()?;
    let named = core.log_key(&origin, &root).map_err(|error| SealError::Log(error.to_string()))?;
    folder.settle(passphrase, named)?;
    folder.open(passphrase)
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal")
            .field("origin", &self.origin)
            .field("root", &self.root)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}
