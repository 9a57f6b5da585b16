//! What comes of a file goes to the disk beside the line: while one stretch is written and hashed, the next comes.

use std::io;

use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::blob::Half;

/// How many stretches may wait for the disk. Each is what the line gives at once, some hundred kB; a desk that is killed
/// fetches those again that were not written.
const WAITING: usize = 2;

/// A half that grows by stretches `S`.
pub(super) struct Filling<S> {
    stretches: mpsc::Sender<S>,
    written: JoinHandle<io::Result<Half>>,
}

impl<S: AsRef<[u8]> + Send + 'static> Filling<S> {
    /// Goes on with a half. All that was handed over gets there, also when this is dropped: it was paid for once.
    pub(super) fn of(mut half: Half) -> Self {
        let (stretches, mut waiting) = mpsc::channel::<S>(WAITING);
        let written = spawn_blocking(move || {
            while let Some(stretch) = waiting.blocking_recv() {
                half.append(stretch.as_ref())?;
            }
            Ok(half)
        });
        Self { stretches, written }
    }

    /// Hands a stretch over. False when the disk takes no more; [`Self::end`] says why.
    pub(super) async fn add(&self, stretch: S) -> bool {
        self.stretches.send(stretch).await.is_ok()
    }

    /// Waits until all that was handed over is written.
    ///
    /// # Errors
    /// When the disk cannot be written.
    pub(super) async fn end(self) -> io::Result<Half> {
        drop(self.stretches);
        self.written.await.map_err(io::Error::other)?
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A folder that cannot be set up has failed.

    use super::*;

    #[tokio::test]
    async fn what_was_handed_over_is_written_also_when_nobody_waits_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("half");
        let filling = Filling::of(Half::open(path.clone()).unwrap());
        for stretch in 0..20 {
            assert!(filling.add(vec![stretch; 100_000]).await);
        }
        drop(filling);
        // Opening waits for the one who writes.
        let opened = spawn_blocking(move || Half::open(path)).await.unwrap().unwrap();
        assert_eq!(opened.length(), 2_000_000);
    }
}
