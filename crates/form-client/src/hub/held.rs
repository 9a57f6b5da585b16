//! What the hub itself holds, asked of nobody else.

use form_document::wire::{Exchange, Offer};
use form_model::error::UserError;
use form_model::id::ApplicationId;

use super::connection::HubConnection;
use super::sync_loop::{Ask, device_key};

/// The answers as the hub holds them, exported as JSON: a copy made from the hub alone, with every signature and
/// right checked on the way. Nothing of it is kept.
///
/// # Errors
/// [`form_model::error::ErrorCode::NoHub`], [`form_model::error::ErrorCode::HubUnreachable`],
/// [`form_model::error::ErrorCode::HubRefused`], [`form_model::error::ErrorCode::HubBroken`].
pub async fn held<A: Ask>(desk: &A, application: &ApplicationId) -> Result<Vec<u8>, UserError> {
    let id = application.clone();
    let hub = desk.ask(move |desk| desk.hub(&id)).await?;
    let connection = HubConnection::to(&hub, device_key(desk).await?)?;
    let (id, start) = (application.clone(), connection.start(application).await?);
    let mut copy = desk.ask(move |desk| desk.copy_of_hub(&id, &start)).await?;
    loop {
        let exchange = Exchange { hello: copy.hello(), offer: Offer::default() };
        let reply = connection.exchange(application, &exchange).await?;
        copy.follow(&reply.page)?;
        if !reply.more {
            return copy.export();
        }
    }
}
