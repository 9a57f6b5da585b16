//! Reading what can still be read of a damaged database. Works on a copy: the damaged file stays as it was.

use std::path::Path;

use form_model::id::ApplicationId;
use rusqlite::{Connection, OpenFlags, params};

use crate::StoreError;

/// What could be read of one application. Whether the pieces fit is for the reader to find out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalvagedApplication {
    pub id: ApplicationId,
    pub name: String,
    pub genesis: Vec<u8>,
    /// The compacted document, if it was readable.
    pub document: Option<Vec<u8>>,
    /// Raw changes after it, as many as were readable.
    pub changes: Vec<Vec<u8>>,
}

/// Reads every application that a copy of a damaged database still yields, row by row: one unreadable row
/// does not hide the others.
///
/// # Errors
/// When the copy can't be opened as a database at all.
pub fn salvage(copy: &Path) -> Result<Vec<SalvagedApplication>, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(copy, flags)?;
    let mut statement =
        connection.prepare("SELECT key, id, name, genesis FROM application NOT INDEXED ORDER BY key")?;
    let mut found = Vec::new();
    let mut rows = statement.query([])?;
    while let Ok(Some(row)) = rows.next() {
        let read = || -> rusqlite::Result<(i64, SalvagedApplication)> {
            let application = SalvagedApplication {
                id: ApplicationId(row.get(1)?),
                name: row.get(2)?,
                genesis: row.get(3)?,
                document: None,
                changes: Vec::new(),
            };
            Ok((row.get(0)?, application))
        };
        found.extend(read());
    }
    drop(rows);
    Ok(found
        .into_iter()
        .map(|(key, application)| SalvagedApplication {
            document: document(&connection, key),
            changes: changes(&connection, key),
            ..application
        })
        .collect())
}

fn document(connection: &Connection, key: i64) -> Option<Vec<u8>> {
    connection
        .query_row("SELECT document FROM snapshot WHERE application = ?1", params![key], |row| row.get(0))
        .ok()
}

/// One by one, so that a broken page costs its own rows only.
fn changes(connection: &Connection, key: i64) -> Vec<Vec<u8>> {
    let newest = |order: &str| -> Option<i64> {
        let sql = format!("SELECT number FROM change WHERE application = ?1 ORDER BY number {order} LIMIT 1");
        connection.query_row(&sql, params![key], |row| row.get(0)).ok()
    };
    let (Some(first), Some(last)) = (newest("ASC"), newest("DESC")) else { return Vec::new() };
    let one = |number: i64| {
        let sql = "SELECT raw FROM change WHERE application = ?1 AND number = ?2";
        connection.query_row(sql, params![key, number], |row| row.get(0)).ok()
    };
    (first..=last).filter_map(one).collect()
}
