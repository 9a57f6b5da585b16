//! How often what a bad line broke off is tried again, and after which pauses.

use std::future::Future;
use std::time::Duration;

use form_model::error::{ErrorCode, UserError};
use tokio::time::sleep;

use super::problem;

/// The first pause; each further one is twice as long.
const PAUSE_FIRST: Duration = Duration::from_millis(200);
/// The longest pause: a hub that comes up again is noticed soon.
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// How many tries in a row may come to nothing: with their pauses a quarter of a minute, in which a hub that was killed is
/// up again and a phone has left a tunnel.
const TRIES: u32 = 8;

/// The hub's codes for what passes by itself.
const PASSING: [&str; 6] = ["busy", "offset_wrong", "storage_failed", "timeout", "too_many", "upload_locked"];

/// Whether trying again soon may help.
pub(super) fn passes(error: &UserError) -> bool {
    error.code == ErrorCode::HubUnreachable
        || problem::code(error).is_some_and(|code| PASSING.contains(&code))
}

/// How many tries have come to nothing since something last came through.
#[derive(Debug, Default)]
pub(super) struct Patience {
    failed: u32,
}

impl Patience {
    /// Something came through.
    pub(super) fn renew(&mut self) {
        self.failed = 0;
    }

    /// Waits before the next try, about half of the time by chance, so that all who were cut off do not come back at
    /// once. False when it was tried often enough.
    pub(super) async fn wait(&mut self) -> bool {
        self.failed += 1;
        if self.failed >= TRIES {
            return false;
        }
        let pause = PAUSE_FIRST.saturating_mul(1 << (self.failed - 1)).min(PAUSE_MAX);
        let chance = fastrand::u64(0..=pause.as_millis().try_into().unwrap_or(0) / 2);
        sleep(pause / 2 + Duration::from_millis(chance)).await;
        true
    }
}

/// Does something, and does it again when the line breaks meanwhile.
///
/// # Errors
/// The last one, when it was tried often enough or another try is of no use.
pub async fn patiently<T, F: Future<Output = Result<T, UserError>>>(
    mut work: impl FnMut() -> F,
) -> Result<T, UserError> {
    let mut patience = Patience::default();
    loop {
        match work().await {
            Err(error) if passes(&error) && patience.wait().await => {}
            done => return done,
        }
    }
}
