//! The desk's own loop of catching up, over messages that are handed to the hub's core at once, in one thread.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use form_client::hub::{Ask, HubLine, refusal};
use form_client::workspace::Workspace;
use form_document::key::PublicKey;
use form_document::log::Position;
use form_document::wire::{Exchange, HeldWork, LogStanding, Page, Receipt, Reply, Start, decode_up_to};
use form_model::command::Event;
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use serde_json::json;
use sync_server::arbiter::Core;
use sync_server::error::HubError;

/// The hub's address in the roster; nothing listens there.
pub const HUB_URL: &str = "http://hub.test";

/// A hub's refusal, as it comes to a desk.
pub fn refused(error: &HubError) -> UserError {
    let body = json!({ "code": error.code.name(), "detail": error.detail, "position": error.position });
    refusal(HUB_URL, body.to_string().as_bytes()).unwrap_or_else(|| UserError::new(ErrorCode::HubBroken))
}

/// The hub's code in a refusal.
pub fn code(error: &UserError) -> &str {
    error.details.get("code").map_or("", String::as_str)
}

/// One thread holds all locks here; a check that failed under one fails the test by itself.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A desk, asked by a loop in its own thread.
#[derive(Clone, Debug)]
pub struct AtDesk<'a> {
    workspace: Arc<Mutex<&'a mut Workspace>>,
    told: Arc<Mutex<Vec<Event>>>,
}

impl<'a> AtDesk<'a> {
    /// Takes a desk for as long as the loop runs.
    pub fn new(workspace: &'a mut Workspace) -> Self {
        Self { workspace: Arc::new(Mutex::new(workspace)), told: Arc::default() }
    }

    /// What its window would have been told.
    pub fn told(&self) -> Vec<Event> {
        std::mem::take(&mut lock(&self.told))
    }
}

impl Ask for AtDesk<'_> {
    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Workspace) -> Result<T, UserError> + Send + 'static,
    ) -> Result<T, UserError> {
        work(&mut lock(&self.workspace))
    }

    async fn tell(&self, _application: &ApplicationId, events: Vec<Event>) {
        lock(&self.told).extend(events);
    }
}

/// The hub as one device reaches it.
#[derive(Debug)]
pub struct Direct<'a> {
    core: Mutex<&'a mut Core>,
    device: PublicKey,
    receipts: Mutex<Vec<Receipt>>,
}

impl<'a> Direct<'a> {
    /// The hub's core, to which the device has shown who it is.
    pub fn new(core: &'a mut Core, device: PublicKey) -> Self {
        Self { core: Mutex::new(core), device, receipts: Mutex::default() }
    }

    /// What the hub said to each offer.
    pub fn receipts(&self) -> Vec<Receipt> {
        std::mem::take(&mut lock(&self.receipts))
    }

    fn with<T>(
        &self,
        work: impl FnOnce(&mut Core, &PublicKey) -> Result<T, HubError>,
    ) -> Result<T, UserError> {
        work(&mut lock(&self.core), &self.device).map_err(|error| refused(&error))
    }
}

impl HubLine for Direct<'_> {
    fn url(&self) -> &str {
        HUB_URL
    }

    async fn exchange(&self, id: &ApplicationId, exchange: &Exchange) -> Result<Reply, UserError> {
        let reply = self.with(|core, device| core.exchange(device, id, exchange.clone()))?;
        lock(&self.receipts).push(reply.receipt.clone());
        Ok(reply)
    }

    async fn start(&self, id: &ApplicationId) -> Result<Start, UserError> {
        self.with(|core, device| core.start(device, id))
    }

    async fn standing(&self, id: &ApplicationId) -> Result<LogStanding, UserError> {
        self.with(|core, device| core.standing(device, id))
    }

    async fn top_up(&self, id: &ApplicationId, page: &Page) -> Result<(), UserError> {
        self.with(|core, device| core.adopt(device, id, page).map(drop))
    }

    async fn held(&self, id: &ApplicationId, after: Position) -> Result<HeldWork, UserError> {
        let bytes = self.with(|core, device| core.held(device, id, after))?;
        Ok(decode_up_to(&bytes, bytes.len()).unwrap_or_default())
    }
}

/// What a loop answers that never waits: everything it asks for is there at once, so no two runs differ.
///
/// # Panics
/// When it waits for something: that would never come.
pub fn at_once<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits for something that never comes"),
    }
}
