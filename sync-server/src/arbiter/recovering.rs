//! After a restore. A verdict given now could contradict one that the backup has forgotten and that a desk still
//! knows, so in each application nothing is judged until every active device has shown that it knows no more of
//! the log than is here, or has handed it back; or until a lead opens a new epoch, for those who never come.

use form_document::key::PublicKey;
use form_document::ledger::check_epoch;
use form_document::log::LogState;
use form_document::roster::{Act, SignedEntry};
use form_document::wire::{Hello, LogStanding, Offer};
use form_model::id::ApplicationId;

use super::core::Core;
use super::enrol::refusal;
use super::member;
use super::round::Ask;
use crate::error::{ErrorCode, HubError};
use crate::limit::RECOVERY_RETRY_S;
use crate::storage::record::{ApplicationWrite, Commit};

impl Core {
    /// Takes note of where a member's device stands. Returns the log there.
    ///
    /// # Errors
    /// When it takes no part, or knows another log, or more of it; when the store fails.
    pub fn greet(
        &mut self,
        device: &PublicKey,
        id: &ApplicationId,
        hello: &Hello,
    ) -> Result<LogState, HubError> {
        self.admit(device, id)?;
        let state = self.check_hello(id, hello)?;
        if let Some(open) = self.cache.get(id) {
            open.note_shown(device, &hello.have);
        }
        if let Some(heard) = self.recovering.get_mut(id) {
            heard.insert(*device);
            self.settle(id)?;
        }
        Ok(state)
    }

    /// Lets an application's log go on when nobody is awaited any more.
    fn settle(&mut self, id: &ApplicationId) -> Result<(), HubError> {
        if !self.awaited(id)?.is_empty() {
            return Ok(());
        }
        let write = ApplicationWrite { settled: true, ..ApplicationWrite::new(id.clone()) };
        self.commit(&Commit { applications: vec![write], ..Commit::default() })?;
        self.recovering.remove(id);
        Ok(())
    }

    /// The active devices that a restored application waits for.
    fn awaited(&self, id: &ApplicationId) -> Result<Vec<PublicKey>, HubError> {
        let Some(heard) = self.recovering.get(id) else { return Ok(Vec::new()) };
        let active = member::active(self.opened(id)?.ledger.chain().newest());
        Ok(active.into_iter().filter(|device| !heard.contains(device)).collect())
    }

    /// Whether an ask may be judged now. In an application that is not settled, nothing but a new epoch may.
    pub(super) fn check_settled(&self, ask: &Ask) -> Result<(), HubError> {
        if !self.recovering.contains_key(&ask.application) || epoch_of(&ask.offer).is_some() {
            return Ok(());
        }
        let detail = "the hub was restored and waits for what its members know; nothing is judged yet";
        Err(HubError::new(ErrorCode::Recovering, detail).retry_after(RECOVERY_RETRY_S))
    }

    /// Where an application's log stands, and whom it waits for.
    ///
    /// # Errors
    /// As [`Self::admit`].
    pub fn standing(&mut self, device: &PublicKey, id: &ApplicationId) -> Result<LogStanding, HubError> {
        self.admit(device, id)?;
        let open = self.opened(id)?;
        let LogState { position, hash } = open.head.state;
        let roster = open.ledger.chain().entries_after(0).to_vec();
        Ok(LogStanding { position, log: hash, roster, awaited: self.awaited(id)? })
    }

    /// Opens a new epoch: the log goes on from where it ends, whatever a backup may have lost.
    ///
    /// # Errors
    /// When the entry is no new epoch that a lead has signed, the log has moved on from the place that it names,
    /// or the store fails.
    pub fn open_epoch(
        &mut self,
        device: &PublicKey,
        id: &ApplicationId,
        entry: SignedEntry,
    ) -> Result<(), HubError> {
        self.admit(device, id)?;
        let offer = Offer { roster: Some(vec![entry]), ..Offer::default() };
        let entry = epoch_of(&offer)
            .ok_or_else(|| HubError::new(ErrorCode::RosterRefused, "the entry does not open a new epoch"))?;
        if check_epoch(entry, &self.opened(id)?.head.state).is_err() {
            let detail = "the log does not end at the place that the entry names; ask where it ends";
            return Err(HubError::new(ErrorCode::RosterMoved, detail));
        }
        let answer = self.judge_one(&Ask { device: Some(*device), application: id.clone(), offer })?;
        answer.roster_fault.as_ref().map_or(Ok(()), |fault| Err(refusal(fault)))
    }
}

/// The entry of an offer that opens an epoch and hands over nothing else.
fn epoch_of(offer: &Offer) -> Option<&SignedEntry> {
    let [entry] = offer.roster.as_deref()? else { return None };
    let alone = offer.changes.is_empty() && offer.seals.is_empty() && offer.claims.is_none();
    let opens = alone && opens_epoch(entry);
    opens.then_some(entry)
}

/// Whether an entry opens an epoch.
pub(super) fn opens_epoch(entry: &SignedEntry) -> bool {
    entry.read().is_ok_and(|entry| matches!(entry.act, Act::Epoch { .. }))
}
