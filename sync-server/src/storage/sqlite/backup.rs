//! A consistent copy while the hub serves, and SQLite's own check.

use std::path::Path;

use rusqlite::params;

use super::{Sqlite, no_file};
use crate::data::private_file;
use crate::storage::StorageError;

impl Sqlite {
    /// Writes the database as it stands into a new file, for its owner alone: one read transaction, so commits go on
    /// beside it.
    ///
    /// # Errors
    /// When the file is there already, with something in it, or cannot be written.
    pub fn copy_to(&self, file: &Path) -> Result<(), StorageError> {
        private_file(file).map_err(|error| no_file(file, &error))?;
        let file = file.to_str().ok_or_else(|| StorageError::Other("the path is no UTF-8".to_owned()))?;
        self.connection.execute("VACUUM INTO ?1", params![file])?;
        Ok(())
    }

    /// SQLite's `quick_check`: what it finds wrong with the file; nothing when it is sound.
    ///
    /// # Errors
    /// When the database cannot be read at all.
    pub fn quick_check(&self) -> Result<Vec<String>, StorageError> {
        let mut statement = self.connection.prepare("PRAGMA quick_check")?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        let found: Vec<String> = rows.collect::<Result<_, _>>()?;
        Ok(found.into_iter().filter(|line| line != "ok").collect())
    }
}
