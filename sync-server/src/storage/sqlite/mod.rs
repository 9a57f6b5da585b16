//! The storage in one SQLite file (WAL, `synchronous=FULL`): one module a table, with its definition, reads and
//! writes.

mod admission;
mod application;
mod backup;
mod blob;
mod claim;
mod error;
mod floor;
mod fold;
mod head;
mod held;
mod invite;
mod log;
mod member;
mod migration;
mod package_file;
mod roster;
mod seal;
mod segment;
mod setting;
mod snapshot;
mod ticket;
mod upload;

use std::io;
use std::path::Path;
use std::time::Duration;

use form_document::digest::Sha256;
use form_document::key::PublicKey;
use form_document::log::Position;
use form_document::roster::SignedEntry;
use form_document::transparency::Leaf;
use form_document::wire::PackageFile;
use form_document::{ActorId, Claim};
use form_model::id::ApplicationId;
use rusqlite::{
    Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params,
};

use super::file::{
    BlobHash, BlobRecord, FileWrite, TicketHash, TicketRecord, UploadId, UploadLoad, UploadRecord,
};
use super::record::{
    AdmissionHash, ApplicationRecord, ApplicationWrite, Commit, Fold, LogRecord, SegmentRecord,
    SnapshotRecord, StoredHead,
};
use super::seal::{SealEntry, StoredCheckpoint};
use super::{Storage, StorageError};
use crate::data::private_file;

pub use admission::Admission;
pub use migration::FORMAT;

/// How long a write waits for another program (`admin admit`, say) before it fails.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How many pages the write-ahead log holds before SQLite folds it into the database: 16 MiB, a few hundred
/// group commits.
const CHECKPOINT_PAGES: u32 = 4_000;

/// SQLite's page cache, in KiB. The ledgers in memory answer most questions; this holds the tables' upper pages.
const CACHE_KIB: i32 = 16 << 10;

/// How many prepared statements are kept: all that there are.
const STATEMENTS: usize = 64;

/// The hub's database.
#[derive(Debug)]
pub struct Sqlite {
    connection: Connection,
}

impl Sqlite {
    /// Opens the database, creating it when there is none.
    ///
    /// # Errors
    /// [`StorageError::Newer`] and [`StorageError::Damaged`] leave the file as it was.
    pub fn open(path: &Path) -> Result<Self, StorageError> {
        if path.exists() {
            inspect(path)?;
        }
        // SQLite gives the files beside it the same rights.
        private_file(path).map_err(|error| no_file(path, &error))?;
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "fullfsync", true)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        migration::run(&mut connection)?;
        Ok(Self { connection })
    }

    /// Opens an existing database to read and check it.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_to_read(path: &Path) -> Result<Self, StorageError> {
        if !path.exists() {
            return Err(StorageError::Missing(path.to_owned()));
        }
        if inspect(path)? == 0 {
            return Err(StorageError::NotAHub(path.to_owned()));
        }
        // Not read-only: a database in WAL mode wants its side files, also of those who only read.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        Ok(Self { connection })
    }

    /// From the first read on, shows the database as it was then, whatever a serving hub commits meanwhile. For
    /// those who only read.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn hold_still(&self) -> Result<(), StorageError> {
        Ok(self.connection.execute_batch("BEGIN DEFERRED")?)
    }

    fn key(&self, id: &ApplicationId) -> Result<Option<Key>, StorageError> {
        Ok(key(&self.connection, id)?)
    }

    /// Reads something of an application; the default when it is not kept here.
    fn of<T: Default>(
        &self,
        id: &ApplicationId,
        read: impl FnOnce(&Connection, Key) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        self.key(id)?.map_or_else(|| Ok(T::default()), |key| read(&self.connection, key))
    }
}

/// The row number of an application: what the other tables refer to.
#[derive(Clone, Copy, Debug)]
struct Key(i64);

fn key(connection: &Connection, id: &ApplicationId) -> rusqlite::Result<Option<Key>> {
    let mut statement = connection.prepare_cached("SELECT key FROM application WHERE id = ?1")?;
    statement.query_row(params![id.0], |row| row.get(0).map(Key)).optional()
}

/// The public keys that a query of one column has for an application.
fn public_keys(connection: &Connection, query: &str, key: Key) -> Result<Vec<PublicKey>, StorageError> {
    let mut statement = connection.prepare_cached(query)?;
    let mut rows = statement.query(params![key.0])?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        keys.push(PublicKey(error::exact(&row.get::<_, Vec<u8>>(0)?, "public key")?));
    }
    Ok(keys)
}

