//! Table `blob`: how each file of evidence stands between this desk and the hub. Where its bytes are here, the disk says.

use rusqlite::{OptionalExtension, Row, params};

use crate::application::ApplicationKey;
use crate::{Store, StoreError, Write};

pub(crate) const TABLE: &str = "
CREATE TABLE blob (
    application INTEGER NOT NULL REFERENCES application (key),
    sha256      TEXT    NOT NULL,
    -- When the hub said last that it has the whole file on its disk; 0 when it did not.
    on_hub_ms   INTEGER NOT NULL DEFAULT 0,
    -- Where an upload goes on; empty when none was begun.
    upload      TEXT    NOT NULL DEFAULT '',
    -- When a person asked for the file; 0 when nobody did.
    wanted_ms   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (application, sha256)
) STRICT, WITHOUT ROWID;";

/// Since format 4.
pub(crate) const LOST: &str = "
-- When the hub first no longer had a file that it had said it has; 0 when it has it, or never said so.
ALTER TABLE blob ADD COLUMN lost_ms INTEGER NOT NULL DEFAULT 0;";

/// How a file stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlobRow {
    /// Milliseconds since 1970-01-01 UTC; 0: the hub never said that it has it.
    pub on_hub_ms: i64,
    /// The path at the hub where an upload goes on; empty: none was begun.
    pub upload: String,
    /// Milliseconds since 1970-01-01 UTC; 0: nobody asked for it.
    pub wanted_ms: i64,
    /// Milliseconds since 1970-01-01 UTC: since when the hub lacks a file that it had; 0: it lost none.
    pub lost_ms: i64,
}

impl Store {
    /// Every file of which something is known, by its hash.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn blobs(&self, key: ApplicationKey) -> Result<Vec<(String, BlobRow)>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT sha256, on_hub_ms, upload, wanted_ms, lost_ms FROM blob WHERE application = ?1
             ORDER BY sha256",
        )?;
        let rows = statement.query_map(params![key.0], |row| Ok((row.get(0)?, read(row, 1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How one file stands.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn blob(&self, key: ApplicationKey, sha256: &str) -> Result<BlobRow, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT on_hub_ms, upload, wanted_ms, lost_ms FROM blob WHERE application = ?1 AND sha256 = ?2",
        )?;
        let row = statement.query_row(params![key.0, sha256], |row| read(row, 0));
        Ok(row.optional()?.unwrap_or_default())
    }
}

/// The columns from `at` on.
fn read(row: &Row<'_>, at: usize) -> rusqlite::Result<BlobRow> {
    Ok(BlobRow {
        on_hub_ms: row.get(at)?,
        upload: row.get(at + 1)?,
        wanted_ms: row.get(at + 2)?,
        lost_ms: row.get(at + 3)?,
    })
}

impl Write<'_> {
    /// Keeps how a file stands.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_blob(&self, key: ApplicationKey, sha256: &str, row: &BlobRow) -> Result<(), StoreError> {
        self.transaction.execute(
            "INSERT INTO blob (application, sha256, on_hub_ms, upload, wanted_ms, lost_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (application, sha256) DO UPDATE SET on_hub_ms = excluded.on_hub_ms,
                 upload = excluded.upload, wanted_ms = excluded.wanted_ms, lost_ms = excluded.lost_ms",
            params![key.0, sha256, row.on_hub_ms, row.upload, row.wanted_ms, row.lost_ms],
        )?;
        Ok(())
    }

    /// The hub is another one, or has lost its disk: it has said nothing yet.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn forget_hub_of_blobs(&self, key: ApplicationKey) -> Result<(), StoreError> {
        self.transaction.execute(
            "UPDATE blob SET on_hub_ms = 0, upload = '', lost_ms = 0 WHERE application = ?1",
            params![key.0],
        )?;
        Ok(())
    }
}
