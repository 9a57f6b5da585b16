//! What catching up asks of a hub: five requests, and nothing else that a connection can do.

use std::future::Future;

use form_document::log::Position;
use form_document::wire::{Exchange, HeldWork, LogStanding, Page, Reply, Start};
use form_model::error::UserError;
use form_model::id::ApplicationId;

/// A line to a hub, over which a desk catches up. Requests may be lost, or have been taken though no answer came:
/// catching up goes on from what both sides have, whatever became of the last request.
///
/// Each answers [`form_model::error::ErrorCode::HubUnreachable`] when nobody answers, and
/// [`form_model::error::ErrorCode::HubRefused`] when the hub says no.
pub trait HubLine: Sync {
    /// The hub's address, to be named to a person.
    fn url(&self) -> &str;

    /// One round: hands over, and asks for what is new.
    fn exchange(
        &self,
        id: &ApplicationId,
        exchange: &Exchange,
    ) -> impl Future<Output = Result<Reply, UserError>> + Send;

    /// The compact start for a desk that has nothing yet.
    fn start(&self, id: &ApplicationId) -> impl Future<Output = Result<Start, UserError>> + Send;

    /// Where the hub's log stands, and whom a restored hub waits for.
    fn standing(&self, id: &ApplicationId) -> impl Future<Output = Result<LogStanding, UserError>> + Send;

    /// Gives a hub that was restored from a backup back what it has lost.
    fn top_up(&self, id: &ApplicationId, page: &Page) -> impl Future<Output = Result<(), UserError>> + Send;

    /// What the hub keeps of work that was refused because the revision was final, after a place of its log.
    fn held(
        &self,
        id: &ApplicationId,
        after: Position,
    ) -> impl Future<Output = Result<HeldWork, UserError>> + Send;
}
