//! Tables `seal_entry`, `seal_hash` and `seal_checkpoint`: the public log of what the hub has signed.

use form_document::digest::Sha256;
use form_document::key::Signature;
use form_document::transparency::Leaf;
use form_model::id::ApplicationId;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::exact;
use super::{number, setting, signed};
use crate::storage::StorageError;
use crate::storage::seal::{SealEntry, SealSubject, SealWrite, StoredCheckpoint};

/// A hub signs some dozens of entries a year, and is asked for single ones: an index for each way of asking. The
/// tree's hashes lie at their places ([tlog_tiles::stored_hash_index]).
pub(super) const TABLE: &str = "
CREATE TABLE seal_entry (
    position    INTEGER NOT NULL PRIMARY KEY,
    application TEXT    NOT NULL DEFAULT '',
    revision    INTEGER NOT NULL DEFAULT 0,
    leaf        BLOB    NOT NULL,
    envelope    BLOB    NOT NULL,
    digest      BLOB    NOT NULL,
    added_ms    INTEGER NOT NULL,
    signature   BLOB    NOT NULL DEFAULT x''
) STRICT;
CREATE INDEX seal_entry_by_digest ON seal_entry (digest);
CREATE INDEX seal_entry_by_application ON seal_entry (application, revision);
CREATE INDEX seal_entry_unsigned ON seal_entry (position) WHERE signature = x'' AND envelope <> x'';
CREATE INDEX seal_entry_unknown ON seal_entry (leaf) WHERE envelope = x'';
CREATE TABLE seal_hash (
    place INTEGER NOT NULL PRIMARY KEY,
    hash  BLOB    NOT NULL
) STRICT;
CREATE TABLE seal_checkpoint (
    only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    size INTEGER NOT NULL,
    note TEXT    NOT NULL
) STRICT;";

/// Stands for the application of an entry that is about nobody knows what.
const UNKNOWN: &str = "?";

const COLUMNS: &str = "position, application, revision, leaf, envelope, digest, added_ms, signature";

pub(super) fn size(connection: &Connection) -> Result<u64, StorageError> {
    let mut statement = connection.prepare_cached("SELECT max(position) FROM seal_entry")?;
    let last: Option<i64> = statement.query_row([], |row| row.get(0))?;
    Ok(last.map_or(0, |last| last.unsigned_abs() + 1))
}

pub(super) fn entry(connection: &Connection, index: u64) -> Result<Option<SealEntry>, StorageError> {
    one(connection, "position = ?1", params![signed(index)])
}

/// Whether the database has a format with a public log.
pub(super) fn is_there(connection: &Connection) -> Result<bool, StorageError> {
    let there = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'seal_entry')";
    Ok(connection.query_row(there, [], |row| row.get(0))?)
}

pub(super) fn by_digest(connection: &Connection, digest: &Sha256) -> Result<Option<SealEntry>, StorageError> {
    one(connection, "digest = ?1 ORDER BY position LIMIT 1", params![digest.0])
}

pub(super) fn revision(
    connection: &Connection,
    application: &ApplicationId,
    number: u64,
) -> Result<Option<SealEntry>, StorageError> {
    one(connection, "application = ?1 AND revision = ?2", params![application.0, signed(number)])
}

pub(super) fn keys(connection: &Connection) -> Result<Vec<SealEntry>, StorageError> {
    many(connection, "application = '' ORDER BY position", params![])
}

pub(super) fn unsigned(connection: &Connection) -> Result<Vec<SealEntry>, StorageError> {
    many(connection, "signature = x'' AND envelope <> x'' ORDER BY position", params![])
}

pub(super) fn unknown(connection: &Connection, leaf: &Leaf) -> Result<Option<SealEntry>, StorageError> {
    one(connection, "envelope = x'' AND leaf = ?1 ORDER BY position LIMIT 1", params![leaf.0])
}

pub(super) fn range(connection: &Connection, from: u64, count: u64) -> Result<Vec<SealEntry>, StorageError> {
    let end = signed(from.saturating_add(count));
    many(connection, "position >= ?1 AND position < ?2 ORDER BY position", params![signed(from), end])
}

fn one(
    connection: &Connection,
    which: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Option<SealEntry>, StorageError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM seal_entry WHERE {which}"))?;
    statement.query_row(values, |row| Ok(from_row(row))).optional()?.transpose()
}

fn many(
    connection: &Connection,
    which: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Vec<SealEntry>, StorageError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM seal_entry WHERE {which}"))?;
    let mut rows = statement.query(values)?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(from_row(row)?);
    }
    Ok(entries)
}

