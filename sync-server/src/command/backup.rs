//! `backup`.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context as _, bail};
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
    fs::rename(&partial, out)?;
    sync_folder(out)?;
    println!("{}", out.display());
    eprintln!("The hub's key is not in it. Keep a copy of {} apart.", folder.key_file().display());
    Ok(())
}
