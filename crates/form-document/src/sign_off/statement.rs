//! What a statement says.

use form_model::id::ApplicationId;
use form_model::member::{AgencyId, Step};
use serde::{Deserialize, Serialize};

use super::record::StatementId;
use crate::canonical::{self, NotCanonical};
use crate::digest::Sha256;
use crate::envelope::{BadEnvelope, Envelope};
use crate::key::{PublicKey, Purpose, SigningKey};
use crate::schema::has_bad_character;

/// Longest name or title of a person, in characters: the longest that a form line holds.
pub const PERSON_MAX_CHARS: usize = 60;

/// Longest remark or reason, in characters: a paragraph.
pub const REMARK_MAX_CHARS: usize = 500;

/// Longest section id, in bytes: form packages' ids are words written by hand.
const SECTION_MAX_BYTES: usize = 64;

/// A person's word, as signed: JSON in its one spelling (RFC 8785).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    pub application: ApplicationId,
    /// In whose name.
    pub agency: AgencyId,
    /// Who signs.
    pub person: String,
    /// What that person is: 处长, 经办人 … May be empty.
    pub title: String,
    /// By the signer's clock, milliseconds since 1970-01-01 UTC.
    pub time_ms: i64,
    /// May be empty.
    pub remark: String,
    pub word: Word,
}

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Word {
    /// That a section is as it should be.
    Confirm {
        section: String,
        /// 经办, 审核 or 签认.
        step: Step,
        /// The content that was looked at: [`super::SectionContent`].
        content: Sha256,
        /// The statement of the step before, where the agency has more than one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<StatementId>,
    },
    /// 真实性声明: that the whole is true and complete. By the lead.
    Declare {
        /// The content that was looked at: [`super::Contents`].
        content: Sha256,
    },
    /// That an earlier statement of the same agency no longer stands; it stays in history.
    Withdraw { statement: StatementId, reason: String },
}

/// Why a statement is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadStatement {
    #[error(transparent)]
    Envelope(#[from] BadEnvelope),
    #[error("the statement cannot be read: {0}")]
    Unreadable(#[from] NotCanonical),
    #[error("the statement is about another application")]
    OtherApplication,
    #[error("the statement is signed by nobody, or by more than one")]
    Signers,
    #[error("a name or remark in the statement is empty, overlong or has control characters")]
    Words,
}

impl Statement {
    /// Signs the statement.
    ///
    /// # Errors
    /// [`BadStatement::Words`].
    pub fn sign(&self, key: &SigningKey) -> Result<Envelope, BadStatement> {
        self.check()?;
        Ok(Envelope::sign(Purpose::SignOff, canonical::to_vec(self)?, key))
    }

    /// Reads a signed statement: who signed it, and what it says.
    ///
    /// # Errors
    /// When the signature does not fit, or it says what no statement says.
    pub fn read(envelope: &Envelope, application: &ApplicationId) -> Result<(PublicKey, Self), BadStatement> {
        let [signature] = envelope.signatures.as_slice() else { return Err(BadStatement::Signers) };
        let payload = envelope.verify(Purpose::SignOff, &signature.keyid)?;
        let statement: Self = canonical::from_slice(payload)?;
        if statement.application != *application {
            return Err(BadStatement::OtherApplication);
        }
        statement.check()?;
        Ok((signature.keyid, statement))
    }

    /// The section that it confirms.
    pub fn section(&self) -> Option<&str> {
        match &self.word {
            Word::Confirm { section, .. } => Some(section),
            Word::Declare { .. } | Word::Withdraw { .. } => None,
        }
    }

    fn check(&self) -> Result<(), BadStatement> {
        let fits = |text: &str, limit: usize| text.chars().count() <= limit && !has_bad_character(text);
        let name = !self.person.trim().is_empty()
            && fits(&self.person, PERSON_MAX_CHARS)
            && fits(&self.title, PERSON_MAX_CHARS);
        let word = match &self.word {
            Word::Confirm { section, .. } => (1..=SECTION_MAX_BYTES).contains(&section.len()),
            Word::Declare { .. } => true,
            Word::Withdraw { reason, .. } => !reason.trim().is_empty() && fits(reason, REMARK_MAX_CHARS),
        };
        let sound = name && word && fits(&self.remark, REMARK_MAX_CHARS) && self.agency.is_valid();
        if sound { Ok(()) } else { Err(BadStatement::Words) }
    }
}
