//! Who takes part and who may write what: a chain of signed entries, each building on the one before.
//!
//! The hub puts entries in order and can invent none: every entry is signed by a lead's device, by an invite's
//! key that a lead named, or by the recovery key. A replica keeps the chain and judges with it offline.

mod act;
mod chain;
mod entry;
mod revision;
mod state;

pub use act::{Act, Enrolment, ReturnReason};
pub use chain::{RosterChain, RosterFault, possession};
pub use entry::{BadEntry, ENTRY_MAX_BYTES, Entry, EntryHash, SignedEntry, hash_text};
pub use revision::{Returned, Revision};
pub use state::{Agency, Device, Hub, Invite, InviteState, Recovery, Roster};
