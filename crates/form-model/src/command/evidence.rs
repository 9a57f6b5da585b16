//! Files of evidence: adding them, and where their bytes are. What is said about a file are answers like others.

use serde::{Deserialize, Serialize};

use crate::error::UserError;
use crate::evidence::EntryId;
use crate::id::ApplicationId;

/// `evidence`: where the files of an application are, after doing something. Answers an [`Evidence`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceRequest {
    pub application: ApplicationId,
    pub act: EvidenceAct,
}

/// What a person does with files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EvidenceAct {
    /// Nothing: only reads.
    Read,
    /// Chooses files in a dialog for a slot.
    Choose { slot: String },
    /// Puts what was dropped on the window into a slot ([`super::Event::Dropped`]).
    TakeDropped { slot: String, tray: u32 },
    /// Does not want what was dropped.
    LeaveDropped { tray: u32 },
    /// Asks for a file before all others: it is fetched, or sent when it is here.
    Fetch { sha256: String },
    /// Saves a copy of a file somewhere; a photo without the place where it was taken, if so wished.
    Save { sha256: String, without_place: bool },
    /// Fetches nothing but what is asked for, and sends small files alone, for as long as the line costs money.
    Metered { on: bool },
    /// Carries nothing but what is asked for from now on, or goes on.
    Pause { on: bool },
}

/// Where the files are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Every file that the application names, by its hash.
    pub blobs: Vec<BlobState>,
    /// What was added just now.
    pub added: Vec<EntryId>,
    /// Why some were not.
    pub refused: Vec<UserError>,
    /// What is to be known of those that were added.
    pub notices: Vec<UserError>,
    /// Whether the line costs money.
    pub metered: bool,
    /// Whether nothing is carried.
    pub paused: bool,
}

/// Where one file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobState {
    /// 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Whether its bytes are on this machine.
    pub here: bool,
    pub transfer: Transfer,
}

/// How a file is between this desk and the hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Transfer {
    /// The application is on no hub.
    Unshared,
    /// The hub has not said that it has it. Here, it is to be sent; elsewhere, it is awaited.
    Waiting,
    /// It is here and is sent when the line costs no money, or somebody asks for that.
    Held,
    /// So many of its bytes are on the hub's disk.
    Sending { sent: u64 },
    /// The hub has it whole, compared and on its disk.
    OnHub,
    /// So many of its bytes have come.
    Fetching { got: u64 },
    /// The hub does not give it to this agency.
    Restricted,
    /// The hub had it and has it no longer; whoever has it sends it again.
    Lost,
    /// What is on this machine is no longer what was added, and nobody else is known to have it.
    Damaged,
    /// It does not get on, and why; it is tried again.
    Failed { error: UserError },
}
