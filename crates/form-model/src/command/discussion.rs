//! Comments, refused work, reminders, exchange files.

use serde::{Deserialize, Serialize};

use super::Stamp;
use super::evidence::PackedEvidence;
use crate::answer::AnswerValue;
use crate::id::{AnswerId, ApplicationId};
use crate::member::AgencyId;

/// `discuss`: reads the comments, after saying something. Answers a [`Discussion`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscussRequest {
    pub application: ApplicationId,
    pub act: DiscussAct,
}

/// What a person does in the discussion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DiscussAct {
    /// Nothing: only reads.
    Read,
    Say {
        /// `None`: about the application as a whole.
        on: Option<AnswerId>,
        /// The agencies that it is for.
        to: Vec<AgencyId>,
        text: String,
        reply_to: Option<String>,
    },
    Settle {
        comment: String,
        settled: bool,
    },
    /// Everything said so far has been read here.
    MarkRead,
}

/// All comments, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discussion {
    pub comments: Vec<CommentSummary>,
}

/// A comment as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentSummary {
    pub id: String,
    pub on: Option<AnswerId>,
    pub to: Vec<AgencyId>,
    pub text: String,
    pub reply_to: Option<String>,
    pub stamp: Stamp,
    pub settled: bool,
    /// Said by others and not read here yet.
    pub unread: bool,
    /// For this desk's agency.
    pub for_me: bool,
}

/// `set_aside`: reads what the hub refused, after putting something away. Answers a list of [`SetAside`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAsideRequest {
    pub application: ApplicationId,
    /// What to put away: [`SetAside::change`].
    pub dismiss: Option<String>,
    /// Also says what was refused as a comment to who fills that part.
    pub propose: bool,
    /// Also writes it again, as an edit of this desk's own: what was refused when the part was closed, say, and may be
    /// written now.
    #[serde(default)]
    pub adopt: bool,
}

/// What one author did to one answer and was left out, as far as a person here would miss it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// Names it: its first change's hash, and the answer.
    pub change: String,
    pub answer: AnswerId,
    /// The field's short name in the settings' language.
    pub name: String,
    /// Whose it is when it is not this desk's: agency and person. A colleague's work that hung on a refused change
    /// comes again from the colleague's own desk, unless that is lost.
    pub author: Option<String>,
    /// What was written: the last value, `None` when that was cleared; or the text as put in, however many
    /// keystrokes it took.
    pub value: Option<AnswerValue>,
    pub deleted: String,
    pub time_ms: i64,
    /// Why, in the settings' language.
    pub reason: String,
    /// Who fills that part now.
    pub owner: Option<AgencyId>,
    /// Whether this desk may write it again now: [`SetAsideRequest::adopt`].
    #[serde(default)]
    pub may_adopt: bool,
}

/// Answer to `reminder` (催办): who owes what by when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    pub lines: Vec<Owed>,
    /// To be pasted into a message, in the settings' language.
    pub text: String,
}

/// A part that is not filled in yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// Who owes it; `None` for what was handed to nobody, which the lead sees to.
    pub agency: Option<AgencyId>,
    /// That agency's name, or that there is none, in the settings' language.
    pub agency_name: String,
    /// The section's or field's title.
    pub part: String,
    pub answered: u32,
    pub required: u32,
    pub problems: u32,
    /// `YYYY-MM-DD`.
    pub due: Option<String>,
    /// The day has passed.
    pub overdue: bool,
    /// How much time is left, or since when there is none, in the settings' language.
    pub time_left: String,
}

/// `export_bundle`: an exchange file for a USB stick; the shell asks where to. Answers the file's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportBundle {
    pub application: ApplicationId,
    /// Only what is new since this desk's last exchange file.
    pub since_last: bool,
    /// Which files of evidence go along; with `since_last` those that the last one did not carry.
    pub evidence: PackedEvidence,
}
