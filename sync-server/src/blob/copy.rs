//! Kept files beside a backup of the database, and back.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::data::{private_folder, sync_folder};

/// Puts every file below a folder at the same place below another, which it makes: by a link where both lie on one disk
/// (kept files never change), else by a copy; durable when this returns. Files that are there already stay. Returns how
/// many there are.
///
/// # Errors
/// When something cannot be read or written.
pub fn copy_tree(from: &Path, to: &Path) -> io::Result<usize> {
    private_folder(to)?;
    let mut count = 0;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            count += copy_tree(&source, &target)?;
            continue;
        }
        match copy(&source, &target) {
            Ok(()) => count += 1,
            // Set aside or taken away since the folder was read.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    // Once for all the names in it, and once for its own.
    File::open(to)?.sync_all()?;
    sync_folder(to)?;
    Ok(count)
}

fn copy(source: &Path, target: &Path) -> io::Result<()> {
    match fs::hard_link(source, target) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(error),
        Err(_) => {
            let partial = target.with_extension("partial");
            fs::copy(source, &partial)?;
            File::open(&partial)?.sync_all()?;
            fs::rename(&partial, target)
        }
    }
}
