//! Table `package_file`: the form packages' files, kept once however many applications use them.

use form_document::wire::PackageFile;
use rusqlite::{Connection, params};

use crate::storage::StorageError;
use crate::storage::record::NewApplication;

pub(super) const TABLE: &str = "
CREATE TABLE package_file (
    package TEXT NOT NULL,
    path    TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (package, path)
) STRICT, WITHOUT ROWID;";

pub(super) fn all(connection: &Connection, package: &str) -> Result<Vec<PackageFile>, StorageError> {
    let mut statement = connection
        .prepare_cached("SELECT path, content FROM package_file WHERE package = ?1 ORDER BY path")?;
    let rows = statement
        .query_map(params![package], |row| Ok(PackageFile { path: row.get(0)?, content: row.get(1)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The same hash means the same files, so those that are here stay.
pub(super) fn put(connection: &Connection, created: &NewApplication) -> Result<(), StorageError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO package_file (package, path, content) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?;
    for file in &created.package {
        statement.execute(params![created.record.package, file.path, file.content])?;
    }
    Ok(())
}
