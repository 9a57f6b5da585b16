//! What is kept of the public log of what the hub has signed.

use form_document::digest::Sha256;
use form_document::key::Signature;
use form_document::transparency::Leaf;
use form_model::id::ApplicationId;

/// What an entry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealSubject {
    /// A change of the hub's keys.
    Key,
    /// A final revision of an application.
    Revision { application: ApplicationId, number: u64 },
    /// Nobody has said yet: the hub has lost the entry, and got back what its public log tells of it.
    Unknown,
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealEntry {
    /// From 0.
    pub index: u64,
    pub subject: SealSubject,
    pub leaf: Leaf,
    /// The envelope as its author signed it, in its one spelling; empty when the subject is unknown.
    pub envelope: Vec<u8>,
    /// SHA-256 of what was signed: by it people ask for the entry. That of nothing when the subject is unknown.
    pub digest: Sha256,
    /// By the hub's clock, milliseconds since 1970-01-01 UTC.
    pub added_ms: i64,
    /// The hub's own signature; none until the entry is durable.
    pub signature: Option<Signature>,
}

impl SealEntry {
    /// What the public log alone tells of an entry.
    pub fn unknown(index: u64, leaf: Leaf, added_ms: i64) -> Self {
        let (subject, envelope, digest) = (SealSubject::Unknown, Vec::new(), Sha256::of(&[]));
        Self { index, subject, leaf, envelope, digest, added_ms, signature: None }
    }
}

/// The hub's newest signed word on the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// How many entries it is about.
    pub size: u64,
    /// The signed note, with witnesses' signatures.
    pub note: String,
}

/// Something new about the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealWrite {
    /// An entry, with the tree's hashes that it completes: those from place `first_hash` on.
    Entry {
        entry: Box<SealEntry>,
        first_hash: u64,
        hashes: Vec<Sha256>,
    },
    /// The hub has signed an entry that was durable.
    Signed {
        index: u64,
        signature: Signature,
    },
    Checkpoint(StoredCheckpoint),
    /// What an entry that is here is about, in place of what was known of that.
    Content(Box<SealEntry>),
    /// The log has all that the hub has ever signed: it may go on.
    Complete,
}
