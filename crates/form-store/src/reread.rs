//! Table `reread`: long texts that two people rewrote at one place and that nobody has read through here since.

use rusqlite::params;

use crate::application::ApplicationKey;
use crate::{Store, StoreError, Write};

pub(crate) const TABLE: &str = "
CREATE TABLE reread (
    application INTEGER NOT NULL REFERENCES application (key),
    answer      TEXT    NOT NULL,
    PRIMARY KEY (application, answer)
) STRICT, WITHOUT ROWID;";

impl Store {
    /// The answers to be read through.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn rereads(&self, key: ApplicationKey) -> Result<Vec<String>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT answer FROM reread WHERE application = ?1 ORDER BY answer")?;
        let rows = statement.query_map(params![key.0], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Write<'_> {
    /// An answer is to be read through.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_reread(&self, key: ApplicationKey, answer: &str) -> Result<(), StoreError> {
        self.transaction.execute(
            "INSERT INTO reread (application, answer) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![key.0, answer],
        )?;
        Ok(())
    }

    /// Somebody has read an answer through.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn forget_reread(&self, key: ApplicationKey, answer: &str) -> Result<(), StoreError> {
        self.transaction
            .execute("DELETE FROM reread WHERE application = ?1 AND answer = ?2", params![key.0, answer])?;
        Ok(())
    }
}
