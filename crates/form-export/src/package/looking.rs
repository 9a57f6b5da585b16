//! A check that is under way, as whoever waits for it sees it, and may end it.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How far a check has come. One is for one check.
#[derive(Debug, Default)]
pub struct Looking {
    read: AtomicU64,
    total: AtomicU64,
    ended: AtomicBool,
}

impl Looking {
    /// How much was read, and how much there is to read, in bytes; both 0 before that is known.
    pub fn progress(&self) -> (u64, u64) {
        (self.read.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    /// Ends the check: it gives no answer any more, within the time that a chunk takes to be read.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    /// Whether somebody has ended it.
    pub fn is_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// There is so much to read, in bytes.
    pub(super) fn begin(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
    }

    /// So much more was read, in bytes.
    ///
    /// # Errors
    /// When the check was ended.
    pub(super) fn pass(&self, bytes: usize) -> io::Result<()> {
        if self.is_ended() {
            return Err(io::Error::other("the check was ended"));
        }
        self.read.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
        Ok(())
    }
}
