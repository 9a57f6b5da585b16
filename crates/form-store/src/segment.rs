//! Tables `claim` and `segment`: whose an actor is, and the signatures that prove who made which changes.

use rusqlite::{Row, params};

use crate::application::ApplicationKey;
use crate::{Store, StoreError, Write};

pub(crate) const TABLE: &str = "
CREATE TABLE claim (
    application INTEGER NOT NULL REFERENCES application (key),
    actor       BLOB NOT NULL,
    device      BLOB NOT NULL,
    nonce       BLOB NOT NULL,
    PRIMARY KEY (application, actor)
) STRICT, WITHOUT ROWID;
CREATE TABLE segment (
    application INTEGER NOT NULL REFERENCES application (key),
    actor       BLOB    NOT NULL,
    first_seq   INTEGER NOT NULL,
    count       INTEGER NOT NULL,
    roster      INTEGER NOT NULL,
    signature   BLOB    NOT NULL,
    -- The hashes of the last changes, where those changes are not here.
    rest        BLOB    NOT NULL,
    PRIMARY KEY (application, actor, first_seq, count, roster)
) STRICT, WITHOUT ROWID;";

/// Whose an actor is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRow {
    pub device: Vec<u8>,
    pub nonce: Vec<u8>,
}

/// A signature over consecutive changes of one actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentRow {
    pub actor: Vec<u8>,
    pub first_seq: u64,
    pub count: u64,
    /// The newest roster that the author knew.
    pub roster: u64,
    pub signature: Vec<u8>,
    /// 32 bytes for each change at the end that is not here.
    pub rest: Vec<u8>,
}

/// What a segment is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentSpan {
    pub actor: Vec<u8>,
    pub first_seq: u64,
    /// The number of the change after the last.
    pub end_seq: u64,
    pub roster: u64,
}

/// How far an actor's changes are signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentEnd {
    pub actor: Vec<u8>,
    /// The last change that a segment proves.
    pub seq: u64,
    /// The newest roster that a segment names.
    pub roster: u64,
    /// How many segments there are.
    pub count: u64,
}

const COLUMNS: &str = "actor, first_seq, count, roster, signature, rest";

