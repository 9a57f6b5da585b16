//! Table `snapshot`: the whole document as of some head of the log, so that opening an application, and a
//! member's first start, do not replay every keystroke.

use rusqlite::{Connection, OptionalExtension, params};

use super::error::unreadable;
use super::head::{from_bytes, to_bytes};
use super::{Key, signed};
use crate::storage::StorageError;
use crate::storage::record::SnapshotRecord;

pub(super) const TABLE: &str = "
CREATE TABLE snapshot (
    application INTEGER NOT NULL PRIMARY KEY REFERENCES application (key),
    position    INTEGER NOT NULL,
    -- CBOR: the hub's word on the log up to there.
    head        BLOB    NOT NULL,
    hash        BLOB    NOT NULL,
    document    BLOB    NOT NULL
) STRICT;";

pub(super) fn get(connection: &Connection, key: Key) -> Result<Option<SnapshotRecord>, StorageError> {
    let mut statement =
        connection.prepare_cached("SELECT head, hash, document FROM snapshot WHERE application = ?1")?;
    let row = statement.query_row(params![key.0], |row| {
        Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, row.get(2)?))
    });
    let Some((head, hash, document)) = row.optional()? else { return Ok(None) };
    let head = from_bytes(&head, &hash).ok_or_else(|| unreadable("head of a snapshot"))?;
    Ok(Some(SnapshotRecord { head, document }))
}

pub(super) fn put(connection: &Connection, key: Key, snapshot: &SnapshotRecord) -> Result<(), StorageError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO snapshot (application, position, head, hash, document) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (application) DO UPDATE SET position = excluded.position, head = excluded.head,
         hash = excluded.hash, document = excluded.document",
    )?;
    let SnapshotRecord { head, document } = snapshot;
    let position = signed(head.state.position);
    statement.execute(params![key.0, position, to_bytes(head), head.state.hash, document])?;
    Ok(())
}
