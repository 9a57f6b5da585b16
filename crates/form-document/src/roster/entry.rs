//! A step of the roster as signed bytes.

use form_model::id::ApplicationId;
use minicbor::{CborLen, Decode, Encode};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::act::Act;
use crate::key::{BadSignature, PublicKey, Purpose, Signature, SigningKey};
use form_model::hex;

/// The largest entry, in bytes: an agency with every field of a large form handed out one by one takes a tenth.
pub const ENTRY_MAX_BYTES: usize = 64 << 10;

/// SHA-256 of an entry's content; as text 64 lower-case hex digits.
pub type EntryHash = [u8; 32];

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub application: ApplicationId,
    /// 1 for the first.
    pub version: u64,
    /// Hash of the entry before, 64 lower-case hex digits; all zeros before the first.
    pub previous: String,
    /// By the signer's clock, milliseconds since 1970-01-01 UTC.
    pub time_ms: i64,
    pub act: Act,
}

/// An entry as it travels: the exact bytes that were signed (JSON, RFC 8259), who signed them, and the
/// signature. Nothing in it is trusted until [`super::RosterChain::append`] has taken it in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct SignedEntry {
    #[cbor(n(0), with = "minicbor::bytes")]
    pub content: Vec<u8>,
    #[n(1)]
    pub key: PublicKey,
    #[n(2)]
    pub signature: Signature,
}

/// Why bytes are no entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadEntry {
    #[error("the roster entry has {length} bytes; at most {ENTRY_MAX_BYTES} are taken in")]
    TooLarge { length: usize },
    #[error(transparent)]
    Signature(#[from] BadSignature),
    #[error("the roster entry cannot be read, or was made by a newer program: {0}")]
    Unreadable(String),
    #[error("the roster entry is not in the one spelling that entries have")]
    NotCanonical,
    #[error("the roster entry cannot be written: {0}")]
    Unwritable(String),
}

impl Entry {
    /// Signs the entry.
    ///
    /// # Errors
    /// When it is larger than any roster takes in.
    pub fn sign(&self, key: &SigningKey) -> Result<SignedEntry, BadEntry> {
        let content = serde_json::to_vec(self).map_err(|error| BadEntry::Unwritable(error.to_string()))?;
        if content.len() > ENTRY_MAX_BYTES {
            return Err(BadEntry::TooLarge { length: content.len() });
        }
        let signature = key.sign(Purpose::RosterEntry, &content);
        Ok(SignedEntry { content, key: key.public(), signature })
    }
}

impl SignedEntry {
    /// The hash that the next entry, and the hub's log, name it by.
    pub fn hash(&self) -> EntryHash {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, &self.content).as_ref());
        hash
    }

    /// Checks the signature over the bytes, then reads them.
    ///
    /// # Errors
    /// When they are too large, not signed by the key, or no entry.
    pub fn read(&self) -> Result<Entry, BadEntry> {
        if self.content.len() > ENTRY_MAX_BYTES {
            return Err(BadEntry::TooLarge { length: self.content.len() });
        }
        self.key.verify(Purpose::RosterEntry, &self.content, &self.signature)?;
        let entry: Entry =
            serde_json::from_slice(&self.content).map_err(|error| BadEntry::Unreadable(error.to_string()))?;
        // Of one name that stands there twice, programs differ in which counts.
        let again = serde_json::to_vec(&entry).map_err(|error| BadEntry::Unwritable(error.to_string()))?;
        if again == self.content { Ok(entry) } else { Err(BadEntry::NotCanonical) }
    }
}

/// The hash as entries spell it.
pub fn hash_text(hash: &EntryHash) -> String {
    hex::encode(hash)
}
