//! `key`.

use std::path::Path;

use sync_server::data::DataFolder;

pub(super) fn show(data: &Path) -> anyhow::Result<()> {
    println!("{}", DataFolder::at(data).key()?.public());
    Ok(())
}
