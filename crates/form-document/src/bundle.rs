//! An exchange file's content (`.hqb`): what one desk hands to another on a USB stick. The file is these 8 bytes,
//! then the content, compressed (DEFLATE, RFC 1951).

use minicbor::{CborLen, Decode, Encode};

use crate::wire::{Offer, PackageFile, Page};

/// How an exchange file starts.
pub const MAGIC: [u8; 8] = *b"huiqian\x01";

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
