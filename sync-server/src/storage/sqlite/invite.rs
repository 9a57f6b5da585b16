//! Table `invite`: which application an invite's key leads to. What became of it stands in the roster.

use form_document::key::PublicKey;
use form_model::id::ApplicationId;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Key, public_keys};
use crate::storage::StorageError;

pub(super) const TABLE: &str = "
CREATE TABLE invite (
    key         BLOB    NOT NULL PRIMARY KEY,
    application INTEGER NOT NULL REFERENCES application (key)
) STRICT, WITHOUT ROWID;";

pub(super) fn application(
    connection: &Connection,
    invite: &PublicKey,
) -> Result<Option<ApplicationId>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM invite JOIN application ON application.key = invite.application WHERE invite.key = ?1",
    )?;
    Ok(statement.query_row(params![invite.0], |row| row.get(0).map(ApplicationId)).optional()?)
}

pub(super) fn keys(connection: &Connection, key: Key) -> Result<Vec<PublicKey>, StorageError> {
    public_keys(connection, "SELECT key FROM invite WHERE application = ?1", key)
}

/// The first application that names a key keeps it: a lead that copies another's invite gains nothing.
pub(super) fn add(connection: &Connection, key: Key, invites: &[PublicKey]) -> Result<(), StorageError> {
    let mut statement = connection
        .prepare_cached("INSERT INTO invite (key, application) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
    for invite in invites {
        statement.execute(params![invite.0, key.0])?;
    }
    Ok(())
}
