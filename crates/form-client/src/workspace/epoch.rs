//! After a hub was restored from a backup and could not be topped up: a lead lets it go on, and every desk that had
//! followed the longer log follows the shorter one anew.

use form_document::key::PublicKey;
use form_document::log::LogState;
use form_document::roster::{RosterFault, SignedEntry};
use form_document::wire::LogStanding;
use form_model::command::{Event, Link};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_store::StoreError;

use super::{Workspace, not_saved};
use crate::cause::{Cause, because};
use crate::proof;

impl Workspace {
    /// Signs the step by which the hub's log goes on from where it ends, to be handed to the hub.
    ///
    /// # Errors
    /// [`ErrorCode::NotLead`]; [`ErrorCode::HubBroken`] when the hub's roster is not this application's.
    pub fn new_epoch(
        &mut self,
        id: &ApplicationId,
        standing: &LogStanding,
    ) -> Result<SignedEntry, UserError> {
        let now = (self.surroundings.now_ms)();
        let ledger = &self.session(id)?.ledger;
        let chain = ledger.chain().anew(&standing.roster).map_err(|fault| broken(&fault))?;
        if !chain.newest().may_lead(&self.device.public()) {
            return Err(UserError::new(ErrorCode::NotLead));
        }
        let end = LogState { position: standing.position, hash: standing.log };
        chain
            .next_epoch(&end, now)
            .sign(self.device.key()?.as_ref())
            .map_err(|error| broken(&RosterFault::from(error)))
    }

    /// Follows the hub's log anew from its first place when its roster opens an epoch that is not known here. What
    /// the hub lost is handed over again. False when there is no such epoch.
    ///
    /// # Errors
    /// [`ErrorCode::HubBroken`] when the roster is not one that this application's members have signed,
    /// [`ErrorCode::NotSaved`]: nothing has changed then.
    pub fn follow_anew(&mut self, id: &ApplicationId, standing: &LogStanding) -> Result<bool, UserError> {
        self.session(id)?;
        let key = self.device.key()?;
        let Self { sessions, store, .. } = self;
        let Some(session) = sessions.get_mut(id) else { return Ok(false) };
        // What is not signed yet was made under the roster that is known now.
        session.outbox.sign(&session.ledger, &key);
        let anew = session.ledger.follow_anew(&standing.roster);
        if !anew.map_err(|fault| broken(&fault))? {
            return Ok(false);
        }
        let row = proof::follow_row(&session.ledger, session.synced_ms, session.checked);
        let kept = store.write(|write| {
            session.keep_segments(write)?;
            write.follow_anew(session.key, &row)
        });
        if let Err(error) = kept {
            let error: StoreError = error;
            self.reload(id)?;
            return Err(not_saved(&error));
        }
        session.outbox.saved();
        session.outbox.reconnect();
        Ok(true)
    }

    /// A hub was restored, and waits for these devices; for none when it has gone on with another log.
    ///
    /// # Errors
    /// As [`Workspace::open_application`].
    pub fn hub_restored(
        &mut self,
        id: &ApplicationId,
        awaited: &[PublicKey],
    ) -> Result<Vec<Event>, UserError> {
        let session = self.session(id)?;
        let roster = session.ledger.chain().newest();
        let name = |device: &PublicKey| {
            let Some(member) = roster.devices.get(device) else { return device.to_string() };
            let agency = roster.agencies.get(&member.agency).map_or("", |agency| agency.name.as_str());
            format!("{agency} {}（{}）", member.person, member.name)
        };
        let awaited = awaited.iter().map(name).collect();
        self.linked(id, Link::Restored { awaited })
    }
}

fn broken(cause: &dyn Cause) -> UserError {
    because(UserError::new(ErrorCode::HubBroken), cause)
}
