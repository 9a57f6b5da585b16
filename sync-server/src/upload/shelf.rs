//! Where a file is put and where it is taken away must not happen at once for one hash: the one who takes away would
//! take what was just put.

use tokio::sync::{Mutex, MutexGuard};

use crate::storage::file::BlobHash;

/// How many files can be put or taken away beside each other; more than [`crate::limit::PIECES_MAX`] by half, so they
/// seldom wait for each other.
const LOCKS: usize = 192;

/// A lock for each hash, shared by some.
#[derive(Debug)]
pub(super) struct Shelf(Vec<Mutex<()>>);

impl Default for Shelf {
    fn default() -> Self {
        Self((0..LOCKS).map(|_| Mutex::default()).collect())
    }
}

impl Shelf {
    /// Holds a file's place. `None` cannot be: there are locks.
    pub(super) async fn hold(&self, hash: &BlobHash) -> Option<MutexGuard<'_, ()>> {
        let [first, second, ..] = hash.0;
        let number = usize::from(u16::from_be_bytes([first, second])) % LOCKS;
        Some(self.0.get(number)?.lock().await)
    }
}
