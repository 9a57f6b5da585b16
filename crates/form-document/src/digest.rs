//! SHA-256 of bytes (FIPS 180-4), as a value of its own.

use ring::digest::{Context, SHA256, digest};

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

/// A hash over bytes that come in pieces.
#[derive(Clone)]
pub struct Hashing(Context);

impl Hashing {
    /// Over nothing yet.
    #[expect(clippy::new_without_default, reason = "a hash is begun, not had")]
    pub fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    /// Takes the next bytes in.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all bytes.
    pub fn finish(self) -> Sha256 {
        let mut hash = [0; 32];
        hash.copy_from_slice(self.0.finish().as_ref());
        Sha256(hash)
    }
}

impl std::fmt::Debug for Hashing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hashing")
    }
}

hex_text!(Sha256);
