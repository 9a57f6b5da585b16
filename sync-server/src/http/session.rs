//! Challenges and tokens.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, Request, State};
use form_document::key::{Nonce, PublicKey, Signature};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::signed::{JSON, json, small};
use super::state::HubState;
use crate::error::{ErrorCode, HubError};
use crate::limit::{CHALLENGE_LIFE, TOKEN_LIFE};

/// A device that wants a challenge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChallengeRequest {
    /// The device's public key, 64 lower-case hex digits.
    #[schema(value_type = String)]
    device: PublicKey,
    /// 32 bytes that the device draws by chance, 64 lower-case hex digits.
    #[schema(value_type = String)]
    nonce: Nonce,
}

/// A challenge.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChallengeAnswer {
    /// 32 bytes, 64 lower-case hex digits.
    challenge: String,
    /// The hub's public key, 64 lower-case hex digits.
    hub: String,
    /// The hub's signature for the purpose `application/vnd.huiqian.hub-answer.v1` over nonce, device and challenge,
    /// 128 lower-case hex digits: whoever answers has the hub's key.
    proof: String,
    expires_in_s: u64,
}

/// A signed challenge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenRequest {
    /// The device's public key, 64 lower-case hex digits.
    #[schema(value_type = String)]
    device: PublicKey,
    /// As it was given.
    challenge: String,
    /// The device's for the purpose `application/vnd.huiqian.challenge.v1` over the hub's public key and the
    /// challenge, 128 lower-case hex digits.
    #[schema(value_type = String)]
    signature: Signature,
}

/// A token.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TokenAnswer {
    token: String,
    expires_in_s: u64,
}

/// Gives a challenge to a device.
#[utoipa::path(
    post,
    path = "/v1/challenges",
    tag = "sessions",
    request_body = ChallengeRequest,
    responses(
        (status = 200, description = "A challenge; it works once", body = ChallengeAnswer)
    )
)]
pub(super) async fn challenge(
    State(state): State<HubState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Result<Json<ChallengeAnswer>, HubError> {
    state.limiter.challenge(state.address(peer, request.headers()))?;
    let ChallengeRequest { device, nonce } = json(&small(request, JSON).await?)?;
    let (challenge, proof) = state.sessions.challenge(device, &nonce)?;
    let (challenge, hub, proof) = (challenge.to_string(), state.hub.to_string(), proof.to_string());
    Ok(Json(ChallengeAnswer { challenge, hub, proof, expires_in_s: CHALLENGE_LIFE.as_secs() }))
}

/// Gives a token for a signed challenge.
#[utoipa::path(
    post,
    path = "/v1/tokens",
    tag = "sessions",
    request_body = TokenRequest,
    responses(
        (status = 200, description = "A token, of use to the device alone", body = TokenAnswer)
    )
)]
pub(super) async fn token(
    State(state): State<HubState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Result<Json<TokenAnswer>, HubError> {
    state.limiter.challenge(state.address(peer, request.headers()))?;
    let TokenRequest { device, challenge, signature } = json(&small(request, JSON).await?)?;
    let unknown =
        || HubError::new(ErrorCode::ChallengeUnknown, "the challenge is no 64 lower-case hex digits");
    let challenge = challenge.parse().map_err(|_| unknown())?;
    let token = state.sessions.token(device, &challenge, &signature)?;
    Ok(Json(TokenAnswer { token, expires_in_s: TOKEN_LIFE.as_secs() }))
}
