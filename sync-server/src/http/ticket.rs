//! Tickets: how a client that cannot sign each request brings and fetches files, with the rights of the device that
//! asked for the ticket and in one application alone.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use form_document::key::PublicKey;
use form_model::hex;
use form_model::id::ApplicationId;
use ring::digest::{SHA256, digest};
use serde::Serialize;
use utoipa::ToSchema;

use super::named::Named;
use super::signed::signed_parts;
use super::state::HubState;
use crate::error::{ErrorCode, HubError};

/// Before a ticket in `Authorization`.
const SCHEME: &str = "Huiqian-Ticket ";

/// A ticket.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TicketAnswer {
    /// 64 lower-case hex digits.
    ticket: String,
    /// Milliseconds since 1970-01-01 UTC.
    expires: i64,
}

/// Gives a ticket with which a client that cannot sign each request brings and fetches this application's files for the
/// device, for 12 hours: what the device may, and no longer than it may.
#[utoipa::path(
    post,
    path = "/v1/applications/{id}/tickets",
    operation_id = "ticket",
    tag = "files",
    security(("device" = [])),
    params(("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits")),
    responses(
        (status = 200, description = "A ticket, for `Authorization: Huiqian-Ticket <ticket>`", body = TicketAnswer)
    )
)]
pub(super) async fn give(
    State(state): State<HubState>,
    Named(id): Named,
    request: Request,
) -> Result<Json<TicketAnswer>, HubError> {
    let (parts, _) = request.into_parts();
    let device = signed_parts(&state, &parts)?;
    let (ticket, id) = (state.files.new_ticket()?, ApplicationId(id));
    let hash = hash(&ticket);
    let give = move |core: &mut crate::arbiter::Core| core.give_ticket(&device, &id, hash);
    let expires = state.arbiter.with(device, give).await?;
    Ok(Json(TicketAnswer { ticket: hex::encode(&ticket), expires }))
}

/// The device that asks for something about an application's files: it has signed the request's head, or was given the
/// ticket that the request bears. What the device may is judged by whoever answers, at each request anew.
pub(super) async fn caller(
    state: &HubState,
    parts: &Parts,
    id: &ApplicationId,
) -> Result<PublicKey, HubError> {
    let header = parts.headers.get(AUTHORIZATION).and_then(|header| header.to_str().ok());
    let Some(ticket) = header.and_then(|header| header.strip_prefix(SCHEME)) else {
        return signed_parts(state, parts);
    };
    let bad = || HubError::new(ErrorCode::TicketUnknown, "a ticket has 64 lower-case hex digits");
    let hash = hash(&hex::decode(ticket).ok_or_else(bad)?);
    let (lane, id) = (PublicKey(hash), id.clone());
    let device = state.arbiter.with(lane, move |core| core.ticket(&hash, &id)).await?;
    state.limiter.request(device)?;
    Ok(device)
}

/// What the hub keeps of a ticket.
fn hash(ticket: &[u8; 32]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, ticket).as_ref());
    hash
}
