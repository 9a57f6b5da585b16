//! The answers of an application, as a plain map.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::AnswerId;

/// One stored answer. In JSON a string or a boolean; numbers and dates are kept as text, exactly.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AnswerValue {
    Flag(bool),
    Text(String),
}

impl AnswerValue {
    /// The text; empty for a flag.
    pub fn as_text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Flag(_) => "",
        }
    }

    /// Whether the value says nothing: only white space, or a flag that is not set.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Text(text) => text.trim().is_empty(),
            Self::Flag(set) => !set,
        }
    }
}

/// Answers by id. Absent and blank mean the same to every check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(pub BTreeMap<AnswerId, AnswerValue>);

impl Answers {
    /// The answer, if one is stored.
    pub fn get(&self, id: &AnswerId) -> Option<&AnswerValue> {
        self.0.get(id)
    }

    /// The answer's text; empty when absent or a flag.
    pub fn text(&self, id: &AnswerId) -> &str {
        self.0.get(id).map_or("", AnswerValue::as_text)
    }

    /// Whether the flag is set.
    pub fn flag(&self, id: &AnswerId) -> bool {
        matches!(self.0.get(id), Some(AnswerValue::Flag(true)))
    }

    /// Whether nothing is answered.
    pub fn is_blank(&self, id: &AnswerId) -> bool {
        self.0.get(id).is_none_or(AnswerValue::is_blank)
    }

    /// Stores or, with `None`, removes an answer.
    pub fn set(&mut self, id: AnswerId, value: Option<AnswerValue>) {
        match value {
            Some(value) => self.0.insert(id, value),
            None => self.0.remove(&id),
        };
    }
}
