//! A hub's core for one command: with its seal, or to look into it.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use sync_server::arbiter::Core;
use sync_server::clock::Clock;
use sync_server::config::SealSettings;
use sync_server::data::DataFolder;
use sync_server::seal;
use sync_server::storage::sqlite::Sqlite;

/// No application is opened.
const NO_LEDGERS: u64 = 0;

/// The core of a stopped hub, with its seal; the data folder is locked as long as the file lives.
pub(super) fn signing(data: &Path, settings: &SealSettings) -> anyhow::Result<(Core, File)> {
    let (mut core, lock) = unsealed(data)?;
    let seal = seal::open(data, settings, &core)?;
    core.set_seal(seal)?;
    Ok((core, lock))
}

/// The core of a stopped hub, for what the root key or a copy of the log decides; as [`signing`].
pub(super) fn unsealed(data: &Path) -> anyhow::Result<(Core, File)> {
    let folder = DataFolder::at(data);
    let lock = folder.lock()?;
    let storage = Sqlite::open(&folder.database())?;
    let key = Arc::new(folder.key()?);
    Ok((Core::new(Box::new(storage), key, Clock::system(), NO_LEDGERS)?, lock))
}

/// The core of a hub that may be serving, to look into it.
pub(super) fn reading(data: &Path) -> anyhow::Result<Core> {
    let folder = DataFolder::at(data);
    let storage = Sqlite::open_to_read(&folder.database())?;
    Ok(Core::new(Box::new(storage), Arc::new(folder.key()?), Clock::system(), NO_LEDGERS)?)
}
