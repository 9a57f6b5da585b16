//! What is kept of files of evidence: which there are, whose uploads are under way, and who may upload without a key.
//! Their bytes lie elsewhere ([`crate::blob`]).

use std::fmt;
use std::str::FromStr;

use form_document::key::PublicKey;
use form_model::hex;
use form_model::id::ApplicationId;

/// SHA-256 of a file's bytes: its name everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobHash(pub [u8; 32]);

/// An upload's name: 16 bytes by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UploadId(pub [u8; 16]);

/// SHA-256 of a ticket: whoever reads the database cannot use it.
pub type TicketHash = [u8; 32];

/// A text that is no name of this kind: not exactly so many lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name is not the right number of lower-case hex digits")]
pub struct BadName;

impl fmt::Display for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl FromStr for BlobHash {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        hex::decode(text).map(Self).ok_or(BadName)
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl FromStr for UploadId {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        hex::decode(text).map(Self).ok_or(BadName)
    }
}

/// An upload that a device has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadRecord {
    pub id: UploadId,
    pub application: ApplicationId,
    pub device: PublicKey,
    /// Of the whole file, in bytes.
    pub length: u64,
    /// How many of them are durable.
    pub offset: u64,
    /// What the device said that the file is, or what it was found to be.
    pub hash: Option<BlobHash>,
    /// As the device gave it (tus, `Upload-Metadata`).
    pub metadata: String,
    /// Milliseconds since 1970-01-01 UTC.
    pub created_ms: i64,
    pub expires_ms: i64,
    /// The whole file is kept, its hash compared.
    pub done: bool,
}

/// A file that is kept whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobRecord {
    pub hash: BlobHash,
    /// In bytes.
    pub length: u64,
    /// When it was last handed over, milliseconds since 1970-01-01 UTC.
    pub stored_ms: i64,
}

/// How much is under way and how much is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UploadLoad {
    /// The device's unfinished uploads to all applications.
    pub open_of_device: u64,
    /// Their lengths together, in bytes.
    pub bytes_of_device: u64,
    /// The application's files, and the lengths of its unfinished uploads, in bytes.
    pub bytes_of_application: u64,
    /// What the unfinished uploads of all applications lack, in bytes.
    pub missing_bytes: u64,
}

/// Who brings and fetches files with a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketRecord {
    pub application: ApplicationId,
    pub device: PublicKey,
    pub expires_ms: i64,
}

/// One thing that is stored about files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileWrite {
    /// An upload as it stands; takes the place of what was known of it.
    Upload(UploadRecord),
    /// An upload is over.
    EndUpload(UploadId),
    /// A file is kept; who handed it over, unless it was here before.
    Blob {
        application: ApplicationId,
        blob: BlobRecord,
        giver: Option<PublicKey>,
    },
    /// A file is kept no longer.
    ForgetBlob {
        application: ApplicationId,
        hash: BlobHash,
    },
    Ticket {
        hash: TicketHash,
        ticket: TicketRecord,
    },
    /// Tickets that have expired by then go.
    ExpireTickets {
        now_ms: i64,
    },
}
