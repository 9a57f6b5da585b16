//! The files of a desk's evidence, by the SHA-256 of their bytes: the same file is kept once, however often it is
//! used, and what is read back is what was put in.
//!
//! `blobs/<2 digits>/<64 digits>` are whole files; `blobs/incoming` holds those that are being written. A file gets its
//! name when its bytes are on the disk, so after a crash a name means a whole file.

mod garbage;
mod half;
mod room;
mod seen;

use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use form_model::error::{ErrorCode, UserError};
use form_model::evidence::{EvidenceFile, FILE_MAX_BYTES};
use form_model::hex;
use ring::digest::{Context, Digest, SHA256};

use crate::cause::{Cause, because};
use crate::file;
use room::Promised;
use seen::Seen;

pub use garbage::Collected;
pub(crate) use half::Half;
pub use room::Reserved;

/// How much of a file is in memory while it is read: large enough for the disk, small enough to forget.
pub(crate) const CHUNK_BYTES: usize = 256 << 10;

/// How much of the disk is left free, in bytes: a full disk would keep people from storing what they type.
pub const DISK_RESERVE_BYTES: u64 = 256 << 20;

/// How many digits of a hash name the folder that a file lies in: no folder gets more than some dozens of files.
const SHELF_DIGITS: usize = 2;

/// How many digits a hash has.
const HASH_DIGITS: usize = 64;

/// Folders beside the shelves: what is being written, put together piece by piece, found damaged, and pictures.
const INCOMING: &str = "incoming";
const PARTIAL: &str = "partial";
const DAMAGED: &str = "damaged";
const PREVIEW: &str = "preview";

/// The folder. Its clones know of each other's room and of what each has seen.
#[derive(Clone, Debug)]
pub struct BlobFolder {
    folder: PathBuf,
    promised: Arc<Promised>,
    seen: Arc<Seen>,
    /// Held by whoever takes files out of an exchange file: two would write into one half.
    stick: Arc<Mutex<()>>,
}

/// A copy that is on the disk and has no name yet.
#[derive(Debug)]
pub struct Incoming {
    blobs: BlobFolder,
    file: tempfile::NamedTempFile,
    name: String,
    /// 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// In bytes.
    pub size: u64,
}

impl Incoming {
    /// The copy, to be looked at.
    pub fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Keeps it under its hash. The name is on the disk when this returns.
    ///
    /// # Errors
    /// [`ErrorCode::FileUnusable`].
    pub fn keep(self) -> Result<(), UserError> {
        let unusable = |error: io::Error| failed(&self.name, &error);
        let target = self.blobs.shelf(&self.sha256).map_err(unusable)?;
        // The same file again: what lies there may be a damaged one, so the new bytes take its place.
        self.file.persist(&target).map_err(|error| unusable(error.error))?;
        sync_folder(&target).map_err(unusable)
    }
}

/// How a kept file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Soundness {
    Sound,
    Missing,
    /// Its bytes are no longer those that were kept.
    Damaged,
}

impl BlobFolder {
    /// The files of the desk with this data folder.
    pub fn of(home: &Path) -> Self {
        Self {
            folder: home.join("blobs"),
            promised: Arc::default(),
            seen: Arc::default(),
            stick: Arc::default(),
        }
    }

    /// Where a file lies, or would.
    pub fn path(&self, sha256: &str) -> PathBuf {
        // Hashes are hexadecimal digits wherever they are read; a name made of anything else leads nowhere.
        let name = if hex::decode::<32>(sha256).is_some() { sha256 } else { "none" };
        self.folder.join(name.get(..SHELF_DIGITS).unwrap_or_default()).join(name)
    }

    /// Whether a file of that hash and length is here.
    pub fn holds(&self, sha256: &str, size: u64) -> bool {
        fs::metadata(self.path(sha256)).is_ok_and(|meta| meta.is_file() && meta.len() == size)
    }

