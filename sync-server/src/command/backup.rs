//! `backup`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use sync_server::copy_tree;
use sync_server::data::{DataFolder, sync_folder};
use sync_server::storage::sqlite::Sqlite;

pub(super) fn run(data: &Path, out: &Path) -> anyhow::Result<()> {
    if out.exists() {
        bail!("{} is there already; name a new file", out.display());
    }
    let folder = DataFolder::at(data);
    let sqlite = Sqlite::open_to_read(&folder.database()).context("the database")?;
    // A backup that broke off must not look like one.
    let partial = out.with_extension("partial");
    if partial.exists() {
        fs::remove_file(&partial).with_context(|| partial.display().to_string())?;
    }
    sqlite.copy_to(&partial)?;
    File::open(&partial)?.sync_all()?;
    let files = copy_files(&folder, out)?;
    fs::rename(&partial, out)?;
    sync_folder(out)?;
    println!("{}", out.display());
    if files > 0 {
        println!("{} ({files} files)", files_of(out).display());
    }
    let seal = folder.seal();
    eprintln!(
        "The hub's keys are not in it. Keep copies of {} and {} apart.",
        folder.key_file().display(),
        seal.file().display()
    );
    if seal.root_file().exists() {
        eprintln!(
            "The root key still lies in {}: put it on paper (sync-server keys root) and take it off this machine.",
            seal.root_file().display()
        );
    }
    Ok(())
}

/// Where a backup's files of evidence lie: beside it.
pub(super) fn files_of(backup: &Path) -> PathBuf {
    backup.with_extension("files")
}

/// Copies the files of evidence that the hub keeps itself. After the database: each that the copy names was there before.
fn copy_files(folder: &DataFolder, out: &Path) -> anyhow::Result<usize> {
    let (kept, to) = (folder.kept_files(), files_of(out));
    if !kept.is_dir() {
        return Ok(0);
    }
    if to.exists() {
        bail!("{} is there already; name a new backup", to.display());
    }
    let partial = out.with_extension("files-partial");
    if partial.exists() {
        fs::remove_dir_all(&partial).with_context(|| partial.display().to_string())?;
    }
    let count = copy_tree(&kept, &partial).with_context(|| kept.display().to_string())?;
    fs::rename(&partial, &to)?;
    Ok(count)
}
