//! Table `snapshot`: the whole document of an application up to some change, so that opening it does not
//! replay every keystroke.

use rusqlite::{OptionalExtension, params};

use crate::application::ApplicationKey;
use crate::history::History;
use crate::{Store, StoreError, Write};

pub(crate) const TABLE: &str = "
CREATE TABLE snapshot (
    application INTEGER NOT NULL PRIMARY KEY REFERENCES application (key),
    -- The newest change that the document holds.
    number      INTEGER NOT NULL,
    document    BLOB NOT NULL,
    saved_ms    INTEGER NOT NULL
) STRICT;";

/// A compacted document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotRow {
    /// Changes up to this number are in it.
    pub number: i64,
    /// An Automerge document chunk.
    pub document: Vec<u8>,
    /// When its newest change was kept, milliseconds since 1970-01-01 UTC.
    pub saved_ms: i64,
}

impl Store {
    /// The snapshot of an application, if one was made.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn snapshot(&self, key: ApplicationKey) -> Result<Option<SnapshotRow>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT number, document, saved_ms FROM snapshot WHERE application = ?1")?;
        let row = statement.query_row(params![key.0], |row| {
            Ok(SnapshotRow { number: row.get(0)?, document: row.get(1)?, saved_ms: row.get(2)? })
        });
        Ok(row.optional()?)
    }

    /// Number and time (milliseconds since 1970-01-01 UTC) of the newest change of an application;
    /// `None` before its first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn newest(&self, key: ApplicationKey) -> Result<Option<(i64, i64)>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT number, saved_ms FROM (
                 SELECT number, saved_ms FROM change WHERE application = ?1
                 UNION ALL SELECT number, saved_ms FROM snapshot WHERE application = ?1)
             ORDER BY number DESC LIMIT 1",
        )?;
        Ok(statement.query_row(params![key.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }
}

impl Write<'_> {
    /// Keeps a document that holds the changes up to `number`, and drops those rows: the document holds
    /// them whole, the table `history` what they did. One transaction, so a crash leaves either the rows or the document.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn compact(&self, key: ApplicationKey, snapshot: &SnapshotRow) -> Result<(), StoreError> {
        self.transaction.execute(
            "INSERT INTO snapshot (application, number, document, saved_ms) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (application) DO UPDATE SET
             number = excluded.number, document = excluded.document, saved_ms = excluded.saved_ms",
            params![key.0, snapshot.number, snapshot.document, snapshot.saved_ms],
        )?;
        self.transaction.execute(
            "INSERT INTO history (application, number, clears, rows)
             SELECT application, number, clears, history FROM change
             WHERE application = ?1 AND number <= ?2 AND history <> ''",
            params![key.0, snapshot.number],
        )?;
        self.transaction.execute(
            "DELETE FROM change WHERE application = ?1 AND number <= ?2",
            params![key.0, snapshot.number],
        )?;
        Ok(())
    }

    /// Keeps a document that takes the place of all changes and all history of an application: some were
    /// refused, and it was built anew without them. `history` is what the changes in it did.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn replace(
        &self,
        key: ApplicationKey,
        snapshot: &SnapshotRow,
        history: &History,
    ) -> Result<(), StoreError> {
        for table in ["change", "history"] {
            self.transaction
                .execute(&format!("DELETE FROM {table} WHERE application = ?1"), params![key.0])?;
        }
        self.compact(key, snapshot)?;
        self.transaction.execute(
            "INSERT INTO history (application, number, clears, rows) VALUES (?1, ?2, ?3, ?4)",
            params![key.0, snapshot.number, history.clears, history.rows],
        )?;
        Ok(())
    }
}
