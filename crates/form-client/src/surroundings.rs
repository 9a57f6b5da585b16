//! What a desk gets from outside besides its disk: the time, chance, the keyring and the language. They enter the engine here
//! and nowhere else, so that a test can replay a run.

use form_model::error::{ErrorCode, UserError};
use form_model::language::Language;
use ring::error::Unspecified;
use ring::rand::{SecureRandom, SystemRandom};

use crate::cause::because;
use crate::clock;
use crate::keyring::Keyring;

/// The time, the chance, the keyring and the language of one desk.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings {
    /// Milliseconds since 1970-01-01 UTC.
    pub now_ms: fn() -> i64,
    /// Fills bytes by chance, for keys, nonces and codes.
    pub fill_random: fn(&mut [u8]) -> Result<(), Unspecified>,
    /// Where the device's key lies; with none it lies in a file of the data folder.
    pub keyring: Option<Keyring>,
    /// The language of this run, where it is not to be the one in the settings.
    pub language: Option<Language>,
}

impl Surroundings {
    /// The machine's clock, and the operating system's random numbers and keyring.
    pub fn system() -> Self {
        let fill_random = |bytes: &mut [u8]| SystemRandom::new().fill(bytes);
        Self { now_ms: clock::system, fill_random, keyring: Keyring::of_system(), language: None }
    }

    /// The same without a keyring: for data that goes away, and for tests.
    pub fn without_keyring() -> Self {
        Self { keyring: None, ..Self::system() }
    }

    /// Random bytes.
    ///
    /// # Errors
    /// When the system has none to give.
    pub(crate) fn random<const N: usize>(&self) -> Result<[u8; N], UserError> {
        let mut bytes = [0; N];
        (self.fill_random)(&mut bytes)
            .map_err(|error| because(UserError::new(ErrorCode::NotSaved), &error))?;
        Ok(bytes)
    }
}
