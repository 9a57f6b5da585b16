//! Files on their way in: one staging file an upload, hashed as it grows.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use ring::digest::{Context, SHA256};

use super::BlobError;
use crate::data::{private_file, private_folder};
use crate::limit::READ_BYTES;
use crate::storage::file::{BlobHash, UploadId};

/// The folder of staging files.
#[derive(Clone, Debug)]
pub(crate) struct Staging {
    folder: PathBuf,
}

/// How far a staging file is, and the hash of it so far.
#[derive(Clone)]
pub(crate) struct Staged {
    path: PathBuf,
    length: u64,
    hash: Context,
}

/// A staging file that is being written to. Blocking: each call belongs on a thread of its own.
pub(crate) struct Writing {
    file: File,
    staged: Staged,
}

impl Staging {
    /// The folder below a root, made when it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn at(root: &Path) -> Result<Self, BlobError> {
        let folder = root.join("staging");
        private_folder(&folder).map_err(BlobError::io(&folder))?;
        Ok(Self { folder })
    }

    /// Where an upload's bytes lie. The name is hex digits: nothing of a client's goes into a path.
    pub(crate) fn path(&self, id: &UploadId) -> PathBuf {
        self.folder.join(id.to_string())
    }

    /// The names in the folder that are an upload's.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub(crate) fn all(&self) -> Result<Vec<UploadId>, BlobError> {
        let entries = fs::read_dir(&self.folder).map_err(BlobError::io(&self.folder))?;
        Ok(entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect())
    }

    /// Takes an upload up with all that came of it, as far as it is to be, and makes that durable: what lies behind the
    /// counted part was written by a hub that was killed before it counted it. A tail that a power cut tore is found by
    /// the whole file's hash, so `to` goes beyond the counted part only where that was announced.
    ///
    /// # Errors
    /// [`BlobError::Missing`] when less is there than was counted: the file has moved on, or is lost.
    pub(crate) fn take_up(&self, id: &UploadId, counted: u64, to: u64) -> Result<Staged, BlobError> {
        let path = self.path(id);
        if counted == 0 {
            private_file(&path).map_err(BlobError::io(&path))?;
        }
        let mut file = OpenOptions::new().read(true).write(true).open(&path).map_err(BlobError::io(&path))?;
        let found = file.metadata().map_err(BlobError::io(&path))?.len();
        let length = found.min(to);
        if length < counted {
            return Err(BlobError::Missing);
        }
        if found > 0 {
            file.set_len(length).and_then(|()| file.sync_data()).map_err(BlobError::io(&path))?;
        }
        let hash = hash_of(&mut file).map_err(BlobError::io(&path))?;
        Ok(Staged { path, length, hash })
    }

    /// Takes an upload's bytes away.
    pub(crate) fn clear(&self, id: &UploadId) {
        // It may never have been made; and one that stays is swept later.
        let _ = fs::remove_file(self.path(id));
    }
}

fn hash_of(file: &mut File) -> std::io::Result<Context> {
    let mut hash = Context::new(&SHA256);
    let mut buffer = vec![0; READ_BYTES];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash),
            read => hash.update(buffer.get(..read).unwrap_or_default()),
        }
    }
}

impl Staged {
    /// How many bytes there are.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// The hash of all of them.
    pub(crate) fn hash(&self) -> BlobHash {
        let mut hash = [0; 32];
        hash.copy_from_slice(self.hash.clone().finish().as_ref());
        BlobHash(hash)
    }

    /// Opens the file to go on with it. What lies behind its durable part goes.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn write(self) -> Result<Writing, BlobError> {
        let opened = OpenOptions::new().write(true).open(&self.path);
        let mut file = opened.map_err(BlobError::io(&self.path))?;
        file.set_len(self.length).map_err(BlobError::io(&self.path))?;
        file.seek(SeekFrom::Start(self.length)).map_err(BlobError::io(&self.path))?;
        Ok(Writing { file, staged: self })
    }
}

impl Writing {
    /// Adds bytes; they are not durable yet.
    ///
    /// # Errors
    /// When they cannot be written: what is in the file beyond the durable part does not count.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        self.file.write_all(bytes).map_err(BlobError::io(&self.staged.path))?;
        self.staged.hash.update(bytes);
        self.staged.length = self.staged.length.saturating_add(bytes.len() as u64);
        Ok(())
    }

    /// How many bytes the file has.
    pub(crate) fn length(&self) -> u64 {
        self.staged.length
    }

    /// Makes all bytes durable.
    ///
    /// # Errors
    /// When the disk refuses: none of them counts then.
    pub(crate) fn sync(&self) -> Result<(), BlobError> {
        self.file.sync_data().map_err(BlobError::io(&self.staged.path))
    }

    /// Ends the writing.
    pub(crate) fn close(self) -> Staged {
        self.staged
    }
}

impl std::fmt::Debug for Staged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Staged").field("length", &self.length).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Writing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writing").field("staged", &self.staged).finish_non_exhaustive()
    }
}
