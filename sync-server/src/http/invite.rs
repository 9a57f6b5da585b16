//! Invites. Whoever knows an invite's key has the invite, so none of this asks for a token.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use form_document::key::PublicKey;
use form_document::roster::SignedEntry;

use super::named::Named;
use super::signed::{CBOR, cbor, cbor_of, small};
use super::state::HubState;
use crate::error::{ErrorCode, HubError};
use crate::limit::SMALL_BODY_BYTES;

fn key(text: &str) -> Result<PublicKey, HubError> {
    let unknown = |_| HubError::new(ErrorCode::InviteUnknown, "an invite's key has 64 lower-case hex digits");
    text.parse().map_err(unknown)
}

/// Whoever asks for an invite says here which device it is, if it has used the invite already.
const DEVICE_HEADER: &str = "Huiqian-Device";

/// What an invite, or a lead's recovery key, leads to.
#[utoipa::path(
    get,
    path = "/v1/invites/{key}",
    tag = "invites",
    params(
        ("key" = String, Path, description = "The invite's or recovery key's public half, 64 lower-case hex digits"),
        ("Huiqian-Device" = Option<String>, Header, description = "The asking device's public key")
    ),
    responses(
        (status = 200, description = "Invitation", body = ref("#/components/schemas/Invitation"), content_type = "application/cbor")
    )
)]
pub(super) async fn show(
    State(state): State<HubState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Named(invite): Named,
    request: Request,
) -> Result<Response, HubError> {
    state.limiter.invite(state.address(peer, request.headers()))?;
    let invite = key(&invite)?;
    let device = request.headers().get(DEVICE_HEADER).and_then(|value| value.to_str().ok()?.parse().ok());
    let invitation =
        state.arbiter.with(invite, move |core| core.invitation(&invite, device.as_ref())).await?;
    Ok(cbor_of(&invitation))
}

/// Enrols a device with an invite.
#[utoipa::path(
    post,
    path = "/v1/invites/{key}",
    tag = "invites",
    params(("key" = String, Path, description = "The invite's public key, 64 lower-case hex digits")),
    request_body(content = ref("#/components/schemas/SignedEntry"), content_type = "application/cbor", description = "SignedEntry"),
    responses(
        (status = 204, description = "The device is enrolled")
    )
)]
pub(super) async fn enrol(
    State(state): State<HubState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Named(invite): Named,
    request: Request,
) -> Result<StatusCode, HubError> {
    state.limiter.invite(state.address(peer, request.headers()))?;
    let invite = key(&invite)?;
    let entry: SignedEntry = cbor(&small(request, CBOR).await?, SMALL_BODY_BYTES)?;
    let ask = state.arbiter.with(invite, move |core| core.enrolment(&invite, &entry)).await?;
    state.arbiter.enrol(invite, ask).await?;
    Ok(StatusCode::NO_CONTENT)
}
