//! Checks across fields and values computed from other answers, as data.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::id::{AnswerId, FieldId};

/// A check that reads more than one answer. Its sentence is the message `rule.<id>`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Unique in the form; named in `check` and in confirmations.
    pub id: String,
    pub severity: Severity,
    /// Where the notice says so, such as `填报说明 2`.
    pub clause: Option<String>,
    pub test: Test,
}

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Must be mended before the form can be finalised. Never blocks an edit.
    Blocking,
    /// Looks wrong or may disqualify: to be confirmed by a person, blocks nothing.
    Caution,
}

/// What a rule compares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Test {
    /// A count of 0 although names are given.
    NoNamesWhenZero { count: AnswerId, names: AnswerId },
    /// As many names (split at 、，；, and line ends) as the count says.
    NamesMatchCount { count: AnswerId, names: AnswerId },
    /// Consecutive columns of a row must not differ by this factor or more, up or down.
    Jump { field: FieldId, factor: Decimal },
    /// The first answer must not exceed the second.
    AtMost { answer: AnswerId, limit: AnswerId },
}

/// A value computed from other answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Calculation {
    /// The sum of numeric answers; blank while one of them is blank.
    Sum { of: Vec<AnswerId> },
    /// `of × percent ÷ 100`, column by column for fields with columns.
    ShareOf { of: FieldId, percent: FieldId },
    /// Texts joined with a space.
    Join { of: Vec<AnswerId> },
}
