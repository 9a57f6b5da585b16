//! Table `form_package`: the form packages that this desk's applications were made from, byte for byte, so
//! that an application opens years later whatever packages the program ships then.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};

use crate::{Store, StoreError, Write};

pub(crate) const TABLE: &str = "
CREATE TABLE form_package (
    hash    TEXT NOT NULL PRIMARY KEY,
    id      TEXT NOT NULL,
    version TEXT NOT NULL
) STRICT;
CREATE TABLE form_package_file (
    package TEXT NOT NULL REFERENCES form_package (hash),
    path    TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (package, path)
) STRICT;";

impl Store {
    /// The files of a kept package by its hash: relative path to content.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn package_files(&self, hash: &str) -> Result<Option<BTreeMap<String, Vec<u8>>>, StoreError> {
        let known = self
            .connection
            .query_row("SELECT 1 FROM form_package WHERE hash = ?1", params![hash], |_| Ok(()))
            .optional()?;
        if known.is_none() {
            return Ok(None);
        }
        let mut statement = self
            .connection
            .prepare_cached("SELECT path, content FROM form_package_file WHERE package = ?1")?;
        let rows = statement.query_map(params![hash], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Some(rows.collect::<Result<_, _>>()?))
    }
}

impl Write<'_> {
    /// Keeps a package; one that is kept already stays as it is.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_package(
        &self,
        hash: &str,
        id: &str,
        version: &str,
        files: &BTreeMap<String, Vec<u8>>,
    ) -> Result<(), StoreError> {
        let added = self.transaction.execute(
            "INSERT INTO form_package (hash, id, version) VALUES (?1, ?2, ?3)
             ON CONFLICT (hash) DO NOTHING",
            params![hash, id, version],
        )?;
        if added == 0 {
            return Ok(());
        }
        let mut statement = self
            .transaction
            .prepare_cached("INSERT INTO form_package_file (package, path, content) VALUES (?1, ?2, ?3)")?;
        for (path, content) in files {
            statement.execute(params![hash, path, content])?;
        }
        Ok(())
    }
}
