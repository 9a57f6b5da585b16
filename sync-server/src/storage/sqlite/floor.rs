//! Table `floor`: the newest roster that each device has signed changes with. It cannot be found from the
//! segments: a device may name a roster that did not exist yet.

use form_document::key::PublicKey;
use rusqlite::{Connection, params};

use super::error::exact;
use super::{Key, number, signed};
use crate::storage::StorageError;

pub(super) const TABLE: &str = "
CREATE TABLE floor (
    application INTEGER NOT NULL REFERENCES application (key),
    device      BLOB    NOT NULL,
    roster      INTEGER NOT NULL,
    PRIMARY KEY (application, device)
) STRICT, WITHOUT ROWID;";

pub(super) fn all(connection: &Connection, key: Key) -> Result<Vec<(PublicKey, u64)>, StorageError> {
    let mut statement =
        connection.prepare_cached("SELECT device, roster FROM floor WHERE application = ?1")?;
    let mut rows = statement.query(params![key.0])?;
    let mut floors = Vec::new();
    while let Some(row) = rows.next()? {
        floors.push((PublicKey(exact(&row.get::<_, Vec<u8>>(0)?, "floor's device")?), number(row, 1)?));
    }
    Ok(floors)
}

pub(super) fn put(
    connection: &Connection,
    key: Key,
    floors: &[(PublicKey, u64)],
) -> Result<(), StorageError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO floor (application, device, roster) VALUES (?1, ?2, ?3)
         ON CONFLICT (application, device) DO UPDATE SET roster = excluded.roster",
    )?;
    for (device, roster) in floors {
        statement.execute(params![key.0, device.0, signed(*roster)])?;
    }
    Ok(())
}
