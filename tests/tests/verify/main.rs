//! A package that a real hub has signed, checked by our program, by others' programs, and by hand.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "nothing but checks")]

mod by_hand;
mod courier;
mod foreign;
mod page;
mod program;
mod restored;

use std::fs;
use std::path::{Path, PathBuf};

/// A copy of a folder.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

/// The package's files of evidence.
fn evidence(package: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(package.join("evidence")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Changes one bit in the middle of a file.
fn flip(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    fs::write(file, bytes).unwrap();
}

/// What is done to a package, and doing it.
type Alteration = (&'static str, fn(&Path));

/// What may be done to a package that must not go unseen.
const ALTERATIONS: [Alteration; 6] = [
    ("a bit of the receipt", |package| flip(&package.join("receipt.json"))),
    ("a bit of the manifest", |package| flip(&package.join("manifest.json"))),
    ("a bit of a file of evidence", |package| flip(&evidence(package)[0])),
    ("two files change places", |package| {
        let files = evidence(package);
        let aside = package.join("aside");
        fs::rename(&files[0], &aside).unwrap();
        fs::rename(&files[1], &files[0]).unwrap();
        fs::rename(&aside, &files[1]).unwrap();
    }),
    ("a file is gone", |package| fs::remove_file(&evidence(package)[1]).unwrap()),
    ("a file too many", |package| {
        fs::write(package.join("evidence").join("0".repeat(64)), b"more").unwrap();
    }),
];
