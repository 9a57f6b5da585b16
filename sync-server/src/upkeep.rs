//! What the hub does by itself every now and then: what has expired is forgotten, files that nobody names go.

use std::time::Duration;

use tokio::time::{Instant, interval};

use crate::clock::Clock;
use crate::error::HubError;
use crate::http::HubState;
use crate::limit::{COLLECT_INTERVAL, SWEEP_INTERVAL};
use crate::metric;
use crate::upload::Collected;

/// How often something is looked at.
const INTERVAL: Duration = Duration::from_secs(10);

/// Runs until it is dropped.
pub(crate) async fn run(state: HubState, clock: Clock) {
    let mut ticks = interval(INTERVAL);
    let (mut sweep, mut collect) = (Instant::now(), Instant::now());
    failed("staging files are not swept", state.files.sweep(state.hub).await);
    loop {
        ticks.tick().await;
        state.sessions.forget_expired();
        state.limiter.forget_quiet();
        metric::upkeep();
        let now = Instant::now();
        if now >= sweep {
            sweep = now + SWEEP_INTERVAL;
            failed("uploads do not expire", state.files.expire(state.hub).await);
        }
        if now >= collect {
            collect = now + COLLECT_INTERVAL;
            failed("files that nobody names stay", collect_all(&state, &clock).await);
        }
    }
}

async fn collect_all(state: &HubState, clock: &Clock) -> Result<(), HubError> {
    let all = state.arbiter.with(state.hub, |core| Ok(core.storage().applications()?)).await?;
    for application in all {
        let collected = state.files.collect(&application, clock.now_ms()).await?;
        if collected != Collected::default() {
            let Collected { gone, found } = collected;
            tracing::info!(%application, gone, found, "files that no change names were taken away, others found again");
            metric::files_collected(gone);
        }
    }
    Ok(())
}

fn failed(what: &str, result: Result<(), HubError>) {
    if let Err(error) = result {
        tracing::warn!(%error, "{what}; it is tried again");
    }
}
