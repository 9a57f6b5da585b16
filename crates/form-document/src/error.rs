//! What can go wrong with a document.

use form_model::error::{ErrorCode, UserError};
use form_model::id::AnswerId;

use crate::genesis::GenesisError;
use crate::unpack::TooMuch;

/// Why a document can't be opened.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    #[error("the saved document cannot be read: {0}; restore a backup, or import an exported copy")]
    Unreadable(String),
    /// It would take more memory than a document may.
    #[error("the document unpacks to more than an application ever has: {0}")]
    TooMuch(#[from] TooMuch),
    #[error("change {0} stored after the saved document cannot be read; restore a backup")]
    BadChange(usize),
    #[error("{missing} changes that stored ones build on are missing; restore a backup")]
    Incomplete { missing: usize },
    #[error("the saved document does not start from the genesis of application {application}")]
    OtherApplication { application: String },
}

/// Why an edit was not made. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error("the form has no answer “{answer}”")]
    UnknownAnswer { answer: AnswerId },
    #[error("the answer “{answer}” takes {expected}")]
    WrongKind { answer: AnswerId, expected: Expected },
    #[error("the answer “{answer}” would have {length} characters; at most {limit} are kept")]
    TooLong { answer: AnswerId, length: usize, limit: usize },
    #[error("the text for “{answer}” holds control characters")]
    BadCharacter { answer: AnswerId },
    #[error("the change of “{answer}” does not fit its text")]
    BadSplice { answer: AnswerId },
    #[error("“{answer}” has changed since the edit that was to be undone")]
    UndoOvertaken { answer: AnswerId },
    #[error("the document refused the edit: {cause}; open the application again")]
    Document { cause: String },
}

/// The kind of edit that an answer takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Text,
    Flag,
    /// Running text is spliced, not set.
    Prose,
    /// A value is set, not spliced.
    Value,
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text => "文字 (text)",
            Self::Flag => "是或否 (true or false)",
            Self::Prose => "整段文字 (running text)",
            Self::Value => "一个值 (a single value)",
        })
    }
}

impl From<automerge::AutomergeError> for EditError {
    fn from(error: automerge::AutomergeError) -> Self {
        Self::Document { cause: error.to_string() }
    }
}

impl From<EditError> for UserError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::UnknownAnswer { answer } => Self::new(ErrorCode::UnknownAnswer).with("answer", answer),
            EditError::WrongKind { answer, expected } => {
                Self::new(ErrorCode::WrongKind).with("answer", answer).with("expected", expected)
            }
            EditError::TooLong { answer, length, limit } => Self::new(ErrorCode::TooLong)
                .with("answer", answer)
                .with("length", length)
                .with("limit", limit),
            EditError::BadCharacter { answer } => Self::new(ErrorCode::BadCharacter).with("answer", answer),
            EditError::BadSplice { answer } => Self::new(ErrorCode::BadSplice).with("answer", answer),
            EditError::UndoOvertaken { answer } => Self::new(ErrorCode::UndoOvertaken).with("answer", answer),
            EditError::Document { cause } => Self::new(ErrorCode::NotSaved).with("cause", cause),
        }
    }
}
