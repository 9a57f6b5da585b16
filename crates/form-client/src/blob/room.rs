//! Room on the disk: promised to files before their bytes come, so that two that come at once do not both count on it.

use std::fs;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use form_model::error::{ErrorCode, UserError};

use super::{BlobFolder, DISK_RESERVE_BYTES, failed};

/// How many bytes are promised and not written yet.
#[derive(Debug, Default)]
pub(super) struct Promised(Mutex<u64>);

impl Promised {
    fn lock(&self) -> MutexGuard<'_, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Room that is kept for one file; what is not used is free again when this goes.
#[derive(Debug)]
pub struct Reserved {
    promised: Arc<Promised>,
    left: u64,
}

impl Reserved {
    /// So many bytes of it are on the disk now.
    pub fn written(&mut self, bytes: u64) {
        let used = bytes.min(self.left);
        self.left -= used;
        let mut promised = self.promised.lock();
        *promised = promised.saturating_sub(used);
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.written(self.left);
    }
}

impl BlobFolder {
    /// Keeps room for so many bytes more; `name` is what sentences call the file.
    ///
    /// # Errors
    /// [`ErrorCode::DiskFull`].
    pub fn reserve(&self, bytes: u64, name: &str) -> Result<Reserved, UserError> {
        fs::create_dir_all(&self.folder).map_err(|error| failed(name, &error))?;
        let mut promised = self.promised.lock();
        let free = fs4::available_space(&self.folder).map_err(|error| failed(name, &error))?;
        if free < bytes.saturating_add(*promised).saturating_add(DISK_RESERVE_BYTES) {
            return Err(disk_full(name, bytes, free.saturating_sub(*promised)));
        }
        *promised = promised.saturating_add(bytes);
        Ok(Reserved { promised: Arc::clone(&self.promised), left: bytes })
    }

    /// The disk got full while a file was written: other programs take room, too.
    pub(crate) fn overtaken(&self, name: &str) -> UserError {
        disk_full(name, 0, fs4::available_space(&self.folder).unwrap_or_default())
    }
}

fn disk_full(name: &str, bytes: u64, free: u64) -> UserError {
    let megabytes = |bytes: u64| bytes.div_ceil(1 << 20);
    UserError::new(ErrorCode::DiskFull)
        .with("file", name)
        .with("needed", megabytes(bytes.saturating_add(DISK_RESERVE_BYTES)))
        .with("free", free >> 20)
}
