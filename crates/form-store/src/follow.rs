//! Tables `follow`, `unchecked_start`, `log_page`, `accepted` and `refused`: how far this desk has followed the hub's log of an
//! application, and what the log said.

use rusqlite::{OptionalExtension, params};

use crate::application::ApplicationKey;
use crate::{Store, StoreError, Write};

pub(crate) const TABLE: &str = "
CREATE TABLE follow (
    application INTEGER NOT NULL PRIMARY KEY REFERENCES application (key),
    position    INTEGER NOT NULL,
    log_hash    BLOB    NOT NULL,
    -- The roster version that the log has reached.
    confirmed   INTEGER NOT NULL,
    synced_ms   INTEGER NOT NULL,
    -- 0: a joining desk that has not checked every signature and right yet.
    checked     INTEGER NOT NULL DEFAULT 1,
    -- Where a log that is followed anew must still come to, and its hash there; 0 and empty otherwise.
    bound       INTEGER NOT NULL DEFAULT 0,
    bound_hash  BLOB    NOT NULL DEFAULT x''
) STRICT;
-- A compact start that has not been checked yet, as it came; it is looked at when nobody is waiting.
CREATE TABLE unchecked_start (
    application INTEGER NOT NULL PRIMARY KEY REFERENCES application (key),
    start       BLOB    NOT NULL
) STRICT;
-- What the log said, without the changes' bytes: a hub that was restored from a backup gets it back from here.
CREATE TABLE log_page (
    application INTEGER NOT NULL REFERENCES application (key),
    after       INTEGER NOT NULL,
    page        BLOB    NOT NULL,
    PRIMARY KEY (application, after)
) STRICT, WITHOUT ROWID;
-- The newest roster that each device was seen to know when the log accepted its changes.
CREATE TABLE floor (
    application INTEGER NOT NULL REFERENCES application (key),
    device      BLOB    NOT NULL,
    version     INTEGER NOT NULL,
    PRIMARY KEY (application, device)
) STRICT, WITHOUT ROWID;
CREATE TABLE accepted (
    application INTEGER NOT NULL REFERENCES application (key),
    actor       BLOB    NOT NULL,
    seq         INTEGER NOT NULL,
    PRIMARY KEY (application, actor)
) STRICT, WITHOUT ROWID;
CREATE TABLE refused (
    application INTEGER NOT NULL REFERENCES application (key),
    hash        BLOB    NOT NULL,
    reason      INTEGER NOT NULL,
    -- The change, where it was here; empty otherwise.
    raw         BLOB    NOT NULL,
    -- What it did, as the engine wrote it; empty where nobody here would miss it.
    history     TEXT    NOT NULL,
    -- 0: set aside together with what it builds on; the log has not come to it yet.
    in_log      INTEGER NOT NULL,
    PRIMARY KEY (application, hash)
) STRICT, WITHOUT ROWID;";

/// How far the hub's log was followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowRow {
    pub position: u64,
    pub log_hash: Vec<u8>,
    pub confirmed: u64,
    /// When the hub last confirmed all there was here, milliseconds since 1970-01-01 UTC; 0 for never.
    pub synced_ms: i64,
    pub checked: bool,
    /// Where a log that is followed anew must still come to; 0 when there is no such place.
    pub bound: u64,
    /// The log's hash there; empty when there is no such place.
    pub bound_hash: Vec<u8>,
}

