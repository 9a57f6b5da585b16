//! What a desk gets from the machine besides its disk: the time, and chance. Both enter the engine here and nowhere
//! else, so that a test can replay a run.

use form_model::error::{ErrorCode, UserError};
use ring::error::Unspecified;
use ring::rand::{SecureRandom, SystemRandom};

use crate::cause::because;
use crate::clock;

/// The time and chance of one desk.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings {
    /// Milliseconds since 1970-01-01 UTC.
    pub now_ms: fn() -> i64,
    /// Fills bytes by chance, for keys, nonces and codes.
    pub fill_random: fn(&mut [u8]) -> Result<(), Unspecified>,
}

impl Surroundings {
    /// The machine's clock, and the operating system's random numbers.
    pub fn system() -> Self {
        Self { now_ms: clock::system, fill_random: |bytes| SystemRandom::new().fill(bytes) }
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
