//! Checking what others hand over: a package or a receipt. Needs no data folder and no network.

use std::path::Path;

use form_document::envelope::Envelope;
use form_document::key::PublicKey;
use form_document::transparency::{Known, LoggedKeyEvent};
pub use form_export::package::Looking;
use form_export::package::{self, Trust};
use form_model::command::Verification;
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;

use crate::cause::because;
use crate::file;

/// What a verifier gives.
#[derive(Clone, Debug, Default)]
pub struct Expected<'a> {
    /// The root key of the hub's log: 64 lower-case hex digits, or a file that holds them.
    pub root: &'a str,
    /// The changes of the hub's keys as its log has them by now: the answer of `/v1/log/keys?size=…`.
    pub keys: Option<&'a Path>,
    /// The application that it is to be about.
    pub application: Option<&'a str>,
    /// The revision that it is to be.
    pub revision: Option<u64>,
}

/// Checks a package, as a folder or ZIP, or a receipt.
///
/// # Errors
/// [`ErrorCode::BadRootKey`], [`ErrorCode::FileUnusable`] when something could not be read. What can be read and is wrong is
/// told in the answer.
pub fn verify(path: &Path, expected: &Expected<'_>) -> Result<Verification, UserError> {
    verify_watched(path, expected, &Looking::default())
}

/// [`verify`], for whoever wants to know how far it has come, or may end it.
///
/// # Errors
/// As [`verify`]; also when it was ended.
pub fn verify_watched(
    path: &Path,
    expected: &Expected<'_>,
    looking: &Looking,
) -> Result<Verification, UserError> {
    let known = Known {
        application: expected.application.map(|id| ApplicationId(id.to_owned())),
        revision: expected.revision,
        later_keys: expected.keys.map(read_keys).transpose()?.unwrap_or_default(),
    };
    let trust = Trust { root: read_root(expected.root)?, known };
    package::verify(path, &trust, looking).map_err(|unchecked| {
        because(
            UserError::new(ErrorCode::FileUnusable).with("file", unchecked.file.display()),
            &unchecked.error,
        )
    })
}

/// A key as text, or out of a file.
fn read_root(root: &str) -> Result<PublicKey, UserError> {
    if let Ok(key) = root.trim().parse() {
        return Ok(key);
    }
    let bad = || UserError::new(ErrorCode::BadRootKey).with("key", root);
    if !Path::new(root).is_file() {
        return Err(bad());
    }
    let text = String::from_utf8(file::read(Path::new(root))?).map_err(|_| bad())?;
    text.trim().parse().map_err(|_| bad())
}

fn read_keys(path: &Path) -> Result<Vec<(u64, Envelope)>, UserError> {
    let bytes = file::read(path)?;
    let events: Vec<LoggedKeyEvent> = serde_json::from_slice(&bytes).map_err(|error| {
        because(UserError::new(ErrorCode::FileUnusable).with("file", path.display()), &error)
    })?;
    Ok(events.into_iter().map(|event| (event.index, event.envelope)).collect())
}
