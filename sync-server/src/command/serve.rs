//! `serve`.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use sync_server::config::LogFormat;
use sync_server::{Config, Hub};
use tracing_subscriber::EnvFilter;

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The folder with the database and the hub's key; made when it is not there.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// A configuration in TOML. Variables HUIQIAN_HUB_… override it, and the command line both.
    #[arg(long)]
    config: Option<PathBuf>,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let mut config = Config::read(self.config.as_deref()).context("the configuration")?;
        config.data = self.data.unwrap_or(config.data);
        config.listen = self.listen.unwrap_or(config.listen);
        log(config.log);
        allow_files();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(serve(config))
    }
}

/// Takes as many open files as the system lets this process have: each connection is one, and the usual limit of
/// 1,024 is there for programs that cannot count further.
#[cfg(unix)]
fn allow_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

#[cfg(not(unix))]
fn allow_files() {}

fn log(format: LogFormat) {
    // What to log: RUST_LOG, as other programs do.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // Colours are for a person who looks on; in a file they are noise.
    let colours = std::io::stderr().is_terminal();
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}

async fn serve(config: Config) -> anyhow::Result<()> {
    // Before anybody can know that the hub runs, so that it is never cut off where it could have stopped.
    let stop = told_to_stop()?;
    let hub = Hub::start(config).await?;
    let ready = serde_json::json!({
        "address": hub.address.to_string(), "url": hub.url, "hub": hub.key.to_string(),
    });
    println!("{ready}");
    stop.await?;
    tracing::info!("stopping");
    hub.shutdown().await;
    Ok(())
}

/// Ends when somebody tells the hub to stop; listens for that from now on.
#[cfg(unix)]
fn told_to_stop() -> std::io::Result<impl Future<Output = std::io::Result<()>>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        Ok(())
    })
}

#[cfg(not(unix))]
fn told_to_stop() -> std::io::Result<impl Future<Output = std::io::Result<()>>> {
    Ok(tokio::signal::ctrl_c())
}
