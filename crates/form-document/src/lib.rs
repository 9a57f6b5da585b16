//! One application as an Automerge document: genesis, edits, merging, history, undo.
//!
//! Pure: no disk, no network, no clock, no randomness. Nonces and times come in, bytes go out. The same
//! genesis and the same changes give the same document, in whatever order they arrive.

mod actor;
mod authorship;
mod batch;
mod bulk;
pub mod bundle;
mod by_hash;
pub mod canonical;
mod causality;
pub mod comment;
mod conflict;
pub mod digest;
mod document;
mod edit;
pub mod envelope;
mod error;
mod evidence;
pub mod genesis;
pub mod history;
pub mod import;
pub mod key;
pub mod ledger;
pub mod log;
mod merge;
mod object;
mod op;
mod overlap;
pub mod paper;
mod patch;
mod policy;
mod raw;
mod reader;
mod reauthor;
pub mod roster;
mod schema;
mod segment;
pub mod session;
pub mod sign_off;
pub mod snapshot;
mod text;
mod time;
pub mod transparency;
mod trial;
mod undo;
mod unpack;
mod value;
mod well_formed;
pub mod wire;

pub use actor::{ACTOR_BYTES, actor_id};
pub use automerge::{ActorId, ChangeHash};
pub use bulk::{CHANGE_MAX_OPS, weight as change_weight};
pub use conflict::{Candidate, Standing};
pub use document::Document;
pub use edit::Committed;
pub use error::{EditError, Expected, LoadError};
pub use evidence::{NamedFile, files_ever_named};
pub use genesis::{Genesis, GenesisError, UnverifiedGenesis, application_id};
pub use merge::{AppliedChange, Merged, Refusal, RefusedChange, WaitingChange};
pub use op::{BadOpId, OpId};
pub use raw::{BadChunk, CHANGE_MAX_BYTES, change_hash, change_place};
pub use segment::{Claim, NONCE_BYTES, SEGMENT_MAX_CHANGES, Segment};
pub use undo::{UNDO_CHARS_MAX, UNDO_GROUP_MS, UNDO_STEPS_MAX, Undone};
pub use unpack::{DOCUMENT_MAX_OPS, TooMuch, UNPACKED_MAX_BYTES};
pub use well_formed::{COUNTER_MAX, Malformed};
