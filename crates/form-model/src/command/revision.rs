//! What is done with final revisions: taken along, compared, carried to the hub by hand.

use serde::{Deserialize, Serialize};

use super::signing::{Excuse, RevisionDifference};
use crate::id::ApplicationId;

/// `revision`: something about the final revisions of an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionRequest {
    pub application: ApplicationId,
    pub act: RevisionAct,
}

/// What is to be done. The shell asks for files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RevisionAct {
    /// Saves the receipt.
    SaveReceipt { revision: u64 },
    /// Saves the receipt with everything that it speaks of; files that are not here are fetched first.
    SavePackage { revision: u64, shape: PackageShape },
    /// How the later of two differs from the earlier one.
    Compare { earlier: u64, later: u64 },
    /// Saves the lead's wish to make the revision final as it stands here, for a desk that reaches the hub.
    SaveSubmission { overrides: Vec<Excuse> },
}

/// As what a package is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PackageShape {
    Folder,
    Archive,
}

/// Answer to `revision`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionAnswer {
    /// The name of the file that was saved; `None` when the person chose none.
    pub saved: Option<String>,
    pub package: Option<SavedPackage>,
    pub difference: Option<RevisionDifference>,
}

/// A package that was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedPackage {
    /// The folder's or file's name.
    pub name: String,
    /// How many files of evidence, and what they come to in bytes.
    pub files: u64,
    pub bytes: u64,
    /// The root key that verifies it, 64 lower-case hex digits: to be handed over apart from it.
    pub root: String,
}