/// Refuses a file that this program must not touch, without touching it. Returns its format; 0 when it has none.
fn inspect(path: &Path) -> Result<u32, StorageError> {
    let damaged = |cause: rusqlite::Error| {
        // A disk or memory that fails says nothing about what the file holds.
        let of_system = Some(ErrorCode::SystemIoFailure) == cause.sqlite_error_code();
        match StorageError::from(cause) {
            StorageError::Other(cause) if !of_system => StorageError::Damaged(cause),
            other => other,
        }
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(damaged)?;
    let found = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(damaged)?;
    if found > FORMAT { Err(StorageError::Newer { found, known: FORMAT }) } else { Ok(found) }
}

fn no_file(path: &Path, error: &io::Error) -> StorageError {
    if error.kind() == io::ErrorKind::StorageFull {
        return StorageError::Full;
    }
    StorageError::Other(format!("{}: {error}", path.display()))
}

/// A number as SQLite keeps it. None here comes near the limit.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Reads a number back.
fn number(row: &rusqlite::Row<'_>, index: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(index)?.unsigned_abs())
}

fn write(transaction: &Transaction<'_>, write: &ApplicationWrite) -> Result<(), StorageError> {
    if let Some(created) = &write.created {
        package_file::put(transaction, created)?;
        application::add(transaction, &write.application, &created.record)?;
    }
    let unknown = || StorageError::Other(format!("application {} is not kept here", write.application));
    let key = key(transaction, &write.application)?.ok_or_else(unknown)?;
    roster::add(transaction, key, &write.roster)?;
    claim::add(transaction, key, &write.claims)?;
    log::add(transaction, key, &write.log)?;
    segment::put(transaction, key, &write.segments)?;
    floor::put(transaction, key, &write.floors)?;
    if let Some((position, work)) = &write.held {
        held::put(transaction, key, *position, work)?;
    }
    invite::add(transaction, key, &write.invites)?;
    if let Some(members) = &write.members {
        member::put(transaction, key, members)?;
    }
    if let Some(head) = &write.head {
        head::put(transaction, key, head)?;
    }
    if write.settled {
        application::settle(transaction, key)?;
    }
    if let Some((snapshot, fold)) = &write.fold {
        snapshot::put(transaction, key, snapshot)?;
        fold::add(transaction, key, fold)?;
        log::forget(transaction, key, fold.after.position)?;
    }
    Ok(())
}

fn write_file(transaction: &Transaction<'_>, write: &FileWrite) -> Result<(), StorageError> {
    let known = |id: &ApplicationId| {
        let unknown = || StorageError::Other(format!("application {id} is not kept here"));
        key(transaction, id)?.ok_or_else(unknown)
    };
    match write {
        FileWrite::Upload(record) => upload::put(transaction, known(&record.application)?, record),
        FileWrite::EndUpload(id) => upload::end(transaction, id),
        FileWrite::Blob { application, blob, giver } => {
            blob::put(transaction, known(application)?, blob, giver.as_ref())
        }
        FileWrite::ForgetBlob { application, hash } => blob::forget(transaction, known(application)?, hash),
        FileWrite::Ticket { hash, ticket } => {
            ticket::put(transaction, known(&ticket.application)?, hash, ticket)
        }
        FileWrite::ExpireTickets { now_ms } => ticket::expire(transaction, *now_ms),
    }
}

impl Storage for Sqlite {
    fn hub(&self) -> Result<Option<PublicKey>, StorageError> {
        setting::hub(&self.connection)
    }

    fn applications(&self) -> Result<Vec<ApplicationId>, StorageError> {
        application::all(&self.connection)
    }

    fn applications_of(&self, device: &PublicKey) -> Result<Vec<ApplicationId>, StorageError> {
        member::applications(&self.connection, device)
    }

    fn published_by(&self, device: &PublicKey) -> Result<u64, StorageError> {
        application::published_by(&self.connection, device)
    }

    fn application(&self, id: &ApplicationId) -> Result<Option<ApplicationRecord>, StorageError> {
        application::get(&self.connection, id)
    }

    fn package(&self, hash: &str) -> Result<Vec<PackageFile>, StorageError> {
        package_file::all(&self.connection, hash)
    }

    fn invited_to(&self, invite: &PublicKey) -> Result<Option<ApplicationId>, StorageError> {
        invite::application(&self.connection, invite)
    }

    fn members(&self, id: &ApplicationId) -> Result<Vec<PublicKey>, StorageError> {
        self.of(id, member::devices)
    }

    fn invites(&self, id: &ApplicationId) -> Result<Vec<PublicKey>, StorageError> {
        self.of(id, invite::keys)
    }

    fn roster(&self, id: &ApplicationId) -> Result<Vec<SignedEntry>, StorageError> {
        self.of(id, roster::all)
    }

    fn claims(&self, id: &ApplicationId) -> Result<Vec<Claim>, StorageError> {
        self.of(id, |connection, key| claim::all(connection, key, id))
    }

    fn held(&self, id: &ApplicationId, after: u64) -> Result<Option<(u64, Vec<u8>)>, StorageError> {
        let Some(key) = key(&self.connection, id)? else { return Ok(None) };
        held::after(&self.connection, key, after)
    }

    fn floors(&self, id: &ApplicationId) -> Result<Vec<(PublicKey, u64)>, StorageError> {
        self.of(id, floor::all)
    }

    fn segments(&self, id: &ApplicationId) -> Result<Vec<SegmentRecord>, StorageError> {
        self.of(id, segment::all)
    }

    fn segments_over(
        &self,
        id: &ApplicationId,
        actor: &ActorId,
        first: u64,
        end: u64,
    ) -> Result<Vec<SegmentRecord>, StorageError> {
        self.of(id, |connection, key| segment::over(connection, key, actor, first, end))
    }

    fn head(&self, id: &ApplicationId) -> Result<Option<StoredHead>, StorageError> {
        self.of(id, head::get)
    }

    fn snapshot(&self, id: &ApplicationId) -> Result<Option<SnapshotRecord>, StorageError> {
        self.of(id, snapshot::get)
    }

    fn folds(&self, id: &ApplicationId, after: Position) -> Result<Vec<Fold>, StorageError> {
        self.of(id, |connection, key| fold::after(connection, key, after))
    }

    fn log(&self, id: &ApplicationId, after: Position, limit: usize) -> Result<Vec<LogRecord>, StorageError> {
        self.of(id, |connection, key| log::after(connection, key, after, limit))
    }

    fn upload(&self, id: &UploadId) -> Result<Option<UploadRecord>, StorageError> {
        upload::get(&self.connection, id)
    }

    fn uploads_until(&self, expires_ms: i64) -> Result<Vec<UploadRecord>, StorageError> {
        upload::until(&self.connection, expires_ms)
    }

    fn upload_load(&self, id: &ApplicationId, device: &PublicKey) -> Result<UploadLoad, StorageError> {
        self.of(id, |connection, key| upload::load(connection, key, device))
    }

    fn blob(&self, id: &ApplicationId, hash: &BlobHash) -> Result<Option<BlobRecord>, StorageError> {
        self.of(id, |connection, key| blob::get(connection, key, hash))
    }

    fn blobs(&self, id: &ApplicationId) -> Result<Vec<BlobRecord>, StorageError> {
        self.of(id, blob::all)
    }

    fn givers(&self, id: &ApplicationId, hash: &BlobHash) -> Result<Vec<PublicKey>, StorageError> {
        self.of(id, |connection, key| blob::givers(connection, key, hash))
    }

    fn ticket(&self, hash: &TicketHash) -> Result<Option<TicketRecord>, StorageError> {
        ticket::get(&self.connection, hash)
    }

    fn admits(&self, code: &AdmissionHash) -> Result<bool, StorageError> {
        admission::is_open(&self.connection, code)
    }

    fn seal_size(&self) -> Result<u64, StorageError> {
        seal::size(&self.connection)
    }

    fn seal_entry(&self, index: u64) -> Result<Option<SealEntry>, StorageError> {
        seal::entry(&self.connection, index)
    }

    fn seal_by_digest(&self, digest: &Sha256) -> Result<Option<SealEntry>, StorageError> {
        seal::by_digest(&self.connection, digest)
    }

    fn seal_of_revision(&self, id: &ApplicationId, number: u64) -> Result<Option<SealEntry>, StorageError> {
        seal::revision(&self.connection, id, number)
    }

    fn seal_keys(&self) -> Result<Vec<SealEntry>, StorageError> {
        seal::keys(&self.connection)
    }

    fn seal_unsigned(&self) -> Result<Vec<SealEntry>, StorageError> {
        seal::unsigned(&self.connection)
    }

    fn seal_range(&self, from: u64, count: u64) -> Result<Vec<SealEntry>, StorageError> {
        seal::range(&self.connection, from, count)
    }

    fn seal_hashes(&self, places: &[u64]) -> Result<Vec<Sha256>, StorageError> {
        seal::hashes(&self.connection, places)
    }

    fn seal_checkpoint(&self) -> Result<Option<StoredCheckpoint>, StorageError> {
        seal::checkpoint(&self.connection)
    }

    fn seal_unknown(&self, leaf: &Leaf) -> Result<Option<SealEntry>, StorageError> {
        seal::unknown(&self.connection, leaf)
    }

    fn seal_incomplete(&self) -> Result<bool, StorageError> {
        setting::seal_incomplete(&self.connection)
    }

    fn commit(&mut self, commit: &Commit) -> Result<(), StorageError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let Some(hub) = &commit.hub {
            setting::put_hub(&transaction, hub)?;
        }
        if let Some(code) = &commit.admission {
            admission::spend(&transaction, code)?;
        }
        for application in &commit.applications {
            write(&transaction, application)?;
        }
        for file in &commit.files {
            write_file(&transaction, file)?;
        }
        for one in &commit.seals {
            seal::write(&transaction, one)?;
        }
        transaction.commit()?;
        Ok(())
    }
}
