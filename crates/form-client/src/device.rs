//! This device's key pair. The secret half lies in the operating system's keyring where one answers, else in a file
//! of the data folder that only its owner can read; it never reaches the web view.
//!
//! Which device this desk is, is known without the secret half: the database names the public one. So a desk whose
//! keyring does not answer goes on reading and writing, signs later, and never becomes another device.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use form_document::key::{PublicKey, SigningKey};
use form_model::error::{ErrorCode, UserError};
use serde::Serialize;

use crate::cause::{Cause, because};
use crate::keyring::{Keyring, KeyringFault};
use crate::secret_file;
use crate::surroundings::Surroundings;

/// How a key file starts (PKCS#8 with the OID of Ed25519, RFC 8410, section 7); the 32 secret bytes follow.
const PKCS8_START: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// Longest name of a machine that is told to others, in characters.
const NAME_MAX_CHARS: usize = 40;

/// How long a person's step waits for the keyring: an open one answers in a few milliseconds.
const ANSWER_WAIT: Duration = Duration::from_secs(3);
/// How long is waited where nobody else does: time to type the keyring's password.
const UNLOCK_WAIT: Duration = Duration::from_secs(30);

/// What this machine is called, for colleagues who look at the list of devices.
pub fn name() -> String {
    gethostname::gethostname().to_string_lossy().chars().take(NAME_MAX_CHARS).collect()
}

/// Where the secret half lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyPlace {
    /// A file of the data folder that only its owner can read.
    File,
    /// The operating system's keyring.
    Keyring,
}

/// This device: its public key at once, its secret one when it is needed. Clones share it.
#[derive(Clone, Debug)]
pub struct Device(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    public: PublicKey,
    file: PathBuf,
    keyring: Option<Keyring>,
    held: Mutex<Held>,
    answered: Condvar,
    /// Whether the key is on its way to the keyring.
    moving: Mutex<bool>,
    settled: Condvar,
}

impl Inner {
    fn moved(&self) {
        *self.moving.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.settled.notify_all();
    }
}

/// What is known of the secret half.
#[derive(Debug)]
enum Held {
    Here(Arc<SigningKey>),
    /// The keyring is to be asked for it.
    Away,
    Asking,
    Failed(UserError),
}

/// A device as it was found when its data folder was opened.
pub(crate) struct Found {
    pub device: Device,
    /// It was made just now.
    pub new: bool,
    /// The key file was open to others until now.
    pub notice: Option<UserError>,
}

impl Device {
    /// Finds out which device a data folder is, or makes one at the first start. `known` is what its database says.
    /// Asks no keyring: that may take long.
    ///
    /// # Errors
    /// When the key file can't be read or written, or holds no key.
    pub(crate) fn find(
        file: &Path,
        known: Option<PublicKey>,
        surroundings: &Surroundings,
    ) -> Result<Found, UserError> {
        let failed = |cause: &dyn Cause| unusable(file, cause);
        let there = file.try_exists().map_err(|error| failed(&error))?;
        let device = |public, held| {
            let keyring = surroundings.keyring;
            Self(Arc::new(Inner {
                public,
                file: file.to_owned(),
                keyring,
                held: Mutex::new(held),
                answered: Condvar::new(),
                moving: Mutex::new(false),
                settled: Condvar::new(),
            }))
        };
        if let Some(known) = known.filter(|_| !there) {
            return Ok(Found { device: device(known, Held::Away), new: false, notice: None });
        }
        let notice = if there { secret_file::close(file) } else { None };
        let document = if there {
            secret_file::read(file).map_err(|error| failed(&error))?
        } else {
            let made = [PKCS8_START.as_slice(), &surroundings.random::<32>()?].concat();
            secret_file::write(file, &made).map_err(|error| failed(&error))?;
            made
        };
        let key = SigningKey::from_pkcs8(&document).map_err(|error| failed(&error))?;
        let device = device(key.public(), Held::Here(Arc::new(key)));
        Ok(Found { device, new: !there, notice })
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        self.0.public
    }

    /// The key pair, for a step that a person waits for.
    ///
    /// # Errors
    /// [`ErrorCode::KeyringSilent`], [`ErrorCode::KeyMissing`].
    pub fn key(&self) -> Result<Arc<SigningKey>, UserError> {
        self.key_within(ANSWER_WAIT)
    }

    /// The key pair, with time for a person to unlock the keyring. Blocks its thread.
    ///
    /// # Errors
    /// As [`Self::key`].
    pub fn key_when_unlocked(&self) -> Result<Arc<SigningKey>, UserError> {
        self.key_within(UNLOCK_WAIT)
    }

    /// The key pair if it is here already: for what can wait.
    pub(crate) fn key_at_hand(&self) -> Option<Arc<SigningKey>> {
        match &*self.held() {
            Held::Here(key) => Some(Arc::clone(key)),
            _ => None,
        }
    }

