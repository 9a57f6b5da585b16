//! The database's format: forward only, one step a version.

use rusqlite::Connection;

use crate::{
    StoreError, application, blob, change, early, follow, history, package, replica, reread, revision,
    roster, segment, setting, snapshot,
};

/// The format that this program writes.
pub const FORMAT: u32 = 6;

/// `Hqfm` in ASCII: lets `file` and other tools tell our databases from others.
const APPLICATION_ID: i32 = 0x4871_666d;

/// Brings a database up to [`FORMAT`] in one transaction.
pub(crate) fn run(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction()?;
    let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found < 1 {
        for table in [
            setting::TABLE,
            package::TABLE,
            application::TABLE,
            replica::TABLE,
            change::TABLE,
            snapshot::TABLE,
            history::TABLE,
        ] {
            transaction.execute_batch(table)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    if found < 2 {
        for table in [roster::TABLE, segment::TABLE, follow::TABLE, reread::TABLE, early::TABLE] {
            transaction.execute_batch(table)?;
        }
    }
    if found < 3 {
        transaction.execute_batch(blob::TABLE)?;
    }
    if found < 4 {
        transaction.execute_batch(blob::LOST)?;
    }
    if found < 5 {
        transaction.execute_batch(revision::TABLE)?;
    }
    if found < 6 {
        transaction.execute_batch(revision::FAULT)?;
    }
    transaction.pragma_update(None, "user_version", FORMAT)?;
    transaction.commit()?;
    Ok(())
}