fn from_row(row: &Row<'_>) -> rusqlite::Result<SegmentRow> {
    let number = |index| row.get::<_, i64>(index).map(i64::unsigned_abs);
    Ok(SegmentRow {
        actor: row.get(0)?,
        first_seq: number(1)?,
        count: number(2)?,
        roster: number(3)?,
        signature: row.get(4)?,
        rest: row.get(5)?,
    })
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Store {
    /// Whose the actors of an application are.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn claims(&self, key: ApplicationKey) -> Result<Vec<ClaimRow>, StoreError> {
        let mut statement =
            self.connection.prepare_cached("SELECT device, nonce FROM claim WHERE application = ?1")?;
        let rows = statement
            .query_map(params![key.0], |row| Ok(ClaimRow { device: row.get(0)?, nonce: row.get(1)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The segments of an actor that end after a seq, first ones first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn segments_after(
        &self,
        key: ApplicationKey,
        actor: &[u8],
        seq: u64,
    ) -> Result<Vec<SegmentRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM segment
             WHERE application = ?1 AND actor = ?2 AND first_seq + count - 1 > ?3 ORDER BY first_seq, count"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params![key.0, actor, signed(seq)], from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What each segment is about.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn segment_spans(&self, key: ApplicationKey) -> Result<Vec<SegmentSpan>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT actor, first_seq, first_seq + count, roster FROM segment WHERE application = ?1",
        )?;
        let rows = statement.query_map(params![key.0], |row| {
            let number = |index| row.get::<_, i64>(index).map(i64::unsigned_abs);
            Ok(SegmentSpan {
                actor: row.get(0)?,
                first_seq: number(1)?,
                end_seq: number(2)?,
                roster: number(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What is signed of each actor.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn segment_ends(&self, key: ApplicationKey) -> Result<Vec<SegmentEnd>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT actor, max(first_seq + count - 1), max(roster), count(*) FROM segment
             WHERE application = ?1 GROUP BY actor",
        )?;
        let rows = statement.query_map(params![key.0], |row| {
            let number = |index| row.get::<_, i64>(index).map(i64::unsigned_abs);
            Ok(SegmentEnd { actor: row.get(0)?, seq: number(1)?, roster: number(2)?, count: number(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Write<'_> {
    /// Keeps a claim; a known one stays as it is.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_claim(&self, key: ApplicationKey, actor: &[u8], claim: &ClaimRow) -> Result<(), StoreError> {
        self.transaction.execute(
            "INSERT INTO claim (application, actor, device, nonce) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (application, actor) DO NOTHING",
            params![key.0, actor, claim.device, claim.nonce],
        )?;
        Ok(())
    }

    /// Keeps a segment, in place of those that it covers; one that a kept one covers is left out.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_segment(&self, key: ApplicationKey, segment: &SegmentRow) -> Result<(), StoreError> {
        let (first, count) = (signed(segment.first_seq), signed(segment.count));
        let (roster, end) = (signed(segment.roster), first.saturating_add(count));
        let mut covered = self.transaction.prepare_cached(
            "SELECT 1 FROM segment WHERE application = ?1 AND actor = ?2 AND roster = ?3
             AND first_seq <= ?4 AND first_seq + count >= ?5 AND rest = x'' LIMIT 1",
        )?;
        if covered.exists(params![key.0, segment.actor, roster, first, end])? {
            return Ok(());
        }
        let mut replace = self.transaction.prepare_cached(
            "DELETE FROM segment WHERE application = ?1 AND actor = ?2 AND roster = ?3
             AND first_seq >= ?4 AND first_seq + count <= ?5",
        )?;
        replace.execute(params![key.0, segment.actor, roster, first, end])?;
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO segment (application, actor, first_seq, count, roster, signature, rest)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (application, actor, first_seq, count, roster) DO UPDATE
             SET signature = excluded.signature, rest = excluded.rest",
        )?;
        insert.execute(params![
            key.0,
            segment.actor,
            first,
            count,
            roster,
            segment.signature,
            segment.rest
        ])?;
        Ok(())
    }

    /// An actor's changes from `first_seq` on are no longer here; `hashes` are theirs, in order. A segment that
    /// also proves earlier ones names them itself from now on; one that proves nothing else goes.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn cut_segments(
        &self,
        key: ApplicationKey,
        actor: &[u8],
        first_seq: u64,
        hashes: &[[u8; 32]],
    ) -> Result<(), StoreError> {
        let first = signed(first_seq);
        self.transaction.execute(
            "DELETE FROM segment WHERE application = ?1 AND actor = ?2 AND first_seq >= ?3",
            params![key.0, actor, first],
        )?;
        let mut reaching = self.transaction.prepare(
            "SELECT first_seq, count, roster, rest FROM segment
             WHERE application = ?1 AND actor = ?2 AND first_seq + count > ?3",
        )?;
        let rows = reaching.query_map(params![key.0, actor, first], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, i64>(1)?,
                row.get::<_, i64>(2)?,
                row.get::<_, Vec<u8>>(3)?,
            ))
        })?;
        for row in rows.collect::<Result<Vec<_>, _>>()? {
            let (from, count, roster, rest) = row;
            let named = i64::try_from(rest.len() / 32).unwrap_or(i64::MAX);
            let missing = from.saturating_add(count).saturating_sub(named).saturating_sub(first);
            let missing = hashes.get(..usize::try_from(missing).unwrap_or(0)).unwrap_or(hashes);
            let rest: Vec<u8> = missing.iter().flatten().copied().chain(rest).collect();
            self.transaction.execute(
                "UPDATE segment SET rest = ?6 WHERE application = ?1 AND actor = ?2 AND first_seq = ?3
                 AND count = ?4 AND roster = ?5",
                params![key.0, actor, from, count, roster, rest],
            )?;
        }
        Ok(())
    }
}
