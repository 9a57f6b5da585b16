//! Tables `blob` and `blob_giver`: the files of evidence that are kept whole, and the devices that handed each over.
//! Their bytes lie in the blob store.

use form_document::key::PublicKey;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::exact;
use super::{Key, number, signed};
use crate::storage::StorageError;
use crate::storage::file::{BlobHash, BlobRecord};

pub(super) const TABLE: &str = "
CREATE TABLE blob (
    application INTEGER NOT NULL REFERENCES application (key),
    sha256      BLOB    NOT NULL,
    length      INTEGER NOT NULL,
    stored_ms   INTEGER NOT NULL,
    PRIMARY KEY (application, sha256)
) STRICT, WITHOUT ROWID;
CREATE TABLE blob_giver (
    application INTEGER NOT NULL REFERENCES application (key),
    sha256      BLOB    NOT NULL,
    device      BLOB    NOT NULL,
    PRIMARY KEY (application, sha256, device)
) STRICT, WITHOUT ROWID;";

pub(super) fn get(
    connection: &Connection,
    key: Key,
    hash: &BlobHash,
) -> Result<Option<BlobRecord>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT sha256, length, stored_ms FROM blob WHERE application = ?1 AND sha256 = ?2",
    )?;
    let row = statement.query_row(params![key.0, hash.0], |row| Ok(from_row(row))).optional()?;
    row.transpose()
}

pub(super) fn all(connection: &Connection, key: Key) -> Result<Vec<BlobRecord>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT sha256, length, stored_ms FROM blob WHERE application = ?1 ORDER BY sha256",
    )?;
    let mut rows = statement.query(params![key.0])?;
    let mut blobs = Vec::new();
    while let Some(row) = rows.next()? {
        blobs.push(from_row(row)?);
    }
    Ok(blobs)
}

fn from_row(row: &Row<'_>) -> Result<BlobRecord, StorageError> {
    Ok(BlobRecord {
        hash: BlobHash(exact(&row.get::<_, Vec<u8>>(0)?, "file's hash")?),
        length: number(row, 1)?,
        stored_ms: row.get(2)?,
    })
}

pub(super) fn givers(
    connection: &Connection,
    key: Key,
    hash: &BlobHash,
) -> Result<Vec<PublicKey>, StorageError> {
    let mut statement =
        connection.prepare_cached("SELECT device FROM blob_giver WHERE application = ?1 AND sha256 = ?2")?;
    let mut rows = statement.query(params![key.0, hash.0])?;
    let mut devices = Vec::new();
    while let Some(row) = rows.next()? {
        devices.push(PublicKey(exact(&row.get::<_, Vec<u8>>(0)?, "file's giver")?));
    }
    Ok(devices)
}

pub(super) fn put(
    connection: &Connection,
    key: Key,
    blob: &BlobRecord,
    giver: Option<&PublicKey>,
) -> Result<(), StorageError> {
    connection
        .prepare_cached(
            "INSERT INTO blob (application, sha256, length, stored_ms) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (application, sha256) DO UPDATE SET stored_ms = excluded.stored_ms",
        )?
        .execute(params![key.0, blob.hash.0, signed(blob.length), blob.stored_ms])?;
    let Some(giver) = giver else { return Ok(()) };
    connection
        .prepare_cached(
            "INSERT INTO blob_giver (application, sha256, device) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute(params![key.0, blob.hash.0, giver.0])?;
    Ok(())
}

pub(super) fn forget(connection: &Connection, key: Key, hash: &BlobHash) -> Result<(), StorageError> {
    for table in ["blob", "blob_giver"] {
        connection
            .prepare_cached(&format!("DELETE FROM {table} WHERE application = ?1 AND sha256 = ?2"))?
            .execute(params![key.0, hash.0])?;
    }
    Ok(())
}
