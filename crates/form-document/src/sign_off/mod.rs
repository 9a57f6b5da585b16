//! Sign-off (签认): an agency's word, signed by a person's device, that a section is as it should be.
//!
//! Statements are part of the document, so they are made offline, travel and merge like answers, and none is ever
//! taken away. Whether one holds is not stored anywhere: it holds exactly while the section's content is what was
//! signed.

mod content;
mod record;
mod standing;
mod statement;

pub use content::{Contents, EvidenceRecord, SectionContent, Sides};
pub use record::{MadeStatement, StatementId};
pub use standing::{SectionStanding, State, StatementStanding, declaration, required, withdrawal};
pub use statement::{BadStatement, PERSON_MAX_CHARS, REMARK_MAX_CHARS, Statement, Word};

pub(crate) use record::{ReadStatements, StatementKey};
