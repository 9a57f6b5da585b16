//! Files of evidence: how fast the product's own porter brings a desk's photos to the hub and to another desk, durable at
//! both, beside a plain copy of the same files to the same disk in the same run.
//!
//! A virtual machine's host takes memory back that nobody uses, and whoever touches it next waits for it: a copy into such
//! memory takes three times as long. So each way has a copy of its own, made right before it, and both find the memory of
//! files that were removed a moment ago.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use form_client::evidence::prepare;
use form_client::hub::{self, Extent};
use tempfile::TempDir;

use super::usage::{forget_peak_memory, peak_memory_kb, processor_time};
use crate::bench::{Figure, Goal};
use crate::camera::Camera;
use crate::hub::HubProcess;
use crate::loopback::{LoopbackDesk, OTHERS};
use crate::photo_trip::MEMORY_KB;

/// The slot that gets the photos.
const SLOT: &str = "3";
/// How much of the plain copy's speed each way is to reach.
const SPEED_GOAL: f64 = 0.7;

/// Takes so many photos, copies them, and carries them from one desk to the hub and from there to another.
///
/// # Errors
/// When the hub refuses a photo, or the disk fails.
pub async fn measure(folder: &Path, photos: usize) -> anyhow::Result<Vec<Figure>> {
    let (made, bytes) = take(&folder.join("photos"), photos)?;
    let hub = HubProcess::start()?;
    let giver = LoopbackDesk::lead_in(TempDir::new_in(folder)?, hub.url()).await?;
    let (agency, part, ..) = OTHERS[0];
    let invite = giver.invite(agency, part).await?;
    let taker = LoopbackDesk::join_in(TempDir::new_in(folder)?, agency, &invite).await?;
    add(&giver, &made)?;
    giver.sync().await?;
    taker.sync().await?;
    let process = std::process::id();
    let hubs = hub.process().context("the hub does not run")?;
    forget_peak_memory(process)?;
    let copied_before_up = copy_twice(&made, folder)?;
    let up = carry(&giver, hubs).await?;
    let copied_before_down = copy_twice(&made, folder)?;
    let down = carry(&taker, hubs).await?;
    let (at_hub, desks) = (peak_memory_kb(hubs)?, peak_memory_kb(process)?);
    let kept = files_below(&hub.data().join("blobs/kept"))?;
    ensure!(kept == photos, "the hub has {kept} of {photos} photos");
    let there = whole_files(&taker)?;
    ensure!(there == photos, "the second desk has {there} of {photos} photos");
    let speed = |took: Duration| u128::from(bytes) / took.as_millis().max(1);
    let way = |way: &str, carried: &Carried, copied: Duration| {
        let name = format!("{photos} photos of 3 MB {way}");
        let speed_of = format!("{name}, durable, against a copy with fsync");
        vec![
            Figure::told(speed_of, speed(carried.took), "kB/s")
                .against(speed(copied))
                .with(Goal::AtLeast(SPEED_GOAL)),
            Figure::time(format!("{name}: the hub's processor time"), carried.at_hub),
            Figure::time(format!("{name}: the desk's processor time"), carried.at_desk),
        ]
    };
    let memory = |who: &str, peak_kb: u64| {
        let name = format!("peak memory, photos: {who}");
        Figure::told(name, peak_kb.into(), "kB").against(MEMORY_KB.into()).with(Goal::AtMost(1.0))
    };
    let memory = vec![memory("hub", at_hub), memory("both desks, in one process", desks)];
    let up = way("from a desk to the hub", &up, copied_before_up);
    let down = way("from the hub to a desk", &down, copied_before_down);
    Ok([up, down, memory].concat())
}

fn take(folder: &Path, photos: usize) -> anyhow::Result<(Vec<PathBuf>, u64)> {
    fs::create_dir_all(folder)?;
    let camera = Camera::new(1)?;
    let (mut made, mut bytes) = (Vec::new(), 0);
    for number in 0..photos {
        let path = folder.join(format!("{number}.jpg"));
        bytes += camera.take(&path, number as u64)?;
        made.push(path);
    }
    Ok((made, bytes))
}

/// The better of two: the first may find memory that the host has taken back, or wait for what was written before.
fn copy_twice(made: &[PathBuf], folder: &Path) -> anyhow::Result<Duration> {
    let first = copy(made, &folder.join("copy-1"))?;
    Ok(first.min(copy(made, &folder.join("copy-2"))?))
}

fn copy(made: &[PathBuf], to: &Path) -> anyhow::Result<Duration> {
    fs::create_dir_all(to)?;
    let start = Instant::now();
    for path in made {
        let target = to.join(path.file_name().context("no name")?);
        fs::copy(path, &target)?;
        File::open(&target)?.sync_all()?;
    }
    let took = start.elapsed();
    fs::remove_dir_all(to)?;
    // Where a disk is told of what was removed, the next one who needs it durable would wait for that.
    File::open(to.parent().context("no folder")?)?.sync_all()?;
    Ok(took)
}

fn add(desk: &LoopbackDesk, made: &[PathBuf]) -> anyhow::Result<()> {
    let blobs = desk.desk.with(|workspace| Ok(workspace.blobs()))?;
    let prepared: Vec<_> = made.iter().map(|path| prepare(&blobs, path)).collect::<Result<_, _>>()?;
    desk.desk.with(|workspace| workspace.add_evidence(&desk.application, SLOT, &prepared))?;
    Ok(())
}

/// What carrying has taken.
struct Carried {
    took: Duration,
    /// Of the processor, in each process.
    at_hub: Duration,
    at_desk: Duration,
}

/// Carries whatever is to be carried, as the desk's own loop does.
async fn carry(desk: &LoopbackDesk, hub: u32) -> anyhow::Result<Carried> {
    let connection = desk.connection()?;
    let before = (processor_time(hub)?, processor_time(std::process::id())?);
    let start = Instant::now();
    hub::transfer(&desk.desk, &connection, &desk.application, Extent::All).await?;
    let took = start.elapsed();
    let after = (processor_time(hub)?, processor_time(std::process::id())?);
    Ok(Carried { took, at_hub: after.0 - before.0, at_desk: after.1 - before.1 })
}

fn whole_files(desk: &LoopbackDesk) -> anyhow::Result<usize> {
    let blobs = desk.desk.with(|workspace| Ok(workspace.blobs()))?;
    let named = desk.desk.with(|workspace| workspace.named_files(&desk.application))?;
    Ok(named.into_iter().filter(|(sha256, file)| blobs.holds(sha256, file.size)).count())
}

fn files_below(folder: &Path) -> anyhow::Result<usize> {
    let mut found = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        found += if path.is_dir() { files_below(&path)? } else { 1 };
    }
    Ok(found)
}
