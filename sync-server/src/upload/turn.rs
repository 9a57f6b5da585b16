//! One request at a time works on an upload. A client that comes back over a new line must not wait until its old one
//! is noticed to be dead: the newest request has the right of way.

use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard, watch};
use tokio::time::timeout;

use crate::blob::Staged;
use crate::error::{ErrorCode, HubError};
use crate::limit::UPLOAD_TURN_WAIT;

/// An upload as it is known in memory.
#[derive(Debug)]
pub(super) struct Slot {
    /// How often somebody has asked for it.
    asked: watch::Sender<u64>,
    /// Its durable part, once that was looked at.
    staged: Arc<Mutex<Option<Staged>>>,
}

impl Default for Slot {
    fn default() -> Self {
        Self { asked: watch::Sender::new(0), staged: Arc::default() }
    }
}

/// The right to work on an upload, until this is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) staged: OwnedMutexGuard<Option<Staged>>,
    number: u64,
    asked: watch::Receiver<u64>,
}

impl Turn {
    pub(super) async fn of(slot: &Slot) -> Result<Self, HubError> {
        let mut number = 0;
        slot.asked.send_modify(|asked| {
            *asked += 1;
            number = *asked;
        });
        let locked = || {
            let detail = "another request has the upload and does not let go; try again";
            HubError::new(ErrorCode::UploadLocked, detail).retry_after(1)
        };
        let staged = timeout(UPLOAD_TURN_WAIT, Arc::clone(&slot.staged).lock_owned());
        let staged = staged.await.map_err(|_| locked())?;
        Ok(Self { staged, number, asked: slot.asked.subscribe() })
    }

    /// Ends when somebody else asks for the upload.
    pub(super) async fn wanted(&mut self) {
        let number = self.number;
        if self.asked.wait_for(|asked| *asked > number).await.is_err() {
            // Nobody can ask any more.
            std::future::pending::<()>().await;
        }
    }
}
