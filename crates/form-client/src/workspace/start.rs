//! Joining compactly: the whole document in one piece, editable at once, checked change by change afterwards.

use form_document::ledger::{Ledger, StartFault, Verified, verify_all};
use form_document::wire::{self, START_MAX_BYTES, Start};
use form_model::command::Event;
use form_model::definition::FormDefinition;
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_store::StoreError;
use form_store::snapshot::SnapshotRow;

use super::{Workspace, not_saved, unusable};
use crate::cause::{Cause, because};
use crate::log_page;
use crate::proof;

/// What has to be looked at after a compact start. Needs no desk, so it can be done beside a person's work.
#[derive(Debug)]
pub struct UncheckedStart {
    start: Vec<u8>,
    genesis: Vec<u8>,
    definition: FormDefinition,
}

impl UncheckedStart {
    /// Looks at every signature, right and change of the start.
    ///
    /// # Errors
    /// [`ErrorCode::HubBroken`] with the first thing that is wrong.
    pub fn check(&self) -> Result<Verified, UserError> {
        let start: Start =
            wire::decode_up_to(&self.start, START_MAX_BYTES).map_err(|error| broken(&error))?;
        verify_all(&start, &self.genesis, &self.definition).map_err(|fault| broken(&fault))
    }
}

impl Workspace {
    /// Whether nothing of an application has come here yet but its invite. It was not started here, either: of one's
    /// own there is nothing to be told.
    ///
    /// # Errors
    /// As [`Workspace::open_application`].
    pub fn is_empty(&mut self, id: &ApplicationId) -> Result<bool, UserError> {
        let session = self.session(id)?;
        let founder = session.ledger.chain().entries_after(0).first().map(|entry| entry.key);
        let untold = session.ledger.log().position == 0 && session.document().change_count() <= 1;
        Ok(untold && founder != Some(session.device))
    }

    /// Starts from what the hub has in one piece. When this returns, it is on the disk and can be edited; what
    /// has to be looked at is [`Self::unchecked_start`].
    ///
    /// # Errors
    /// [`ErrorCode::HubBroken`] when the start is not what the hub has signed, [`ErrorCode::NotSaved`].
    pub fn begin(&mut self, id: &ApplicationId, start: &Start) -> Result<Vec<Event>, UserError> {
        // Another task may have been quicker, and a person has typed since.
        if !self.is_empty(id)? {
            return Ok(Vec::new());
        }
        let now = (self.surroundings.now_ms)();
        let row = self.row(id)?;
        let (actor, definition) = (self.actor(&row)?, self.definition(&row)?);
        let (ledger, started) =
            Ledger::start(start, &row.genesis, &definition, actor).map_err(|fault| broken(&fault))?;
        let bytes = wire::encode(start);
        let key = row.key;
        let number = self.session(id)?.newest.0.saturating_add(1);
        let snapshot = SnapshotRow { number, document: start.document.clone(), saved_ms: now };
        let kept = self.store.write(|write| {
            write.compact(key, &snapshot)?;
            let rows: Vec<_> = started.roster.iter().map(proof::roster_row).collect();
            write.put_roster(key, 1, &rows)?;
            for claim in &started.claims {
                write.put_claim(key, claim.actor.to_bytes(), &proof::claim_row(claim))?;
            }
            for (actor, seq) in &started.accepted {
                write.put_accepted(key, actor.to_bytes(), *seq)?;
            }
            for (hash, reason) in &started.refused {
                write.put_refused(key, &proof::refused_row(hash, *reason))?;
            }
            write.put_log_page(key, 0, &log_page::without_bytes(&start.page))?;
            write.put_unchecked_start(key, &bytes)?;
            write.put_follow(key, &proof::follow_row(&ledger, now, false))
        });
        if let Err(error) = kept {
            let error: StoreError = error;
            self.sessions.remove(id);
            return Err(not_saved(&error));
        }
        let Self { sessions, store, home, .. } = self;
        if let Some(session) = sessions.get_mut(id) {
            session.started(ledger, (number, now), store).map_err(|error| unusable(home, &error))?;
        }
        Ok(vec![Event::Sync { sync: self.sync_state(id)? }])
    }

    /// What is to be looked at after a compact start; `None` when there is nothing.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn unchecked_start(&mut self, id: &ApplicationId) -> Result<Option<UncheckedStart>, UserError> {
        let row = self.row(id)?;
        let start = self.store.unchecked_start(row.key).map_err(|error| unusable(&self.home, &error))?;
        let Some(start) = start else { return Ok(None) };
        Ok(Some(UncheckedStart { start, definition: self.definition(&row)?, genesis: row.genesis }))
    }

    /// The compact start was looked at and is sound.
    ///
    /// # Errors
    /// [`ErrorCode::NotSaved`].
    pub fn checked_start(
        &mut self,
        id: &ApplicationId,
        verified: &Verified,
    ) -> Result<Vec<Event>, UserError> {
        self.session(id)?;
        let Self { sessions, store, .. } = self;
        let Some(session) = sessions.get_mut(id) else { return Ok(Vec::new()) };
        let kept = store.write(|write| {
            for segment in &verified.segments {
                write.put_segment(session.key, &proof::segment_row(segment, session.document()))?;
            }
            for (device, floor) in &verified.floors {
                write.put_floor(session.key, &device.0, session.ledger.floor(device).max(*floor))?;
            }
            write.checked_start(session.key)
        });
        kept.map_err(|error: StoreError| not_saved(&error))?;
        session.ledger.set_verified(verified);
        session.outbox.heard(&verified.segments);
        session.checked = true;
        Ok(vec![Event::Sync { sync: self.sync_state(id)? }])
    }
}

pub(super) fn broken(cause: &dyn Cause) -> UserError {
    because(UserError::new(ErrorCode::HubBroken), cause)
}

impl Cause for StartFault {
    fn chinese(&self) -> String {
        match self {
            Self::Log(fault) => fault.chinese(),
            Self::Load(fault) => fault.chinese(),
            _ => "整份内容与签过名的记录对不上".to_owned(),
        }
    }

    fn english(&self) -> String {
        self.to_string()
    }
}
