//! Table `setting`: one value a name.

use form_document::key::PublicKey;
use rusqlite::{Connection, OptionalExtension, params};

use super::error::unreadable;
use crate::storage::StorageError;

pub(super) const TABLE: &str = "
CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;";

/// The public key of the hub whose applications these are.
const HUB: &str = "hub";

/// Is there when the database was restored from a backup and the public log may lack entries.
const SEAL_INCOMPLETE: &str = "seal_incomplete";

pub(super) fn hub(connection: &Connection) -> Result<Option<PublicKey>, StorageError> {
    let text = get(connection, HUB)?;
    text.map(|text| text.parse().map_err(|_| unreadable("hub key"))).transpose()
}

pub(super) fn put_hub(connection: &Connection, hub: &PublicKey) -> Result<(), StorageError> {
    put(connection, HUB, &hub.to_string())
}

pub(super) fn seal_incomplete(connection: &Connection) -> Result<bool, StorageError> {
    Ok(get(connection, SEAL_INCOMPLETE)?.is_some())
}

pub(super) fn set_seal_incomplete(connection: &Connection, incomplete: bool) -> Result<(), StorageError> {
    if incomplete {
        return put(connection, SEAL_INCOMPLETE, "restored");
    }
    connection.execute("DELETE FROM setting WHERE name = ?1", params![SEAL_INCOMPLETE])?;
    Ok(())
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
