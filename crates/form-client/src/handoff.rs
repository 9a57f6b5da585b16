//! A file that a person opens while Huiqian runs: the second start hands its path to the running one and ends.
//! Both are programs of one person on one machine with one data folder; a path never goes to the web view.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cause::{Cause, because};
use form_model::error::{ErrorCode, UserError};

/// Folder of waiting hand-offs inside the data folder, one file each.
const FOLDER: &str = "handoff";

/// Hands files to the program that holds the data folder.
///
/// # Errors
/// When the data folder can't be written.
pub fn give(home: &Path, files: &[PathBuf]) -> Result<(), UserError> {
    let folder = home.join(FOLDER);
    let failed = |cause: &dyn Cause| {
        because(UserError::new(ErrorCode::FolderUnusable).with("folder", home.display()), cause)
    };
    fs::create_dir_all(&folder).map_err(|error| failed(&error))?;
    let files: Vec<_> =
        files.iter().map(|file| std::path::absolute(file).unwrap_or_else(|_| file.clone())).collect();
    let body = serde_json::to_vec(&files).map_err(|error| failed(&error))?;
    let name = format!("{}.json", std::process::id());
    crate::file::write_whole(&folder.join(name), &body)
}

/// Takes every file handed over since the last call.
pub fn take(home: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(home.join(FOLDER)) else { return Vec::new() };
    let mut waiting: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    waiting.sort();
    waiting.iter().flat_map(|path| take_one(path)).collect()
}

/// Removed before it is acted on: a file that breaks the import must not come back at every start.
fn take_one(path: &Path) -> Vec<PathBuf> {
    let body = fs::read(path);
    if fs::remove_file(path).is_err() {
        return Vec::new();
    }
    body.ok().and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_is_taken_once() {
        let home = tempfile::tempdir().unwrap();
        give(home.path(), &[PathBuf::from("/a/答案.automerge")]).unwrap();
        assert_eq!(take(home.path()), vec![PathBuf::from("/a/答案.automerge")]);
        assert!(take(home.path()).is_empty());
    }
}
