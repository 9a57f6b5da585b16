//! What checking a receipt, or a package of all that was submitted, has found (验真).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::definition::FormDefinition;
use crate::id::ApplicationId;
use crate::language::Language;
use crate::member::{AgencyId, Step};

/// The folder of a package in which its files of evidence lie under their hashes.
pub const EVIDENCE_FOLDER: &str = "evidence/";

/// `verify`: something about a package or a receipt that a person has at hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyRequest {
    pub act: VerifyAct,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum VerifyAct {
    /// Nothing: only reads how it stands.
    Read,
    /// Lets the person choose a file.
    ChooseFile,
    /// Lets the person choose the folder of a package.
    ChooseFolder,
    /// Takes what was dropped on the window and lies in the shell's tray.
    TakeDropped { tray: u32 },
    /// Checks what lies at hand. Goes on until it is done or another act takes its place.
    Check {
        /// The root key: 64 lower-case hex digits.
        root: String,
        /// The application that it is to be, if a person says; 64 lower-case hex digits.
        application: Option<ApplicationId>,
        /// The revision that it is to be, if a person says.
        revision: Option<u64>,
    },
    /// Ends the check that is under way.
    Stop,
    /// Lets go of what lies at hand; a check that is under way ends.
    Leave,
}

/// Answer to `verify`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyAnswer {
    /// What lies at hand.
    pub exhibit: Option<Exhibit>,
    /// The hubs that this desk knows, each once.
    pub hubs: Vec<KnownHub>,
    /// What a check has found; `None` for any other act, and when another act has ended it.
    pub found: Option<Verification>,
}

/// What is checked, as a person knows it: the shell keeps where it lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exhibit {
    pub name: String,
    pub folder: bool,
    /// How much of it was read, and how much there is to read, in bytes; both 0 before a check.
    pub read: u64,
    pub total: u64,
}

/// A hub whose public log this desk has followed itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KnownHub {
    /// The log's name.
    pub origin: String,
    /// Its root key, 64 lower-case hex digits.
    pub root: String,
}

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
    /// What the form calls its parts; `None` where the form that was filled is not at hand.
    #[serde(default)]
    pub form: Option<FormWords>,
    pub faults: Vec<Fault>,
}

impl Verification {
    /// The files of evidence that lie at a place of the package: one file may stand in several slots.
    pub fn files_at<'a>(&'a self, place: &'a str) -> impl Iterator<Item = &'a VerifiedFile> {
        let sha256 = place.strip_prefix(EVIDENCE_FOLDER);
        self.files.iter().filter(move |file| sha256 == Some(file.sha256.as_str()))
    }

    /// What a section is called, or its id where the form is not at hand.
    pub fn section_title<'a>(&'a self, section: &'a str, language: Language) -> &'a str {
        let titles = self.form.as_ref().and_then(|form| form.sections.get(section));
        titles.map_or(section, |title| title.of(language))
    }

    /// What a slot is called, after its number; or its id where the form is not at hand.
    pub fn slot_title(&self, slot: &str, language: Language) -> String {
        match self.form.as_ref().and_then(|form| form.slots.get(slot)) {
            Some(words) => format!("{}. {}", words.number, words.title.of(language)),
            None => slot.to_owned(),
        }
    }
}

/// One thing in both languages; where a form has one language alone, twice the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    pub chinese: String,
    pub english: String,
}

impl Words {
    /// In a language.
    pub fn of(&self, language: Language) -> &str {
        language.pick(&self.chinese, &self.english)
    }
}

/// What a form calls its parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormWords {
    pub title: Words,
    /// By the section's id.
    pub sections: BTreeMap<String, Words>,
    /// By the slot's id.
    pub slots: BTreeMap<String, SlotWords>,
}

/// A slot of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotWords {
    /// In the form's numbering.
    pub number: u32,
    pub title: Words,
}

impl FormWords {
    /// What this form calls its parts.
    pub fn of(form: &FormDefinition) -> Self {
        let words = |key: &str| Words {
            chinese: form.text(Language::Chinese, key).to_owned(),
            english: form.text(Language::English, key).to_owned(),
        };
        let sections =
            form.sections.iter().map(|section| (section.id.clone(), words(&format!("{}.title", section.id))));
        let slots = form.evidence.iter().map(|slot| {
            let title = words(&format!("evidence.{}.label", slot.id));
            (slot.id.clone(), SlotWords { number: slot.number, title })
        });
        Self { title: words("form.title"), sections: sections.collect(), slots: slots.collect() }
    }
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
