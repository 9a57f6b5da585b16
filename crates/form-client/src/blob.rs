//! The files of a desk's evidence, by the SHA-256 of their bytes: the same file is kept once, however often it is
//! used, and what is read back is what was put in.
//!
//! `blobs/<2 digits>/<64 digits>` are whole files; `blobs/incoming` holds those that are being written. A file gets its
//! name when its bytes are on the disk, so after a crash a name means a whole file.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use form_model::error::{ErrorCode, UserError};
use form_model::evidence::{EvidenceFile, FILE_MAX_BYTES};
use form_model::hex;
use ring::digest::{Context, Digest, SHA256};

use crate::cause::{Cause, because};

/// How much of a file is in memory while it is read: large enough for the disk, small enough to forget.
const CHUNK_BYTES: usize = 256 << 10;

/// How much of the disk is left free, in bytes: a full disk would keep people from storing what they type.
pub const DISK_RESERVE_BYTES: u64 = 256 << 20;

/// How long a file lies here that nothing names: longer than any desk is left with a half-done step.
const UNNAMED_LIFE: Duration = Duration::from_secs(30 * 86_400);

/// How many digits of a hash name the folder that a file lies in: no folder gets more than some dozens of files.
const SHELF_DIGITS: usize = 2;

/// The folder.
#[derive(Clone, Debug)]
pub struct BlobFolder {
    folder: PathBuf,
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
        Self { folder: home.join("blobs") }
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
    /// [`ErrorCode::EmptyFile`], [`ErrorCode::FileTooLarge`], [`ErrorCode::FileUnusable`].
    pub fn receive(&self, source: &mut dyn Read, name: &str) -> Result<Incoming, UserError> {
        let folder = self.folder.join("incoming");
        let made = fs::create_dir_all(&folder).and_then(|()| tempfile::NamedTempFile::new_in(&folder));
        let mut file = made.map_err(|error| failed(name, &error))?;
        let (sha256, size) = write(source, file.as_file_mut(), name)?;
        Ok(Incoming { blobs: self.clone(), file, name: name.to_owned(), sha256, size })
    }

    /// Keeps a file that was fetched piece by piece and whose hash is known.
    ///
    /// # Errors
    /// [`ErrorCode::BlobDamaged`] when it is another file; it is removed then.
    pub fn adopt(&self, partial: &Path, sha256: &str, name: &str) -> Result<(), UserError> {
        let unusable = |error: io::Error| failed(name, &error);
        let mut file = File::open(partial).map_err(unusable)?;
        let found = digest(&mut file).map_err(unusable)?;
        if hex::encode(found.as_ref()) != sha256 {
            fs::remove_file(partial).map_err(unusable)?;
            return Err(UserError::new(ErrorCode::BlobDamaged).with("file", name));
        }
        file.sync_all().map_err(unusable)?;
        let target = self.shelf(sha256).map_err(unusable)?;
        fs::rename(partial, &target).and_then(|()| sync_folder(&target)).map_err(unusable)
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

    /// Writes a copy of a kept file, whole or not at all; a file that exists is left as it is.
    ///
    /// # Errors
    /// As [`Self::open`], and [`ErrorCode::FileUnusable`] naming the copy.
    pub fn copy_to(&self, file: &EvidenceFile, path: &Path) -> Result<(), UserError> {
        let mut source = self.open(&file.sha256, &file.name)?;
        let mut copy = || {
            let mut target = File::create_new(path)?;
            let copied = io::copy(&mut source, &mut target).and_then(|_| target.sync_all());
            copied.inspect_err(|_| drop(fs::remove_file(path)))
        };
        copy().map_err(|error: io::Error| failed(&path.display().to_string(), &error))
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
        let folder = self.folder.join("damaged");
        fs::create_dir_all(&folder)?;
        fs::rename(self.path(sha256), folder.join(sha256))
    }

    /// Whether a damaged copy of a file lies out of the way.
    pub fn has_damaged(&self, sha256: &str) -> bool {
        self.folder.join("damaged").join(sha256).is_file()
    }

    /// Where a file is put together piece by piece while it is fetched.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn partial(&self, sha256: &str) -> io::Result<PathBuf> {
        let folder = self.folder.join("partial");
        fs::create_dir_all(&folder)?;
        Ok(folder.join(sha256))
    }

