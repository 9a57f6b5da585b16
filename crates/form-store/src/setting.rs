//! Table `setting`: who uses this desk and how it looks, as one JSON value a name.

use rusqlite::{OptionalExtension, params};

use crate::{Store, StoreError, Write};

pub(crate) const TABLE: &str = "
CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;";

impl Store {
    /// The JSON text kept under a name.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT value FROM setting WHERE name = ?1")?;
        Ok(statement.query_row(params![name], |row| row.get(0)).optional()?)
    }
}

impl Write<'_> {
    /// Keeps a JSON text under a name.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        self.transaction.execute(
            "INSERT INTO setting (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            params![name, value],
        )?;
        Ok(())
    }
}
