//! `admit`.

use std::path::Path;

use ring::rand::{SecureRandom as _, SystemRandom};
use sync_server::clock::Clock;
use sync_server::data::DataFolder;
use sync_server::storage::sqlite::Sqlite;
use sync_server::{admission_hash, hex};

/// 128 bits: nobody guesses one.
const CODE_BYTES: usize = 16;

pub(super) fn run(data: &Path) -> anyhow::Result<()> {
    let folder = DataFolder::at(data);
    std::fs::create_dir_all(data)?;
    // The key comes first: a database without one looks like a hub that lost it.
    folder.key_or_new()?;
    let mut code = [0; CODE_BYTES];
    SystemRandom::new().fill(&mut code).map_err(|_| anyhow::anyhow!("the system gives no random numbers"))?;
    let code = hex::encode(&code);
    Sqlite::open(&folder.database())?.admit(&admission_hash(&code), Clock::system().now_ms())?;
    println!("{code}");
    Ok(())
}
