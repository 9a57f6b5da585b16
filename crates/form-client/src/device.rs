//! This device's key pair. It never leaves the data folder and never reaches the web view.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use crate::cause::{Cause, because};
use form_model::error::{ErrorCode, UserError};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair as _};

/// Length of an Ed25519 public key in bytes (RFC 8032, section 5.1.5).
pub const PUBLIC_KEY_LEN: usize = 32;

/// An Ed25519 key pair (RFC 8032).
#[derive(Debug)]
pub struct DeviceKey {
    pair: Ed25519KeyPair,
}

impl DeviceKey {
    /// Reads the key file, or makes a key at the first start: PKCS#8, readable by its owner only.
    ///
    /// # Errors
    /// When the file can't be read or written, or holds no key.
    pub fn load_or_make(file: &Path) -> Result<Self, UserError> {
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
        let pair = Ed25519KeyPair::from_pkcs8(&document).map_err(|error| failed(&error))?;
        Ok(Self { pair })
    }

    /// The public half.
    pub fn public_key(&self) -> [u8; PUBLIC_KEY_LEN] {
        let mut key = [0; PUBLIC_KEY_LEN];
        key.copy_from_slice(self.pair.public_key().as_ref());
        key
    }
}

/// Random bytes from the operating system, for nonces.
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

/// Written beside and renamed, so that a crash leaves either no key or a whole one.
fn write_secret(file: &Path, secret: &[u8]) -> std::io::Result<()> {
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
