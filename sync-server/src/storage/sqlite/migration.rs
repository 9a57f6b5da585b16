//! The database's format: forward only, one step a version.

use rusqlite::Connection;

use super::{
    admission, application, blob, claim, floor, fold, head, held, invite, log, member, package_file, roster,
    seal, segment, setting, snapshot, ticket, upload,
};
use crate::storage::StorageError;

/// The format that this program writes.
pub const FORMAT: u32 = 3;

/// `Hqhb` in ASCII: lets `file` and other tools tell our databases from others.
const APPLICATION_ID: i32 = 0x4871_6862;

/// Brings a database up to [`FORMAT`] in one transaction.
pub(super) fn run(connection: &mut Connection) -> Result<(), StorageError> {
    let transaction = connection.transaction()?;
    let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found == FORMAT {
        return Ok(());
    }
    if found < 1 {
        for table in [
            setting::TABLE,
            package_file::TABLE,
            application::TABLE,
            roster::TABLE,
            member::TABLE,
            invite::TABLE,
            claim::TABLE,
            segment::TABLE,
            floor::TABLE,
            log::TABLE,
            fold::TABLE,
            snapshot::TABLE,
            head::TABLE,
            admission::TABLE,
        ] {
            transaction.execute_batch(table)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    if found < 2 {
        for table in [blob::TABLE, upload::TABLE, ticket::TABLE] {
            transaction.execute_batch(table)?;
        }
    }
    if found < 3 {
        transaction.execute_batch(seal::TABLE)?;
        transaction.execute_batch(held::TABLE)?;
    }
    transaction.pragma_update(None, "user_version", FORMAT)?;
    transaction.commit()?;
    Ok(())
}
