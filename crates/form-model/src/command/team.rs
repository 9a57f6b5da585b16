//! Members, invites, the hub: what the view asks and hears about who takes part.

use serde::{Deserialize, Serialize};

use super::signing::RevisionState;
use crate::id::ApplicationId;
use crate::member::{AgencyId, Grant};

/// Colours for agencies, told apart by the colour-blind too; an agency's number says which is its.
pub const AGENCY_COLOURS: u8 = 8;

/// Who takes part in the open application, and as whom this desk does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// This desk's agency; `None` where nobody has been given rights yet (an application that was taken in
    /// from a file), or where this device has none (any more).
    pub me: Option<AgencyId>,
    /// False: this desk may not write at all, though others may (its device was revoked).
    pub active: bool,
    /// In the order in which they were taken in, the lead first.
    pub agencies: Vec<AgencySummary>,
    pub devices: Vec<DeviceSummary>,
    pub invites: Vec<InviteSummary>,
    /// The hub's address, once a lead has named one.
    pub hub: Option<String>,
    /// Steps of the roster that the hub has not confirmed yet.
    pub unconfirmed: u32,
    /// Steps of the roster, those included.
    #[serde(default)]
    pub version: u64,
    /// How far the application has come on its way to being final.
    #[serde(default)]
    pub revision: RevisionState,
}

impl Team {
    /// Whether this is what a desk said before it said `other`: answers and events overtake each other on their way
    /// to the view. What the hub has confirmed only grows, and what is not confirmed only grows until it is.
    pub fn is_before(&self, other: &Self) -> bool {
        self.order() < other.order()
    }

    fn order(&self) -> (u64, u64) {
        (self.version.saturating_sub(u64::from(self.unconfirmed)), self.version)
    }
}

/// An agency that takes part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgencySummary {
    pub id: AgencyId,
    pub name: String,
    /// One or two characters that stand for it.
    pub mark: String,
    /// Its colour: 0 to [`AGENCY_COLOURS`] − 1.
    pub colour: u8,
    pub grant: Grant,
    /// No longer takes part; kept so that its work still has a name.
    pub removed: bool,
}

/// A device that was enrolled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceSummary {
    /// Its public key, 64 hex digits.
    pub key: String,
    pub agency: AgencyId,
    pub person: String,
    pub name: String,
    /// This very device.
    pub own: bool,
    pub revoked: bool,
}

/// An invite that was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteSummary {
    /// Its public key, 64 hex digits.
    pub key: String,
    pub agency: AgencyId,
    /// Whom it is meant for; may be empty.
    pub person: String,
    /// Milliseconds since 1970-01-01 UTC.
    pub expires_ms: i64,
    pub state: InviteState,
}

/// What became of an invite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteState {
    Open,
    Expired,
    Used,
    Cancelled,
}

/// `team`: reads the team, after doing something to it. Answers a [`Team`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamRequest {
    pub application: ApplicationId,
    pub act: TeamAct,
}

/// What a lead does to the team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TeamAct {
    /// Nothing: only reads.
    Read,
    /// Takes an agency in, or changes it.
    SaveAgency {
        id: AgencyId,
        name: String,
        mark: String,
        grant: Grant,
        /// The last day on which the hub accepts what the agency wrote under its earlier grant (`YYYY-MM-DD`,
        /// to the end of that day where this machine stands).
        accept_until: Option<String>,
    },
    RemoveAgency {
        agency: AgencyId,
    },
    CancelInvite {
        key: String,
    },
    RevokeDevice {
        key: String,
    },
    /// Makes another agency the lead; this one becomes a contributor of what `grant` names.
    HandOver {
        to: AgencyId,
        grant: Grant,
        /// As in [`Self::SaveAgency`], for what this agency wrote as the lead.
        accept_until: Option<String>,
    },
}

