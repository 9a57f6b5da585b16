//! Table `setting`: one value a name.

use form_document::key::PublicKey;
use rusqlite::{Connection, OptionalExtension, params};

use super::Sqlite;
use super::error::unreadable;
use crate::storage::StorageError;

pub(super) const TABLE: &str = "
CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;";

/// The public key of the hub whose applications these are.
const HUB: &str = "hub";
/// Set by `restore`; taken back when the clients have had time to give back what the backup lacks.
const RESTORED: &str = "restored";

pub(super) fn hub(connection: &Connection) -> Result<Option<PublicKey>, StorageError> {
    let text = get(connection, HUB)?;
    text.map(|text| text.parse().map_err(|_| unreadable("hub key"))).transpose()
}

pub(super) fn put_hub(connection: &Connection, hub: &PublicKey) -> Result<(), StorageError> {
    put(connection, HUB, &hub.to_string())
}

fn get(connection: &Connection, name: &str) -> Result<Option<String>, StorageError> {
    let mut statement = connection.prepare_cached("SELECT value FROM setting WHERE name = ?1")?;
    Ok(statement.query_row(params![name], |row| row.get(0)).optional()?)
}

fn put(connection: &Connection, name: &str, value: &str) -> Result<(), StorageError> {
    connection.execute(
        "INSERT INTO setting (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        params![name, value],
    )?;
    Ok(())
}

impl Sqlite {
    /// Whether the database was restored from a backup and clients may know more of its logs than it does.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn was_restored(&self) -> Result<bool, StorageError> {
        Ok(get(&self.connection, RESTORED)?.is_some())
    }

    /// Remembers that the database was restored, or that this is settled.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_restored(&self, restored: bool) -> Result<(), StorageError> {
        put_restored(&self.connection, restored)
    }
}

pub(super) fn put_restored(connection: &Connection, restored: bool) -> Result<(), StorageError> {
    if restored {
        return put(connection, RESTORED, "1");
    }
    connection.execute("DELETE FROM setting WHERE name = ?1", params![RESTORED])?;
    Ok(())
}
