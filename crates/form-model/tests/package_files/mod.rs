//! The form packages of this repository, read from their folders.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use form_model::definition::FormDefinition;
use form_model::package::{PackageFiles, load};

/// The folder that holds the packages.
pub fn forms_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../forms")
}

/// The ids of the packages that ship.
pub fn shipped_ids() -> Vec<String> {
    let folders = entries(&forms_folder()).into_iter().filter(|path| path.is_dir());
    let names = folders.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    let mut ids: Vec<_> = names.collect();
    ids.sort();
    ids
}

/// All files of a package's folder, companions included.
pub fn files(id: &str) -> PackageFiles {
    let root = forms_folder().join(id);
    let mut files = BTreeMap::new();
    collect(&root, "", &mut files);
    PackageFiles(files)
}

/// A shipped package, which must be without faults.
pub fn shipped(id: &str) -> FormDefinition {
    load(&files(id)).unwrap_or_else(|error| panic!("{id}:\n{error}"))
}

/// The text of a file within a package's folder.
pub fn text(id: &str, path: &str) -> String {
    let path = forms_folder().join(id).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for path in entries(folder) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), files);
        } else {
            let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            files.insert(format!("{prefix}{name}"), bytes);
        }
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.filter_map(Result::ok).map(|entry| entry.path()).collect()
}
