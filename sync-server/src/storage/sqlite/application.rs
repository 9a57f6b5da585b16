//! Table `application`: the applications on this hub.

use form_document::key::PublicKey;
use form_model::id::ApplicationId;
use rusqlite::{Connection, OptionalExtension, params};

use super::error::exact;
use super::{Key, Sqlite, number, seal, setting};
use crate::storage::StorageError;
use crate::storage::record::ApplicationRecord;

pub(super) const TABLE: &str = "
CREATE TABLE application (
    key        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    genesis    BLOB NOT NULL,
    package    TEXT NOT NULL,
    publisher  BLOB NOT NULL,
    created_ms INTEGER NOT NULL,
    -- 1: restored from a backup, and not known to be whole yet.
    recovering INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX application_publisher ON application (publisher);";

pub(super) fn all(connection: &Connection) -> Result<Vec<ApplicationId>, StorageError> {
    let mut statement = connection.prepare_cached("SELECT id FROM application ORDER BY key")?;
    let rows = statement.query_map([], |row| row.get(0).map(ApplicationId))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn get(
    connection: &Connection,
    id: &ApplicationId,
) -> Result<Option<ApplicationRecord>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT genesis, package, publisher, created_ms, recovering FROM application WHERE id = ?1",
    )?;
    let row = statement.query_row(params![id.0], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?, row.get(3)?, row.get(4)?))
    });
    let Some((genesis, package, publisher, created_ms, recovering)) = row.optional()? else {
        return Ok(None);
    };
    let publisher = PublicKey(exact(&publisher, "publisher")?);
    Ok(Some(ApplicationRecord { genesis, package, publisher, created_ms, recovering }))
}

pub(super) fn published_by(connection: &Connection, device: &PublicKey) -> Result<u64, StorageError> {
    let mut statement = connection.prepare_cached("SELECT count(*) FROM application WHERE publisher = ?1")?;
    Ok(statement.query_row(params![device.0], |row| number(row, 0))?)
}

pub(super) fn add(
    connection: &Connection,
    id: &ApplicationId,
    record: &ApplicationRecord,
) -> Result<(), StorageError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO application (id, genesis, package, publisher, created_ms, recovering)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let ApplicationRecord { genesis, package, publisher, created_ms, recovering } = record;
    statement.execute(params![id.0, genesis, package, publisher.0, created_ms, recovering])?;
    Ok(())
}

/// The log of an application may go on.
pub(super) fn settle(connection: &Connection, key: Key) -> Result<(), StorageError> {
    connection.execute("UPDATE application SET recovering = 0 WHERE key = ?1", params![key.0])?;
    Ok(())
}

impl Sqlite {
    /// Remembers that the database is a backup put back: clients may know more of every log in it, and of the public
    /// one.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_restored(&self) -> Result<(), StorageError> {
        self.connection.execute("UPDATE application SET recovering = 1", [])?;
        // Before its first entry nobody can have seen a public log, and an earlier version kept none.
        if seal::is_there(&self.connection)? && seal::size(&self.connection)? > 0 {
            setting::set_seal_incomplete(&self.connection, true)?;
        }
        Ok(())
    }
}
