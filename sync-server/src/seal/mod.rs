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
use crate::error::HubError;

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
    let in_log = |error: HubError| SealError::Log(error.to_string());
    // Which of two keys signs, a log that lacks entries does not say.
    if core.check_complete().is_ok()
        && let Some(root) = core.log_root().map_err(in_log)?
    {
        folder.settle(passphrase, core.log_key(&root).map_err(in_log)?)?;
    }
    if !folder.file().exists() {
        if core.log_root().map_err(in_log)?.is_some() {
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
    let seal = folder.open(passphrase)?;
    if let Err(incomplete) = core.check_complete() {
        tracing::warn!("{incomplete}");
    }
    Ok(seal)
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
