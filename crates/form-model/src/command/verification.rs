//! What checking a receipt, or a package of all that was submitted, has found (验真).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::ApplicationId;
use crate::language::Language;
use crate::member::{AgencyId, Step};

/// What was checked, what it proves, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// Whether all of it holds: there are no faults.
    pub good: bool,
    pub kind: VerifiedKind,
    /// What the receipt proves; `None` when it proves nothing.
    pub submission: Option<VerifiedSubmission>,
    /// Files of evidence in the form's numbering.
    pub files: Vec<VerifiedFile>,
    /// Whether the form package lies in the package and is the one that was filled.
    pub form_checked: bool,
    pub faults: Vec<Fault>,
}

/// What was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerifiedKind {
    /// A receipt with all files.
    Package,
    /// A receipt alone: files are named, and were not looked at.
    Receipt,
}

/// What a receipt proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedSubmission {
    pub application: ApplicationId,
    /// What the application is called.
    pub name: String,
    pub revision: u64,
    /// SHA-256 of the signed bytes, 64 lower-case hex digits.
    pub digest: String,
    /// Of the revision before.
    pub previous: Option<String>,
    pub form: VerifiedForm,
    /// By the clock of the lead's device, milliseconds since 1970-01-01 UTC.
    pub made_ms: i64,
    /// How many answers were signed.
    pub answers: u64,
    /// Who handed it in.
    pub lead: VerifiedSigner,
    pub log: VerifiedLog,
    /// By section, then in the order in which they were made; the declaration last.
    pub statements: Vec<VerifiedStatement>,
    /// Devices that the lead did not wait for, each with the reason.
    pub overrides: BTreeMap<String, String>,
}

/// The form that was filled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedForm {
    pub id: String,
    pub version: String,
    /// SHA-256 over its files, 64 lower-case hex digits.
    pub package: String,
}

/// A device and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedSigner {
    /// Its key, 64 lower-case hex digits.
    pub device: String,
    pub agency: AgencyId,
    pub agency_name: String,
    pub person: String,
}

/// The hub's log, as the receipt's checkpoint has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedLog {
    pub origin: String,
    /// The hub's key that counts for the entry, 64 lower-case hex digits.
    pub hub: String,
    /// The entry's place, from 0.
    pub index: u64,
    /// How many entries the log had.
    pub size: u64,
    /// The hash of its root, 64 lower-case hex digits.
    pub root: String,
}

/// A sign-off, or the declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedStatement {
    /// `None` for the declaration, which is over the whole.
    pub section: Option<String>,
    /// `None` for the declaration.
    pub step: Option<Step>,
    pub signer: VerifiedSigner,
    /// As the statement says; the signer's device speaks for itself.
    pub person: String,
    pub title: String,
    pub remark: String,
    /// By the signer's clock, milliseconds since 1970-01-01 UTC.
    pub time_ms: i64,
}

/// A file of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedFile {
    /// The slot's id in the form package.
    pub slot: String,
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// 64 lower-case hex digits.
    pub sha256: String,
    /// Whether its bytes are there and are those that were signed for.
    pub checked: bool,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fault {
    /// For programs; one a reason.
    pub code: String,
    /// The part of the package that it is about.
    pub place: Option<String>,
    /// What is wrong and what to do, for people.
    pub chinese: String,
    pub english: String,
}

impl Fault {
    /// What is wrong and what to do.
    pub fn sentence(&self, language: Language) -> &str {
        language.pick(&self.chinese, &self.english)
    }
}
