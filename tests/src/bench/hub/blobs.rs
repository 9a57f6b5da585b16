//! Files of evidence: how fast a device's photos come to be durable on the hub, beside a plain copy of the same files to
//! the same disk in the same run.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use form_client::hub::{HubConnection, Part};
use form_model::evidence::EvidenceFile;
use form_model::hex;
use form_model::id::ApplicationId;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use tokio::task::JoinSet;

use super::stage::Stage;
use super::usage::peak_memory_kb;
use crate::bench::{Figure, Goal};

/// A photo of a telephone, in bytes.
const PHOTO_BYTES: usize = 3_000_000;
/// How many photos a device sends at once.
const AT_ONCE: usize = 4;
/// How much of the plain copy's speed the hub is to reach.
const SPEED_GOAL: f64 = 0.7;
/// The most memory that the hub may take, in kB.
const MEMORY_KB: u128 = 150 * 1_024;

/// Sends so many photos to a new hub, and copies them.
///
/// # Errors
/// When the hub refuses a photo, or the disk fails.
pub async fn measure(folder: &Path, photos: usize) -> anyhow::Result<Vec<Figure>> {
    let source = folder.join("photos");
    let made = make(&source, photos)?;
    // Twice, the better one: the first may still wait for what was written before.
    let copied = copy(&made, &folder.join("copy-1"))?.min(copy(&made, &folder.join("copy-2"))?);
    let stage = Stage::new().await?;
    let act = stage.act(1).await?;
    let sent = send(act.connection, &act.company.application, &made).await?;
    let memory = peak_memory_kb(stage.hub.process().context("the hub does not run")?)?;
    let hub: Vec<PathBuf> = files_below(&stage.hub.data().join("blobs/kept"))?;
    ensure!(hub.len() == photos, "the hub has {} of {photos} photos", hub.len());
    let (ours, plain) = (speed(photos, sent), speed(photos, copied));
    let name = format!("{photos} photos of 3 MB to the hub, durable, against a copy with fsync");
    Ok(vec![
        Figure::told(name, ours, "kB/s").against(plain).with(Goal::AtLeast(SPEED_GOAL)),
        Figure::told("the hub's peak memory, photos", u128::from(memory), "kB")
            .against(MEMORY_KB)
            .with(Goal::AtMost(1.0)),
    ])
}

fn speed(photos: usize, took: Duration) -> u128 {
    (photos * PHOTO_BYTES) as u128 / took.as_millis().max(1)
}

/// Photos that no packing makes smaller, each another.
fn make(folder: &Path, photos: usize) -> anyhow::Result<Vec<(PathBuf, EvidenceFile)>> {
    fs::create_dir_all(folder)?;
    let random = SystemRandom::new();
    let mut bytes = vec![0; PHOTO_BYTES];
    (0..photos)
        .map(|number| {
            random.fill(&mut bytes).map_err(|_| anyhow::anyhow!("the system gives no random numbers"))?;
            let path = folder.join(format!("{number}.jpg"));
            fs::write(&path, &bytes)?;
            File::open(&path)?.sync_all()?;
            let sha256 = hex::encode(digest(&SHA256, &bytes).as_ref());
            let file = EvidenceFile {
                name: format!("{number}.jpg"),
                sha256,
                size: PHOTO_BYTES as u64,
                kind: "image/jpeg".to_owned(),
            };
            Ok((path, file))
        })
        .collect()
}

fn copy(made: &[(PathBuf, EvidenceFile)], to: &Path) -> anyhow::Result<Duration> {
    fs::create_dir_all(to)?;
    let start = Instant::now();
    for (path, file) in made {
        let target = to.join(&file.name);
        fs::copy(path, &target)?;
        File::open(&target)?.sync_all()?;
    }
    let took = start.elapsed();
    fs::remove_dir_all(to)?;
    Ok(took)
}

/// Sends them as the real client does.
async fn send(
    connection: HubConnection,
    application: &ApplicationId,
    made: &[(PathBuf, EvidenceFile)],
) -> anyhow::Result<Duration> {
    let start = Instant::now();
    let mut lines = JoinSet::new();
    for line in 0..AT_ONCE {
        let own: Vec<_> = made.iter().skip(line).step_by(AT_ONCE).cloned().collect();
        let (connection, application) = (connection.clone(), application.clone());
        lines.spawn(async move {
            for (path, file) in own {
                let upload = connection.begin_upload(&application, &file).await?;
                let part = Part { path: &path, start: upload.offset, length: file.size };
                let at = connection.append(&upload.path, &part).await?;
                ensure!(at == file.size, "{at} of {} bytes", file.size);
            }
            Ok(())
        });
    }
    while let Some(line) = lines.join_next().await {
        line??;
    }
    Ok(start.elapsed())
}

fn files_below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files_below(&path)?) } else { found.push(path) }
    }
    Ok(found)
}