/// `invite`. Answers an [`Invite`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteRequest {
    pub application: ApplicationId,
    pub agency: AgencyId,
    /// Whom it is meant for; may be empty.
    pub person: String,
    /// For how many days it is good.
    pub days: u32,
}

/// An invite to be sent. The text is shown once; it is kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    /// What the invited person pastes: the hub's address and a code.
    pub text: String,
    /// The same as a QR code: the rows of a square, dark modules as `1`.
    pub qr: Vec<String>,
    pub agency: String,
    /// Milliseconds since 1970-01-01 UTC.
    pub expires_ms: i64,
}

/// `connect`: has the application on a hub. Answers a [`SyncState`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connect {
    pub application: ApplicationId,
    /// The hub's web address.
    pub url: String,
    /// The code by which a closed hub takes new applications; may be empty.
    pub admission: String,
}

/// `read_invite` and `join`: what an invited person pasted. `join` answers the application's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    pub text: String,
}

/// Answer to `read_invite`: what one would join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitePreview {
    pub form_title: String,
    pub lead: String,
    pub agency: String,
    pub grant: Grant,
    /// The names of the grant's parts in the settings' language, in printed order.
    pub parts: Vec<String>,
    pub expires_ms: i64,
}

/// Answer to `recovery_code`: to be printed and kept apart from the machine. Appoints a new lead's device when
/// the last one is lost; `recover` takes its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCode {
    pub text: String,
    /// As in [`Invite::qr`].
    pub qr: Vec<String>,
}

/// How an application stands to its hub.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncState {
    pub link: Link,
    /// The changes here, colleagues' from exchange files included, and the steps of the roster known here, that the hub
    /// has not given a verdict on.
    pub waiting: u32,
    /// When the hub last confirmed that it has all there is here; milliseconds since 1970-01-01 UTC.
    pub synced_ms: Option<i64>,
    /// Pieces of refused work, and of work that hung on it, that a person has not put away yet.
    pub set_aside: u32,
    /// A joining desk that has not checked every signature and right yet.
    pub checking: bool,
    /// Why the hub has no verdict on changes that it was given, and gives none by being asked again.
    #[serde(default)]
    pub trouble: Option<crate::error::UserError>,
}

/// The line to the hub.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Link {
    /// The application has no hub.
    #[default]
    None,
    Connecting,
    /// The hub hears and is heard.
    Live,
    /// Not reached.
    Offline {
        /// Milliseconds since 1970-01-01 UTC.
        since_ms: i64,
    },
    /// The hub was reached, and this machine cannot go on: its disk is full, for one. It is tried again.
    Hindered {
        error: crate::error::UserError,
    },
    /// The hub was restored from a backup, and a lead may let it go on without what it has lost.
    Restored {
        /// Whom it waits for, each with agency, person and device; nobody when it has gone on already, with another
        /// log than the one followed here.
        awaited: Vec<String>,
    },
    /// The hub was reached and does not go on with this desk: revoked, rolled back, replaced.
    Stopped {
        error: crate::error::UserError,
    },
}

/// A member who is in the form now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    /// The device's public key, 64 hex digits.
    pub device: String,
    pub agency: AgencyId,
    pub person: String,
    pub answer: Option<crate::id::AnswerId>,
    /// Where in a text, in UTF-16 units.
    pub caret: Option<u64>,
}

/// `presence`: where this person is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowPresence {
    pub application: ApplicationId,
    pub answer: Option<crate::id::AnswerId>,
    pub caret: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_hub_has_confirmed_is_later_than_the_step_itself() {
        let team = |version, unconfirmed| Team { version, unconfirmed, ..Team::default() };
        assert!(team(3, 1).is_before(&team(3, 0)), "the hub confirmed the step");
        assert!(team(3, 0).is_before(&team(4, 1)), "the lead took another step");
        assert!(team(4, 2).is_before(&team(3, 0)), "the hub put another's step before the two of this desk");
        assert!(!team(3, 0).is_before(&team(3, 0)), "an invite may have run out meanwhile");
    }
}
