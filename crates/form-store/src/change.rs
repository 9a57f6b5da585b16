//! Table `change`: the changes that no snapshot holds yet, raw, in the order in which this desk took them.

use rusqlite::params;

use crate::application::ApplicationKey;
use crate::history::History;
use crate::{Store, StoreError, Write};

// The key is the order in which rows are read, so a keystroke dirties one page of one tree.
pub(crate) const TABLE: &str = "
CREATE TABLE change (
    application INTEGER NOT NULL REFERENCES application (key),
    number      INTEGER NOT NULL,
    raw         BLOB    NOT NULL,
    saved_ms    INTEGER NOT NULL,
    clears      INTEGER NOT NULL DEFAULT 0,
    history     TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (application, number)
) STRICT, WITHOUT ROWID;";

impl Store {
    /// The raw changes after that number, in order.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn changes_after(&self, key: ApplicationKey, number: i64) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT raw FROM change WHERE application = ?1 AND number > ?2 ORDER BY number",
        )?;
        let rows = statement.query_map(params![key.0, number], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Write<'_> {
    /// Keeps a change and what it did, under the number after the application's newest.
    ///
    /// # Errors
    /// When the number is taken, or the database can't be written.
    pub fn add_change(
        &self,
        key: ApplicationKey,
        number: i64,
        raw: &[u8],
        history: &History,
        saved_ms: i64,
    ) -> Result<(), StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "INSERT INTO change (application, number, raw, saved_ms, clears, history)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        statement.execute(params![key.0, number, raw, saved_ms, history.clears, history.rows])?;
        Ok(())
    }
}
