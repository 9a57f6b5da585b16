//! The hub's public log as it grows: what an entry and a proof cost, and how much memory the hub holds.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use form_document::digest::Sha256;
use form_document::key::{Signature, SigningKey};
use form_document::transparency::{LEAF_BYTES, Leaf, TreeHashes};
use form_model::id::ApplicationId;
use rusqlite::params;
use sync_server::arbiter::Core;
use sync_server::clock::Clock;
use sync_server::config::SealSettings;
use sync_server::data::DataFolder;
use sync_server::seal;
use sync_server::storage::Storage as _;
use sync_server::storage::record::Commit;
use sync_server::storage::seal::{SealEntry, SealSubject, SealWrite};
use sync_server::storage::sqlite::Sqlite;

use super::engine::bare_database;
use super::hub::usage::peak_memory_kb;
use super::{Figure, Goal, Samples};
use crate::hub::HubProcess;
use crate::loopback::LoopbackDesk;
use crate::random::Random;

/// How many entries are written in one transaction while the log is filled.
const CHUNK: u64 = 10_000;
/// The envelope of a filled entry, in bytes. A manifest has some more; the log never reads it.
const ENVELOPE_BYTES: usize = 256;
/// What an entry writes at least, in bytes: leaf, envelope, digest and signature.
const ENTRY_BYTES: usize = LEAF_BYTES + ENVELOPE_BYTES + 32 + 64;
/// Entries added, and proofs made, at each size.
const TIMES: usize = 300;
/// How often a desk follows the log over HTTP at each size.
const FOLLOWED: usize = 100;
/// How much more memory the longest log may take than the shortest.
const MEMORY_GOAL: f64 = 1.25;
/// No application is opened in this process.
const NO_LEDGERS: u64 = 0;

/// Fills a hub's log to each of these sizes, ascending, and measures there.
///
/// # Errors
/// When the hub does not start, or the disk fails.
pub async fn measure(folder: &Path, sizes: &[u64]) -> anyhow::Result<Vec<Figure>> {
    let mut hub = HubProcess::start()?;
    let desk = LoopbackDesk::lead(hub.url()).await?;
    let (mut figures, mut memory) = (Vec::new(), Vec::new());
    let mut tree = TreeHashes::default();
    for size in sizes {
        hub.stop()?;
        fill(&hub.data().join("hub.db"), *size, &mut tree)?;
        let copy = folder.join(size.to_string());
        copy_data(&hub.data(), &copy)?;
        figures.extend(costs(&copy, *size)?);
        fs::remove_dir_all(&copy)?;
        hub.start_again()?;
        figures.push(follow(&desk, *size).await?);
        memory.push((*size, peak_memory_kb(hub.process().context("the hub does not run")?)?));
    }
    let least = memory.first().map_or(0, |(_, peak)| *peak);
    figures.extend(memory.into_iter().map(|(size, peak)| {
        Figure::told(format!("peak memory of a hub with a log of {size} entries"), peak.into(), "kB")
            .against(least.into())
            .with(Goal::AtMost(MEMORY_GOAL))
    }));
    Ok(figures)
}

/// Writes entries as finalised revisions leave them, signed by nobody; the next start signs the log over them.
fn fill(database: &Path, size: u64, tree: &mut TreeHashes) -> anyhow::Result<()> {
    let mut storage = Sqlite::open(database)?;
    let mut next = storage.seal_size()?;
    if tree.all().is_empty() {
        for entry in storage.seal_range(0, next)? {
            tree.add(entry.index, entry.leaf.hash())?;
        }
    }
    while next < size {
        let end = size.min(next + CHUNK);
        let seals = (next..end).map(|index| entry(index, tree)).collect::<anyhow::Result<_>>()?;
        storage.commit(&Commit { seals, ..Commit::default() })?;
        next = end;
    }
    Ok(())
}

