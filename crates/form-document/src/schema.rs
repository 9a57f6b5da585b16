//! What the form stores where: every answer and its kind, for quick look-up.

use std::collections::{BTreeMap, BTreeSet};

use form_model::answer::AnswerValue;
use form_model::definition::{AnswerKind, FormDefinition};
use form_model::evidence::{self, Attribute, EvidenceKey};
use form_model::id::{AnswerId, FieldId};

/// Longest facet name, in bytes: a note or a rule's id, which a form designer writes by hand.
const FACET_MAX_BYTES: usize = 64;

/// The answers of a form by id.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    kinds: BTreeMap<AnswerId, AnswerKind>,
    /// The fields beside which files may stand, and of which kinds these may be.
    evidence: BTreeMap<FieldId, BTreeSet<String>>,
}

impl Schema {
    pub(crate) fn new(definition: &FormDefinition) -> Self {
        let kinds = definition
            .fields()
            .flat_map(|field| {
                field.answers().into_iter().filter_map(|answer| {
                    let kind = field.answer_kind(&answer)?;
                    Some((answer, kind))
                })
            })
            .collect();
        let slots = definition.evidence.iter();
        let evidence = slots.map(|slot| (slot.field.clone(), slot.kinds.iter().cloned().collect())).collect();
        Self { kinds, evidence }
    }

    /// What is stored at an answer or at a facet of one; `None` when the form knows no such answer.
    pub(crate) fn kind(&self, answer: &AnswerId) -> Option<AnswerKind> {
        if let Some(key) = EvidenceKey::read(answer) {
            return self.evidence.contains_key(&key.field).then_some(AnswerKind::Value);
        }
        match answer.facet() {
            None => self.kinds.get(answer).copied(),
            Some(facet) if is_facet(facet) && self.kinds.contains_key(&answer.base()) => {
                Some(AnswerKind::Value)
            }
            Some(_) => None,
        }
    }

    /// The prose answers, in id order.
    pub(crate) fn prose(&self) -> impl Iterator<Item = &AnswerId> {
        self.kinds.iter().filter(|(_, kind)| **kind == AnswerKind::Prose).map(|(answer, _)| answer)
    }

    /// Whether a value suits the answer's kind; what is said about a file must be what any replica says.
    pub(crate) fn accepts(&self, answer: &AnswerId, value: &AnswerValue) -> bool {
        match (self.kind(answer), value) {
            (Some(AnswerKind::Value), AnswerValue::Text(text)) => {
                EvidenceKey::read(answer).is_none_or(|key| text.is_empty() || self.suits(&key, text))
            }
            (Some(AnswerKind::Flag), AnswerValue::Flag(_)) => true,
            _ => false,
        }
    }

    fn suits(&self, key: &EvidenceKey, text: &str) -> bool {
        let listed = || self.evidence.get(&key.field).is_some_and(|kinds| kinds.contains(text));
        evidence::fault(key.attribute, text).is_none() && (key.attribute != Attribute::Kind || listed())
    }
}

fn is_facet(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= FACET_MAX_BYTES
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

/// Whether a text holds characters that no document may hold: NUL and the other control characters, save
/// line ends and tabs. They make printing and exchange files fail, far from where they were entered.
pub(crate) fn has_bad_character(text: &str) -> bool {
    text.chars().any(|char| char.is_control() && !matches!(char, '\n' | '\t'))
}
