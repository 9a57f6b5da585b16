//! Table `history`: what each change did to each answer, written in the transaction that keeps the change.

use form_model::id::AnswerId;
use rusqlite::{Row, params};

use crate::application::ApplicationKey;
use crate::{Store, StoreError, Write};

// Ordered by operation: rows of one's own typing land on one page after another. There is no index by answer
// on purpose: it would dirty a second page at every keystroke, and reading 50,000 rows takes some 20 ms.
pub(crate) const TABLE: &str = "
CREATE TABLE history (
    application INTEGER NOT NULL REFERENCES application (key),
    counter     INTEGER NOT NULL,
    actor       BLOB    NOT NULL,
    answer      TEXT    NOT NULL,
    time_ms     INTEGER NOT NULL,
    -- 1 for a value taken away: the document forgets these and asks for them when it is opened.
    clears      INTEGER NOT NULL DEFAULT 0,
    step        TEXT    NOT NULL,
    PRIMARY KEY (application, counter, actor)
) STRICT, WITHOUT ROWID;
CREATE INDEX history_clears ON history (application) WHERE clears = 1;";

/// A row of history as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    /// The operation's counter; unique together with the actor.
    pub counter: i64,
    /// The author's actor id.
    pub actor: Vec<u8>,
    pub answer: AnswerId,
    /// By the author's clock, milliseconds since 1970-01-01 UTC.
    pub time_ms: i64,
    /// Whether it took a value away.
    pub clears: bool,
    /// What was done, as JSON.
    pub step: String,
}

const COLUMNS: &str = "counter, actor, answer, time_ms, clears, step";

fn from_row(row: &Row<'_>) -> rusqlite::Result<HistoryRow> {
    Ok(HistoryRow {
        counter: row.get(0)?,
        actor: row.get(1)?,
        answer: AnswerId(row.get(2)?),
        time_ms: row.get(3)?,
        clears: row.get(4)?,
        step: row.get(5)?,
    })
}

impl Store {
    /// The history of one answer, or of all, in the order of the operations.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn history(
        &self,
        key: ApplicationKey,
        answer: Option<&AnswerId>,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM history
             WHERE application = ?1 AND (?2 IS NULL OR answer = ?2) ORDER BY counter, actor"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let answer = answer.map(AnswerId::as_str);
        Ok(statement.query_map(params![key.0, answer], from_row)?.collect::<Result<_, _>>()?)
    }

    /// The rows that took a value away.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn clears(&self, key: ApplicationKey) -> Result<Vec<HistoryRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM history WHERE application = ?1 AND clears = 1 ORDER BY counter, actor"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        Ok(statement.query_map(params![key.0], from_row)?.collect::<Result<_, _>>()?)
    }
}

impl Write<'_> {
    /// Adds a row of history.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn add_history(&self, key: ApplicationKey, row: &HistoryRow) -> Result<(), StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "INSERT INTO history (application, counter, actor, answer, time_ms, clears, step)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        statement.execute(params![
            key.0,
            row.counter,
            row.actor,
            row.answer.as_str(),
            row.time_ms,
            row.clears,
            row.step
        ])?;
        Ok(())
    }
}
