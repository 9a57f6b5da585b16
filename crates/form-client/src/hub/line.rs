//! The HTTP clients of a line to a hub, and whose word on certificates they take.

use std::time::Duration;

use form_model::error::{ErrorCode, UserError};
use reqwest::{Certificate, Client, ClientBuilder};

use super::problem;
use crate::cause::because;

/// How long connecting may take: a slow office line with a proxy answers within this.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// A PEM file with the certificates of an office's own authority, for whom the system's store is out of reach. They
/// count beside the system's.
const AUTHORITY_FILE: &str = "HUIQIAN_CA_FILE";

/// Makes ring the process' cryptography for TLS, as every HTTP client of this build needs before it is made.
pub fn prepare_tls() {
    // Fails only when a provider was installed before, and then there is one.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The clients of one line.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// For requests.
    pub(super) http: Client,
    /// For the live stream. HTTP/1.1 alone: over HTTP/2, which TLS prefers, a WebSocket cannot be asked for by an
    /// upgrade.
    pub(super) upgrading: Client,
}

impl Line {
    /// The clients for a hub; `authorities` is PEM, and may be empty.
    pub(super) fn new(hub: &str, authorities: &[u8]) -> Result<Self, UserError> {
        prepare_tls();
        let trusted =
            Certificate::from_pem_bundle(authorities).map_err(|error| problem::unreachable(hub, &error))?;
        let made = |client: ClientBuilder| client.build().map_err(|error| problem::unreachable(hub, &error));
        Ok(Self { http: made(builder(&trusted))?, upgrading: made(builder(&trusted).http1_only())? })
    }
}

fn builder(trusted: &[Certificate]) -> ClientBuilder {
    let client = Client::builder().connect_timeout(CONNECT_TIMEOUT).tcp_nodelay(true);
    // Without any of one's own the system judges as it would for every other program.
    if trusted.is_empty() { client } else { client.tls_certs_merge(trusted.iter().cloned()) }
}

/// What the environment names as the office's authority; empty when it names none.
pub(super) fn authorities() -> Result<Vec<u8>, UserError> {
    let Some(file) = std::env::var_os(AUTHORITY_FILE) else { return Ok(Vec::new()) };
    std::fs::read(&file).map_err(|error| {
        let error_code = UserError::new(ErrorCode::HubUnreachable).with("hub", AUTHORITY_FILE);
        because(error_code, &error)
    })
}