    fn key_within(&self, wait: Duration) -> Result<Arc<SigningKey>, UserError> {
        let until = Instant::now() + wait;
        let mut held = self.held();
        if matches!(*held, Held::Away | Held::Failed(_)) {
            *held = self.ask();
        }
        loop {
            match &*held {
                Held::Here(key) => return Ok(Arc::clone(key)),
                Held::Failed(error) => return Err(error.clone()),
                Held::Away | Held::Asking => {}
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(silent(&no_answer()));
            }
            held = self.0.answered.wait_timeout(held, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Has the keyring asked by a thread of its own: one that waits for a password must not hold up the desk.
    fn ask(&self) -> Held {
        let Some(keyring) = self.0.keyring else { return Held::Failed(silent(&switched_off())) };
        let device = self.clone();
        let asked = thread::Builder::new().name("keyring".to_owned()).spawn(move || {
            let answer = device.fetch(&keyring).map_or_else(Held::Failed, |key| Held::Here(Arc::new(key)));
            *device.held() = answer;
            device.0.answered.notify_all();
        });
        match asked {
            Ok(_) => Held::Asking,
            Err(error) => Held::Failed(silent(&error)),
        }
    }

    fn fetch(&self, keyring: &Keyring) -> Result<SigningKey, UserError> {
        let public = self.0.public;
        let missing = || UserError::new(ErrorCode::KeyMissing).with("device", short(&public));
        let secret = (keyring.get)(&public.to_string()).map_err(|fault| silent(&fault))?;
        let key = SigningKey::from_pkcs8(&secret.ok_or_else(missing)?).map_err(|_| missing())?;
        if key.public() == public { Ok(key) } else { Err(missing()) }
    }

    /// Where the secret half lies.
    pub fn place(&self) -> KeyPlace {
        if self.0.file.exists() { KeyPlace::File } else { KeyPlace::Keyring }
    }

    /// Moves the key from its file to the keyring; nothing to do when it is there. The file goes only after the
    /// keyring has given back what it was given: a kill at any moment leaves the key in the file, or in both.
    ///
    /// # Errors
    /// [`ErrorCode::KeyringSilent`], [`ErrorCode::FileUnusable`]: the key is in its file then.
    pub fn to_keyring(&self) -> Result<(), UserError> {
        let file = &self.0.file;
        if !file.try_exists().map_err(|error| unusable(file, &error))? {
            return Ok(());
        }
        let keyring = self.0.keyring.ok_or_else(|| silent(&switched_off()))?;
        let secret = secret_file::read(file).map_err(|error| unusable(file, &error))?;
        let name = self.0.public.to_string();
        (keyring.put)(&name, &secret).map_err(|fault| silent(&fault))?;
        if (keyring.get)(&name).map_err(|fault| silent(&fault))?.as_ref() != Some(&secret) {
            return Err(silent(&forgetful()));
        }
        secret_file::remove(file).map_err(|error| unusable(file, &error))
    }

    /// [`Self::to_keyring`] by a thread of its own. A program that ends before does no harm.
    pub(crate) fn to_keyring_soon(&self) {
        if self.0.keyring.is_none() {
            return;
        }
        let device = self.clone();
        *self.0.moving.lock().unwrap_or_else(PoisonError::into_inner) = true;
        let moving = thread::Builder::new().name("keyring".to_owned()).spawn(move || {
            // Where no keyring answers the file is the key's place.
            let _ = device.to_keyring();
            device.0.moved();
        });
        if moving.is_err() {
            self.0.moved();
        }
    }

    /// Waits a little for the key to be moved: for a program that would end otherwise.
    pub fn wait_until_settled(&self) {
        let moving = self.0.moving.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = self.0.settled.wait_timeout_while(moving, ANSWER_WAIT, |moving| *moving);
    }

    /// Moves the key from the keyring to its file, in the same order.
    ///
    /// # Errors
    /// As [`Self::key`]; [`ErrorCode::FileUnusable`].
    pub fn to_file(&self) -> Result<(), UserError> {
        let file = &self.0.file;
        if file.try_exists().map_err(|error| unusable(file, &error))? {
            return Ok(());
        }
        self.key_when_unlocked()?;
        let keyring = self.0.keyring.ok_or_else(|| silent(&switched_off()))?;
        let name = self.0.public.to_string();
        let secret = (keyring.get)(&name).map_err(|fault| silent(&fault))?;
        let secret = secret.ok_or_else(|| silent(&forgetful()))?;
        secret_file::write(file, &secret).map_err(|error| unusable(file, &error))?;
        (keyring.remove)(&name).map_err(|fault| silent(&fault))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Enough of a key to know it by.
fn short(key: &PublicKey) -> String {
    key.to_string().chars().take(8).collect()
}

fn unusable(file: &Path, cause: &dyn Cause) -> UserError {
    because(UserError::new(ErrorCode::FileUnusable).with("file", file.display()), cause)
}

fn silent(cause: &dyn Cause) -> UserError {
    because(UserError::new(ErrorCode::KeyringSilent), cause)
}

fn no_answer() -> (String, String) {
    (
        "它还没有应答，可能在等人输入密码".to_owned(),
        "it has not answered yet; it may wait for its password".to_owned(),
    )
}

fn forgetful() -> KeyringFault {
    KeyringFault::Silent("the keyring does not give back what it was given".to_owned())
}

fn switched_off() -> (String, String) {
    (
        "它被环境变量 HUIQIAN_KEYRING=off 关掉了".to_owned(),
        "it is switched off by the variable HUIQIAN_KEYRING=off".to_owned(),
    )
}
