//! This device's key pair, and random bytes. The secret half never leaves the data folder and never reaches the
//! web view.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use crate::cause::{Cause, because};
use form_document::key::SigningKey;
use form_model::error::{ErrorCode, UserError};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::Ed25519KeyPair;

/// Longest name of a machine that is told to others, in characters.
const NAME_MAX_CHARS: usize = 40;

/// Reads the key file, or makes a key at the first start: PKCS#8, readable by its owner only.
///
/// # Errors
/// When the file can't be read or written, or holds no key.
pub fn load_or_make(file: &Path) -> Result<SigningKey, UserError> {
    let failed = |cause: &dyn Cause| {
        because(UserError::new(ErrorCode::FileUnusable).with("file", file.display()), cause)
    };
    let document = if file.exists() {
        fs::read(file).map_err(|error| failed(&error))?
    } else {
        let made = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
            .map_err(|error| failed(&error))?
            .as_ref()
            .to_vec();
        write_secret(file, &made).map_err(|error| failed(&error))?;
        made
    };
    SigningKey::from_pkcs8(&document).map_err(|error| failed(&error))
}

/// Random bytes from the operating system, for nonces and codes.
///
/// # Errors
/// When the system has none to give.
pub fn random<const N: usize>() -> Result<[u8; N], UserError> {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|error| because(UserError::new(ErrorCode::NotSaved), &error))?;
    Ok(bytes)
}

/// What this machine is called, for colleagues who look at the list of devices.
pub fn name() -> String {
    gethostname::gethostname().to_string_lossy().chars().take(NAME_MAX_CHARS).collect()
}

/// Written beside and renamed, so that a crash leaves either no secret or a whole one.
///
/// # Errors
/// When the place can't be written.
pub(crate) fn write_secret(file: &Path, secret: &[u8]) -> std::io::Result<()> {
    let part = file.with_extension("part");
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(&part)?;
    written.write_all(secret)?;
    written.sync_all()?;
    fs::rename(part, file)
}
