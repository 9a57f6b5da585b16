//! How much a device or an address may ask for in a minute.

use std::net::IpAddr;
use std::num::NonZeroU32;

use form_document::key::PublicKey;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde::{Deserialize, Serialize};

use crate::error::{ErrorCode, HubError};
use crate::limit::{
    CHALLENGES_PER_MINUTE, CHANGES_BURST, CHANGES_PER_MINUTE, INVITES_PER_MINUTE, REQUESTS_PER_MINUTE,
};

/// The rates of the configuration, each with its default and reason in [`crate::limit`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rates {
    pub challenges_per_minute: NonZeroU32,
    pub invites_per_minute: NonZeroU32,
    pub requests_per_minute: NonZeroU32,
    pub changes_per_minute: NonZeroU32,
    pub changes_burst: NonZeroU32,
}

impl Default for Rates {
    fn default() -> Self {
        let some = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Self {
            challenges_per_minute: some(CHALLENGES_PER_MINUTE),
            invites_per_minute: some(INVITES_PER_MINUTE),
            requests_per_minute: some(REQUESTS_PER_MINUTE),
            changes_per_minute: some(CHANGES_PER_MINUTE),
            changes_burst: some(CHANGES_BURST),
        }
    }
}

/// The counters.
#[derive(Debug)]
pub(crate) struct Limiter {
    challenges: DefaultKeyedRateLimiter<IpAddr>,
    invites: DefaultKeyedRateLimiter<IpAddr>,
    requests: DefaultKeyedRateLimiter<PublicKey>,
    changes: DefaultKeyedRateLimiter<PublicKey>,
}

impl Limiter {
    pub(crate) fn new(rates: &Rates) -> Self {
        let burst = Quota::per_minute(rates.changes_per_minute).allow_burst(rates.changes_burst);
        Self {
            challenges: RateLimiter::keyed(Quota::per_minute(rates.challenges_per_minute)),
            invites: RateLimiter::keyed(Quota::per_minute(rates.invites_per_minute)),
            requests: RateLimiter::keyed(Quota::per_minute(rates.requests_per_minute)),
            changes: RateLimiter::keyed(burst),
        }
    }

    pub(crate) fn challenge(&self, address: IpAddr) -> Result<(), HubError> {
        check(&self.challenges, &address, 1, "challenges for this address")
    }

    pub(crate) fn invite(&self, address: IpAddr) -> Result<(), HubError> {
        check(&self.invites, &address, 1, "looks at invites from this address")
    }

    pub(crate) fn request(&self, device: PublicKey) -> Result<(), HubError> {
        check(&self.requests, &device, 1, "requests of this device")
    }

    pub(crate) fn changes(&self, device: PublicKey, count: usize) -> Result<(), HubError> {
        check(&self.changes, &device, count, "changes of this device")
    }

    /// Forgets who has been quiet long enough to have all of their allowance again.
    pub(crate) fn forget_quiet(&self) {
        self.challenges.retain_recent();
        self.invites.retain_recent();
        self.requests.retain_recent();
        self.changes.retain_recent();
    }
}

fn check<K: Clone + Eq + std::hash::Hash>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
    count: usize,
    what: &str,
) -> Result<(), HubError> {
    let Some(count) = u32::try_from(count).ok().and_then(NonZeroU32::new) else {
        return if count == 0 {
            Ok(())
        } else {
            Err(HubError::new(ErrorCode::TooLarge, format!("too many {what}")))
        };
    };
    match limiter.check_key_n(key, count) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(not_until)) => {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            let seconds = wait.as_secs().saturating_add(1);
            Err(HubError::new(ErrorCode::TooMany, format!("too many {what} in a minute"))
                .retry_after(seconds))
        }
        Err(_) => Err(HubError::new(ErrorCode::TooLarge, format!("too many {what} at once"))),
    }
}
