//! `restore`.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use anyhow::{Context as _, bail};
use sync_server::copy_tree;
use sync_server::data::{DataFolder, private_file, sync_folder};
use sync_server::storage::Storage as _;
use sync_server::storage::sqlite::Sqlite;

use super::backup::files_of;
use super::doctor::SIGNS_NOTHING;

/// What may lie in the folder: the keys, which belong there, the lock, and files of evidence, which lie under their
/// hashes.
const ALLOWED: [&str; 5] = ["hub.key", "seal.json", "root-key.txt", "hub.lock", "blobs"];

/// What a restore that was cut off leaves behind: the copy, and SQLite's files beside it.
const PARTIAL: [&str; 4] = ["hub.partial", "hub.partial-wal", "hub.partial-shm", "hub.partial-journal"];

pub(super) fn run(data: &Path, from: &Path) -> anyhow::Result<()> {
    let folder = DataFolder::at(data);
    let _lock = folder.lock()?;
    for entry in fs::read_dir(data).with_context(|| data.display().to_string())? {
        let name = entry?.file_name();
        if !ALLOWED.iter().chain(&PARTIAL).any(|allowed| name == *allowed) {
            bail!("{} holds {} already; restore into a folder of its own", data.display(), name.display());
        }
    }
    clear(data);
    let files = files_of(from);
    if files.is_dir() {
        copy_tree(&files, &folder.kept_files()).with_context(|| files.display().to_string())?;
    }
    let put = put(from, &data.join(PARTIAL[0]), &folder.database());
    clear(data);
    put?;
    if Sqlite::open_to_read(&folder.database())?.seal_incomplete()? {
        eprintln!("The hub is restored; {SIGNS_NOTHING}.");
    }
    for file in [folder.key_file(), folder.seal().file()] {
        if !file.exists() {
            eprintln!("Now put the hub's key file at {}; without it the hub does not start.", file.display());
        }
    }
    Ok(())
}

/// Takes away what a restore leaves behind that did not come to its end: it must not stand in the way of the next.
fn clear(data: &Path) {
    for name in PARTIAL {
        // Mostly it is not there; and one that stays is found by whoever opens it next.
        let _ = fs::remove_file(data.join(name));
    }
}

/// Copies a backup beside where the database will be, looks at it, and gives it its name.
fn put(from: &Path, partial: &Path, database: &Path) -> anyhow::Result<()> {
    let mut backup = File::open(from).with_context(|| from.display().to_string())?;
    let mut file = private_file(partial).with_context(|| partial.display().to_string())?;
    io::copy(&mut backup, &mut file).with_context(|| from.display().to_string())?;
    drop(file);
    let sqlite = Sqlite::open_to_read(partial).with_context(|| format!("the backup {}", from.display()))?;
    let faults = sqlite.quick_check()?;
    if let Some(fault) = faults.first() {
        bail!("the backup is damaged: {fault}");
    }
    // The hub judges nothing in an application until its members have handed back what the backup lacks.
    sqlite.set_restored()?;
    drop(sqlite);
    File::open(partial)?.sync_all()?;
    fs::rename(partial, database)?;
    sync_folder(database)?;
    Ok(())
}
