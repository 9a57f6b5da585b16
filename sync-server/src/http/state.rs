//! What every request may need.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::http::HeaderMap;
use form_document::key::PublicKey;

use crate::arbiter::Arbiter;
use crate::intake::Intake;
use crate::rate::Limiter;
use crate::session::Sessions;
use crate::stream::Streams;
use crate::upload::Files;

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub(crate) struct HubState {
    pub(crate) hub: PublicKey,
    pub(crate) arbiter: Arbiter,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) streams: Arc<Streams>,
    pub(crate) limiter: Arc<Limiter>,
    pub(crate) intake: Arc<Intake>,
    pub(crate) files: Arc<Files>,
    pub(crate) open: bool,
    pub(crate) behind_proxy: bool,
}

impl HubState {
    /// Who asks, as far as addresses tell.
    pub(super) fn address(&self, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
        let named = || {
            let list = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
            // The proxy appends whom it saw; what stands before may be made up.
            list.rsplit(',').next()?.trim().parse().ok()
        };
        if self.behind_proxy { named().unwrap_or(peer.ip()) } else { peer.ip() }
    }
}
