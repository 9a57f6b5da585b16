//! When a field matters: conditions over other answers, as data.

use serde::{Deserialize, Serialize};

use crate::answer::Answers;
use crate::id::AnswerId;

/// A condition over answers. In TOML: `{ answer = "basics.core_zone", is = "yes" }`,
/// `{ all = [ … ] }`, `{ any = [ … ] }`, `{ not = { … } }`, `{ ticked = "openness.exchanges.other" }`,
/// `{ answered = "cover.operator" }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Condition {
    Is { answer: AnswerId, is: String },
    Ticked { ticked: AnswerId },
    Answered { answered: AnswerId },
    All { all: Vec<Condition> },
    Any { any: Vec<Condition> },
    Not { not: Box<Condition> },
}

impl Condition {
    /// Whether the condition holds for these answers.
    pub fn holds(&self, answers: &Answers) -> bool {
        match self {
            Self::Is { answer, is } => answers.text(answer) == is,
            Self::Ticked { ticked } => answers.flag(ticked),
            Self::Answered { answered } => !answers.is_blank(answered),
            Self::All { all } => all.iter().all(|part| part.holds(answers)),
            Self::Any { any } => any.iter().any(|part| part.holds(answers)),
            Self::Not { not } => !not.holds(answers),
        }
    }

    /// Every answer that the condition reads.
    pub fn reads(&self) -> Vec<&AnswerId> {
        match self {
            Self::Is { answer: id, .. } | Self::Ticked { ticked: id } | Self::Answered { answered: id } => {
                vec![id]
            }
            Self::All { all: parts } | Self::Any { any: parts } => {
                parts.iter().flat_map(Self::reads).collect()
            }
            Self::Not { not } => not.reads(),
        }
    }
}
