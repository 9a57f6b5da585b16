//! A file that comes piece by piece, hashed as it grows: once it is whole, it need not be read again.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;

use form_model::error::{ErrorCode, UserError};
use form_model::hex;
use ring::digest::{Context, SHA256};

use super::{BlobFolder, failed, hash_through, sync_folder};

/// What has come of a file, open to be gone on with. Every call may wait for the disk.
pub(crate) struct Half {
    path: PathBuf,
    file: File,
    hash: Context,
    length: u64,
}

impl Half {
    /// Opens what has come, or nothing yet, and reads it through.
    ///
    /// # Errors
    /// When the disk cannot be read or written.
    pub(crate) fn open(path: PathBuf) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path)?;
        // A try that was given up may still be writing its last bytes. On a disk without locks the hash finds what two
        // have written.
        let _ = file.lock();
        let (hash, length) = hash_through(&mut file)?;
        Ok(Self { path, file, hash, length })
    }

    /// In bytes.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Begins anew.
    ///
    /// # Errors
    /// When the disk cannot be written.
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        (self.hash, self.length) = (Context::new(&SHA256), 0);
        Ok(())
    }

    /// Puts bytes behind what has come. They are not durable yet.
    ///
    /// # Errors
    /// When the disk cannot be written; some of them may be there then, which the next [`Self::open`] reads.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hash.update(bytes);
        self.length = self.length.saturating_add(bytes.len() as u64);
        Ok(())
    }

    /// Keeps the file under its hash; `name` is what sentences call it. It is durable when this returns.
    ///
    /// # Errors
    /// [`ErrorCode::BlobDamaged`] when it is another file; it is removed then.
    pub(crate) fn keep(self, blobs: &BlobFolder, sha256: &str, name: &str) -> Result<(), UserError> {
        let unusable = |error: io::Error| failed(name, &error);
        if hex::encode(self.hash.finish().as_ref()) != sha256 {
            fs::remove_file(&self.path).map_err(unusable)?;
            return Err(UserError::new(ErrorCode::BlobDamaged).with("file", name));
        }
        self.file.sync_all().map_err(unusable)?;
        let target = blobs.shelf(sha256).map_err(unusable)?;
        fs::rename(&self.path, &target).and_then(|()| sync_folder(&target)).map_err(unusable)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A folder that cannot be set up has failed.

    use ring::digest::digest;

    use super::*;

    #[test]
    fn a_half_is_gone_on_with_and_kept_only_as_what_it_is_said_to_be() {
        let home = tempfile::tempdir().unwrap();
        let blobs = BlobFolder::of(home.path());
        let photo = vec![7; 700_000];
        let sha256 = hex::encode(digest(&SHA256, &photo).as_ref());
        let open = || Half::open(blobs.partial(&sha256).unwrap()).unwrap();
        let (first, rest) = photo.split_at(300_001);
        open().append(first).unwrap();
        let mut half = open();
        assert_eq!(half.length(), 300_001);
        half.append(rest).unwrap();
        half.keep(&blobs, &sha256, "照片.jpg").unwrap();
        assert_eq!(fs::read(blobs.path(&sha256)).unwrap(), photo);
        let mut half = open();
        assert_eq!(half.length(), 0, "it lies under its hash now");
        half.append(rest).unwrap();
        let refused = half.keep(&blobs, &sha256, "照片.jpg").unwrap_err();
        assert_eq!(refused.code, ErrorCode::BlobDamaged);
        assert_eq!(open().length(), 0);
        assert_eq!(fs::read(blobs.path(&sha256)).unwrap(), photo, "what was kept is still there");
    }
}
