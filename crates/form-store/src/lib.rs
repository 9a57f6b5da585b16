//! What a desk keeps, in one SQLite file (WAL, `synchronous=FULL`).
//!
//! A write is durable when its method returns: callers acknowledge an edit only then. Every write that belongs
//! together happens inside one [`Store::write`]; a crash in it leaves what stood before.

pub mod application;
pub mod blob;
pub mod change;
pub mod early;
mod error;
pub mod follow;
pub mod history;
mod migration;
pub mod package;
pub mod replica;
pub mod reread;
pub mod revision;
pub mod roster;
pub mod salvage;
pub mod segment;
pub mod setting;
pub mod snapshot;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

pub use error::StoreError;
pub use migration::FORMAT;

/// How long a write waits for a reader of the same file (a backup tool, say) before it fails.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How many pages the write-ahead log holds before SQLite folds it into the database: 4 MiB, so that one
/// typing person meets that pause only every few hundred edits.
const CHECKPOINT_PAGES: u32 = 1_000;

/// How many prepared statements are kept: all that there are.
const STATEMENTS: usize = 64;

/// An open database.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

/// The writes of one step; everything in it is kept or nothing is.
#[derive(Debug)]
pub struct Write<'a> {
    pub(crate) transaction: Transaction<'a>,
}

impl Store {
    /// Opens the database, creating it when there is none.
    ///
    /// # Errors
    /// [`StoreError::Newer`] and [`StoreError::Damaged`] leave the file as it was.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if path.exists() {
            Self::inspect(path)?;
        }
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "fullfsync", true)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        migration::run(&mut connection)?;
        Ok(Self { connection, path: path.to_owned() })
    }

    /// Where the database lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs the writes of one step and makes them durable.
    ///
    /// # Errors
    /// Whatever a write meets; nothing of the step is kept then.
    pub fn write<T, E: From<StoreError>>(
        &mut self,
        step: impl FnOnce(&Write<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let write = Write { transaction };
        let result = step(&write)?;
        write.transaction.commit().map_err(StoreError::from)?;
        Ok(result)
    }

    /// Refuses a file that this program must not touch, without touching it.
    fn inspect(path: &Path) -> Result<(), StoreError> {
        let damaged = |cause: rusqlite::Error| match StoreError::from(cause) {
            StoreError::Sqlite(cause) if !is_of_the_system(&cause) => {
                StoreError::Damaged { cause: cause.to_string() }
            }
            other => other,
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(damaged)?;
        let found: u32 =
            connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(damaged)?;
        if found > FORMAT {
            return Err(StoreError::Newer { found, known: FORMAT });
        }
        let verdict: String =
            connection.pragma_query_value(None, "quick_check", |row| row.get(0)).map_err(damaged)?;
        if verdict == "ok" { Ok(()) } else { Err(StoreError::Damaged { cause: verdict }) }
    }
}

/// Whether an error is the disk's or the memory's, and says nothing about what the file holds.
fn is_of_the_system(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::SystemIoFailure | ErrorCode::OutOfMemory))
}
