//! Table `replica`: who wrote, as far as this desk knows. A replica is one actor of one device in one
//! application.

use rusqlite::params;

use crate::application::ApplicationKey;
use crate::{Store, StoreError, Write};

pub(crate) const TABLE: &str = "
CREATE TABLE replica (
    application INTEGER NOT NULL REFERENCES application (key),
    actor       BLOB NOT NULL,
    -- Present for this desk's own actors: what the actor id was derived from.
    nonce       BLOB,
    agency      TEXT NOT NULL DEFAULT '',
    person      TEXT NOT NULL DEFAULT '',
    since_ms    INTEGER NOT NULL,
    PRIMARY KEY (application, actor)
) STRICT, WITHOUT ROWID;";

/// An actor that this desk made for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicaRow {
    pub actor: Vec<u8>,
    /// `None` for other desks' replicas.
    pub nonce: Option<Vec<u8>>,
    pub agency: String,
    pub person: String,
    /// When the actor was taken, milliseconds since 1970-01-01 UTC.
    pub since_ms: i64,
}

impl Store {
    /// The known replicas of an application, oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn replicas(&self, key: ApplicationKey) -> Result<Vec<ReplicaRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT actor, nonce, agency, person, since_ms FROM replica
             WHERE application = ?1 ORDER BY since_ms, actor",
        )?;
        let rows = statement.query_map(params![key.0], |row| {
            Ok(ReplicaRow {
                actor: row.get(0)?,
                nonce: row.get(1)?,
                agency: row.get(2)?,
                person: row.get(3)?,
                since_ms: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Write<'_> {
    /// Keeps a replica, or the newer name of one.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn put_replica(&self, key: ApplicationKey, replica: &ReplicaRow) -> Result<(), StoreError> {
        self.transaction.execute(
            "INSERT INTO replica (application, actor, nonce, agency, person, since_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (application, actor) DO UPDATE
             SET agency = excluded.agency, person = excluded.person",
            params![key.0, replica.actor, replica.nonce, replica.agency, replica.person, replica.since_ms],
        )?;
        Ok(())
    }
}
