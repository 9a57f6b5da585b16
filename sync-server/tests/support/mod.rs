//! Real desks for a real hub: keys, ledgers and signatures of form-document, a form package of the repository.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod desk;
pub mod faulty;
pub mod signing;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use form_document::key::SigningKey;
use form_document::wire::PackageFile;
use form_model::definition::FormDefinition;
use form_model::package::{PackageFiles, load};
use sync_server::arbiter::Core;
use sync_server::clock::Clock;
use sync_server::storage::Storage;
use sync_server::storage::sqlite::Sqlite;

/// 2026-07-01, milliseconds since 1970-01-01 UTC.
pub const NOW: i64 = 1_782_864_000_000;
/// The memory for ledgers, in bytes.
pub const BUDGET: u64 = 64 << 20;

/// The files of a small form.
pub fn package() -> Vec<PackageFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../forms/research-station-renewal");
    let mut files = Vec::new();
    let mut folders = vec![folder.clone()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
            if PackageFiles::belongs(&name) {
                files.push(PackageFile { path: name, content: std::fs::read(&path).unwrap() });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

pub fn form() -> FormDefinition {
    let files = package().into_iter().map(|file| (file.path, file.content)).collect();
    load(&PackageFiles(files)).unwrap()
}

pub fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32]).unwrap()
}

/// The number of the hub's key.
pub const HUB: u8 = 200;

/// A hub's core on a database file, which it can be opened from again.
pub struct TestCore {
    pub core: Core,
    pub folder: tempfile::TempDir,
    now_ms: Arc<AtomicI64>,
}

impl TestCore {
    pub fn new() -> Self {
        Self::over(|sqlite| Box::new(sqlite))
    }

    /// A core over what `wrap` makes of the database.
    pub fn over(wrap: impl FnOnce(Sqlite) -> Box<dyn Storage>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now_ms = Arc::new(AtomicI64::new(NOW));
        let core = core(folder.path(), &now_ms, BUDGET, wrap);
        Self { core, folder, now_ms }
    }

    /// The same hub on another day: its database is a copy of that file.
    pub fn from_file(database: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(database, folder.path().join("hub.db")).unwrap();
        let now_ms = Arc::new(AtomicI64::new(NOW));
        let core = core(folder.path(), &now_ms, BUDGET, |sqlite| Box::new(sqlite));
        Self { core, folder, now_ms }
    }

    /// The same hub after a restart, with as little memory as can be.
    pub fn restarted(self) -> Self {
        let Self { core, folder, now_ms } = self;
        drop(core);
        let core = self::core(folder.path(), &now_ms, 1, |sqlite| Box::new(sqlite));
        Self { core, folder, now_ms }
    }

    pub fn wait_ms(&self, time: i64) {
        self.now_ms.fetch_add(time, Ordering::Relaxed);
    }
}

fn core(
    folder: &Path,
    now_ms: &Arc<AtomicI64>,
    budget: u64,
    wrap: impl FnOnce(Sqlite) -> Box<dyn Storage>,
) -> Core {
    let sqlite = Sqlite::open(&folder.join("hub.db")).unwrap();
    let now_ms = Arc::clone(now_ms);
    let clock = Clock::new(move || now_ms.load(Ordering::Relaxed));
    Core::new(wrap(sqlite), Arc::new(key(HUB)), clock, budget).unwrap()
}

/// Numbers that look random, from a seed (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }
}
