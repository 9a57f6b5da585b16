//! Sign-off, final revisions and what a person sees of them.

use serde::{Deserialize, Serialize};

use crate::answer::AnswerValue;
use crate::error::UserError;
use crate::id::{AnswerId, ApplicationId};
use crate::member::{AgencyId, Step};

/// Something about sign-off or final revisions; answered with [`Signing`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningRequest {
    pub application: ApplicationId,
    pub act: SigningAct,
}

/// Who signs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    pub person: String,
    /// 处长, 经办人 …; may be empty.
    pub title: String,
    /// May be empty.
    pub remark: String,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SigningAct {
    /// Nothing: only reads.
    Read,
    /// Takes the next step of this agency's sign-off of a section as it stands.
    SignOff { section: String, signer: Signer },
    /// Takes a statement of this agency back.
    Withdraw { statement: String, signer: Signer, reason: String },
    /// The lead's declaration over the whole as it stands.
    Declare { signer: Signer },
    /// Asks the hub as well what stands in the way of a final revision.
    Examine,
    /// Makes the revision final at the hub. The lead may go on though devices hold unsent changes, with a reason.
    Finalise { overrides: Vec<Excuse> },
    /// Gives the final revision back for correction.
    Return { sections: Vec<String>, reasons: Vec<Reason> },
}

/// Why the lead does not wait for a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excuse {
    /// The device's key, 64 lower-case hex digits.
    pub device: String,
    pub reason: String,
}

/// Why something was returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// `None` for the sections as a whole.
    pub on: Option<AnswerId>,
    pub text: String,
}

/// How sign-off and revisions stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signing {
    pub revision: RevisionState,
    /// The counted sections, in printed order.
    pub sections: Vec<SectionSigning>,
    /// The lead's declarations, the newest last.
    pub declarations: Vec<StatementSummary>,
    /// What this desk sees to stand in the way of a final revision, in the order in which people can do something
    /// about it. What the hub sees besides comes with its answer.
    pub obstacles: Vec<ObstacleSummary>,
    /// The final revisions of which a receipt is here.
    pub finals: Vec<FinalSummary>,
    /// The hub's public log as this desk knows it; `None` before it was heard of.
    #[serde(default)]
    pub log: Option<LogSummary>,
    pub may_declare: bool,
    pub may_finalise: bool,
    pub may_return: bool,
}

/// What this desk knows of the public log of the application's hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSummary {
    /// Its name.
    pub origin: String,
    /// Its root key, 64 lower-case hex digits: what a verifier has to be given.
    pub root: String,
    /// How many entries the newest known checkpoint is about.
    pub size: u64,
    /// Set from when the hub showed another log than the one known here, until it shows one again that goes on from
    /// that.
    pub fault: Option<UserError>,
}

/// How far the application has come on its way to being final.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionState {
    /// The revision that is being written, or, when all is final, the final one; from 1.
    pub current: u64,
    /// Whether all of it is final.
    pub closed: bool,
    /// The sections that nobody writes to.
    pub frozen: Vec<String>,
    pub returned: Option<ReturnSummary>,
}

/// That a final revision was given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnSummary {
    /// Who did it.
    pub agency: String,
    pub person: String,
    /// By that person's clock, milliseconds since 1970-01-01 UTC.
    pub time_ms: i64,
    pub sections: Vec<String>,
    pub reasons: Vec<Reason>,
}

/// How a section stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionSigning {
    pub section: String,
    /// The agencies that have to sign it.
    pub agencies: Vec<AgencySigning>,
    /// All statements on it, the newest last.
    pub statements: Vec<StatementSummary>,
}

impl SectionSigning {
    /// Whether every agency that has to has signed.
    pub fn is_signed(&self) -> bool {
        self.agencies.iter().all(|agency| agency.next.is_none())
    }
}

/// An agency that has to sign a section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgencySigning {
    pub agency: AgencyId,
    pub name: String,
    /// The step that it lacks; `None` when it has signed.
    pub next: Option<Step>,
    /// Whether this desk is of that agency.
    pub own: bool,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementSummary {
    pub id: String,
    pub agency: AgencyId,
    pub agency_name: String,
    pub person: String,
    pub title: String,
    pub remark: String,
    /// By the signer's clock, milliseconds since 1970-01-01 UTC.
    pub time_ms: i64,
    /// `None` for a declaration.
    pub step: Option<Step>,
    pub state: StatementState,
    /// Why it was taken back.
    pub reason: String,
    /// Whether this desk's agency made it, and may take it back.
    pub own: bool,
}

/// How a statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementState {
    Holds,
    /// What was signed was changed since.
    Lapsed,
    Withdrawn,
    /// The step before it does not hold, or was the same person's.
    OutOfOrder,
    /// Its agency no longer signs this section, or its device was revoked.
    NotTheirs,
}

/// One thing that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObstacleSummary {
    /// What, where, what to do.
    pub sentence: UserError,
    /// Where to go.
    pub answer: Option<AnswerId>,
    pub section: Option<String>,
    /// The device that holds unsent changes, which the lead may excuse.
    pub device: Option<String>,
}

/// A final revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinalSummary {
    pub number: u64,
    /// SHA-256 of the manifest, 64 lower-case hex digits.
    pub digest: String,
    /// Its place in the hub's public log.
    pub index: u64,
    /// The log's name.
    pub origin: String,
    /// By the lead's clock, milliseconds since 1970-01-01 UTC.
    pub made_ms: i64,
    /// Who handed it in.
    pub person: String,
    /// How it was given back, if it was.
    #[serde(default)]
    pub returned: Option<ReturnSummary>,
    /// What is wrong with the receipt that is here, if anything.
    pub fault: Option<UserError>,
}

/// How two final revisions differ.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionDifference {
    /// In the order of their ids.
    pub fields: Vec<FieldDifference>,
    /// Files that the earlier one names and the later one does not.
    pub files_gone: Vec<FileName>,
    /// The other way round.
    pub files_new: Vec<FileName>,
    /// Files that both name and of which something else is said.
    #[serde(default)]
    pub files_changed: Vec<FileName>,
    /// The slots, by their ids in the form package, whose files stand in another order.
    #[serde(default)]
    pub slots_reordered: Vec<String>,
}

/// An answer that two revisions have differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDifference {
    pub answer: AnswerId,
    pub before: Option<AnswerValue>,
    pub after: Option<AnswerValue>,
}

/// A file of evidence, as a difference names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileName {
    /// The slot's id in the form package.
    pub slot: String,
    pub name: String,
    /// 64 lower-case hex digits.
    pub sha256: String,
}
