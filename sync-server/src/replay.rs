//! Which of a token's requests have come: each is numbered, and counts once.

use crate::limit::REPLAY_WINDOW;

/// The requests that have come under one token, as RFC 4303 (section 3.4.3) keeps those of a security association.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    newest: u64,
    /// Bit `n`: the request numbered `newest - n` has come.
    bits: u128,
}

impl Seen {
    /// Whether a request is new; it is not from now on. One that is too old to tell counts as seen.
    pub(crate) fn take(&mut self, number: u64) -> bool {
        if number > self.newest {
            let ahead = u32::try_from(number - self.newest).unwrap_or(u32::MAX);
            self.bits = self.bits.checked_shl(ahead).unwrap_or(0);
            self.newest = number;
        }
        let behind = self.newest - number;
        if behind >= REPLAY_WINDOW {
            return false;
        }
        let bit = 1 << behind;
        let is_new = self.bits & bit == 0;
        self.bits |= bit;
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_count_once_in_any_order_and_old_ones_not_at_all() {
        let mut seen = Seen::default();
        let last = 3 * REPLAY_WINDOW;
        for number in [2, 1, 5, 3, last, last - REPLAY_WINDOW + 1, u64::MAX, u64::MAX - REPLAY_WINDOW + 1] {
            assert!(seen.take(number), "{number} is new");
            assert!(!seen.take(number), "{number} has come");
        }
        for old in [4, last, u64::MAX - REPLAY_WINDOW] {
            assert!(!seen.take(old), "{old} is too old to tell");
        }
    }
}
