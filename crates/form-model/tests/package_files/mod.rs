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
    let entries = fs::read_dir(forms_folder()).expect("the folder of forms");
    let folders = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir());
    let mut ids: Vec<_> = folders
        .map(|path| {
            path.file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    ids.sort();
    ids
}

/// All files of a package's folder, companions included.
pub fn files(id: &str) -> PackageFiles {
    let root = forms_folder().join(id);
    let mut files = BTreeMap::new();
    collect(&root, &root, &mut files);
    PackageFiles(files)
}

/// A shipped package, which must be without faults.
pub fn shipped(id: &str) -> FormDefinition {
    load(&files(id)).unwrap_or_else(|error| panic!("{id}:\n{error}"))
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let parts = path.strip_prefix(root).expect("a path within").components();
            let parts: Vec<_> = parts
                .map(|part| part.as_os_str().to_string_lossy())
                .collect();
            files.insert(parts.join("/"), fs::read(&path).expect("a readable file"));
        }
    }
}
