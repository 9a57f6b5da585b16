//! A running hub, to start from a program.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use form_document::key::PublicKey;
use tokio::task::JoinHandle as Task;

use crate::arbiter::{Arbiter, Core};
use crate::blob::{BlobError, Objects};
use crate::clock::Clock;
use crate::config::Config;
use crate::data::{DataError, DataFolder};
use crate::door::Door;
use crate::error::HubError;
use crate::http::{HubState, router};
use crate::intake::Intake;
use crate::limit::{FILES_RESERVED, FIRST_REQUEST_MAX, IDLE_MAX, STOP_WAIT};
use crate::metric;
use crate::rate::Limiter;
use crate::seal::SealError;
use crate::session::Sessions;
use crate::storage::sqlite::Sqlite;
use crate::stream::{Close, Streams};
use crate::upkeep;
use crate::upload::Files;

/// A hub that serves.
#[derive(Debug)]
pub struct Hub {
    /// Where it listens.
    pub address: SocketAddr,
    /// What its logs are signed with.
    pub key: PublicKey,
    /// The address that clients are given.
    pub url: String,
    handle: Handle<SocketAddr>,
    server: Task<std::io::Result<()>>,
    upkeep: Task<()>,
    streams: Arc<Streams>,
    arbiter: Arbiter,
    thread: JoinHandle<()>,
    /// Held as long as the hub runs.
    _lock: File,
}

/// Why a hub does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    #[error(
        "{0} is reached from other machines, and without a certificate everybody on the way reads along: set `tls` \
         (certificate and key), or `behind_proxy` when a proxy in front speaks TLS, or `plain_http` when something \
         else, such as a VPN, keeps the line secret"
    )]
    Exposed(SocketAddr),
    #[error("certificate or key cannot be used: {0}")]
    Tls(std::io::Error),
    #[error(transparent)]
    Blob(#[from] BlobError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("the signature log: {0}")]
    SignatureLog(#[from] HubError),
    #[error("the arbiter's thread cannot be started: {0}")]
    Thread(std::io::Error),
}

impl Hub {
    /// Starts a hub: it serves when this returns. Needs a tokio runtime with time and IO.
    ///
    /// # Errors
    /// When data folder, address or certificate cannot be used.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        Self::start_with(config, Clock::system()).await
    }

    /// [`Self::start`] with a clock of one's own.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_with(config: Config, clock: Clock) -> Result<Self, StartError> {
        if config.is_exposed() {
            return Err(StartError::Exposed(config.listen));
        }
        metric::install();
        let folder = DataFolder::at(&config.data);
        let lock = folder.lock()?;
        let key = Arc::new(folder.key_or_new()?);
        let hub = key.public();
        let sqlite = Sqlite::open(&folder.database()).map_err(DataError::from)?;
        let budget = config.ledgers_mib << 20;
        let objects = Objects::open(&folder.blobs(), config.evidence.s3.as_ref())?;
        let mut core =
            Core::new(Box::new(sqlite), Arc::clone(&key), clock.clone(), budget).map_err(DataError::from)?;
        let seal = crate::seal::open(&config.data, &config.seal, &core)?;
        core.set_seal(seal)?;
        let failed = |error| StartError::Listen(config.listen, error);
        let listener = TcpListener::bind(config.listen).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let tls = tls(&config).await?;
        let streams = Arc::new(Streams::default());
        let (arbiter, thread) = Arbiter::start(core, Arc::clone(&streams)).map_err(StartError::Thread)?;
        let state = HubState {
            hub,
            arbiter: arbiter.clone(),
            sessions: Arc::new(Sessions::new(key, clock.clone())),
            streams: Arc::clone(&streams),
            limiter: Arc::new(Limiter::new(&config.rates)),
            intake: Intake::bodies(),
            files: Arc::new(Files::new(objects, arbiter.clone(), folder.blobs(), &config.evidence)),
            open: config.is_open(),
            behind_proxy: config.behind_proxy,
        };
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = config.url.clone().unwrap_or_else(|| format!("{scheme}://{address}"));
        let handle = Handle::new();
        let upkeep = tokio::spawn(upkeep::run(state.clone(), clock));
        let server = serve(listener, tls, door(&config), handle.clone(), state).map_err(failed)?;
        Ok(Self { address, key: hub, url, handle, server, upkeep, streams, arbiter, thread, _lock: lock })
    }

    /// Stops the hub: what is under way is finished, streams are closed, and the data folder is free again when
    /// this returns.
    pub async fn shutdown(self) {
        self.streams.close_all(&Close::going_away());
        self.handle.graceful_shutdown(Some(STOP_WAIT));
        self.upkeep.abort();
        if let Err(error) = self.server.await {
            tracing::error!(%error, "the server ended badly");
        }
        let (arbiter, thread) = (self.arbiter, self.thread);
        let stopped = tokio::task::spawn_blocking(move || {
            arbiter.stop();
            thread.join().is_ok()
        });
        if !stopped.await.unwrap_or(false) {
            tracing::error!("the arbiter ended badly");
        }
    }
}

async fn tls(config: &Config) -> Result<Option<RustlsConfig>, StartError> {
    let Some(tls) = &config.tls else { return Ok(None) };
    // One crypto library in the house. A program that embeds the hub may have chosen already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let loaded = RustlsConfig::from_pem_file(&tls.certificate, &tls.key).await;
    loaded.map(Some).map_err(StartError::Tls)
}

/// The door for this configuration: never for more connections than the system gives files.
fn door(config: &Config) -> Door {
    let files = open_files().saturating_sub(FILES_RESERVED);
    if files < config.connections {
        tracing::warn!(files, "the system's limit of open files leaves room for fewer connections");
    }
    let most_of_address = (!config.behind_proxy).then_some(config.connections_per_address);
    Door::new(config.connections.min(files), most_of_address)
}

/// How many files this process may have open.
#[cfg(unix)]
fn open_files() -> usize {
    use rustix::process::{Resource, getrlimit};
    let limit = getrlimit(Resource::Nofile).current;
    limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}

/// Elsewhere nothing counts them.
#[cfg(not(unix))]
fn open_files() -> usize {
    usize::MAX
}

fn serve(
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    door: Door,
    handle: Handle<SocketAddr>,
    state: HubState,
) -> std::io::Result<Task<std::io::Result<()>>> {
    let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
    Ok(match tls {
        Some(tls) => {
            let server = axum_server::from_tcp_rustls(listener, tls)?.map(|tls| tls.acceptor(door));
            let mut server = server.handle(handle);
            server.http_builder().http1().header_read_timeout(IDLE_MAX);
            tokio::spawn(server.first_request_timeout(FIRST_REQUEST_MAX).serve(service))
        }
        None => {
            let mut server = axum_server::from_tcp(listener)?.acceptor(door).handle(handle);
            server.http_builder().http1().header_read_timeout(IDLE_MAX);
            tokio::spawn(server.first_request_timeout(FIRST_REQUEST_MAX).serve(service))
        }
    })
}