fn entry(index: u64, tree: &mut TreeHashes) -> anyhow::Result<SealWrite> {
    let digest = Sha256::of(&index.to_be_bytes());
    let mut leaf = Leaf([0x5a; LEAF_BYTES]);
    leaf.0[..digest.0.len()].copy_from_slice(&digest.0);
    let first_hash = tree.all().len() as u64;
    let hashes = tree.add(index, leaf.hash())?.into_iter().map(|hash| Sha256(hash.0)).collect();
    let entry = SealEntry {
        index,
        subject: SealSubject::Revision { application: ApplicationId(digest.to_string()), number: 1 },
        leaf,
        envelope: vec![0x5a; ENVELOPE_BYTES],
        digest,
        added_ms: 0,
        signature: Some(Signature([0x5a; 64])),
    };
    Ok(SealWrite::Entry { entry: Box::new(entry), first_hash, hashes })
}

fn copy_data(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for name in ["hub.db", "hub.key", "seal.json"] {
        fs::copy(from.join(name), to.join(name)).with_context(|| name.to_owned())?;
    }
    Ok(())
}

/// What adding an entry takes (hash, store, sign, store the signed log), and what proofs take.
fn costs(data: &Path, size: u64) -> anyhow::Result<Vec<Figure>> {
    let folder = DataFolder::at(data);
    let storage = Sqlite::open(&folder.database())?;
    let mut core = Core::new(Box::new(storage), Arc::new(folder.key()?), Clock::system(), NO_LEDGERS)?;
    let seal = seal::open(data, &SealSettings::default(), &core)?;
    core.set_seal(seal)?;
    let mut random = Random::new(size);
    let (mut proven, mut shown) = (Samples::default(), Samples::default());
    for _ in 0..TIMES {
        let at = random.next_u64() % size;
        let started = Instant::now();
        core.inclusion(size, at)?;
        proven.push(started.elapsed());
        let started = Instant::now();
        core.consistency(at.max(1), size)?;
        shown.push(started.elapsed());
    }
    let bare = bare_database(&data.join("bare.db"))?;
    let (mut added, mut committed) = (Samples::default(), Samples::default());
    for _ in 0..TIMES {
        let next = SigningKey::from_seed(&Sha256::of(&random.next_u64().to_be_bytes()).0)?;
        let started = Instant::now();
        core.rotate(next)?;
        added.push(started.elapsed());
        let started = Instant::now();
        bare.execute("INSERT INTO bare (bytes) VALUES (?1)", params![[0x5a_u8; ENTRY_BYTES]])?;
        committed.push(started.elapsed());
    }
    let of = |what: &str| format!("log of {size} entries: {what}");
    let beside = |what: &str, value: std::time::Duration, bare: std::time::Duration| {
        Figure::time(of(what), value).against(bare.as_micros())
    };
    Ok(vec![
        beside(
            "an entry added, durable, and then signed, durable / one bare commit, p50",
            added.p50(),
            committed.p50(),
        ),
        beside(
            "an entry added, durable, and then signed, durable / one bare commit, p99",
            added.p99(),
            committed.p99(),
        ),
        Figure::time(of("an inclusion proof, p50"), proven.p50()),
        Figure::time(of("an inclusion proof, p99"), proven.p99()),
        Figure::time(of("a consistency proof, p50"), shown.p50()),
        Figure::time(of("a consistency proof, p99"), shown.p99()),
    ])
}

/// What a desk takes to see that the log has only grown.
async fn follow(desk: &LoopbackDesk, size: u64) -> anyhow::Result<Figure> {
    let connection = desk.connection()?;
    let mut random = Random::new(size);
    let mut followed = Samples::default();
    for _ in 0..FOLLOWED {
        let known = random.next_u64() % size;
        let started = Instant::now();
        connection.log_news(known).await?;
        followed.push(started.elapsed());
    }
    Ok(Figure::time(format!("log of {size} entries: what a desk asks to follow it, p99"), followed.p99()))
}
