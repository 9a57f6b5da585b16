//! Table `upload_ticket`: who brings and fetches files without signing each request, hashed.

use form_document::key::PublicKey;
use form_model::id::ApplicationId;
use rusqlite::{Connection, OptionalExtension, params};

use super::Key;
use super::error::exact;
use crate::storage::StorageError;
use crate::storage::file::{TicketHash, TicketRecord};

pub(super) const TABLE: &str = "
CREATE TABLE upload_ticket (
    hash        BLOB    NOT NULL PRIMARY KEY,
    application INTEGER NOT NULL REFERENCES application (key),
    device      BLOB    NOT NULL,
    expires_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX upload_ticket_expiry ON upload_ticket (expires_ms);";

pub(super) fn get(connection: &Connection, hash: &TicketHash) -> Result<Option<TicketRecord>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, device, expires_ms FROM upload_ticket
         JOIN application ON application.key = upload_ticket.application WHERE hash = ?1",
    )?;
    let row = statement.query_row(params![hash], |row| {
        Ok((row.get(0).map(ApplicationId)?, row.get::<_, Vec<u8>>(1)?, row.get(2)?))
    });
    let Some((application, device, expires_ms)) = row.optional()? else { return Ok(None) };
    Ok(Some(TicketRecord { application, device: PublicKey(exact(&device, "ticket's device")?), expires_ms }))
}

pub(super) fn put(
    connection: &Connection,
    key: Key,
    hash: &TicketHash,
    ticket: &TicketRecord,
) -> Result<(), StorageError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO upload_ticket (hash, application, device, expires_ms) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO NOTHING",
    )?;
    statement.execute(params![hash, key.0, ticket.device.0, ticket.expires_ms])?;
    Ok(())
}

pub(super) fn expire(connection: &Connection, now_ms: i64) -> Result<(), StorageError> {
    connection.execute("DELETE FROM upload_ticket WHERE expires_ms < ?1", params![now_ms])?;
    Ok(())
}
