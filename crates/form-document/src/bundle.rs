//! An exchange file's content (`.hqb`): what one desk hands to another on a USB stick. The file is these 8 bytes,
//! then the content, compressed (DEFLATE, RFC 1951). Files of evidence may follow it ([`FILES_MAGIC`]).

use minicbor::{CborLen, Decode, Encode};

use crate::wire::{Offer, PackageFile, Page};

/// How an exchange file starts.
pub const MAGIC: [u8; 8] = *b"huiqian\x01";

/// What stands behind the content when files of evidence follow: these 8 bytes, their number (32 bits, big-endian), as
/// many [`FileHead`]s, then the files' bytes as they are, one after the other, and nothing more. A file has no name and no
/// place here: whoever takes it in asks the document which hashes it names.
pub const FILES_MAGIC: [u8; 8] = *b"hqfiles\x01";

/// The most files that follow: twice what all slots of a form hold.
pub const FILES_MAX: usize = 65_536;

/// One file that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileHead {
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// In bytes.
    pub size: u64,
}

impl FileHead {
    /// How long one is, in bytes.
    pub const BYTES: usize = 40;

    /// As it is written: the hash, then the size, big-endian.
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let (hash, size) = bytes.split_at_mut(self.sha256.len());
        hash.copy_from_slice(&self.sha256);
        size.copy_from_slice(&self.size.to_be_bytes());
        bytes
    }

    /// Reads what was written.
    pub fn read(bytes: &[u8; Self::BYTES]) -> Self {
        let (mut sha256, mut size) = ([0; 32], [0; 8]);
        sha256.copy_from_slice(&bytes[..32]);
        size.copy_from_slice(&bytes[32..]);
        Self { sha256, size: u64::from_be_bytes(size) }
    }
}

/// What an exchange file holds. Nothing in it is trusted.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct Bundle {
    #[cbor(n(0), with = "minicbor::bytes")]
    pub genesis: Vec<u8>,
    #[n(1)]
    pub package: Vec<PackageFile>,
    /// The hub's log, as far as the sender has followed it.
    #[n(2)]
    pub pages: Vec<Page>,
    /// What the hub has not seen, as far as the sender knows.
    #[n(3)]
    pub offer: Offer,
}
