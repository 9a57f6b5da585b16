//! Table `held`: work that was refused because the revision was final, as it came. The log has its verdict and nothing
//! else needs its bytes, so what lies beyond the limit is left to its author's desk.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Key, number, signed};
use crate::limit::HELD_BYTES_PER_APPLICATION;
use crate::storage::StorageError;

pub(super) const TABLE: &str = "
CREATE TABLE held (
    application INTEGER NOT NULL REFERENCES application (key),
    position    INTEGER NOT NULL,
    work        BLOB    NOT NULL,
    PRIMARY KEY (application, position)
) STRICT;";

/// The first of it after a place of the log.
pub(super) fn after(
    connection: &Connection,
    key: Key,
    position: u64,
) -> Result<Option<(u64, Vec<u8>)>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT position, work FROM held WHERE application = ?1 AND position > ?2 ORDER BY position LIMIT 1",
    )?;
    let row = |row: &rusqlite::Row<'_>| Ok((number(row, 0)?, row.get(1)?));
    Ok(statement.query_row(params![key.0, signed(position)], row).optional()?)
}

pub(super) fn put(connection: &Connection, key: Key, position: u64, work: &[u8]) -> Result<(), StorageError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO held (application, position, work) SELECT ?1, ?2, ?3 WHERE length(?3) +
         (SELECT coalesce(sum(length(work)), 0) FROM held WHERE application = ?1) <= ?4",
    )?;
    statement.execute(params![key.0, signed(position), work, signed(HELD_BYTES_PER_APPLICATION)])?;
    Ok(())
}
