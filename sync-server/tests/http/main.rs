//! The hub over the network: real requests to a hub on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "../support/client.rs"]
mod client;
#[path = "../support/mod.rs"]
mod support;

mod describe;
mod door;
mod download;
mod file;
mod finalise;
mod hostile;
mod interop;
mod invite;
mod keys;
mod live;
mod origin;
mod page;
mod program;
mod restored_log;
mod s3;
mod secure;
mod session;
mod sync;
mod ticket;
mod upload;

use std::path::Path;

use client::Client;
use support::desk::Desk;
use support::{NOW, key};
use sync_server::clock::Clock;
use sync_server::{Config, Hub};

/// A running hub with its folder.
#[derive(Debug)]
pub struct TestHub {
    pub hub: Hub,
    pub folder: tempfile::TempDir,
}

impl TestHub {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        // The workspace's reqwest leaves the choice of a crypto library open.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let hub = start(folder.path(), change).await;
        Self { hub, folder }
    }

    pub async fn restarted(self) -> Self {
        let Self { hub, folder } = self;
        hub.shutdown().await;
        let hub = start(folder.path(), |_| {}).await;
        Self { hub, folder }
    }

    pub async fn client(&self, number: u8) -> Client {
        Client::new(&self.hub.url, key(number)).await
    }

    /// A lead's desk whose application the hub has, and its client.
    pub async fn lead(&self, number: u8) -> (Desk, Client) {
        let desk = Desk::lead_at(number, [number; 16], self.hub.key);
        let client = self.client(number).await;
        client.publish(&desk, None).await.unwrap();
        (desk, client)
    }

    /// A desk that the lead has invited, enrolled and told everything.
    pub async fn join(&self, number: u8, lead: &mut Desk, leads: &Client) -> (Desk, Client) {
        let invite = key(number + 100);
        lead.invite_acts("safety", "safety", &invite);
        leads.sync(lead).await.unwrap();
        let client = self.client(number).await;
        let invitation = client.invitation(&invite).await.unwrap();
        let (desk, entry) = Desk::accept(number, &invite, &invitation);
        let path = format!("/v1/invites/{}", invite.public());
        client.plain(reqwest::Method::POST, &path, form_document::wire::encode(&entry)).await.unwrap();
        (desk, client)
    }
}

async fn start(folder: &Path, change: impl FnOnce(&mut Config)) -> Hub {
    let mut config = Config::embedded(folder);
    change(&mut config);
    Hub::start_with(config, Clock::new(|| NOW)).await.unwrap()
}
