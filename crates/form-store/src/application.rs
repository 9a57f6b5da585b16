//! Table `application`: the applications on this desk.

use form_model::id::ApplicationId;
use rusqlite::{OptionalExtension, Row, params};

use crate::{Store, StoreError, Write};

pub(crate) const TABLE: &str = "
CREATE TABLE application (
    key        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    package    TEXT NOT NULL REFERENCES form_package (hash),
    genesis    BLOB NOT NULL,
    name       TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    -- The home screen's figures as of the change numbered summary_at; recomputed when that is not the newest.
    summary    TEXT NOT NULL DEFAULT '',
    summary_at INTEGER NOT NULL DEFAULT -1
) STRICT;";

/// The row number of an application: what other tables refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApplicationKey(pub(crate) i64);

/// A kept application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationRow {
    pub key: ApplicationKey,
    pub id: ApplicationId,
    /// Hash of its form package.
    pub package: String,
    /// The bytes whose SHA-256 is the id.
    pub genesis: Vec<u8>,
    /// The name it was given; lists show the form's name answer once there is one.
    pub name: String,
    /// Milliseconds since 1970-01-01 UTC.
    pub created_ms: i64,
    /// JSON that the engine keeps for the home screen, and the newest change it covers.
    pub summary: Option<(String, i64)>,
}

const COLUMNS: &str = "key, id, package, genesis, name, created_ms, summary, summary_at";

fn from_row(row: &Row<'_>) -> rusqlite::Result<ApplicationRow> {
    let (summary, at): (String, i64) = (row.get(6)?, row.get(7)?);
    Ok(ApplicationRow {
        key: ApplicationKey(row.get(0)?),
        id: ApplicationId(row.get(1)?),
        package: row.get(2)?,
        genesis: row.get(3)?,
        name: row.get(4)?,
        created_ms: row.get(5)?,
        summary: (!summary.is_empty()).then_some((summary, at)),
    })
}

impl Store {
    /// All applications, oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn applications(&self) -> Result<Vec<ApplicationRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM application ORDER BY key");
        let mut statement = self.connection.prepare_cached(&sql)?;
        Ok(statement.query_map([], from_row)?.collect::<Result<_, _>>()?)
    }

    /// One application by its id.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn application(&self, id: &ApplicationId) -> Result<Option<ApplicationRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM application WHERE id = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        Ok(statement.query_row(params![id.0], from_row).optional()?)
    }
}

impl Write<'_> {
    /// Keeps a new application.
    ///
    /// # Errors
    /// When it is here already, or the database can't be written.
    pub fn add_application(
        &self,
        id: &ApplicationId,
        package: &str,
        genesis: &[u8],
        name: &str,
        created_ms: i64,
    ) -> Result<ApplicationKey, StoreError> {
        self.transaction.execute(
            "INSERT INTO application (id, package, genesis, name, created_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![id.0, package, genesis, name, created_ms],
        )?;
        Ok(ApplicationKey(self.transaction.last_insert_rowid()))
    }

    /// Keeps the home screen's figures of an application.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_summary(&self, key: ApplicationKey, summary: &str, at: i64) -> Result<(), StoreError> {
        self.transaction.execute(
            "UPDATE application SET summary = ?2, summary_at = ?3 WHERE key = ?1",
            params![key.0, summary, at],
        )?;
        Ok(())
    }
}
