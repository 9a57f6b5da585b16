//! The files below folders that a person chose or dropped: a camera card, scans of a day.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use form_model::error::{ErrorCode, UserError};
use form_model::evidence::FILES_PER_SLOT_MAX;

use crate::blob::failed;

/// How deep folders are walked: a camera lays pictures in the second, people sort theirs in a few more.
pub const DEPTH_MAX: usize = 8;
/// How many files one walk finds at most: more than a slot holds are of no use to it.
pub const FILES_MAX: usize = FILES_PER_SLOT_MAX;

/// What systems leave on cards and in folders by themselves. Names that begin with a dot are left out, too.
const NOT_PEOPLES: [&str; 4] = ["System Volume Information", "$RECYCLE.BIN", "Thumbs.db", "desktop.ini"];

/// What was found.
#[derive(Debug, Default)]
pub struct Walk {
    /// In the order of names, folder by folder.
    pub files: Vec<PathBuf>,
    /// Why some are not among them.
    pub left_out: Vec<UserError>,
}

/// The files that these paths are, or that lie below them. Links inside folders are not followed: they may lead in a
/// circle, or to what nobody chose.
pub fn files_in(paths: &[PathBuf]) -> Walk {
    let mut walk = Walk::default();
    for path in paths {
        if !path.is_dir() {
            walk.files.push(path.clone());
            continue;
        }
        let before = walk.files.len();
        if let Err(error) = walk.enter(path, before, 0) {
            walk.files.truncate(before);
            walk.left_out.push(error);
        }
    }
    walk
}

impl Walk {
    /// Walks a folder; `start` is where the files of the chosen one begin.
    ///
    /// # Errors
    /// [`ErrorCode::FolderTooLarge`]: then nothing of the chosen folder is wanted. What cannot be read is left out.
    fn enter(&mut self, folder: &Path, start: usize, depth: usize) -> Result<(), UserError> {
        if depth > DEPTH_MAX {
            let error = UserError::new(ErrorCode::FolderTooDeep).with("limit", DEPTH_MAX);
            self.left_out.push(error.with("folder", name(folder)));
            return Ok(());
        }
        let entries = match entries(folder) {
            Ok(entries) => entries,
            Err(error) => {
                self.left_out.push(failed(&name(folder), &error));
                return Ok(());
            }
        };
        for entry in entries {
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                self.enter(&entry.path(), start, depth + 1)?;
            } else if kind.is_file() {
                if self.files.len() - start == FILES_MAX {
                    let error = UserError::new(ErrorCode::FolderTooLarge).with("limit", FILES_MAX);
                    return Err(error.with("folder", name(folder)));
                }
                self.files.push(entry.path());
            }
        }
        Ok(())
    }
}

/// What people put into a folder, by name.
fn entries(folder: &Path) -> io::Result<Vec<DirEntry>> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.retain(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        !name.starts_with('.') && !NOT_PEOPLES.contains(&&*name)
    });
    entries.sort_by_key(DirEntry::file_name);
    Ok(entries)
}

/// What a folder is called.
pub(crate) fn name(folder: &Path) -> String {
    folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned()
}
