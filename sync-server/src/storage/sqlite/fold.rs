//! Table `fold`: the older stretches of the log, a few bytes for each run of one author's changes. The changes
//! are in the snapshot, and their hashes with them.

use form_document::log::{LogState, Position};
use rusqlite::{Connection, params};

use super::error::{exact, unreadable};
use super::{Key, number, signed};
use crate::storage::StorageError;
use crate::storage::record::{Fold, Run};

pub(super) const TABLE: &str = "
CREATE TABLE fold (
    application INTEGER NOT NULL REFERENCES application (key),
    -- The last place of the stretch.
    position    INTEGER NOT NULL,
    -- The place before its first one.
    after       INTEGER NOT NULL,
    -- The log's hashes at those places.
    hash        BLOB    NOT NULL,
    hash_before BLOB    NOT NULL,
    -- CBOR.
    runs        BLOB    NOT NULL,
    PRIMARY KEY (application, position)
) STRICT, WITHOUT ROWID;";

pub(super) fn after(connection: &Connection, key: Key, after: Position) -> Result<Vec<Fold>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT position, after, hash, hash_before, runs FROM fold
         WHERE application = ?1 AND position > ?2 ORDER BY position",
    )?;
    let mut rows = statement.query(params![key.0, signed(after)])?;
    let mut folds = Vec::new();
    while let Some(row) = rows.next()? {
        let runs: Vec<u8> = row.get(4)?;
        let hash = |index| -> Result<[u8; 32], StorageError> {
            exact(&row.get::<_, Vec<u8>>(index)?, "hash of a folded log")
        };
        folds.push(Fold {
            before: LogState { position: number(row, 1)?, hash: hash(3)? },
            after: LogState { position: number(row, 0)?, hash: hash(2)? },
            runs: minicbor::decode::<Vec<Run>>(&runs).map_err(|_| unreadable("folded log"))?,
        });
    }
    Ok(folds)
}

pub(super) fn add(connection: &Connection, key: Key, fold: &Fold) -> Result<(), StorageError> {
    let runs = minicbor::to_vec(&fold.runs).map_err(|error| StorageError::Other(error.to_string()))?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO fold (application, position, after, hash, hash_before, runs)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let Fold { before, after, .. } = fold;
    statement.execute(params![
        key.0,
        signed(after.position),
        signed(before.position),
        after.hash,
        before.hash,
        runs
    ])?;
    Ok(())
}
