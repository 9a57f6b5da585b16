//! What the view asks of the shell and what it hears back. One request type a command; the shell's command
//! names are those of [`name`].

mod directory;
mod discussion;
mod evidence;
mod revision;
mod signing;
mod team;
mod verification;

use serde::{Deserialize, Serialize};

use crate::answer::AnswerValue;
use crate::definition::FormDefinition;
use crate::delta::Delta;
use crate::id::{AnswerId, ApplicationId};
use crate::language::Language;
use crate::member::AgencyId;

pub use directory::{
    Choice, DirectoryAct, DirectoryAnswer, DirectoryLook, DirectoryRequest, DirectoryTable, RowFault,
    SheetRow,
};
pub use discussion::{
    CommentSummary, DiscussAct, DiscussRequest, Discussion, ExportBundle, Owed, Reminder, SetAside,
    SetAsideRequest,
};
pub use evidence::{
    BlobState, BroughtFiles, Evidence, EvidenceAct, EvidenceRequest, PASTE_HEADERS, PASTE_MAX_BYTES,
    PASTE_TYPE_HEADER, PackedEvidence, Transfer, WATCH_REFUSED_MAX, Watch,
};
pub use revision::{PackageShape, RevisionAct, RevisionAnswer, RevisionRequest, SavedPackage};
pub use signing::{
    AgencySigning, Excuse, FieldDifference, FileName, FinalSummary, LogSummary, ObstacleSummary, Reason,
    ReturnSummary, RevisionDifference, RevisionState, SectionSigning, Signer, Signing, SigningAct,
    SigningRequest, StatementState, StatementSummary,
};
pub use team::{
    AGENCY_COLOURS, AgencySummary, Connect, DeviceSummary, Invite, InvitePreview, InviteRequest, InviteState,
    InviteSummary, Join, Link, Present, RecoveryCode, ShowPresence, SyncState, Team, TeamAct, TeamRequest,
};
pub use verification::{
    EVIDENCE_FOLDER, Exhibit, Fault, FormWords, KnownHub, SlotWords, Verification, VerifiedFile,
    VerifiedForm, VerifiedKind, VerifiedLog, VerifiedSigner, VerifiedStatement, VerifiedSubmission,
    VerifyAct, VerifyAnswer, VerifyRequest, Words,
};

/// The commands' names, as the shell registers and the view invokes them.
pub mod name {
    pub const START: &str = "start";
    pub const SAVE_SETTINGS: &str = "save_settings";
    pub const CREATE_APPLICATION: &str = "create_application";
    pub const OPEN_APPLICATION: &str = "open_application";
    pub const CLOSE_APPLICATION: &str = "close_application";
    pub const EDIT: &str = "edit";
    pub const UNDO: &str = "undo";
    pub const REDO: &str = "redo";
    pub const HISTORY: &str = "history";
    pub const EXPORT_APPLICATION: &str = "export_application";
    pub const IMPORT_FILE: &str = "import_file";
    pub const OPEN_DATA_FOLDER: &str = "open_data_folder";
    pub const TEAM: &str = "team";
    pub const INVITE: &str = "invite";
    pub const CONNECT: &str = "connect";
    pub const SYNC_NOW: &str = "sync_now";
    pub const GO_ON: &str = "go_on";
    pub const READ_THROUGH: &str = "read_through";
    pub const READ_INVITE: &str = "read_invite";
    pub const JOIN: &str = "join";
    pub const RECOVERY_CODE: &str = "recovery_code";
    pub const RECOVER: &str = "recover";
    pub const PRESENCE: &str = "presence";
    pub const DISCUSS: &str = "discuss";
    pub const SET_ASIDE: &str = "set_aside";
    pub const REMINDER: &str = "reminder";
    pub const EXPORT_REMINDER: &str = "export_reminder";
    pub const EXPORT_BUNDLE: &str = "export_bundle";
    pub const EVIDENCE: &str = "evidence";
    pub const SIGNING: &str = "signing";
    pub const DIRECTORY: &str = "directory";
    pub const PASTE_EVIDENCE: &str = "paste_evidence";
    pub const REVISION: &str = "revision";
    pub const VERIFY: &str = "verify";
    pub const HEAR_DROPS: &str = "hear_drops";
    /// All of them, for the shell's permission list.
    pub const ALL: [&str; 35] = [
        START,
        SAVE_SETTINGS,
        CREATE_APPLICATION,
        OPEN_APPLICATION,
        CLOSE_APPLICATION,
        EDIT,
        UNDO,
        REDO,
        HISTORY,
        EXPORT_APPLICATION,
        IMPORT_FILE,
        OPEN_DATA_FOLDER,
        TEAM,
        INVITE,
        CONNECT,
        SYNC_NOW,
        GO_ON,
        READ_THROUGH,
        READ_INVITE,
        JOIN,
        RECOVERY_CODE,
        RECOVER,
        PRESENCE,
        DISCUSS,
        SET_ASIDE,
        REMINDER,
        EXPORT_REMINDER,
        EXPORT_BUNDLE,
        EVIDENCE,
        SIGNING,
        DIRECTORY,
        PASTE_EVIDENCE,
        REVISION,
        VERIFY,
        HEAR_DROPS,
    ];
}

