//! Table `segment`: the signatures that prove who made which changes. The hashes that were signed stand in the
//! log, but for those of changes that it does not accept.

use form_document::key::Signature;
use form_document::wire::WireHash;
use form_document::{ActorId, SEGMENT_MAX_CHANGES};
use rusqlite::{Connection, Row, Rows, params};

use super::error::{exact, unreadable};
use super::{Key, number, signed};
use crate::storage::StorageError;
use crate::storage::record::SegmentRecord;

pub(super) const TABLE: &str = "
CREATE TABLE segment (
    application INTEGER NOT NULL REFERENCES application (key),
    actor       BLOB    NOT NULL,
    first_seq   INTEGER NOT NULL,
    count       INTEGER NOT NULL,
    roster      INTEGER NOT NULL,
    signature   BLOB    NOT NULL,
    -- 32 bytes for each change at the end that the log had not accepted.
    rest        BLOB    NOT NULL,
    PRIMARY KEY (application, actor, first_seq, count, roster)
) STRICT, WITHOUT ROWID;";

const COLUMNS: &str = "actor, first_seq, count, roster, signature, rest";

pub(super) fn all(connection: &Connection, key: Key) -> Result<Vec<SegmentRecord>, StorageError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM segment WHERE application = ?1 ORDER BY actor, first_seq"
    ))?;
    read(statement.query(params![key.0])?)
}

pub(super) fn over(
    connection: &Connection,
    key: Key,
    actor: &ActorId,
    first: u64,
    end: u64,
) -> Result<Vec<SegmentRecord>, StorageError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM segment WHERE application = ?1 AND actor = ?2 AND first_seq < ?3
         AND first_seq >= ?4 AND first_seq + count > ?5 ORDER BY first_seq"
    ))?;
    // Nothing that starts earlier is long enough.
    let earliest = first.saturating_sub(SEGMENT_MAX_CHANGES as u64);
    let actor = actor.to_bytes();
    read(statement.query(params![key.0, actor, signed(end), signed(earliest), signed(first)])?)
}

fn read(mut rows: Rows<'_>) -> Result<Vec<SegmentRecord>, StorageError> {
    let mut segments = Vec::new();
    while let Some(row) = rows.next()? {
        segments.push(from_row(row)?);
    }
    Ok(segments)
}

fn from_row(row: &Row<'_>) -> Result<SegmentRecord, StorageError> {
    let rest: Vec<u8> = row.get(5)?;
    let (hashes, odd) = rest.as_chunks::<32>();
    if !odd.is_empty() {
        return Err(unreadable("segment"));
    }
    Ok(SegmentRecord {
        actor: ActorId::from(row.get::<_, Vec<u8>>(0)?),
        first_seq: number(row, 1)?,
        count: number(row, 2)?,
        roster: number(row, 3)?,
        signature: Signature(exact(&row.get::<_, Vec<u8>>(4)?, "segment's signature")?),
        rest: hashes.iter().copied().map(WireHash).collect(),
    })
}

/// Keeps segments, each in the place of those of the same roster that it covers.
pub(super) fn put(connection: &Connection, key: Key, segments: &[SegmentRecord]) -> Result<(), StorageError> {
    let mut covered = connection.prepare_cached(
        "DELETE FROM segment
         WHERE application = ?1 AND actor = ?2 AND first_seq >= ?3 AND first_seq < ?4
         AND first_seq + count <= ?4 AND roster = ?5",
    )?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO segment (application, actor, first_seq, count, roster, signature, rest)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for segment in segments {
        let (actor, first) = (segment.actor.to_bytes(), signed(segment.first_seq));
        let (count, roster) = (signed(segment.count), signed(segment.roster));
        covered.execute(params![key.0, actor, first, signed(segment.end()), roster])?;
        let rest: Vec<u8> = segment.rest.iter().flat_map(|hash| hash.0).collect();
        statement.execute(params![key.0, actor, first, count, roster, segment.signature.0, rest])?;
    }
    Ok(())
}
