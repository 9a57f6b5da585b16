//! Who takes part, at one version of the roster.

use std::collections::BTreeMap;
use std::sync::Arc;

use form_model::id::AnswerId;
use form_model::member::{self, AgencyId, Grant, Role};

use super::entry::EntryHash;
use super::revision::Revision;
use crate::key::PublicKey;

/// The members of an application and what they may do, as of one version. Versions share what did not change
/// between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// How many entries made it; 0 before the first.
    pub version: u64,
    /// Hash of the newest entry.
    pub hash: EntryHash,
    pub agencies: Arc<BTreeMap<AgencyId, Agency>>,
    pub devices: Arc<BTreeMap<PublicKey, Device>>,
    pub invites: Arc<BTreeMap<PublicKey, Invite>>,
    pub hub: Option<Hub>,
    pub recovery: Option<Recovery>,
    /// How often the hub's log has started anew from a backup.
    pub epoch: u64,
    pub revision: Revision,
}

/// An agency that takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agency {
    pub name: String,
    /// One or two characters that stand for it beside a field.
    pub mark: String,
    pub grant: Grant,
    /// Taken out; kept so that its earlier work still has a name.
    pub removed: bool,
}

/// A device of an agency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub agency: AgencyId,
    pub person: String,
    pub name: String,
    /// The version that enrolled it.
    pub since: u64,
    /// The version that revoked it.
    pub revoked: Option<u64>,
}

/// An invite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    pub agency: AgencyId,
    pub person: String,
    /// Milliseconds since 1970-01-01 UTC, by the hub's clock.
    pub expires_ms: i64,
    pub state: InviteState,
}

/// What became of an invite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InviteState {
    Open,
    UsedBy(PublicKey),
    Cancelled,
}

/// The printed recovery code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// The key that it stands for.
    pub key: PublicKey,
    /// The device that made it and keeps it.
    pub keeper: PublicKey,
}

/// Where the hub is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hub {
    pub url: String,
    pub key: PublicKey,
}

impl Roster {
    /// The roster before its first entry.
    pub(super) fn empty() -> Self {
        Self {
            version: 0,
            hash: [0; 32],
            agencies: Arc::default(),
            devices: Arc::default(),
            invites: Arc::default(),
            hub: None,
            recovery: None,
            epoch: 0,
            revision: Revision::default(),
        }
    }

    /// A device that may act: enrolled, not revoked, its agency not taken out.
    pub fn active(&self, device: &PublicKey) -> Option<(&Device, &Agency)> {
        let found = self.devices.get(device).filter(|device| device.revoked.is_none())?;
        let agency = self.agencies.get(&found.agency).filter(|agency| !agency.removed)?;
        Some((found, agency))
    }

    /// The grant of a device that may act.
    pub fn grant(&self, device: &PublicKey) -> Option<&Grant> {
        self.active(device).map(|(_, agency)| &agency.grant)
    }

    /// Whether the device may say who takes part.
    pub fn may_lead(&self, device: &PublicKey) -> bool {
        self.grant(device).is_some_and(Grant::may_lead)
    }

    /// Whether the device may give a final revision back: a lead's, or a reviewer's (the province).
    pub fn may_return(&self, device: &PublicKey) -> bool {
        self.grant(device).is_some_and(|grant| matches!(grant.role, Role::Lead | Role::Reviewer))
    }

    /// The agencies that take part.
    pub fn taking_part(&self) -> impl Iterator<Item = (&AgencyId, &Agency)> {
        self.agencies.iter().filter(|(_, agency)| !agency.removed)
    }

    /// The agencies that lead.
    pub fn leads(&self) -> impl Iterator<Item = (&AgencyId, &Agency)> {
        self.taking_part().filter(|(_, agency)| agency.grant.may_lead())
    }

    /// Whose the answer is: see [`member::owners`].
    pub fn owners(&self, answer: &AnswerId) -> Vec<(&AgencyId, &Agency)> {
        let agencies = self.taking_part().map(|(id, agency)| ((id, agency), &agency.grant));
        member::owners(agencies, |grant| grant.may_write(answer))
    }

    /// Whether the device that keeps the recovery code may no longer lead: its code must not appoint anybody.
    pub fn recovery_is_stale(&self) -> bool {
        self.recovery.is_some_and(|recovery| !self.may_lead(&recovery.keeper))
    }

    /// Whether some device may still lead.
    pub(super) fn has_lead(&self) -> bool {
        self.devices.keys().any(|device| self.may_lead(device))
    }
}
