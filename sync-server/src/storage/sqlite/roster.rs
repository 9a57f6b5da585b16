//! Table `roster`: the signed entries that say who takes part, version by version.

use form_document::key::{PublicKey, Signature};
use form_document::roster::SignedEntry;
use rusqlite::{Connection, params};

use super::error::exact;
use super::{Key, signed};
use crate::storage::StorageError;

pub(super) const TABLE: &str = "
CREATE TABLE roster (
    application INTEGER NOT NULL REFERENCES application (key),
    version     INTEGER NOT NULL,
    content     BLOB    NOT NULL,
    signer      BLOB    NOT NULL,
    signature   BLOB    NOT NULL,
    PRIMARY KEY (application, version)
) STRICT, WITHOUT ROWID;";

pub(super) fn all(connection: &Connection, key: Key) -> Result<Vec<SignedEntry>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT content, signer, signature FROM roster WHERE application = ?1 ORDER BY version",
    )?;
    let mut rows = statement.query(params![key.0])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(SignedEntry {
            content: row.get(0)?,
            key: PublicKey(exact(&row.get::<_, Vec<u8>>(1)?, "roster signer")?),
            signature: Signature(exact(&row.get::<_, Vec<u8>>(2)?, "roster signature")?),
        });
    }
    Ok(entries)
}

pub(super) fn add(
    connection: &Connection,
    key: Key,
    entries: &[(u64, SignedEntry)],
) -> Result<(), StorageError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO roster (application, version, content, signer, signature) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (version, entry) in entries {
        let SignedEntry { content, key: signer, signature } = entry;
        statement.execute(params![key.0, signed(*version), content, signer.0, signature.0])?;
    }
    Ok(())
}