/// Counts the steps of one prose field within one opening of the application; starts at 0.
pub type Revision = u64;

/// Who uses this desk and how it looks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub agency: String,
    pub person: String,
    pub language: Language,
    /// Percent of the normal text size: 100, 115, 130 or 150.
    pub text_size: u16,
}

/// Answer to `start`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    pub settings: Settings,
    /// False until a person has saved the settings once: the first-run screen is due.
    pub introduced: bool,
    /// The data folder, to be shown; never a path that the view sends back.
    pub data_folder: String,
    pub forms: Vec<FormSummary>,
    pub applications: Vec<ApplicationSummary>,
    /// Today by the machine's clock, `YYYY-MM-DD`, for countdowns.
    pub today: String,
    /// The program's version.
    pub version: String,
}

/// A form package that applications can be made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormSummary {
    pub id: String,
    pub version: String,
    /// In the settings' language.
    pub title: String,
    pub deadline: Option<String>,
}

/// An application in the list of the home screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationSummary {
    pub id: ApplicationId,
    pub name: String,
    pub form: String,
    pub form_title: String,
    pub deadline: Option<String>,
    /// Answered required fields of the counted sections, and all of them.
    pub answered: u32,
    pub required: u32,
    /// Blocking problems among what is answered.
    pub problems: u32,
    /// When it was last changed here, milliseconds since 1970-01-01 UTC.
    pub changed_ms: i64,
}

/// `create_application`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateApplication {
    pub form: String,
    pub name: String,
    /// Copies the answers of an earlier application that the form also asks for.
    pub copy_from: Option<ApplicationId>,
}

/// Answer to `open_application`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenedApplication {
    pub id: ApplicationId,
    /// The name it was started with; shown while the form's name answer is blank.
    pub name: String,
    pub definition: FormDefinition,
    pub answers: Vec<AnswerState>,
    /// When the newest change was committed on this disk, milliseconds since 1970-01-01 UTC.
    pub saved_ms: i64,
    pub undo: UndoState,
    pub team: Team,
    pub sync: SyncState,
    /// Who else is in the form.
    pub present: Vec<Present>,
    /// Comments by others that were not read here yet.
    pub unread: u32,
    /// Long texts that two people rewrote at one place and that nobody has read through here since.
    pub reread: Vec<AnswerId>,
}

/// `read_through`: a person has read such a text through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadThrough {
    pub application: ApplicationId,
    pub answer: AnswerId,
}

/// A stored answer as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerState {
    pub answer: AnswerId,
    /// The value that stands; `None` when nothing is stored. For prose the whole text.
    pub value: Option<AnswerValue>,
    /// Every concurrent value (the standing one included) while a person has not picked one; else empty.
    pub conflict: Vec<ConflictValue>,
    /// For prose: the revision of `value`. 0 for values.
    pub revision: Revision,
    /// Who wrote it last, and when.
    pub changed: Option<Stamp>,
}

/// One of several concurrent values of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictValue {
    /// `None`: one side cleared the answer.
    pub value: Option<AnswerValue>,
    pub stamp: Stamp,
    /// The value that it replaced.
    pub before: Option<AnswerValue>,
}

/// Who made a change, and when by that device's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Name and agency where known, else the replica's short id.
    pub author: String,
    /// The author's agency, where known.
    #[serde(default)]
    pub agency: Option<AgencyId>,
    /// This desk's own change.
    pub own: bool,
    /// Milliseconds since 1970-01-01 UTC.
    pub time_ms: i64,
}

/// `edit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditApplication {
    pub application: ApplicationId,
    pub edit: Edit,
}

/// One step of a person's work; becomes one change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Edit {
    /// Stores values (a `None` clears). Several at once (a pasted block) stand or fall together.
    /// Setting an answer in conflict resolves it.
    Set { values: Vec<(AnswerId, Option<AnswerValue>)> },
    /// Changes a prose text. `base` is the revision that the view had seen, `delta` counts in UTF-16
    /// code units of the text at that revision.
    Splice { answer: AnswerId, base: Revision, delta: Delta },
}

