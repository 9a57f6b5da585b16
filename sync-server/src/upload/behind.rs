//! Writes beside the line: while one stretch of a piece goes to the disk, the next comes off the line.

use std::mem;

use axum::body::Bytes;
use tokio::task::{JoinHandle, spawn_blocking};

use super::piece::lost;
use crate::blob::{BlobError, Staged, Writing};
use crate::error::HubError;
use crate::metric;

/// A staging file, and what is being written to it.
pub(super) enum Behind {
    Idle(Box<Writing>),
    Busy(JoinHandle<Result<Writing, BlobError>>),
    /// A write has failed, or is being waited for.
    Gone,
}

impl Behind {
    /// Writes a stretch once the one before it is written, and makes all durable when told so. Returns as soon as it is
    /// under way.
    ///
    /// # Errors
    /// When what came before could not be written.
    pub(super) async fn write(&mut self, stretch: Vec<Bytes>, sync: bool) -> Result<(), HubError> {
        let mut writing = self.take().await?;
        *self = Self::Busy(spawn_blocking(move || {
            for bytes in &stretch {
                writing.append(bytes)?;
            }
            if sync {
                writing.sync()?;
            }
            Ok(writing)
        }));
        Ok(())
    }

    /// How many bytes the file has once all is written that was handed over.
    ///
    /// # Errors
    /// When some of it could not be written.
    pub(super) async fn length(&mut self) -> Result<u64, HubError> {
        let writing = self.take().await?;
        let length = writing.length();
        *self = Self::Idle(Box::new(writing));
        Ok(length)
    }

    /// Ends the writing.
    ///
    /// # Errors
    /// As [`Self::length`].
    pub(super) async fn close(mut self) -> Result<Staged, HubError> {
        self.take().await.map(Writing::close)
    }

    async fn take(&mut self) -> Result<Writing, HubError> {
        match mem::replace(self, Self::Gone) {
            Self::Idle(writing) => Ok(*writing),
            Self::Busy(written) => {
                let written = written.await.map_err(|error| BlobError::Store(error.to_string())).flatten();
                written.map_err(|error| {
                    metric::file_refused("store");
                    error.into()
                })
            }
            Self::Gone => Err(lost()),
        }
    }
}
