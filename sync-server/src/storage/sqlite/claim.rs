//! Table `claim`: whose an actor is. The actor follows from device and nonce, so it is not kept.

use form_document::Claim;
use form_document::key::PublicKey;
use form_model::id::ApplicationId;
use rusqlite::{Connection, params};

use super::Key;
use super::error::exact;
use crate::storage::StorageError;

pub(super) const TABLE: &str = "
CREATE TABLE claim (
    application INTEGER NOT NULL REFERENCES application (key),
    device      BLOB    NOT NULL,
    nonce       BLOB    NOT NULL,
    PRIMARY KEY (application, device, nonce)
) STRICT, WITHOUT ROWID;";

pub(super) fn all(connection: &Connection, key: Key, id: &ApplicationId) -> Result<Vec<Claim>, StorageError> {
    let mut statement =
        connection.prepare_cached("SELECT device, nonce FROM claim WHERE application = ?1")?;
    let mut rows = statement.query(params![key.0])?;
    let mut claims = Vec::new();
    while let Some(row) = rows.next()? {
        let device = PublicKey(exact(&row.get::<_, Vec<u8>>(0)?, "claim's device")?);
        claims.push(Claim::new(id, device, exact(&row.get::<_, Vec<u8>>(1)?, "claim's nonce")?));
    }
    Ok(claims)
}

pub(super) fn add(connection: &Connection, key: Key, claims: &[Claim]) -> Result<(), StorageError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO claim (application, device, nonce) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?;
    for claim in claims {
        statement.execute(params![key.0, claim.device.0, claim.nonce])?;
    }
    Ok(())
}
