//! The operating system's keyring: the Secret Service on Linux and its kin, the keychain of macOS, the credential
//! manager of Windows. The Linux kernel's own keyring does not outlive a restart, so it is no place for a key.

use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error};

use crate::cause::Cause;

/// Set to `off`, no keyring is asked: on servers, and wherever nobody is there to unlock one.
pub const KEYRING_VARIABLE: &str = "HUIQIAN_KEYRING";
const OFF: &str = "off";
/// What the entries are filed under.
const SERVICE: &str = "huiqian";
/// What a person reads in the keyring's own program.
const LABEL: &str = "会签 Huiqian: device key";

/// A place for small secrets, each under a name. The calls may take as long as a person takes to unlock it.
#[derive(Clone, Copy, Debug)]
pub struct Keyring {
    /// The secret of that name, `None` when there is none.
    pub get: fn(name: &str) -> Result<Option<Vec<u8>>, KeyringFault>,
    /// Keeps a secret, in place of an earlier one.
    pub put: fn(name: &str, secret: &[u8]) -> Result<(), KeyringFault>,
    /// Forgets a secret; none of that name is no fault.
    pub remove: fn(name: &str) -> Result<(), KeyringFault>,
}

/// Why a keyring gives or takes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyringFault {
    /// It is locked, and nobody has unlocked it.
    Locked,
    /// There is none, or it does not answer as one; with the system's words.
    Silent(String),
}

impl Keyring {
    /// The system's, unless it is switched off by [`KEYRING_VARIABLE`].
    pub fn of_system() -> Option<Self> {
        let off = std::env::var_os(KEYRING_VARIABLE).is_some_and(|value| value == OFF);
        (!off).then_some(Self { get, put, remove })
    }
}

fn get(name: &str) -> Result<Option<Vec<u8>>, KeyringFault> {
    match entry(name)?.get_secret() {
        Ok(secret) => Ok(Some(secret)),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn put(name: &str, secret: &[u8]) -> Result<(), KeyringFault> {
    Ok(entry(name)?.set_secret(secret)?)
}

fn remove(name: &str) -> Result<(), KeyringFault> {
    match entry(name)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// An entry of the keyring as it is now: a connection that was made before the keyring started, or started again,
/// is no use.
fn entry(name: &str) -> Result<Entry, KeyringFault> {
    Ok(store()?.build(SERVICE, name, labelled().as_ref())?)
}

#[cfg(windows)]
fn store() -> Result<Arc<windows_native_keyring_store::Store>, Error> {
    windows_native_keyring_store::Store::new()
}

#[cfg(target_os = "macos")]
fn store() -> Result<Arc<apple_native_keyring_store::keychain::Store>, Error> {
    apple_native_keyring_store::keychain::Store::new()
}

#[cfg(all(unix, not(target_os = "macos")))]
fn store() -> Result<Arc<zbus_secret_service_keyring_store::Store>, Error> {
    zbus_secret_service_keyring_store::Store::new()
}

/// The label, where entries have one.
fn labelled() -> Option<HashMap<&'static str, &'static str>> {
    cfg!(all(unix, not(target_os = "macos"))).then(|| HashMap::from([("label", LABEL)]))
}

impl From<Error> for KeyringFault {
    fn from(error: Error) -> Self {
        match error {
            Error::NoStorageAccess(_) => Self::Locked,
            other => Self::Silent(other.to_string()),
        }
    }
}

impl Cause for KeyringFault {
    fn chinese(&self) -> String {
        match self {
            Self::Locked => "它是锁着的".to_owned(),
            Self::Silent(words) => format!("系统报告 {words}"),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Locked => "it is locked".to_owned(),
            Self::Silent(words) => words.clone(),
        }
    }
}
