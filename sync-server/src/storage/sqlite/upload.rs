//! Table `upload`: files on their way in, and those that have arrived, until they expire.

use form_document::key::PublicKey;
use form_model::id::ApplicationId;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::exact;
use super::{Key, number, signed};
use crate::storage::StorageError;
use crate::storage::file::{BlobHash, UploadId, UploadLoad, UploadRecord};

pub(super) const TABLE: &str = "
CREATE TABLE upload (
    id          BLOB    NOT NULL PRIMARY KEY,
    application INTEGER NOT NULL REFERENCES application (key),
    device      BLOB    NOT NULL,
    length      INTEGER NOT NULL,
    -- So many bytes are durable in the staging file.
    offset      INTEGER NOT NULL,
    sha256      BLOB,
    metadata    TEXT    NOT NULL,
    created_ms  INTEGER NOT NULL,
    expires_ms  INTEGER NOT NULL,
    done        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX upload_expiry ON upload (expires_ms);
CREATE INDEX upload_open ON upload (application, device) WHERE done = 0;";

const COLUMNS: &str =
    "upload.id, application.id, device, length, offset, sha256, metadata, upload.created_ms,
    expires_ms, done";
const TABLES: &str = "upload JOIN application ON application.key = upload.application";

pub(super) fn get(connection: &Connection, id: &UploadId) -> Result<Option<UploadRecord>, StorageError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM {TABLES} WHERE upload.id = ?1"))?;
    let row = statement.query_row(params![id.0], |row| Ok(from_row(row))).optional()?;
    row.transpose()
}

pub(super) fn until(connection: &Connection, expires_ms: i64) -> Result<Vec<UploadRecord>, StorageError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM {TABLES} WHERE expires_ms < ?1"))?;
    let mut rows = statement.query(params![expires_ms])?;
    let mut uploads = Vec::new();
    while let Some(row) = rows.next()? {
        uploads.push(from_row(row)?);
    }
    Ok(uploads)
}

fn from_row(row: &Row<'_>) -> Result<UploadRecord, StorageError> {
    let hash: Option<Vec<u8>> = row.get(5)?;
    Ok(UploadRecord {
        id: UploadId(exact(&row.get::<_, Vec<u8>>(0)?, "upload's id")?),
        application: ApplicationId(row.get(1)?),
        device: PublicKey(exact(&row.get::<_, Vec<u8>>(2)?, "upload's device")?),
        length: number(row, 3)?,
        offset: number(row, 4)?,
        hash: hash.map(|hash| exact(&hash, "upload's hash").map(BlobHash)).transpose()?,
        metadata: row.get(6)?,
        created_ms: row.get(7)?,
        expires_ms: row.get(8)?,
        done: row.get(9)?,
    })
}

pub(super) fn load(
    connection: &Connection,
    key: Key,
    device: &PublicKey,
) -> Result<UploadLoad, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT count(*) FILTER (WHERE device = ?2), coalesce(sum(length) FILTER (WHERE device = ?2), 0),
                coalesce(sum(length) FILTER (WHERE application = ?1), 0), coalesce(sum(length - offset), 0),
                (SELECT coalesce(sum(length), 0) FROM blob WHERE application = ?1)
         FROM upload WHERE done = 0",
    )?;
    Ok(statement.query_row(params![key.0, device.0], |row| {
        Ok(UploadLoad {
            open_of_device: number(row, 0)?,
            bytes_of_device: number(row, 1)?,
            bytes_of_application: number(row, 2)?.saturating_add(number(row, 4)?),
            missing_bytes: number(row, 3)?,
        })
    })?)
}

pub(super) fn put(connection: &Connection, key: Key, upload: &UploadRecord) -> Result<(), StorageError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO upload (id, application, device, length, offset, sha256, metadata, created_ms, expires_ms, done)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (id) DO UPDATE SET offset = excluded.offset, sha256 = excluded.sha256, done = excluded.done",
    )?;
    let UploadRecord { id, device, length, offset, hash, metadata, created_ms, expires_ms, done, .. } =
        upload;
    let hash = hash.map(|hash| hash.0);
    let (length, offset) = (signed(*length), signed(*offset));
    statement.execute(params![
        id.0, key.0, device.0, length, offset, hash, metadata, created_ms, expires_ms, done
    ])?;
    Ok(())
}

pub(super) fn end(connection: &Connection, id: &UploadId) -> Result<(), StorageError> {
    connection.prepare_cached("DELETE FROM upload WHERE id = ?1")?.execute(params![id.0])?;
    Ok(())
}
