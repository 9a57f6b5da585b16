//! One device sends its changes one at a time as fast as it can: how long the others wait for their verdicts, with and
//! without it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Barrier;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{MissedTickBehavior, interval};

use super::load::Writer;
use super::stage::Stage;
use crate::bench::Samples;

/// How many people write beside it, as a team does.
const OTHERS: usize = 8;
/// How often each of them makes a change.
const PACE: Duration = Duration::from_millis(100);
/// How many messages the greedy device has on their way: the hub closes the line of one with twice as many.
const GREED: usize = 16;

/// How long the others waited.
#[derive(Debug, Default)]
pub struct Fairness {
    pub alone: Samples,
    pub beside: Samples,
    /// Changes of the greedy device that were accepted meanwhile.
    pub greedy: u64,
}

/// Measures so many changes of each of the others.
///
/// # Errors
/// When the hub refuses one of theirs.
pub async fn run(stage: &Stage, changes: usize) -> anyhow::Result<Fairness> {
    let (alone, _) = others(stage, changes, false).await?;
    let (beside, greedy) = others(stage, changes, true).await?;
    Ok(Fairness { alone, beside, greedy })
}

async fn others(stage: &Stage, changes: usize, beside: bool) -> anyhow::Result<(Samples, u64)> {
    let act = stage.act(OTHERS + 1).await?;
    let barrier = Arc::new(Barrier::new(OTHERS));
    let (mut tasks, mut greedy): (JoinSet<_>, Option<JoinHandle<u64>>) = (JoinSet::new(), None);
    let stop = Arc::new(AtomicBool::new(false));
    for (member, light) in stage.members(&act)?.into_iter().enumerate() {
        if member == OTHERS && !beside {
            break;
        }
        let live = stage.line(&act, member)?.live(&light.application).await?;
        let writer = Writer::new(light, live, 1);
        if member == OTHERS {
            greedy = Some(tokio::spawn(grab(writer, Arc::clone(&stop))));
        } else {
            tasks.spawn(pace(writer, changes, Arc::clone(&barrier)));
        }
    }
    let mut samples = Samples::default();
    while let Some(done) = tasks.join_next().await {
        samples.extend(done??);
    }
    stop.store(true, Ordering::Relaxed);
    let accepted = match greedy {
        Some(task) => task.await?,
        None => 0,
    };
    Ok((samples, accepted))
}

/// A person who writes at a steady pace.
async fn pace(mut writer: Writer, changes: usize, ready: Arc<Barrier>) -> anyhow::Result<Samples> {
    writer.greet().await?;
    ready.wait().await;
    let mut clock = interval(PACE);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut left = changes;
    while left > 0 {
        tokio::select! {
            _ = clock.tick() => {
                writer.type_one(left)?;
                writer.hand_over(1).await?;
                left -= 1;
            }
            heard = writer.hear() => { heard?; }
        }
    }
    while writer.verdicts.count() < changes {
        writer.hear().await?;
    }
    Ok(writer.verdicts)
}

/// As many single changes as the hub takes, until it is told to stop or the hub has had enough of it.
async fn grab(mut writer: Writer, stop: Arc<AtomicBool>) -> u64 {
    let (mut on_way, mut number) = (0, 0);
    let mut step = async |writer: &mut Writer| -> anyhow::Result<()> {
        while on_way < GREED {
            writer.type_one(number)?;
            writer.hand_over(1).await?;
            (on_way, number) = (on_way + 1, number + 1);
        }
        on_way -= usize::from(writer.hear().await?);
        Ok(())
    };
    if writer.greet().await.is_err() {
        return 0;
    }
    while !stop.load(Ordering::Relaxed) && step(&mut writer).await.is_ok() {}
    u64::try_from(writer.verdicts.count()).unwrap_or(u64::MAX)
}
