//! A package as a folder: which parts lie in it. Nothing is followed that leads elsewhere.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::fault::PackageFault;
use super::part::{BadName, Part};

/// How deep folders lie in each other: a form package has two levels.
const DEPTH_MAX: usize = 8;
/// The most entries that are looked at: 15 slots of 2,000 files, and twice that.
const ENTRIES_MAX: usize = 100_000;

/// A part as it lies in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub path: PathBuf,
    /// In bytes.
    pub size: u64,
}

/// The parts of a folder, and what else lies in it.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub parts: BTreeMap<Part, Place>,
    pub faults: Vec<PackageFault>,
    seen: usize,
}

/// Lists a folder.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read(folder: &Path) -> io::Result<Listing> {
    let mut listing = Listing::default();
    list(folder, "", 0, &mut listing)?;
    listing.faults.sort();
    Ok(listing)
}

fn list(folder: &Path, prefix: &str, depth: usize, listing: &mut Listing) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        listing.seen += 1;
        if listing.seen > ENTRIES_MAX {
            listing.faults.push(PackageFault::TooMany);
            return Ok(());
        }
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(name) = name.map(|name| format!("{prefix}{name}")) else {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            listing.faults.push(PackageFault::Trick { name: format!("{prefix}{name}") });
            continue;
        };
        // Of the link itself, where it is one.
        let meta = fs::symlink_metadata(&path)?;
        if meta.is_dir() && depth < DEPTH_MAX && may_hold_parts(&name) {
            list(&path, &format!("{name}/"), depth + 1, listing)?;
        } else if meta.is_dir() {
            listing.faults.push(PackageFault::Extra { name });
        } else if !meta.is_file() {
            listing.faults.push(PackageFault::NoFile { name });
        } else {
            match Part::read(&name) {
                Ok(part) => drop(listing.parts.insert(part, Place { path, size: meta.len() })),
                Err(BadName::Trick) => listing.faults.push(PackageFault::Trick { name }),
                Err(BadName::Unknown) => listing.faults.push(PackageFault::Extra { name }),
            }
        }
    }
    Ok(())
}

fn may_hold_parts(folder: &str) -> bool {
    folder == "evidence" || folder == "form" || folder.starts_with("form/")
}