/// The edit is on this disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// For a splice: the revision that it made.
    pub revision: Revision,
    /// When it was committed, milliseconds since 1970-01-01 UTC.
    pub saved_ms: i64,
    /// For `Set`, and for what was kept apart: the answers as they stand now, normalised.
    pub answers: Vec<AnswerState>,
    pub undo: UndoState,
    /// Set when it may not be written there: it is kept among the refused work instead. Says so, and why.
    #[serde(default)]
    pub kept_apart: Option<crate::error::UserError>,
}

/// What `undo` and `redo` would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoState {
    pub undo: bool,
    pub redo: bool,
}

/// Answer to `undo` and `redo`. The changed answers arrive as events as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// The answer that changed, to be shown; `None` when there was nothing to undo.
    pub answer: Option<AnswerId>,
    pub saved_ms: i64,
    pub undo: UndoState,
}

/// `history`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadHistory {
    pub application: ApplicationId,
    /// All answers when `None`.
    pub answer: Option<AnswerId>,
}

/// A change of one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    pub answer: AnswerId,
    pub stamp: Stamp,
    pub what: HistoryStep,
    /// A value that a concurrent or later choice replaced while it stood in conflict.
    pub concurrent: bool,
}

/// What a change did to one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum HistoryStep {
    /// `before` holds every value that was replaced (several after a conflict).
    Value { before: Vec<AnswerValue>, after: Option<AnswerValue> },
    /// Text put in and taken out by one person in one go.
    Prose { inserted: String, deleted: String },
}

/// `export_application`; the shell asks for the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportApplication {
    pub application: ApplicationId,
    pub format: ExportFormat,
}

/// What an export holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// The answers, by the form's JSON Schema.
    Json,
    /// The whole document with its history; opens in any Automerge tool.
    Automerge,
}

/// Answer to `import_file`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    pub application: ApplicationId,
    /// False when it was merged into an application that was here already.
    pub new: bool,
    /// Changes that were not here before.
    pub changes: u64,
    /// Changes that were left out: not signed by who made them, or not allowed to.
    #[serde(default)]
    pub refused: u64,
    /// Why they were left out, each reason once, in this desk's language.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// Prose that two people rewrote at the same place, unaware of each other: a reader should look.
    pub overlaps: Vec<Overlap>,
    /// Files of evidence that an exchange file brought.
    #[serde(default)]
    pub files: BroughtFiles,
    /// Set when the file was a courier's.
    #[serde(default)]
    pub carried: Option<Carried>,
}

impl Imported {
    /// What came of a courier's file.
    pub fn by_courier(application: ApplicationId, carried: Carried) -> Self {
        Self {
            application,
            new: false,
            changes: 0,
            refused: 0,
            reasons: Vec::new(),
            overlaps: Vec::new(),
            files: BroughtFiles::default(),
            carried: Some(carried),
        }
    }
}

/// A revision that is known here to be final since a courier's file was taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    pub revision: u64,
    /// It was a submission, which this desk has handed in: the receipt is to go back to the lead. Else it was the
    /// receipt itself.
    pub handed_in: bool,
}

/// A text to be looked at by a reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlap {
    pub answer: AnswerId,
    /// The field's short name in the settings' language.
    pub name: String,
}

/// What the shell tells the view about the open application, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A prose text changed by other hands than the view's own splices.
    Patched { answer: AnswerId, revision: Revision, delta: Delta },
    /// Values changed by other hands than the view's own `Set`.
    Answered { answers: Vec<AnswerState> },
    /// A file that the person opened with the program was taken in.
    Imported { imported: Imported },
    /// The line to the hub, or what is on its way.
    Sync { sync: SyncState },
    /// Who is in the form now, this desk left out.
    Presence { present: Vec<Present> },
    /// Who takes part, or what they may do.
    Team { team: Team },
    /// Something was said.
    Discussed { unread: u32 },
    /// Sign-off or revisions may stand differently: they are to be read again.
    Signing,
    /// The long texts to be read through, all of them.
    Reread { answers: Vec<AnswerId> },
    /// Where files of evidence are that have moved on.
    Evidence { blobs: Vec<BlobState> },
    /// How the watched folder stands; `None` when none is watched any more.
    Watch { watch: Option<Watch> },
    /// Files were dropped on the window, at this place of the page in CSS pixels; the shell keeps them in a tray until
    /// the page says what for.
    Dropped { tray: u32, names: Vec<String>, x: i32, y: i32 },
    /// Something went wrong outside a command (a file handed over, a failed compaction).
    Failed { error: crate::error::UserError },
}
