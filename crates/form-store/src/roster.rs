//! Table `roster`: the signed entries that say who takes part, version by version.

use rusqlite::params;

use crate::application::ApplicationKey;
use crate::{Store, StoreError, Write};

pub(crate) const TABLE: &str = "
CREATE TABLE roster (
    application INTEGER NOT NULL REFERENCES application (key),
    version     INTEGER NOT NULL,
    content     BLOB    NOT NULL,
    signer      BLOB    NOT NULL,
    signature   BLOB    NOT NULL,
    PRIMARY KEY (application, version)
) STRICT, WITHOUT ROWID;";

/// An entry's exact bytes, its signer's public key, and the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterRow {
    pub content: Vec<u8>,
    pub signer: Vec<u8>,
    pub signature: Vec<u8>,
}

impl Store {
    /// The entries of an application, by version.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn roster(&self, key: ApplicationKey) -> Result<Vec<RosterRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT content, signer, signature FROM roster WHERE application = ?1 ORDER BY version",
        )?;
        let rows = statement.query_map(params![key.0], |row| {
            Ok(RosterRow { content: row.get(0)?, signer: row.get(1)?, signature: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Write<'_> {
    /// Keeps the entries from a version on, in place of those that were kept there.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_roster(
        &self,
        key: ApplicationKey,
        first_version: u64,
        entries: &[RosterRow],
    ) -> Result<(), StoreError> {
        let first = i64::try_from(first_version).unwrap_or(i64::MAX);
        self.transaction
            .execute("DELETE FROM roster WHERE application = ?1 AND version >= ?2", params![key.0, first])?;
        let mut statement = self.transaction.prepare_cached(
            "INSERT INTO roster (application, version, content, signer, signature)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for (version, entry) in (first..).zip(entries) {
            statement.execute(params![key.0, version, entry.content, entry.signer, entry.signature])?;
        }
        Ok(())
    }
}