    /// Copies what a reader gives; `name` is what sentences call it. It counts for nothing before [`Incoming::keep`], and
    /// goes away without it.
    ///
    /// # Errors
    /// [`ErrorCode::EmptyFile`], [`ErrorCode::FileTooLarge`], [`ErrorCode::DiskFull`], [`ErrorCode::FileUnusable`].
    pub fn receive(&self, source: &mut dyn Read, name: &str) -> Result<Incoming, UserError> {
        let folder = self.folder.join(INCOMING);
        let made = fs::create_dir_all(&folder).and_then(|()| tempfile::NamedTempFile::new_in(&folder));
        let mut file = made.map_err(|error| failed(name, &error))?;
        let (sha256, size) = self.write(source, file.as_file_mut(), name)?;
        Ok(Incoming { blobs: self.clone(), file, name: name.to_owned(), sha256, size })
    }

    /// Keeps a file that was fetched piece by piece and whose hash is known.
    ///
    /// # Errors
    /// [`ErrorCode::BlobDamaged`] when it is another file; it is removed then.
    pub fn adopt(&self, partial: &Path, sha256: &str, name: &str) -> Result<(), UserError> {
        let half = Half::open(partial.to_owned()).map_err(|error| failed(name, &error))?;
        half.keep(self, sha256, name)
    }

    /// Opens a kept file, after looking at its bytes.
    ///
    /// # Errors
    /// [`ErrorCode::BlobMissing`], [`ErrorCode::BlobDamaged`].
    pub fn open(&self, sha256: &str, name: &str) -> Result<File, UserError> {
        match self.look(sha256).map_err(|error| failed(name, &error))? {
            Soundness::Sound => File::open(self.path(sha256)).map_err(|error| failed(name, &error)),
            Soundness::Missing => Err(UserError::new(ErrorCode::BlobMissing).with("file", name)),
            Soundness::Damaged => {
                // Out of the way, so that a sound copy can come.
                self.set_damaged_aside(sha256).map_err(|error| failed(name, &error))?;
                Err(UserError::new(ErrorCode::BlobDamaged).with("file", name))
            }
        }
    }

    /// Writes a copy of a kept file, whole or not at all, in the place of what is there.
    ///
    /// # Errors
    /// As [`Self::open`], and [`ErrorCode::FileUnusable`] naming the copy.
    pub fn copy_to(&self, file: &EvidenceFile, path: &Path) -> Result<(), UserError> {
        let mut source = self.open(&file.sha256, &file.name)?;
        file::replace(path, |copy| {
            io::copy(&mut source, copy).map(drop).map_err(|error| failed(&path.display().to_string(), &error))
        })
    }

