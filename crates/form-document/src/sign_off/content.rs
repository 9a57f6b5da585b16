//! What a statement is about: a section's content, as bytes that are the same wherever the answers are.

use std::collections::{BTreeMap, BTreeSet};

use form_model::answer::{AnswerValue, Answers};
use form_model::definition::FormDefinition;
use form_model::evidence::{EvidenceKey, entries};
use form_model::id::{AnswerId, ApplicationId};
use serde::{Deserialize, Serialize};

use crate::canonical::{self, NotCanonical};
use crate::digest::Sha256;
use crate::document::Document;

/// An answer as it stands: a value, or the values that stand beside each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Sides {
    One(AnswerValue),
    /// In order; `None` for a side that cleared the answer.
    Many(Vec<Option<AnswerValue>>),
}

/// A file of evidence as it stands in its slot: what is submitted of it, and what a signer reads beside it.
///
/// What a directory adds up to ([`Attribute::Totals`](form_model::evidence::Attribute::Totals)) is left out: it is a
/// desk's reading of the file, whose bytes are signed, and is submitted nowhere. Where the file stands among others
/// is told by the order of the records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceRecord {
    /// The slot's id in the form package.
    pub slot: String,
    /// The field beside which it stands.
    pub field: String,
    pub entry: String,
    pub name: String,
    /// A media type.
    pub kind: String,
    /// In bytes.
    pub size: u64,
    pub sha256: Sha256,
    /// Who stands behind it (填报说明 4): one of the slot's kinds, or empty while nobody has said it.
    pub proof: String,
    pub caption: String,
    pub by: String,
    pub taken: String,
    pub place: String,
    /// The photo as it was taken, where the file is a smaller copy of it. It is not submitted; whoever shows it later
    /// can be held to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Sha256>,
}

/// The counted sections of an application: what the lead declares true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contents {
    pub application: ApplicationId,
    /// SHA-256 over the form package: the questions are a part of what is signed.
    pub package: String,
    /// What is said of a file stands here only while it is disputed; else in the file's record.
    pub answers: BTreeMap<AnswerId, Sides>,
    /// In the form's numbering, and within a slot as people put them in order.
    pub evidence: Vec<EvidenceRecord>,
}

/// One section of it: what an agency signs off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SectionContent<'a> {
    pub application: &'a ApplicationId,
    pub package: &'a str,
    pub section: &'a str,
    pub answers: BTreeMap<&'a AnswerId, &'a Sides>,
    pub evidence: Vec<&'a EvidenceRecord>,
}

impl Document {
    /// The content of the counted sections as it stands here.
    pub fn contents(&self, definition: &FormDefinition) -> Contents {
        let answers = self.answers();
        let counted: BTreeSet<&str> = definition
            .sections
            .iter()
            .filter(|section| section.counted)
            .map(|section| section.id.as_str())
            .collect();
        let evidence = standing_evidence(&answers, definition, &counted);
        let written = self.written().into_iter().filter(|answer| counted.contains(answer.section()));
        let sides = written.filter_map(|answer| {
            let sides = self.sides(&answer, &answers)?;
            let recorded = matches!(sides, Sides::One(_)) && EvidenceKey::read(&answer).is_some();
            (!recorded).then_some((answer, sides))
        });
        Contents {
            application: self.application().clone(),
            package: definition.hash.clone(),
            answers: sides.collect(),
            evidence,
        }
    }

    /// How an answer stands; `None` when nothing does.
    fn sides(&self, answer: &AnswerId, answers: &Answers) -> Option<Sides> {
        let standing = self.standing(answer);
        if standing.conflict.is_empty() {
            return answers.get(answer).cloned().map(Sides::One);
        }
        let mut sides: Vec<_> = standing.conflict.into_iter().map(|side| side.value).collect();
        sides.sort();
        Some(Sides::Many(sides))
    }

    /// Every answer that something is stored under.
    fn written(&self) -> Vec<AnswerId> {
        self.answers().0.into_keys().collect()
    }
}

fn standing_evidence(
    answers: &Answers,
    definition: &FormDefinition,
    counted: &BTreeSet<&str>,
) -> Vec<EvidenceRecord> {
    let mut records = Vec::new();
    for slot in &definition.evidence {
        let standing = entries(answers, &slot.field).into_iter().filter(|entry| !entry.removed);
        for entry in standing.filter(|entry| counted.contains(entry.field.answer().section())) {
            // The facts were read, so the hash is one.
            let Ok(sha256) = entry.file.sha256.parse() else { continue };
            let original = entry.original.and_then(|original| original.sha256.parse().ok());
            records.push(EvidenceRecord {
                slot: slot.id.clone(),
                field: entry.field.0,
                entry: entry.id.as_str().to_owned(),
                name: entry.file.name,
                kind: entry.file.kind,
                size: entry.file.size,
                sha256,
                proof: entry.kind,
                caption: entry.caption,
                by: entry.by,
                taken: entry.taken,
                place: entry.place,
                original,
            });
        }
    }
    records
}

impl Contents {
    /// One section of it.
    pub fn section<'a>(&'a self, section: &'a str) -> SectionContent<'a> {
        let of_section = |answer: &&AnswerId| answer.section() == section;
        let evidence = |record: &&EvidenceRecord| record.field.split('.').next() == Some(section);
        SectionContent {
            application: &self.application,
            package: &self.package,
            section,
            answers: self.answers.iter().filter(|(answer, _)| of_section(answer)).collect(),
            evidence: self.evidence.iter().filter(evidence).collect(),
        }
    }

    /// The hash that the lead's declaration names: over the content in its one spelling (RFC 8785).
    ///
    /// # Errors
    /// Never for content as it is made here.
    pub fn hash(&self) -> Result<Sha256, NotCanonical> {
        Ok(Sha256::of(&canonical::to_vec(self)?))
    }

    /// The hash that a section's sign-off names.
    ///
    /// # Errors
    /// As [`Self::hash`].
    pub fn section_hash(&self, section: &str) -> Result<Sha256, NotCanonical> {
        Ok(Sha256::of(&canonical::to_vec(&self.section(section))?))
    }

    /// The answers that stand in more than one way.
    pub fn disputed(&self) -> impl Iterator<Item = &AnswerId> {
        self.answers.iter().filter(|(_, sides)| matches!(sides, Sides::Many(_))).map(|(answer, _)| answer)
    }
}