    /// Where a picture of a file is kept.
    pub(crate) fn preview(&self, sha256: &str, size: &str) -> PathBuf {
        let name = self.path(sha256);
        let name = name.file_name().unwrap_or_default().to_string_lossy();
        self.folder.join("preview").join(format!("{name}-{size}"))
    }

    /// Removes what was being written when the program ended.
    pub fn tidy(&self) {
        // What cannot be removed now is in nobody's way, and is tried again at the next start.
        let _ = fs::remove_dir_all(self.folder.join("incoming"));
    }

    /// Whether there is room for so many bytes more.
    ///
    /// # Errors
    /// [`ErrorCode::DiskFull`].
    pub fn need_room(&self, bytes: u64, name: &str) -> Result<(), UserError> {
        fs::create_dir_all(&self.folder).map_err(|error| failed(name, &error))?;
        let free = fs4::available_space(&self.folder).map_err(|error| failed(name, &error))?;
        if free >= bytes.saturating_add(DISK_RESERVE_BYTES) {
            return Ok(());
        }
        let megabytes = |bytes: u64| (bytes >> 20).to_string();
        Err(UserError::new(ErrorCode::DiskFull)
            .with("file", name)
            .with("needed", megabytes(bytes.saturating_add(DISK_RESERVE_BYTES)))
            .with("free", megabytes(free)))
    }

    /// Removes the files that are not named and have lain here for a month: whatever is under way names them by then.
    /// Returns how many went.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub fn remove_unnamed(&self, named: &BTreeSet<String>, now_ms: i64) -> io::Result<usize> {
        let before = u64::try_from(now_ms)
            .ok()
            .map(Duration::from_millis)
            .and_then(|now| now.checked_sub(UNNAMED_LIFE));
        let Some(before) = before else { return Ok(0) };
        let mut removed = 0;
        for file in self.files()? {
            let name = file.file_name().to_string_lossy().into_owned();
            let made = file.metadata()?.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
            if !named.contains(&name) && made < before {
                fs::remove_file(file.path())?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// The whole files.
    fn files(&self) -> io::Result<Vec<fs::DirEntry>> {
        let mut files = Vec::new();
        if !self.folder.exists() {
            return Ok(files);
        }
        for shelf in fs::read_dir(&self.folder)? {
            let shelf = shelf?;
            if shelf.file_name().len() == SHELF_DIGITS && shelf.file_type()?.is_dir() {
                files.extend(fs::read_dir(shelf.path())?.collect::<io::Result<Vec<_>>>()?);
            }
        }
        Ok(files)
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

/// Copies a file and makes the copy durable.
fn write(source: &mut dyn Read, target: &mut File, name: &str) -> Result<(String, u64), UserError> {
    let unusable = |error: io::Error| failed(name, &error);
    let (mut hash, mut size, mut chunk) = (Context::new(&SHA256), 0, vec![0; CHUNK_BYTES]);
    loop {
        let read = source.read(&mut chunk).map_err(unusable)?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        size += u64::try_from(read).unwrap_or(u64::MAX);
        if size > FILE_MAX_BYTES {
            return Err(too_large(name));
        }
        hash.update(bytes);
        target.write_all(bytes).map_err(unusable)?;
    }
    if size == 0 {
        return Err(UserError::new(ErrorCode::EmptyFile).with("file", name));
    }
    target.sync_all().map_err(unusable)?;
    Ok((hex::encode(hash.finish().as_ref()), size))
}

/// A file larger than any that is kept.
pub(crate) fn too_large(name: &str) -> UserError {
    UserError::new(ErrorCode::FileTooLarge).with("file", name).with("limit", FILE_MAX_BYTES >> 20)
}

pub(crate) fn failed(name: &str, cause: &dyn Cause) -> UserError {
    because(UserError::new(ErrorCode::FileUnusable).with("file", name), cause)
}

fn digest(source: &mut dyn Read) -> io::Result<Digest> {
    let (mut hash, mut chunk) = (Context::new(&SHA256), vec![0; CHUNK_BYTES]);
    loop {
        let read = source.read(&mut chunk)?;
        match chunk.get(..read).filter(|bytes| !bytes.is_empty()) {
            Some(bytes) => hash.update(bytes),
            None => return Ok(hash.finish()),
        }
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
