//! Documents from outside: an exported file, which any Automerge tool may have written.

use automerge::Change;

use crate::document::load_snapshot;
use crate::error::LoadError;
use crate::raw::guarded;
use crate::unpack;

/// The largest file taken in, in bytes. A hundred years of an agency's typing in one application would fit.
pub const IMPORT_MAX_BYTES: usize = 64 << 20;

/// An exported document, taken apart. Nothing in it is trusted: build the document anew from the genesis
/// ([`crate::Document::from_genesis`]) and merge the changes, which checks each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The one change that builds on nothing.
    pub genesis: Vec<u8>,
    /// All others as raw chunks, each after those it builds on.
    pub changes: Vec<Vec<u8>>,
}

/// Reads a document that [`crate::Document::save`] or another Automerge tool wrote.
///
/// # Errors
/// When the file is too large, unpacks to too much, is damaged, or does not have exactly one first change.
pub fn read(file: &[u8]) -> Result<Imported, LoadError> {
    if file.len() > IMPORT_MAX_BYTES {
        let message = format!("it has {} bytes; at most {IMPORT_MAX_BYTES} are taken in", file.len());
        return Err(LoadError::Unreadable(message));
    }
    unpack::check(file)?;
    let document = load_snapshot(file)?;
    let changes = guarded(|| document.get_changes(&[]))
        .ok_or_else(|| LoadError::Unreadable("its changes contradict each other".to_owned()))?;
    let raw = |change: Change| change.raw_bytes().to_vec();
    let (first, others): (Vec<_>, Vec<_>) = changes.into_iter().partition(|change| change.deps().is_empty());
    match <[Change; 1]>::try_from(first) {
        Ok([genesis]) => {
            Ok(Imported { genesis: raw(genesis), changes: others.into_iter().map(raw).collect() })
        }
        Err(first) => Err(LoadError::Unreadable(format!(
            "it has {} first changes, an application has one",
            first.len()
        ))),
    }
}