/// A change that the hub refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRow {
    pub hash: Vec<u8>,
    pub reason: u8,
    pub raw: Vec<u8>,
    /// JSON; empty when there is nothing to tell, or a person has put it away.
    pub history: String,
    /// False while it was only set aside together with what it builds on, and the log has not come to it.
    pub in_log: bool,
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Store {
    /// How far the hub's log of an application was followed; `None` before its first page.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn follow(&self, key: ApplicationKey) -> Result<Option<FollowRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT position, log_hash, confirmed, synced_ms, checked, bound, bound_hash
             FROM follow WHERE application = ?1",
        )?;
        let row = statement.query_row(params![key.0], |row| {
            Ok(FollowRow {
                position: row.get::<_, i64>(0)?.unsigned_abs(),
                log_hash: row.get(1)?,
                confirmed: row.get::<_, i64>(2)?.unsigned_abs(),
                synced_ms: row.get(3)?,
                checked: row.get(4)?,
                bound: row.get::<_, i64>(5)?.unsigned_abs(),
                bound_hash: row.get(6)?,
            })
        });
        Ok(row.optional()?)
    }

    /// A compact start that has not been checked yet, as it came.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn unchecked_start(&self, key: ApplicationKey) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement =
            self.connection.prepare_cached("SELECT start FROM unchecked_start WHERE application = ?1")?;
        Ok(statement.query_row(params![key.0], |row| row.get(0)).optional()?)
    }

    /// How far the hub has accepted each actor's changes, by seq.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn accepted(&self, key: ApplicationKey) -> Result<Vec<(Vec<u8>, u64)>, StoreError> {
        let mut statement =
            self.connection.prepare_cached("SELECT actor, seq FROM accepted WHERE application = ?1")?;
        let rows = statement
            .query_map(params![key.0], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The newest roster that each device was seen to know.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn floors(&self, key: ApplicationKey) -> Result<Vec<(Vec<u8>, u64)>, StoreError> {
        let mut statement =
            self.connection.prepare_cached("SELECT device, version FROM floor WHERE application = ?1")?;
        let rows = statement
            .query_map(params![key.0], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The changes that the hub refused.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn refused(&self, key: ApplicationKey) -> Result<Vec<RefusedRow>, StoreError> {
        self.refused_rows("", key)
    }

    /// Those of them that somebody here would miss and has not put away.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn set_aside(&self, key: ApplicationKey) -> Result<Vec<RefusedRow>, StoreError> {
        self.refused_rows("AND history <> ''", key)
    }

    /// Whether the hub has refused something for a reason whose bytes are not here.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn refused_without_bytes(&self, key: ApplicationKey, reason: u8) -> Result<bool, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT 1 FROM refused WHERE application = ?1 AND reason = ?2 AND raw = x''")?;
        Ok(statement.exists(params![key.0, reason])?)
    }

    fn refused_rows(&self, also: &str, key: ApplicationKey) -> Result<Vec<RefusedRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT hash, reason, raw, history, in_log FROM refused WHERE application = ?1 {also}",
        ))?;
        let rows = statement.query_map(params![key.0], |row| {
            Ok(RefusedRow {
                hash: row.get(0)?,
                reason: row.get(1)?,
                raw: row.get(2)?,
                history: row.get(3)?,
                in_log: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The pages of the log that reach beyond a position, in order.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn log_pages_after(&self, key: ApplicationKey, position: u64) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT page FROM log_page WHERE application = ?1 AND after >= coalesce(
                 (SELECT max(after) FROM log_page WHERE application = ?1 AND after <= ?2), 0)
             ORDER BY after",
        )?;
        let rows = statement.query_map(params![key.0, signed(position)], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Write<'_> {
    /// Keeps how far the log was followed.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_follow(&self, key: ApplicationKey, row: &FollowRow) -> Result<(), StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "INSERT INTO follow (application, position, log_hash, confirmed, synced_ms, checked, bound, bound_hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (application) DO UPDATE SET position = excluded.position,
             log_hash = excluded.log_hash, confirmed = excluded.confirmed,
             synced_ms = excluded.synced_ms, checked = excluded.checked,
             bound = excluded.bound, bound_hash = excluded.bound_hash",
        )?;
        statement.execute(params![
            key.0,
            signed(row.position),
            row.log_hash,
            signed(row.confirmed),
            row.synced_ms,
            row.checked,
            signed(row.bound),
            row.bound_hash
        ])?;
        Ok(())
    }

    /// Forgets what the log has said, to follow it anew from its start as `row` says. What was refused is kept for
    /// its author, without counting as a word of the log.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn follow_anew(&self, key: ApplicationKey, row: &FollowRow) -> Result<(), StoreError> {
        for forget in [
            "DELETE FROM accepted WHERE application = ?1",
            "DELETE FROM floor WHERE application = ?1",
            "DELETE FROM log_page WHERE application = ?1",
            "UPDATE refused SET in_log = 0 WHERE application = ?1",
        ] {
            self.transaction.execute(forget, params![key.0])?;
        }
        self.put_follow(key, row)
    }

    /// Keeps a compact start until it has been checked.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_unchecked_start(&self, key: ApplicationKey, start: &[u8]) -> Result<(), StoreError> {
        self.transaction.execute(
            "INSERT INTO unchecked_start (application, start) VALUES (?1, ?2)",
            params![key.0, start],
        )?;
        Ok(())
    }

    /// The compact start has been checked.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn checked_start(&self, key: ApplicationKey) -> Result<(), StoreError> {
        self.transaction.execute("DELETE FROM unchecked_start WHERE application = ?1", params![key.0])?;
        self.transaction.execute("UPDATE follow SET checked = 1 WHERE application = ?1", params![key.0])?;
        Ok(())
    }

    /// Keeps a page of the log, without its changes' bytes.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_log_page(&self, key: ApplicationKey, after: u64, page: &[u8]) -> Result<(), StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "INSERT INTO log_page (application, after, page) VALUES (?1, ?2, ?3)
             ON CONFLICT (application, after) DO UPDATE SET page = excluded.page",
        )?;
        statement.execute(params![key.0, signed(after), page])?;
        Ok(())
    }

    /// The hub has accepted an actor's changes up to a seq.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_accepted(&self, key: ApplicationKey, actor: &[u8], seq: u64) -> Result<(), StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "INSERT INTO accepted (application, actor, seq) VALUES (?1, ?2, ?3)
             ON CONFLICT (application, actor) DO UPDATE SET seq = excluded.seq",
        )?;
        statement.execute(params![key.0, actor, signed(seq)])?;
        Ok(())
    }

    /// A device was seen to know a roster.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_floor(&self, key: ApplicationKey, device: &[u8], version: u64) -> Result<(), StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "INSERT INTO floor (application, device, version) VALUES (?1, ?2, ?3)
             ON CONFLICT (application, device) DO UPDATE SET version = excluded.version",
        )?;
        statement.execute(params![key.0, device, signed(version)])?;
        Ok(())
    }

    /// Keeps a refused change.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_refused(&self, key: ApplicationKey, row: &RefusedRow) -> Result<(), StoreError> {
        self.transaction.execute(
            "INSERT INTO refused (application, hash, reason, raw, history, in_log)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (application, hash) DO UPDATE
             SET reason = excluded.reason, in_log = max(in_log, excluded.in_log),
             raw = iif(excluded.raw = x'', raw, excluded.raw),
             history = iif(excluded.history = '', history, excluded.history)",
            params![key.0, row.hash, row.reason, row.raw, row.history, row.in_log],
        )?;
        Ok(())
    }

    /// A person has put a refused change away, all but what is `left` of what it did; what it was is kept.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn dismiss_refused(&self, key: ApplicationKey, hash: &[u8], left: &str) -> Result<(), StoreError> {
        self.transaction.execute(
            "UPDATE refused SET history = ?3 WHERE application = ?1 AND hash = ?2",
            params![key.0, hash, left],
        )?;
        Ok(())
    }
}
