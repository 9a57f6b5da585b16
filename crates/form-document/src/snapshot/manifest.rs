//! What is signed: every answer, every file by its hash, every sign-off, and who took part.

use std::collections::BTreeMap;

use form_model::answer::AnswerValue;
use form_model::id::{AnswerId, ApplicationId};
use form_model::member::{AgencyId, FormPart, Role};
use serde::{Deserialize, Serialize};

use crate::canonical::{self, NotCanonical};
use crate::digest::Sha256;
use crate::envelope::{BadEnvelope, Envelope};
use crate::key::{PublicKey, Purpose};
use crate::sign_off::{BadStatement, Contents, EvidenceRecord, Sides, Statement, Word};

/// How a manifest is laid out.
pub const MANIFEST_FORMAT: u64 = 1;

/// Largest manifest, in bytes: every text at its limit, 2,000 files in each of 15 slots, and as much again.
pub const MANIFEST_MAX_BYTES: usize = 64 << 20;

/// A final revision: JSON in its one spelling (RFC 8785), signed as the payload of an [`Envelope`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`MANIFEST_FORMAT`].
    pub format: u64,
    pub application: ApplicationId,
    /// What the application is called: the zone's name.
    pub name: String,
    /// From 1.
    pub revision: u64,
    /// Of the bytes of the revision before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Sha256>,
    pub form: ManifestForm,
    /// By the clock of the lead's device, milliseconds since 1970-01-01 UTC.
    pub made_ms: i64,
    /// The newest changes of the document that it was made of, in order.
    pub heads: Vec<Sha256>,
    /// The counted sections' answers.
    pub answers: BTreeMap<AnswerId, AnswerValue>,
    /// Their files, in the form's numbering.
    pub evidence: Vec<EvidenceRecord>,
    /// The statements that held, as they were signed: by section, then in the order in which they were made; the
    /// declaration last.
    pub statements: Vec<Envelope>,
    pub roster: ManifestRoster,
    /// What the lead took upon itself; empty as a rule.
    pub overrides: Vec<Override>,
}

/// The form package that was filled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestForm {
    pub id: String,
    pub version: String,
    /// SHA-256 over its files.
    pub package: String,
}

/// Who took part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestRoster {
    pub version: u64,
    /// Hash of the newest entry.
    pub hash: Sha256,
    pub agencies: BTreeMap<AgencyId, ManifestAgency>,
    /// Those that were enrolled and not revoked.
    pub devices: BTreeMap<PublicKey, ManifestDevice>,
}

/// An agency that took part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestAgency {
    pub name: String,
    pub role: Role,
    /// What it was handed.
    pub parts: Vec<FormPart>,
}

/// A device, whose key signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestDevice {
    pub agency: AgencyId,
    pub person: String,
}

/// A device was known to hold changes that had not arrived, and the lead did not wait.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    pub device: PublicKey,
    pub reason: String,
}

/// Why bytes are no manifest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadManifest {
    #[error("the manifest has {length} bytes; at most {MANIFEST_MAX_BYTES} are taken in")]
    TooLarge { length: usize },
    #[error("the manifest cannot be read: {0}")]
    Unreadable(#[from] NotCanonical),
    #[error("the manifest has format {found}, this program knows {MANIFEST_FORMAT}")]
    Format { found: u64 },
    #[error("statement {index} of the manifest: {bad}")]
    Statement { index: usize, bad: BadStatement },
    #[error("statement {index} of the manifest is by a device that took no part")]
    Stranger { index: usize },
    #[error("statement {index} of the manifest is about other content than the manifest holds")]
    OtherContent { index: usize },
    #[error("the manifest has no declaration of the lead")]
    NotDeclared,
    #[error(transparent)]
    Envelope(#[from] BadEnvelope),
}

impl Manifest {
    /// The exact bytes.
    ///
    /// # Errors
    /// Never for a manifest as it is made here.
    pub fn to_vec(&self) -> Result<Vec<u8>, NotCanonical> {
        canonical::to_vec(self)
    }

    /// Reads bytes whose signature was checked before.
    ///
    /// # Errors
    /// When they are no manifest.
    pub fn read(bytes: &[u8]) -> Result<Self, BadManifest> {
        if bytes.len() > MANIFEST_MAX_BYTES {
            return Err(BadManifest::TooLarge { length: bytes.len() });
        }
        let manifest: Self = canonical::from_slice(bytes)?;
        if manifest.format != MANIFEST_FORMAT {
            return Err(BadManifest::Format { found: manifest.format });
        }
        Ok(manifest)
    }

    /// What the statements are about.
    pub fn contents(&self) -> Contents {
        let one = |(answer, value): (&AnswerId, &AnswerValue)| (answer.clone(), Sides::One(value.clone()));
        Contents {
            application: self.application.clone(),
            package: self.form.package.clone(),
            answers: self.answers.iter().map(one).collect(),
            evidence: self.evidence.clone(),
        }
    }

    /// Checks every statement in it: signed by a device that took part, for its own agency, about what the manifest
    /// holds. Returns them, each with its device.
    ///
    /// # Errors
    /// The first one that does not hold.
    pub fn statements(&self) -> Result<Vec<(PublicKey, Statement)>, BadManifest> {
        let contents = self.contents();
        let mut read = Vec::with_capacity(self.statements.len());
        let mut declared = false;
        for (index, envelope) in self.statements.iter().enumerate() {
            envelope.check(Purpose::SignOff)?;
            let (device, statement) = Statement::read(envelope, &self.application)
                .map_err(|bad| BadManifest::Statement { index, bad })?;
            let known = self.roster.devices.get(&device);
            if known.is_none_or(|known| known.agency != statement.agency) {
                return Err(BadManifest::Stranger { index });
            }
            let fits = match &statement.word {
                Word::Confirm { section, content, .. } => contents.section_hash(section)? == *content,
                Word::Declare { content } => {
                    declared = true;
                    contents.hash()? == *content
                }
                Word::Withdraw { .. } => false,
            };
            if !fits {
                return Err(BadManifest::OtherContent { index });
            }
            read.push((device, statement));
        }
        if declared { Ok(read) } else { Err(BadManifest::NotDeclared) }
    }

    /// Which signed files it names, each once, with their sizes in bytes.
    pub fn files(&self) -> BTreeMap<Sha256, u64> {
        self.evidence.iter().map(|record| (record.sha256, record.size)).collect()
    }
}
