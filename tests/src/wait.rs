//! Waiting with an end: every wait names what it waits for.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::{anyhow, bail};

/// How long a person's patience lasts for anything the window does on a busy test machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

const PAUSE: Duration = Duration::from_millis(25);

/// Asks `probe` again and again until it gives a value.
///
/// # Errors
/// After `limit` without one: "waited … for `what`" with the probe's last error.
pub async fn until<T, F, Fut>(what: &str, limit: Duration, mut probe: F) -> anyhow::Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = anyhow::Result<Option<T>>>,
{
    let begun = Instant::now();
    loop {
        let outcome = probe().await;
        if let Ok(Some(value)) = outcome {
            return Ok(value);
        }
        if begun.elapsed() > limit {
            let waited = format!("waited {} s for {what}", limit.as_secs());
            return Err(outcome
                .err()
                .map_or_else(|| anyhow!(waited.clone()), |error| error.context(waited.clone())));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// [`until`] for a probe that needs no awaiting; blocks the thread.
///
/// # Errors
/// After `limit` without a value.
pub fn until_blocking<T>(
    what: &str,
    limit: Duration,
    mut probe: impl FnMut() -> Option<T>,
) -> anyhow::Result<T> {
    let begun = Instant::now();
    loop {
        if let Some(value) = probe() {
            return Ok(value);
        }
        if begun.elapsed() > limit {
            bail!("waited {} s for {what}", limit.as_secs());
        }
        std::thread::sleep(PAUSE);
    }
}
