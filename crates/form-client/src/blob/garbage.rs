//! What of a desk's files goes: what nothing names, halves, and pictures that are made again when somebody looks.

use std::collections::BTreeSet;
use std::fs::{self, DirEntry};
use std::io;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use super::{BlobFolder, DAMAGED, HASH_DIGITS, INCOMING, PARTIAL, PREVIEW, SHELF_DIGITS};

/// How long a file lies here that nothing names: longer than any desk is left with a half-done step.
const UNNAMED_LIFE: Duration = Duration::from_secs(30 * 86_400);

/// How long a half-fetched file waits to be gone on with: longer than anybody is away from hub and stick.
const PARTIAL_LIFE: Duration = Duration::from_secs(90 * 86_400);

/// How long a picture of a file is kept: it is made again in a blink when somebody looks.
const PREVIEW_LIFE: Duration = Duration::from_secs(90 * 86_400);

/// What went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Collected {
    pub files: u64,
    /// In bytes, of all that went.
    pub bytes: u64,
}

impl Collected {
    fn remove(&mut self, entry: &DirEntry) -> io::Result<()> {
        let length = entry.metadata()?.len();
        fs::remove_file(entry.path())?;
        self.files += 1;
        self.bytes += length;
        Ok(())
    }
}

impl BlobFolder {
    /// Removes what was being written when the program ended. To be called by whoever holds the data folder's lock.
    pub fn tidy(&self) {
        // What cannot be removed now is in nobody's way, and is tried again at the next start.
        let _ = fs::remove_dir_all(self.folder.join(INCOMING));
    }

    /// Whole files that have lain here for a month and are not named; damaged ones likewise.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn unnamed(&self, named: &BTreeSet<String>, now_ms: i64) -> io::Result<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        for entry in self.files()?.into_iter().chain(entries(&self.folder.join(DAMAGED))?) {
            let name = hash_of(&entry);
            if !named.contains(&name) && is_older(&entry, now_ms, UNNAMED_LIFE)? {
                found.insert(name);
            }
        }
        Ok(found)
    }

    /// Removes unnamed files, as [`Self::unnamed`] has found them, and what belongs to them; halves and pictures that are
    /// old; and damaged copies of files of which a sound one has come. A damaged copy stays for as long as it is the
    /// only one here: something of it may be saved by hand.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub fn collect(&self, unnamed: &BTreeSet<String>, now_ms: i64) -> io::Result<Collected> {
        let mut collected = Collected::default();
        for entry in self.files()? {
            // Brought again meanwhile, it is young.
            if unnamed.contains(&hash_of(&entry)) && is_older(&entry, now_ms, UNNAMED_LIFE)? {
                collected.remove(&entry)?;
            }
        }
        for entry in entries(&self.folder.join(DAMAGED))? {
            let name = hash_of(&entry);
            let replaced = self.path(&name).is_file();
            if (unnamed.contains(&name) || replaced) && is_older(&entry, now_ms, UNNAMED_LIFE)? {
                collected.remove(&entry)?;
            }
        }
        for (folder, life) in [(PARTIAL, PARTIAL_LIFE), (PREVIEW, PREVIEW_LIFE)] {
            for entry in entries(&self.folder.join(folder))? {
                if unnamed.contains(&hash_of(&entry)) || is_older(&entry, now_ms, life)? {
                    collected.remove(&entry)?;
                }
            }
        }
        Ok(collected)
    }

    /// The whole files.
    fn files(&self) -> io::Result<Vec<DirEntry>> {
        let mut files = Vec::new();
        for shelf in entries_of(&self.folder)? {
            if shelf.file_name().len() == SHELF_DIGITS && shelf.file_type()?.is_dir() {
                files.extend(entries(&shelf.path())?);
            }
        }
        Ok(files)
    }
}

/// The files of a folder; none when there is no such folder.
fn entries(folder: &Path) -> io::Result<Vec<DirEntry>> {
    let mut found = entries_of(folder)?;
    found.retain(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    Ok(found)
}

fn entries_of(folder: &Path) -> io::Result<Vec<DirEntry>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The hash with which the name of everything here begins.
fn hash_of(entry: &DirEntry) -> String {
    entry.file_name().to_string_lossy().chars().take(HASH_DIGITS).collect()
}

fn is_older(entry: &DirEntry, now_ms: i64, life: Duration) -> io::Result<bool> {
    let now = Duration::from_millis(u64::try_from(now_ms).unwrap_or_default());
    let written = entry.metadata()?.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(written.saturating_add(life) < now)
}
