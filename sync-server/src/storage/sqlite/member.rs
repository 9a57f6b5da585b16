//! Table `member`: which devices are active in which applications, as of the newest roster: an index.

use form_document::key::PublicKey;
use form_model::id::ApplicationId;
use rusqlite::{Connection, params};

use super::{Key, public_keys};
use crate::storage::StorageError;

pub(super) const TABLE: &str = "
CREATE TABLE member (
    device      BLOB    NOT NULL,
    application INTEGER NOT NULL REFERENCES application (key),
    PRIMARY KEY (device, application)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_application ON member (application);";

pub(super) fn applications(
    connection: &Connection,
    device: &PublicKey,
) -> Result<Vec<ApplicationId>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM member JOIN application ON application.key = member.application
         WHERE device = ?1 ORDER BY application.key",
    )?;
    let rows = statement.query_map(params![device.0], |row| row.get(0).map(ApplicationId))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn devices(connection: &Connection, key: Key) -> Result<Vec<PublicKey>, StorageError> {
    public_keys(connection, "SELECT device FROM member WHERE application = ?1", key)
}

pub(super) fn put(connection: &Connection, key: Key, devices: &[PublicKey]) -> Result<(), StorageError> {
    connection.prepare_cached("DELETE FROM member WHERE application = ?1")?.execute(params![key.0])?;
    let mut statement =
        connection.prepare_cached("INSERT INTO member (device, application) VALUES (?1, ?2)")?;
    for device in devices {
        statement.execute(params![device.0, key.0])?;
    }
    Ok(())
}
