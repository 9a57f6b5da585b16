//! An entry of the log.

use crate::digest::Sha256;
use crate::envelope::Envelope;
use crate::key::{PublicKey, Purpose, SIGNATURE_BYTES, encoding};
use tlog_tiles::{Hash, record_hash};

/// Length of an entry, in bytes: a hash and a signature.
pub const LEAF_BYTES: usize = 32 + SIGNATURE_BYTES;

/// An entry: the SHA-256 of what was signed (DSSE's encoding of type and bytes), and its author's signature of it. It
/// gives nothing of the content away, and whoever has the content finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf(pub [u8; LEAF_BYTES]);

impl Leaf {
    /// The entry of a statement as its author signed it; `None` when that key has not.
    pub fn of(envelope: &Envelope, purpose: Purpose, author: &PublicKey) -> Option<Self> {
        let signature = envelope.signature(author)?;
        let hash = Sha256::of(&encoding(purpose, &envelope.payload));
        let mut leaf = [0; LEAF_BYTES];
        let (first, second) = leaf.split_at_mut(hash.0.len());
        first.copy_from_slice(&hash.0);
        second.copy_from_slice(&signature.0);
        Some(Self(leaf))
    }

    /// Its hash in the tree (RFC 6962, section 2.1): SHA-256 of a zero byte and the entry.
    pub fn hash(&self) -> Hash {
        record_hash(&self.0)
    }
}
