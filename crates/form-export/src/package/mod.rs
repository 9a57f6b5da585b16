//! The submission package (提交包): a receipt and everything that it speaks of.
//!
//! ```text
//! receipt.json         the receipt, exact bytes: what is signed, who signed it, where it stands in the hub's log
//! manifest.json        the signed bytes once more, for people and tools
//! evidence/<sha256>    each file of evidence, once
//! form/<path>          the form package that was filled; may be left out
//! README.txt           how to check all of this
//! ```
//!
//! Only the receipt is trusted, and only after it was checked against the hub's root key; everything else is held
//! against it. A ZIP holds the parts as they are, in one layout: see [`archive`].

pub mod archive;
mod fault;
mod folder;
mod looking;
mod part;
mod proof;
mod receipt_fault;
mod report;
mod source;
mod verify;
mod write;

pub use looking::Looking;
pub use part::{BadName, Part};
pub use receipt_fault::cause as receipt_cause;
pub use verify::{RECEIPT_MAX_BYTES, Trust, Unchecked, verify};
pub use write::{Contents, Existing, Opener, Shape, WriteError, Written, write};
