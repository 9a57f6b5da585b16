//! SHA-256 of bytes (FIPS 180-4), as a value of its own.

use ring::digest::{SHA256, digest};

use crate::key::hex_text;

/// The SHA-256 of some bytes; as text 64 lower-case hex digits.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// Hashes bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
        Self(hash)
    }
}

hex_text!(Sha256);
