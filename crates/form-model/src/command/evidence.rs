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
    /// Puts the files that the clipboard names, as a file manager copies them, into a slot. The shell reads it: the page
    /// sees no path.
    TakeClipboard { slot: String },
    /// Chooses a folder in a dialog, as that of a camera card, and takes what comes there into a slot from now on.
    Watch { slot: String },
    /// Ends that.
    Unwatch,
    /// Does not want what was dropped.
    LeaveDropped { tray: u32 },
    /// Asks for a file before all others: it is fetched, or sent when it is here.
    Fetch { sha256: String },
    /// Saves a copy of a file somewhere; a photo without the place where it was taken, if so wished.
    Save { sha256: String, without_place: bool },
    /// Makes large photos smaller from now on when they are added, and keeps them beside as they were taken.
    Smaller { on: bool },
    /// Asks how many pages a PDF has.
    Pages { sha256: String },
    /// Asks what an exchange file may carry.
    Stick,
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
    /// Whether large photos are made smaller.
    #[serde(default)]
    pub smaller: bool,
    /// What [`EvidenceAct::Pages`] asked for; `None` when it is no PDF, or cannot be told.
    #[serde(default)]
    pub pages: Option<u32>,
    /// What [`EvidenceAct::Stick`] asked for: the hashes that this desk's exchange files have carried so far.
    #[serde(default)]
    pub carried: Vec<String>,
    /// The folder that is watched for this application.
    pub watch: Option<Watch>,
}

/// Largest picture that the page hands over from the clipboard, in bytes: the raw pixels of a large screen. What is
/// larger is a file, and files come by other ways, which do not hold them in memory.
pub const PASTE_MAX_BYTES: u64 = 64 << 20;

/// The headers of `paste_evidence`, whose body is the picture: the application, and the slot's id.
pub const PASTE_HEADERS: [&str; 2] = ["huiqian-application", "huiqian-slot"];

/// The header of `paste_evidence` with the picture's media type.
pub const PASTE_TYPE_HEADER: &str = "huiqian-type";

/// How many refusals of a watched folder are told: a person looks at the last ones and at the card.
pub const WATCH_REFUSED_MAX: usize = 5;

/// A folder that is looked at every few seconds, and what came of it since the program started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// The slot's id.
    pub slot: String,
    /// What the folder is called; never where it is.
    pub folder: String,
    /// Whether it can be read now: a card that was pulled out comes back.
    pub there: bool,
    /// Files that are there and not taken in yet: some program may still be writing them.
    pub waiting: u32,
    /// Files that were added.
    pub added: u32,
    /// Files that the application had before.
    pub known: u32,
    /// Files that were not added.
    pub refused: u32,
    /// Why, the last ones: at most [`WATCH_REFUSED_MAX`].
    pub refusals: Vec<UserError>,
    /// Why it does not get on, if it does not.
    pub trouble: Option<UserError>,
}

/// Which files of evidence go into an exchange file, of those that are here and stand in a slot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PackedEvidence {
    #[default]
    None,
    All,
    /// Those of these slots (by id), and these (by hash).
    Only {
        slots: Vec<String>,
        files: Vec<String>,
    },
}

/// What came of the files of evidence in an exchange file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BroughtFiles {
    /// Taken now.
    pub kept: u64,
    /// Here already.
    pub here: u64,
    /// Being taken; told again when that is over.
    pub coming: u64,
    /// The application does not name them: an earlier exchange file may be missing.
    pub unnamed: u64,
    /// This agency may not read them.
    pub restricted: u64,
    /// What went wrong.
    pub trouble: Vec<UserError>,
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