    /// Reads a kept file through.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn look(&self, sha256: &str) -> io::Result<Soundness> {
        let mut file = match File::open(self.path(sha256)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Soundness::Missing),
            Err(error) => return Err(error),
        };
        let found = digest(&mut file)?;
        let sound = hex::encode(found.as_ref()) == sha256;
        Ok(if sound { Soundness::Sound } else { Soundness::Damaged })
    }

    /// [`Self::look`], for a person.
    ///
    /// # Errors
    /// [`ErrorCode::FileUnusable`] when the disk cannot be read.
    pub fn examine(&self, file: &EvidenceFile) -> Result<Soundness, UserError> {
        self.look(&file.sha256).map_err(|error| failed(&file.name, &error))
    }

    /// Puts a damaged file out of the way, so that a sound copy can take its place; nothing is thrown away.
    ///
    /// # Errors
    /// When the disk cannot be written.
    pub fn set_damaged_aside(&self, sha256: &str) -> io::Result<()> {
        let folder = self.folder.join(DAMAGED);
        fs::create_dir_all(&folder)?;
        fs::rename(self.path(sha256), folder.join(sha256))
    }

    /// Whether a damaged copy of a file lies out of the way.
    pub fn has_damaged(&self, sha256: &str) -> bool {
        self.folder.join(DAMAGED).join(sha256).is_file()
    }

    /// Where a file is put together piece by piece while it is fetched.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn partial(&self, sha256: &str) -> io::Result<PathBuf> {
        let folder = self.folder.join(PARTIAL);
        fs::create_dir_all(&folder)?;
        Ok(folder.join(sha256))
    }

    /// Waits until nobody else takes files out of an exchange file.
    pub(crate) fn one_stick(&self) -> MutexGuard<'_, ()> {
        self.stick.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a file is put together while it is taken from a stick; another place, since the hub may send it meanwhile.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub(crate) fn partial_of_stick(&self, sha256: &str) -> io::Result<PathBuf> {
        self.partial(&format!("{sha256}-stick"))
    }

    /// Where something that was made of a file is kept: a picture, the number of its pages.
    pub(crate) fn preview(&self, sha256: &str, what: &str) -> PathBuf {
        let name = self.path(sha256);
        let name = name.file_name().unwrap_or_default().to_string_lossy();
        self.folder.join(PREVIEW).join(format!("{name}-{what}"))
    }

    /// Copies a file and makes the copy durable.
    fn write(
        &self,
        source: &mut dyn Read,
        target: &mut File,
        name: &str,
    ) -> Result<(String, u64), UserError> {
        let unreadable = |error: io::Error| failed(name, &error);
        let unwritten = |error: io::Error| match error.kind() {
            io::ErrorKind::StorageFull => self.overtaken(name),
            _ => failed(name, &error),
        };
        let (mut hash, mut size, mut chunk) = (Context::new(&SHA256), 0, vec![0; CHUNK_BYTES]);
        loop {
            let read = source.read(&mut chunk).map_err(unreadable)?;
            let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            size += u64::try_from(read).unwrap_or(u64::MAX);
            if size > FILE_MAX_BYTES {
                return Err(too_large(name));
            }
            hash.update(bytes);
            target.write_all(bytes).map_err(unwritten)?;
        }
        if size == 0 {
            return Err(empty(name));
        }
        target.sync_all().map_err(unwritten)?;
        Ok((hex::encode(hash.finish().as_ref()), size))
    }

    /// Where the file goes; its folder exists then.
    fn shelf(&self, sha256: &str) -> io::Result<PathBuf> {
        let target = self.path(sha256);
        if let Some(folder) = target.parent()
            && !folder.exists()
        {
            fs::create_dir_all(folder)?;
            sync_folder(folder)?;
        }
        Ok(target)
    }
}

/// A file without a byte.
pub(crate) fn empty(name: &str) -> UserError {
    UserError::new(ErrorCode::EmptyFile).with("file", name)
}

/// A file larger than any that is kept.
pub(crate) fn too_large(name: &str) -> UserError {
    UserError::new(ErrorCode::FileTooLarge).with("file", name).with("limit", FILE_MAX_BYTES >> 20)
}

pub(crate) fn failed(name: &str, cause: &dyn Cause) -> UserError {
    because(UserError::new(ErrorCode::FileUnusable).with("file", name), cause)
}

/// The hash of a file, wherever it lies.
///
/// # Errors
/// [`ErrorCode::FileUnusable`].
pub(crate) fn hash_of(path: &Path) -> Result<String, UserError> {
    let read = File::open(path).and_then(|mut file| digest(&mut file));
    let name = || path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    read.map(|found| hex::encode(found.as_ref())).map_err(|error| failed(&name(), &error))
}

fn digest(source: &mut dyn Read) -> io::Result<Digest> {
    hash_through(source).map(|(hash, _)| hash.finish())
}

/// The hash of all that is left to be read, to be gone on with, and how many bytes that was.
fn hash_through(source: &mut dyn Read) -> io::Result<(Context, u64)> {
    let (mut hash, mut length, mut chunk) = (Context::new(&SHA256), 0_u64, vec![0; CHUNK_BYTES]);
    loop {
        let read = source.read(&mut chunk)?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
            return Ok((hash, length));
        };
        hash.update(bytes);
        length = length.saturating_add(read as u64);
    }
}

/// Makes a new name in a folder durable.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Elsewhere the system keeps names by itself.
#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}
