//! The bytes of files of evidence. What comes in lies in a staging file until its hash is compared; what is whole lies
//! in an object store under its hash: a folder, or an S3-compatible service. Nothing here knows of rights or routes.

mod copy;
mod object;
mod read;
mod sound;
mod staging;

use std::io;
use std::path::PathBuf;

pub use copy::copy_tree;
pub(crate) use object::Objects;
pub(crate) use read::{Part, Reading};
pub(crate) use staging::{Staged, Writing};

use crate::error::{ErrorCode, HubError};

/// What is wrong with a file or with where it lies.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There is none.
    #[error("the file is not there")]
    Missing,
    /// Its bytes are not those that its name says.
    #[error("the file is damaged")]
    Damaged,
    /// No room.
    #[error("the disk is full")]
    Full,
    /// A setting that the store does not know, or does not take.
    #[error("the store of files cannot be opened: {0}")]
    Setting(String),
    #[error("{0}: {1}")]
    Io(PathBuf, io::Error),
    /// Anything else that the store says.
    #[error("the store of files: {0}")]
    Store(String),
}

impl BlobError {
    fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |error| match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::Full
            }
            _ => Self::Io(path, error),
        }
    }
}

impl From<BlobError> for HubError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Missing | BlobError::Damaged => unknown(),
            BlobError::Full => no_room(),
            other => {
                tracing::error!(error = %other, "the store of files failed");
                let detail = "the hub could not store or read the file; nothing more of it is acknowledged";
                let cause = Some(other.to_string());
                Self { cause, ..Self::new(ErrorCode::StorageFailed, detail).retry_after(RETRY_AFTER_S) }
            }
        }
    }
}

/// After how many seconds a client tries again when the store of files failed.
const RETRY_AFTER_S: u64 = 5;

/// The hub has no such file, or the device may not have it: both sound alike.
pub(crate) fn unknown() -> HubError {
    HubError::new(ErrorCode::BlobUnknown, "the hub has no such file for this device")
}

/// The disk is full, or about to be.
pub(crate) fn no_room() -> HubError {
    let detail = "the hub's disk has no room for the file; whoever runs the hub has to make some";
    HubError::new(ErrorCode::DiskFull, detail)
}

/// Runs disk work where it holds nobody up.
pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
) -> Result<T, BlobError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| BlobError::Store(error.to_string()))?
}
