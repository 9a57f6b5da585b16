//! What a file from outside is, before anybody keeps, shows or trusts it.
//!
//! Everything here works on readers and bytes: no network, no database, nothing is unpacked to the disk and nothing
//! is executed. What comes in may be hostile: every step has a limit with a name, and a library that panics on a
//! crafted file ends in an error ([`guard`]).

pub mod apart;
pub mod archive;
mod bytes;
pub mod directory;
mod guard;
pub mod kind;
pub mod name;
pub mod page;
pub mod photo;
mod sentence;

pub use sentence::Sentence;
