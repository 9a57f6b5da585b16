//! Table `log`: the log's newest places, each with the raw change. Older ones are folded: their changes are in
//! the snapshot.

use form_document::log::{Position, Reason};
use form_document::{ActorId, ChangeHash};
use rusqlite::{Connection, Row, params};

use super::error::{exact, unreadable};
use super::{Key, number, signed};
use crate::storage::StorageError;
use crate::storage::record::{LogRecord, Place};

pub(super) const TABLE: &str = "
CREATE TABLE log (
    application INTEGER NOT NULL REFERENCES application (key),
    position    INTEGER NOT NULL,
    -- 1 accepted, 2 refused, 3 a step of the roster.
    kind        INTEGER NOT NULL,
    -- Of an accepted change.
    actor       BLOB    NOT NULL DEFAULT x'',
    -- An accepted change's number, or a roster entry's version.
    number      INTEGER NOT NULL DEFAULT 0,
    -- Of the change or entry.
    hash        BLOB    NOT NULL,
    -- Of a refused change: why.
    reason      INTEGER NOT NULL DEFAULT 0,
    -- Of an accepted change.
    raw         BLOB    NOT NULL DEFAULT x'',
    -- The log's hash with this place.
    running     BLOB    NOT NULL,
    PRIMARY KEY (application, position)
) STRICT, WITHOUT ROWID;";

const ACCEPTED: i64 = 1;
const REFUSED: i64 = 2;
const ROSTER: i64 = 3;

pub(super) fn after(
    connection: &Connection,
    key: Key,
    after: Position,
    limit: usize,
) -> Result<Vec<LogRecord>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT position, kind, actor, number, hash, reason, raw, running FROM log
         WHERE application = ?1 AND position > ?2 ORDER BY position LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![key.0, signed(after), limit])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        records.push(from_row(row)?);
    }
    Ok(records)
}

fn from_row(row: &Row<'_>) -> Result<LogRecord, StorageError> {
    let hash: [u8; 32] = exact(&row.get::<_, Vec<u8>>(4)?, "hash of the log")?;
    let place = match row.get(1)? {
        ACCEPTED => Place::Accepted {
            actor: ActorId::from(row.get::<_, Vec<u8>>(2)?),
            seq: number(row, 3)?,
            hash: ChangeHash(hash),
            bytes: row.get(6)?,
        },
        REFUSED => Place::Refused { hash: ChangeHash(hash), reason: reason(row)? },
        ROSTER => Place::Roster { version: number(row, 3)?, hash },
        _ => return Err(unreadable("kind of the log")),
    };
    let running = exact(&row.get::<_, Vec<u8>>(7)?, "running hash of the log")?;
    Ok(LogRecord { position: number(row, 0)?, place, running })
}

fn reason(row: &Row<'_>) -> Result<Reason, StorageError> {
    Reason::from_number(row.get(5)?).ok_or_else(|| unreadable("reason of the log"))
}

pub(super) fn add(connection: &Connection, key: Key, records: &[LogRecord]) -> Result<(), StorageError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO log (application, position, kind, actor, number, hash, reason, raw, running)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for LogRecord { position, place, running } in records {
        let position = signed(*position);
        let none: &[u8] = &[];
        match place {
            Place::Accepted { actor, seq, hash, bytes } => {
                let (actor, seq) = (actor.to_bytes(), signed(*seq));
                statement.execute(params![key.0, position, ACCEPTED, actor, seq, hash.0, 0, bytes, running])
            }
            Place::Refused { hash, reason } => {
                let code = reason.number();
                statement.execute(params![key.0, position, REFUSED, none, 0, hash.0, code, none, running])
            }
            Place::Roster { version, hash } => {
                let version = signed(*version);
                statement.execute(params![key.0, position, ROSTER, none, version, hash, 0, none, running])
            }
        }?;
    }
    Ok(())
}

/// Forgets the places up to one: they are folded.
pub(super) fn forget(connection: &Connection, key: Key, up_to: Position) -> Result<(), StorageError> {
    let mut statement =
        connection.prepare_cached("DELETE FROM log WHERE application = ?1 AND position <= ?2")?;
    statement.execute(params![key.0, signed(up_to)])?;
    Ok(())
}