fn from_row(row: &Row<'_>) -> Result<SealEntry, StorageError> {
    let application: String = row.get(1)?;
    let signature: Vec<u8> = row.get(7)?;
    let signature = (!signature.is_empty()).then(|| exact(&signature, "signature")).transpose()?;
    Ok(SealEntry {
        index: number(row, 0)?,
        subject: match application.as_str() {
            "" => SealSubject::Key,
            UNKNOWN => SealSubject::Unknown,
            _ => SealSubject::Revision { application: ApplicationId(application), number: number(row, 2)? },
        },
        leaf: Leaf(exact(&row.get::<_, Vec<u8>>(3)?, "entry of the signature log")?),
        envelope: row.get(4)?,
        digest: Sha256(exact(&row.get::<_, Vec<u8>>(5)?, "digest")?),
        added_ms: row.get(6)?,
        signature: signature.map(Signature),
    })
}

pub(super) fn hashes(connection: &Connection, places: &[u64]) -> Result<Vec<Sha256>, StorageError> {
    let mut statement = connection.prepare_cached("SELECT hash FROM seal_hash WHERE place = ?1")?;
    let mut hashes = Vec::with_capacity(places.len());
    for place in places {
        let found = statement.query_row(params![signed(*place)], |row| row.get::<_, Vec<u8>>(0));
        hashes.push(Sha256(exact(&found?, "hash of the signature log")?));
    }
    Ok(hashes)
}

pub(super) fn checkpoint(connection: &Connection) -> Result<Option<StoredCheckpoint>, StorageError> {
    let mut statement = connection.prepare_cached("SELECT size, note FROM seal_checkpoint WHERE only = 1")?;
    let read = |row: &Row<'_>| Ok(StoredCheckpoint { size: number(row, 0)?, note: row.get(1)? });
    Ok(statement.query_row([], read).optional()?)
}

pub(super) fn write(connection: &Connection, write: &SealWrite) -> Result<(), StorageError> {
    match write {
        SealWrite::Entry { entry, first_hash, hashes } => add(connection, entry, *first_hash, hashes),
        SealWrite::Signed { index, signature } => {
            connection
                .prepare_cached("UPDATE seal_entry SET signature = ?2 WHERE position = ?1")?
                .execute(params![signed(*index), signature.0])?;
            Ok(())
        }
        SealWrite::Checkpoint(checkpoint) => {
            connection
                .prepare_cached(
                    "INSERT INTO seal_checkpoint (only, size, note) VALUES (1, ?1, ?2)
                     ON CONFLICT (only) DO UPDATE SET size = excluded.size, note = excluded.note",
                )?
                .execute(params![signed(checkpoint.size), checkpoint.note])?;
            Ok(())
        }
        SealWrite::Content(entry) => put_content(connection, entry),
        SealWrite::Complete => setting::set_seal_incomplete(connection, false),
    }
}

/// What stands in the columns `application` and `revision`.
fn subject(entry: &SealEntry) -> (&str, u64) {
    match &entry.subject {
        SealSubject::Key => ("", 0),
        SealSubject::Revision { application, number } => (application.0.as_str(), *number),
        SealSubject::Unknown => (UNKNOWN, 0),
    }
}

/// The bytes of an entry's signature; none of one that is not signed.
fn signature(entry: &SealEntry) -> Vec<u8> {
    entry.signature.map_or_else(Vec::new, |signature| signature.0.to_vec())
}

fn put_content(connection: &Connection, entry: &SealEntry) -> Result<(), StorageError> {
    let (application, revision) = subject(entry);
    connection
        .prepare_cached(
            "UPDATE seal_entry SET application = ?2, revision = ?3, envelope = ?4, digest = ?5, signature = ?6
             WHERE position = ?1",
        )?
        .execute(params![
            signed(entry.index),
            application,
            signed(revision),
            entry.envelope,
            entry.digest.0,
            signature(entry),
        ])?;
    Ok(())
}

fn add(
    connection: &Connection,
    entry: &SealEntry,
    first_hash: u64,
    hashes: &[Sha256],
) -> Result<(), StorageError> {
    let (application, revision) = subject(entry);
    connection
        .prepare_cached(
            "INSERT INTO seal_entry (position, application, revision, leaf, envelope, digest, added_ms, signature)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            signed(entry.index),
            application,
            signed(revision),
            entry.leaf.0,
            entry.envelope,
            entry.digest.0,
            entry.added_ms,
            signature(entry),
        ])?;
    let mut statement = connection.prepare_cached("INSERT INTO seal_hash (place, hash) VALUES (?1, ?2)")?;
    for (place, hash) in (first_hash..).zip(hashes) {
        statement.execute(params![signed(place), hash.0])?;
    }
    Ok(())
}
