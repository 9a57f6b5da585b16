//! Tables `revision`, `signature_log` and `signature_log_fault`: receipts of final revisions, how far each hub's public
//! log was known to be, and what is wrong with it.

use rusqlite::{OptionalExtension, Row, params};

use crate::application::ApplicationKey;
use crate::{Store, StoreError, Write};

pub(crate) const TABLE: &str = "
CREATE TABLE revision (
    application INTEGER NOT NULL REFERENCES application (key),
    number      INTEGER NOT NULL,
    receipt     BLOB    NOT NULL,
    PRIMARY KEY (application, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE signature_log (
    -- The key by which the hub is known to its members.
    hub        TEXT    NOT NULL PRIMARY KEY,
    origin     TEXT    NOT NULL,
    root       TEXT    NOT NULL,
    size       INTEGER NOT NULL DEFAULT 0,
    checkpoint TEXT    NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;";

/// Since format 6. Apart from what is known of the log: the first that a hub shows may be broken.
pub(crate) const FAULT: &str = "
CREATE TABLE signature_log_fault (
    -- The key by which the hub is known to its members.
    hub      TEXT    NOT NULL PRIMARY KEY,
    -- When it was first seen, milliseconds since 1970-01-01 UTC.
    since_ms INTEGER NOT NULL,
    -- The error that a person reads, as JSON.
    error    TEXT    NOT NULL
) STRICT, WITHOUT ROWID;";

/// That a hub has shown another public log than the one known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureLogFaultRow {
    /// When that was first seen, milliseconds since 1970-01-01 UTC.
    pub since_ms: i64,
    /// The error that a person reads, as JSON.
    pub error: String,
}

/// What is known of a hub's public log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignatureLogRow {
    /// The log's name.
    pub origin: String,
    /// The root key, 64 lower-case hex digits.
    pub root: String,
    /// How many entries the newest known checkpoint is about.
    pub size: u64,
    /// That checkpoint; empty when none is known.
    pub checkpoint: String,
}

impl Store {
    /// The receipts of an application's final revisions, by number.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn receipts(&self, key: ApplicationKey) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT number, receipt FROM revision WHERE application = ?1 ORDER BY number")?;
        let rows = statement.query_map(params![key.0], |row| Ok((number(row, 0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What is known of a hub's public log.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn signature_log(&self, hub: &str) -> Result<Option<SignatureLogRow>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT origin, root, size, checkpoint FROM signature_log WHERE hub = ?1")?;
        Ok(statement.query_row(params![hub], log_row).optional()?)
    }

    /// What is known of the public logs of all hubs.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn signature_logs(&self) -> Result<Vec<SignatureLogRow>, StoreError> {
        let mut statement =
            self.connection.prepare_cached("SELECT origin, root, size, checkpoint FROM signature_log")?;
        Ok(statement.query_map(params![], log_row)?.collect::<Result<_, _>>()?)
    }

    /// What is wrong with a hub's public log; `None` when nothing is.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn signature_log_fault(&self, hub: &str) -> Result<Option<SignatureLogFaultRow>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT since_ms, error FROM signature_log_fault WHERE hub = ?1")?;
        let read = |row: &Row<'_>| Ok(SignatureLogFaultRow { since_ms: row.get(0)?, error: row.get(1)? });
        Ok(statement.query_row(params![hub], read).optional()?)
    }
}

impl Write<'_> {
    /// Keeps a receipt; a later one of the same revision takes its place.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_receipt(&self, key: ApplicationKey, number: u64, receipt: &[u8]) -> Result<(), StoreError> {
        self.transaction.execute(
            "INSERT INTO revision (application, number, receipt) VALUES (?1, ?2, ?3)
             ON CONFLICT (application, number) DO UPDATE SET receipt = excluded.receipt",
            params![key.0, i64::try_from(number).unwrap_or(i64::MAX), receipt],
        )?;
        Ok(())
    }

    /// Keeps what is known of a hub's public log.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_signature_log(&self, hub: &str, row: &SignatureLogRow) -> Result<(), StoreError> {
        self.transaction.execute(
            "INSERT INTO signature_log (hub, origin, root, size, checkpoint) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (hub) DO UPDATE SET
                 origin = excluded.origin, root = excluded.root, size = excluded.size,
                 checkpoint = excluded.checkpoint",
            params![hub, row.origin, row.root, i64::try_from(row.size).unwrap_or(i64::MAX), row.checkpoint],
        )?;
        Ok(())
    }

    /// Keeps what is wrong with a hub's public log.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_signature_log_fault(&self, hub: &str, row: &SignatureLogFaultRow) -> Result<(), StoreError> {
        self.transaction.execute(
            "INSERT INTO signature_log_fault (hub, since_ms, error) VALUES (?1, ?2, ?3)
             ON CONFLICT (hub) DO UPDATE SET since_ms = excluded.since_ms, error = excluded.error",
            params![hub, row.since_ms, row.error],
        )?;
        Ok(())
    }

    /// Nothing is wrong with a hub's public log any more; whether something was.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn end_signature_log_fault(&self, hub: &str) -> Result<bool, StoreError> {
        let ended =
            self.transaction.execute("DELETE FROM signature_log_fault WHERE hub = ?1", params![hub])?;
        Ok(ended > 0)
    }
}

fn log_row(row: &Row<'_>) -> rusqlite::Result<SignatureLogRow> {
    Ok(SignatureLogRow {
        origin: row.get(0)?,
        root: row.get(1)?,
        size: number(row, 2)?,
        checkpoint: row.get(3)?,
    })
}

fn number(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(index)?.unsigned_abs())
}
