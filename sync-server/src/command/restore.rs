//! `restore`.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context as _, bail};
use sync_server::data::{DataFolder, sync_folder};
use sync_server::storage::sqlite::Sqlite;

/// What may lie in the folder: the key, which belongs there, and the lock.
const ALLOWED: [&str; 2] = ["hub.key", "hub.lock"];

pub(super) fn run(data: &Path, from: &Path) -> anyhow::Result<()> {
    let folder = DataFolder::at(data);
    let _lock = folder.lock()?;
    for entry in fs::read_dir(data).with_context(|| data.display().to_string())? {
        let name = entry?.file_name();
        if !ALLOWED.iter().any(|allowed| name == *allowed) {
            bail!("{} holds {} already; restore into a folder of its own", data.display(), name.display());
        }
    }
    let partial = folder.database().with_extension("partial");
    fs::copy(from, &partial).with_context(|| from.display().to_string())?;
    let sqlite = Sqlite::open(&partial).context("the backup")?;
    let faults = sqlite.quick_check()?;
    if let Some(fault) = faults.first() {
        bail!("the backup is damaged: {fault}");
    }
    // The hub judges nothing in an application until its members have handed back what the backup lacks.
    sqlite.set_restored()?;
    drop(sqlite);
    File::open(&partial)?.sync_all()?;
    fs::rename(&partial, folder.database())?;
    sync_folder(&folder.database())?;
    if !folder.key_file().exists() {
        eprintln!(
            "Now put the hub's key file at {}; without it the hub does not start.",
            folder.key_file().display()
        );
    }
    Ok(())
}
