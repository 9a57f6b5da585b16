//! Table `head`: the hub's newest word on each log.

use form_document::log::{LogHead, LogState};
use rusqlite::{Connection, OptionalExtension, params};

use super::error::unreadable;
use super::{Key, signed};
use crate::storage::StorageError;
use crate::storage::record::StoredHead;

pub(super) const TABLE: &str = "
CREATE TABLE head (
    application INTEGER NOT NULL PRIMARY KEY REFERENCES application (key),
    position    INTEGER NOT NULL,
    -- CBOR, as it travels.
    head        BLOB    NOT NULL,
    -- The log's hash there.
    hash        BLOB    NOT NULL
) STRICT;";

pub(super) fn get(connection: &Connection, key: Key) -> Result<Option<StoredHead>, StorageError> {
    let mut statement = connection.prepare_cached("SELECT head, hash FROM head WHERE application = ?1")?;
    let row =
        statement.query_row(params![key.0], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?)));
    let Some((head, hash)) = row.optional()? else { return Ok(None) };
    from_bytes(&head, &hash).map(Some).ok_or_else(|| unreadable("head"))
}

pub(super) fn put(connection: &Connection, key: Key, head: &StoredHead) -> Result<(), StorageError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO head (application, position, head, hash) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (application) DO UPDATE SET
         position = excluded.position, head = excluded.head, hash = excluded.hash",
    )?;
    statement.execute(params![key.0, signed(head.state.position), to_bytes(head), head.state.hash])?;
    Ok(())
}

pub(super) fn to_bytes(head: &StoredHead) -> Vec<u8> {
    form_document::wire::encode(&head.head)
}

pub(super) fn from_bytes(head: &[u8], hash: &[u8]) -> Option<StoredHead> {
    let head: LogHead = form_document::wire::decode(head).ok()?;
    let state = LogState { position: head.position, hash: hash.try_into().ok()? };
    Some(StoredHead { head, state })
}
