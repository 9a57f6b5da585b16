//! Table `admission`: single-use codes that let a device publish on a hub that is not open to all, hashed.

use rusqlite::{Connection, OptionalExtension, params};

use super::Sqlite;
use crate::storage::StorageError;
use crate::storage::record::AdmissionHash;

pub(super) const TABLE: &str = "
CREATE TABLE admission (
    hash       BLOB    NOT NULL PRIMARY KEY,
    created_ms INTEGER NOT NULL,
    used       INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;";

pub(super) fn is_open(connection: &Connection, code: &AdmissionHash) -> Result<bool, StorageError> {
    let mut statement = connection.prepare_cached("SELECT used = 0 FROM admission WHERE hash = ?1")?;
    Ok(statement.query_row(params![code], |row| row.get(0)).optional()?.unwrap_or(false))
}

pub(super) fn spend(connection: &Connection, code: &AdmissionHash) -> Result<(), StorageError> {
    let spent =
        connection.execute("UPDATE admission SET used = 1 WHERE hash = ?1 AND used = 0", params![code])?;
    if spent == 1 { Ok(()) } else { Err(StorageError::Admission) }
}

/// A code that was given, without the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    pub hash: AdmissionHash,
    /// UTC, as RFC 3339 writes it.
    pub created: String,
    pub used: bool,
}

impl Sqlite {
    /// All codes that were given and not taken back, the oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn admissions(&self) -> Result<Vec<Admission>, StorageError> {
        let mut statement = self.connection.prepare(
            "SELECT hash, strftime('%Y-%m-%dT%H:%M:%SZ', created_ms / 1000, 'unixepoch') AS created, used
             FROM admission ORDER BY created_ms, hash",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(Admission { hash: row.get(0)?, created: row.get(1)?, used: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Takes a code back. False when it was used, or is not there.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn cancel_admission(&self, code: &AdmissionHash) -> Result<bool, StorageError> {
        let gone =
            self.connection.execute("DELETE FROM admission WHERE hash = ?1 AND used = 0", params![code])?;
        Ok(gone == 1)
    }

    /// Keeps a new admission code by its hash.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn admit(&self, code: &AdmissionHash, now_ms: i64) -> Result<(), StorageError> {
        self.connection
            .execute("INSERT INTO admission (hash, created_ms) VALUES (?1, ?2)", params![code, now_ms])?;
        Ok(())
    }
}
