//! Table `history`: what the changes in the snapshot did to the answers. Of a change that is not in it yet the
//! history stands in the change's own row, so that a keystroke dirties one page; compaction moves it here.

use rusqlite::params;

use crate::application::ApplicationKey;
use crate::{Store, StoreError};

pub(crate) const TABLE: &str = "
CREATE TABLE history (
    application INTEGER NOT NULL REFERENCES application (key),
    number      INTEGER NOT NULL,
    clears      INTEGER NOT NULL,
    rows        TEXT    NOT NULL,
    PRIMARY KEY (application, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX history_clears ON history (application) WHERE clears = 1;";

/// What one step did, as the engine wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// JSON; empty when there is nothing to tell.
    pub rows: String,
    /// Whether a value was taken away: the document forgets that and asks for it when it is opened.
    pub clears: bool,
}

impl Store {
    /// The history of an application in the order in which this desk took it, as JSON texts: all of it, or
    /// the steps whose text holds `containing`.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn history(&self, key: ApplicationKey, containing: Option<&str>) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT rows FROM (
                 SELECT number, rows FROM history WHERE application = ?1
                 UNION ALL SELECT number, history FROM change WHERE application = ?1)
             WHERE rows <> '' AND (?2 IS NULL OR instr(rows, ?2) > 0) ORDER BY number",
        )?;
        Ok(statement.query_map(params![key.0, containing], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// The steps that took a value away, as JSON texts.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn clears(&self, key: ApplicationKey) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT rows FROM history WHERE application = ?1 AND clears = 1
             UNION ALL SELECT history FROM change WHERE application = ?1 AND clears = 1",
        )?;
        Ok(statement.query_map(params![key.0], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }
}
