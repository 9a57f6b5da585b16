//! The hub's seal: the keys with which it signs final revisions and its public log. Apart from the key by which devices
//! know the hub, so that it can be rotated, and taken back by a root key that is not on the machine.

mod file;
mod locked;

use std::fmt;

use form_document::key::{PublicKey, SigningKey};
use form_document::transparency::Origin;

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

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal")
            .field("origin", &self.origin)
            .field("root", &self.root)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}
