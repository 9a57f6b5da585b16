//! Table `early`: changes that came by exchange file before those that they build on.

use rusqlite::{OptionalExtension as _, params};

use crate::application::ApplicationKey;
use crate::{Store, StoreError, Write};

pub(crate) const TABLE: &str = "
CREATE TABLE early (
    application INTEGER NOT NULL PRIMARY KEY REFERENCES application (key),
    -- The changes with their proofs, as one desk hands them to another.
    offer       BLOB    NOT NULL
) STRICT;";

impl Store {
    /// What waits for earlier changes; `None` when nothing does.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn early(&self, key: ApplicationKey) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement =
            self.connection.prepare_cached("SELECT offer FROM early WHERE application = ?1")?;
        Ok(statement.query_row(params![key.0], |row| row.get(0)).optional()?)
    }
}

impl Write<'_> {
    /// Keeps what waits for earlier changes, in place of what did; `None` when nothing does any more.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_early(&self, key: ApplicationKey, offer: Option<&[u8]>) -> Result<(), StoreError> {
        match offer {
            Some(offer) => self.transaction.execute(
                "INSERT INTO early (application, offer) VALUES (?1, ?2)
                 ON CONFLICT (application) DO UPDATE SET offer = excluded.offer",
                params![key.0, offer],
            )?,
            None => self.transaction.execute("DELETE FROM early WHERE application = ?1", params![key.0])?,
        };
        Ok(())
    }
}
