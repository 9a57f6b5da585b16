//! What the hub keeps, and the one trait that routes and arbiter know of it. SQLite implements it; a shared
//! database will one day, so no type of a database leaves its module.

pub mod file;
pub mod record;
pub mod seal;
pub mod sqlite;

use std::path::PathBuf;

use form_document::digest::Sha256;
use form_document::key::PublicKey;
use form_document::log::Position;
use form_document::roster::SignedEntry;
use form_document::transparency::Leaf;
use form_document::wire::PackageFile;
use form_document::{ActorId, Claim};
use form_model::id::ApplicationId;

use file::{BlobHash, BlobRecord, TicketHash, TicketRecord, UploadId, UploadLoad, UploadRecord};
use record::{
    AdmissionHash, ApplicationRecord, Commit, Fold, LogRecord, SegmentRecord, SnapshotRecord, StoredHead,
};
use seal::{SealEntry, StoredCheckpoint};

/// A failed read or write.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// A newer program made the database; it was left untouched.
    #[error("the database has format {found}; this program knows up to {known}: install the newer hub")]
    Newer { found: u32, known: u32 },
    /// There is no file.
    #[error("there is no database at {0}; name the folder that the hub serves, or restore a backup into it")]
    Missing(PathBuf),
    /// A file without a hub's tables.
    #[error("{0} is empty or no hub's database; put it aside and restore a backup")]
    NotAHub(PathBuf),
    /// Its content contradicts itself.
    #[error("the database is damaged: {0}; stop the hub and restore a backup")]
    Damaged(String),
    /// No room on the disk.
    #[error("the disk is full")]
    Full,
    /// Another program holds the database.
    #[error("another program is using the database")]
    Busy,
    /// A missing right, or a disk that cannot be written.
    #[error("the database cannot be opened, read or written for lack of permission")]
    Forbidden,
    /// The admission code was used meanwhile, or never given.
    #[error("the admission code is unknown or used")]
    Admission,
    /// Anything else that the database says.
    #[error("{0}")]
    Other(String),
}

/// Where the hub keeps its applications. Reads see every commit that returned; a commit is durable when it
/// returns, all of it or nothing.
pub trait Storage: Send + std::fmt::Debug {
    /// The hub whose applications these are; `None` before the first.
    ///
    /// # Errors
    /// When the database cannot be read; the same holds for every other read.
    fn hub(&self) -> Result<Option<PublicKey>, StorageError>;

    /// Every application, oldest first.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn applications(&self) -> Result<Vec<ApplicationId>, StorageError>;

    /// The applications in which the device is active.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn applications_of(&self, device: &PublicKey) -> Result<Vec<ApplicationId>, StorageError>;

    /// How many applications the device has published.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn published_by(&self, device: &PublicKey) -> Result<u64, StorageError>;

    /// One application.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn application(&self, id: &ApplicationId) -> Result<Option<ApplicationRecord>, StorageError>;

    /// The files of a form package by its hash; none when it is unknown.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn package(&self, hash: &str) -> Result<Vec<PackageFile>, StorageError>;

    /// The application that an invite leads to.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn invited_to(&self, invite: &PublicKey) -> Result<Option<ApplicationId>, StorageError>;

    /// The devices that the index of members names for an application.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn members(&self, id: &ApplicationId) -> Result<Vec<PublicKey>, StorageError>;

    /// The invites' keys that the index names for an application.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn invites(&self, id: &ApplicationId) -> Result<Vec<PublicKey>, StorageError>;

    /// The roster's entries by version.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn roster(&self, id: &ApplicationId) -> Result<Vec<SignedEntry>, StorageError>;

    /// Whose the actors are.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn claims(&self, id: &ApplicationId) -> Result<Vec<Claim>, StorageError>;

    /// The newest roster that each device has signed changes with.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn floors(&self, id: &ApplicationId) -> Result<Vec<(PublicKey, u64)>, StorageError>;

    /// The first held work after a place of the log, with its own place: [`form_document::wire::HeldWork`] in CBOR.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn held(&self, id: &ApplicationId, after: Position) -> Result<Option<(Position, Vec<u8>)>, StorageError>;

