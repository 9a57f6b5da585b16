//! Which actor writes for this desk.

use form_document::{ActorId, actor_id};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_store::StoreError;
use form_store::application::ApplicationRow;
use form_store::replica::ReplicaRow;

use super::{Workspace, not_saved, own_claim, unusable};

/// The setting that tells whether the database file is still the one that was written last.
const IDENTITY: &str = "database_identity";

impl Workspace {
    /// A copied or restored data folder must not go on with the actors of the original: both would use the
    /// same operation ids for different edits, and could never be merged again.
    pub(super) fn renew_actors_if_copied(&mut self) -> Result<(), UserError> {
        let found = self.home.database_identity();
        let known = self.store.setting(IDENTITY).map_err(|error| unusable(&self.home, &error))?;
        if known.as_ref() == Some(&found) {
            return Ok(());
        }
        let (now, device) = ((self.surroundings.now_ms)(), self.device.public());
        let mut fresh = Vec::new();
        for row in self.store.applications().map_err(|error| unusable(&self.home, &error))? {
            fresh.push((row.key, self.fresh_replica(&row.id, now)?));
        }
        self.store
            .write(|write| {
                write.put_setting(IDENTITY, &found)?;
                fresh.iter().try_for_each(|(key, replica)| {
                    write.put_replica(*key, replica)?;
                    write.put_claim(*key, &replica.actor, &own_claim(device, replica))
                })
            })
            .map_err(|error: StoreError| not_saved(&error))
    }

    /// Changes by this desk's own actor that came from outside: a copy of this data folder is at work
    /// somewhere. This one takes a fresh actor.
    pub(super) fn renew_actor(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        let row = self.row(id)?;
        let replica = self.fresh_replica(id, (self.surroundings.now_ms)())?;
        let device = self.device.public();
        self.store
            .write(|write| {
                write.put_replica(row.key, &replica)?;
                write.put_claim(row.key, &replica.actor, &own_claim(device, &replica))
            })
            .map_err(|error: StoreError| not_saved(&error))?;
        let replicas = self.store.replicas(row.key).map_err(|error| unusable(&self.home, &error))?;
        match self.sessions.get_mut(id) {
            Some(session) => {
                session.replicas = replicas;
                session.reload(&self.store, &row.genesis, &ActorId::from(replica.actor))
            }
            None => Ok(()),
        }
    }

    /// This desk's newest actor in an application.
    pub(super) fn actor(&self, row: &ApplicationRow) -> Result<ActorId, UserError> {
        let replicas = self.store.replicas(row.key).map_err(|error| unusable(&self.home, &error))?;
        let own = replicas.into_iter().rev().find(|replica| replica.nonce.is_some());
        own.map(|replica| ActorId::from(replica.actor))
            .ok_or_else(|| UserError::new(ErrorCode::UnknownApplication).with("application", &row.id))
    }

    /// A new actor of this device, newer than all it had: a clock that was set back must not bring an old one back.
    pub(super) fn fresh_replica(&self, id: &ApplicationId, now: i64) -> Result<ReplicaRow, UserError> {
        let last_ms = match self.sessions.get(id) {
            // Asked with every page of the log: what an open application has in memory is not read again.
            Some(session) => newest_ms(&session.replicas),
            None => newest_ms(&self.known_replicas(id)?),
        };
        let since_ms = last_ms.map_or(now, |last| now.max(last.saturating_add(1)));
        let nonce = self.surroundings.random()?;
        let settings = self.settings();
        Ok(ReplicaRow {
            actor: actor_id(id, &self.device.public().0, &nonce).to_bytes().to_vec(),
            nonce: Some(nonce.to_vec()),
            agency: settings.agency,
            person: settings.person,
            since_ms,
        })
    }

    fn known_replicas(&self, id: &ApplicationId) -> Result<Vec<ReplicaRow>, UserError> {
        let row = self.store.application(id).map_err(|error| unusable(&self.home, &error))?;
        let known = row.map_or(Ok(Vec::new()), |row| self.store.replicas(row.key));
        known.map_err(|error| unusable(&self.home, &error))
    }
}

fn newest_ms(replicas: &[ReplicaRow]) -> Option<i64> {
    replicas.iter().map(|replica| replica.since_ms).max()
}
