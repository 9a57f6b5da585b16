//! How much the hub holds of requests that are still on their way in.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use form_document::key::PublicKey;
use futures_util::StreamExt as _;

use crate::error::{ErrorCode, HubError};
use crate::limit::{BODIES_BYTES, BODIES_PER_DEVICE_BYTES, DRAIN_BYTES, PIECES_MAX, PIECES_PER_DEVICE};

/// What is under way: bytes of bodies, or pieces of files.
#[derive(Debug)]
pub(crate) struct Intake {
    per_device: usize,
    all: usize,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    by_device: BTreeMap<PublicKey, usize>,
    all: usize,
}

/// Room for one; free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Room {
    intake: Arc<Intake>,
    device: PublicKey,
    bytes: usize,
}

impl Intake {
    /// For bodies, counted in bytes.
    pub(crate) fn bodies() -> Arc<Self> {
        Self::of(BODIES_PER_DEVICE_BYTES, BODIES_BYTES)
    }

    /// For pieces of files, counted as such: their bytes go on to the disk.
    pub(crate) fn pieces() -> Arc<Self> {
        Self::of(PIECES_PER_DEVICE, PIECES_MAX)
    }

    fn of(per_device: usize, all: usize) -> Arc<Self> {
        Arc::new(Self { per_device, all, held: Mutex::default() })
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes room for one of a device.
    ///
    /// # Errors
    /// [`ErrorCode::TooMany`] when the device sends too much at once, [`ErrorCode::Busy`] when all do together.
    pub(crate) fn room(self: &Arc<Self>, device: PublicKey, bytes: usize) -> Result<Room, HubError> {
        let mut held = self.held();
        if held.all.saturating_add(bytes) > self.all {
            return Err(HubError::new(ErrorCode::Busy, "the hub holds as much as it can").retry_after(1));
        }
        let own = held.by_device.entry(device).or_insert(0);
        if own.saturating_add(bytes) > self.per_device {
            let detail = "this device sends too much at once; one message after the other";
            return Err(HubError::new(ErrorCode::TooMany, detail).retry_after(1));
        }
        *own += bytes;
        held.all += bytes;
        Ok(Room { intake: Arc::clone(self), device, bytes })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut held = self.intake.held();
        held.all = held.all.saturating_sub(self.bytes);
        if let Some(own) = held.by_device.get_mut(&self.device) {
            *own = own.saturating_sub(self.bytes);
            if *own == 0 {
                held.by_device.remove(&self.device);
            }
        }
    }
}

/// Takes a body off the line without keeping it. An answer given while the client still sends gets lost when
/// the connection closes, and the client would not learn what was wrong.
pub(crate) async fn drain(body: Body) {
    let mut left = DRAIN_BYTES;
    let mut chunks = body.into_data_stream();
    while let Some(Ok(chunk)) = chunks.next().await {
        left = left.saturating_sub(chunk.len());
        if left == 0 {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_sends_much_at_once_leaves_room_for_others() {
        let intake = Intake::bodies();
        let (one, two) = (PublicKey([1; 32]), PublicKey([2; 32]));
        let room = intake.room(one, BODIES_PER_DEVICE_BYTES).unwrap();
        assert_eq!(intake.room(one, 1).unwrap_err().code, ErrorCode::TooMany);
        intake.room(two, 1).unwrap();
        drop(room);
        intake.room(one, 1).unwrap();
        assert!(intake.held().by_device.is_empty());
        assert_eq!(intake.held().all, 0);
    }
}