    /// Every segment, by actor and first seq.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn segments(&self, id: &ApplicationId) -> Result<Vec<SegmentRecord>, StorageError>;

    /// An actor's segments that are about changes with seqs from `first` to before `end`, in order.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn segments_over(
        &self,
        id: &ApplicationId,
        actor: &ActorId,
        first: u64,
        end: u64,
    ) -> Result<Vec<SegmentRecord>, StorageError>;

    /// The newest word of the hub on an application's log.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn head(&self, id: &ApplicationId) -> Result<Option<StoredHead>, StorageError>;

    /// The document as of some position.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn snapshot(&self, id: &ApplicationId) -> Result<Option<SnapshotRecord>, StorageError>;

    /// The folded stretches of the log that end after a position, in order; they lie before all that
    /// [`Self::log`] gives.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn folds(&self, id: &ApplicationId, after: Position) -> Result<Vec<Fold>, StorageError>;

    /// The log's places after a position that are not folded, in order; at most `limit`.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn log(&self, id: &ApplicationId, after: Position, limit: usize) -> Result<Vec<LogRecord>, StorageError>;

    /// Whether this admission code can still be used.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn admits(&self, code: &AdmissionHash) -> Result<bool, StorageError>;

    /// An upload.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn upload(&self, id: &UploadId) -> Result<Option<UploadRecord>, StorageError>;

    /// Every upload, finished ones among them, that expires before a moment.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn uploads_until(&self, expires_ms: i64) -> Result<Vec<UploadRecord>, StorageError>;

    /// What a device and an application have under way.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn upload_load(&self, id: &ApplicationId, device: &PublicKey) -> Result<UploadLoad, StorageError>;

    /// A file that is kept for an application.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn blob(&self, id: &ApplicationId, hash: &BlobHash) -> Result<Option<BlobRecord>, StorageError>;

    /// Every file that is kept for an application, by hash.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn blobs(&self, id: &ApplicationId) -> Result<Vec<BlobRecord>, StorageError>;

    /// The devices that have handed the whole file over.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn givers(&self, id: &ApplicationId, hash: &BlobHash) -> Result<Vec<PublicKey>, StorageError>;

    /// Who brings and fetches files with a ticket.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn ticket(&self, hash: &TicketHash) -> Result<Option<TicketRecord>, StorageError>;

    /// How many entries the public log of what the hub has signed has.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn seal_size(&self) -> Result<u64, StorageError>;

    /// An entry of that log.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn seal_entry(&self, index: u64) -> Result<Option<SealEntry>, StorageError>;

    /// The first entry about something with that SHA-256.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn seal_by_digest(&self, digest: &Sha256) -> Result<Option<SealEntry>, StorageError>;

    /// The entry of a final revision.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn seal_of_revision(&self, id: &ApplicationId, number: u64) -> Result<Option<SealEntry>, StorageError>;

    /// The changes of the hub's keys, in order.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn seal_keys(&self) -> Result<Vec<SealEntry>, StorageError>;

    /// The entries that the hub has not signed yet, in order.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn seal_unsigned(&self) -> Result<Vec<SealEntry>, StorageError>;

    /// So many entries from a place on.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn seal_range(&self, from: u64, count: u64) -> Result<Vec<SealEntry>, StorageError>;

    /// The tree's hashes at these places.
    ///
    /// # Errors
    /// As [`Self::hub`]; when one of them is missing.
    fn seal_hashes(&self, places: &[u64]) -> Result<Vec<Sha256>, StorageError>;

    /// The newest signed checkpoint.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn seal_checkpoint(&self) -> Result<Option<StoredCheckpoint>, StorageError>;

    /// The first entry with that leaf whose subject is unknown.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn seal_unknown(&self, leaf: &Leaf) -> Result<Option<SealEntry>, StorageError>;

    /// Whether the database was restored from a backup, and the log may lack entries that the hub has signed.
    ///
    /// # Errors
    /// As [`Self::hub`].
    fn seal_incomplete(&self) -> Result<bool, StorageError>;

    /// Stores all of it, durably, or nothing.
    ///
    /// # Errors
    /// When it could not be stored, or when nobody can say whether it was: reload what it touched.
    fn commit(&mut self, commit: &Commit) -> Result<(), StorageError>;
}
