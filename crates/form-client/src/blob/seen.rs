//! Which kept files were found sound: a picture is asked for again and again, and reading a large file through each time
//! would hold it up. A file counts as seen for as long as its length and the time of its last change stand.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::{BlobFolder, Soundness};

/// How old a file's last change is before its time tells anything: within a tick of the disk's clock, which is two seconds
/// on FAT32, another change leaves the same time.
const SETTLED: Duration = Duration::from_secs(3);

/// A file's length in bytes, and when it was last written to.
type Stamp = (u64, SystemTime);

/// What was seen since the program started.
#[derive(Debug, Default)]
pub(super) struct Seen(Mutex<BTreeMap<String, Stamp>>);

impl Seen {
    fn has(&self, sha256: &str, stamp: &Stamp) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(sha256) == Some(stamp)
    }

    fn put(&self, sha256: &str, stamp: Stamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(sha256.to_owned(), stamp);
    }
}

impl BlobFolder {
    /// How a kept file is: read through the first time, and when it looks changed.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn soundness(&self, sha256: &str) -> io::Result<Soundness> {
        let before = match self.stamp(sha256) {
            Ok(stamp) => stamp,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Soundness::Missing),
            Err(error) => return Err(error),
        };
        if self.seen.has(sha256, &before) {
            return Ok(Soundness::Sound);
        }
        let found = self.look(sha256)?;
        let settled = SystemTime::now().duration_since(before.1).is_ok_and(|age| age > SETTLED);
        if found == Soundness::Sound && settled {
            self.seen.put(sha256, before);
        }
        Ok(found)
    }

    fn stamp(&self, sha256: &str) -> io::Result<Stamp> {
        let meta = fs::metadata(self.path(sha256))?;
        Ok((meta.len(), meta.modified()?))
    }
}
