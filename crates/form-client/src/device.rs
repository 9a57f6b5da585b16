//! This device's key pair. The secret half never leaves the data folder and never reaches the
//! web view.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use crate::cause::{Cause, because};
use form_document::key::SigningKey;
use form_model::error::{ErrorCode, UserError};

use crate::surroundings::Surroundings;

/// How a key file starts (PKCS#8 with the OID of Ed25519, RFC 8410, section 7); the 32 secret bytes follow.
const PKCS8_START: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// Longest name of a machine that is told to others, in characters.
const NAME_MAX_CHARS: usize = 40;

/// Reads the key file, or makes a key at the first start: PKCS#8, readable by its owner only.
///
/// # Errors
/// When the file can't be read or written, or holds no key.
pub(crate) fn load_or_make(file: &Path, surroundings: &Surroundings) -> Result<SigningKey, UserError> {
    let failed = |cause: &dyn Cause| {
        because(UserError::new(ErrorCode::FileUnusable).with("file", file.display()), cause)
    };
    let document = if file.exists() {
        fs::read(file).map_err(|error| failed(&error))?
    } else {
        let made = [PKCS8_START.as_slice(), &surroundings.random::<32>()?].concat();
        write_secret(file, &made).map_err(|error| failed(&error))?;
        made
    };
    SigningKey::from_pkcs8(&document).map_err(|error| failed(&error))
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
