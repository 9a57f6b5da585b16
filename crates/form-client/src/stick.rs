//! The files of evidence in an exchange file: written behind its content and taken out of it, a piece at a time, however
//! much they come to. Their framing stands at [`form_document::bundle::FILES_MAGIC`].

mod index;
mod take;
mod write;

pub(crate) use index::{Index, index};
pub use take::StickFiles;
pub use write::{StickToWrite, Written};
