//! Invites: what they lead to, and the enrolment of a device with one.

use form_document::key::PublicKey;
use form_document::roster::{Act, InviteState, RosterFault, SignedEntry};
use form_document::wire::{Invitation, Offer};
use form_model::id::ApplicationId;

use super::core::Core;
use super::round::{Answer, Ask};
use crate::error::{ErrorCode, HubError};

impl Core {
    /// What an invite, or a lead's recovery key, leads to. `device` is whoever asks: one that has used the invite
    /// already is answered again, since it may have been cut off before it had the answer.
    ///
    /// # Errors
    /// When no application names it, or it was used, taken back, or has expired.
    pub fn invitation(
        &mut self,
        invite: &PublicKey,
        device: Option<&PublicKey>,
    ) -> Result<Invitation, HubError> {
        let id = self.invited_to(invite)?;
        self.open(&id)?;
        let now_ms = self.clock.now_ms();
        let chain = self.opened(&id)?.ledger.chain();
        if chain.newest().recovery.is_none_or(|recovery| recovery.key != *invite) {
            let found = chain.newest().invites.get(invite).ok_or_else(unknown)?;
            match found.state {
                InviteState::UsedBy(user) if Some(&user) == device => {}
                InviteState::UsedBy(_) => return Err(refusal(&RosterFault::InviteUsed)),
                InviteState::Cancelled => return Err(refusal(&RosterFault::InviteCancelled)),
                InviteState::Open if now_ms > found.expires_ms => {
                    return Err(refusal(&RosterFault::InviteExpired));
                }
                InviteState::Open => {}
            }
        }
        let roster = chain.entries_after(0).to_vec();
        let record = self.storage.application(&id)?.ok_or_else(unknown)?;
        Ok(Invitation { genesis: record.genesis, package: self.storage.package(&record.package)?, roster })
    }

    /// Enrols a device: the entry is signed by the invite's key or the recovery key, and the roster takes it or not.
    ///
    /// # Errors
    /// When the roster moved on meanwhile, or does not take the entry; when the store fails.
    pub fn enrol(&mut self, invite: &PublicKey, entry: &SignedEntry) -> Result<ApplicationId, HubError> {
        let ask = self.enrolment(invite, entry)?;
        let id = ask.application.clone();
        let answer = self.judge_one(&ask)?;
        enrolled(&answer)?;
        Ok(id)
    }

    /// An enrolment as an offer.
    ///
    /// # Errors
    /// When no application names the invite, or the entry is none of its enrolments.
    pub fn enrolment(&self, invite: &PublicKey, entry: &SignedEntry) -> Result<Ask, HubError> {
        let application = self.invited_to(invite)?;
        let is_enrolment = |entry: &SignedEntry| {
            entry.key == *invite
                && entry.read().is_ok_and(|entry| matches!(entry.act, Act::Enrol(_) | Act::Recover { .. }))
        };
        if !is_enrolment(entry) {
            let detail = "the entry is no enrolment that the invite's key has signed";
            return Err(HubError::new(ErrorCode::RosterRefused, detail));
        }
        let offer = Offer { roster: Some(vec![entry.clone()]), ..Offer::default() };
        Ok(Ask { device: None, application, offer })
    }

    fn invited_to(&self, invite: &PublicKey) -> Result<ApplicationId, HubError> {
        self.storage.invited_to(invite)?.ok_or_else(unknown)
    }
}

/// Whether an enrolment's answer says that the device is in.
///
/// # Errors
/// When the roster did not take the entry.
pub(crate) fn enrolled(answer: &Answer) -> Result<(), HubError> {
    answer.roster_fault.as_ref().map_or(Ok(()), |fault| Err(refusal(fault)))
}

fn unknown() -> HubError {
    HubError::new(ErrorCode::InviteUnknown, "no application on this hub names this invite")
}

/// A roster's fault as a client acts on it.
pub(super) fn refusal(fault: &RosterFault) -> HubError {
    let code = match fault {
        RosterFault::Version { .. } | RosterFault::OtherPast { .. } => ErrorCode::RosterMoved,
        RosterFault::UnknownInvite => ErrorCode::InviteUnknown,
        RosterFault::InviteUsed => ErrorCode::InviteUsed,
        RosterFault::InviteCancelled => ErrorCode::InviteCancelled,
        RosterFault::InviteExpired => ErrorCode::InviteExpired,
        _ => ErrorCode::RosterRefused,
    };
    HubError::new(code, fault.to_string())
}
