//! Reading requests: bounded bodies, and the device that signed them.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{OriginalUri, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use form_document::key::{PublicKey, Purpose, Signature};
use form_document::session::request_content;
use form_document::wire::{self, BadMessage};
use futures_util::StreamExt as _;
use minicbor::{Decode, Encode};
use serde::de::DeserializeOwned;

use super::state::HubState;
use crate::error::{ErrorCode, HubError};
use crate::intake::Room;
use crate::limit::{DRAIN_BYTES, SMALL_BODY_BYTES};

/// The header with the request's number and a device's signature over it all.
pub(crate) const PROOF: &str = "huiqian-proof";

/// A request's body, and the device that signed the request.
pub(super) struct Signed {
    pub(super) device: PublicKey,
    pub(super) body: Bytes,
    pub(super) headers: HeaderMap,
    /// Held until the request is answered.
    pub(super) _room: Room,
}

/// Reads a request that a device must have signed. `limit` is the largest body, in bytes.
pub(super) async fn signed(state: &HubState, request: Request, limit: usize) -> Result<Signed, HubError> {
    let (parts, body) = request.into_parts();
    // Before the body is kept: who has no token cannot make the hub hold a large one.
    let known = token(&parts).and_then(|token| {
        let device = state.sessions.device(token)?;
        state.limiter.request(device)?;
        let room = state.intake.room(device, length(&parts.headers).unwrap_or(limit).min(limit))?;
        Ok((token.to_owned(), device, room))
    });
    let (token, device, room) = match known {
        Ok(known) => known,
        Err(error) => {
            drain(body).await;
            return Err(error);
        }
    };
    let body = read(&parts.headers, body, limit).await?;
    prove(state, &device, &token, &parts, &body)?;
    Ok(Signed { device, body, headers: parts.headers, _room: room })
}

/// Takes a body off the line without keeping it. An answer given while the client still sends gets lost when
/// the connection closes, and the client would not learn what was wrong.
async fn drain(body: Body) {
    let mut left = DRAIN_BYTES;
    let mut chunks = body.into_data_stream();
    while let Some(Ok(chunk)) = chunks.next().await {
        left = left.saturating_sub(chunk.len());
        if left == 0 {
            break;
        }
    }
}

/// The device that has signed a request without a body.
pub(super) fn signed_parts(state: &HubState, parts: &Parts) -> Result<PublicKey, HubError> {
    let token = token(parts)?;
    let device = state.sessions.device(token)?;
    state.limiter.request(device)?;
    prove(state, &device, token, parts, b"")?;
    Ok(device)
}

fn token(parts: &Parts) -> Result<&str, HubError> {
    let header = parts.headers.get(AUTHORIZATION).and_then(|header| header.to_str().ok());
    let missing = "the request names no token (Authorization: Bearer …)";
    header
        .and_then(|header| header.strip_prefix("Bearer "))
        .ok_or_else(|| HubError::new(ErrorCode::TokenMissing, missing))
}

fn prove(
    state: &HubState,
    device: &PublicKey,
    token: &str,
    parts: &Parts,
    body: &[u8],
) -> Result<(), HubError> {
    let proof = parts.headers.get(PROOF).and_then(|header| header.to_str().ok());
    let missing = || HubError::new(ErrorCode::TokenMissing, "the request bears no proof (Huiqian-Proof)");
    let stolen = || {
        let detail = "the request is not signed by the device that the token was given to";
        HubError::new(ErrorCode::TokenStolen, detail)
    };
    let (number, proof) = proof.ok_or_else(missing)?.split_once(' ').ok_or_else(stolen)?;
    let number: u64 = number.parse().map_err(|_| stolen())?;
    let proof: Signature = proof.parse().map_err(|_| stolen())?;
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let content = request_content(token, number, parts.method.as_str(), path, body);
    device.verify(Purpose::Request, &content, &proof).map_err(|_| stolen())?;
    // Only now: whoever has no key uses up nobody's numbers.
    state.sessions.take(token, number)
}

/// The body's length, when the request tells it.
fn length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Reads a body. Compressed ones are not taken: a few bytes could stand for more than the machine holds.
async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, HubError> {
    let large = || HubError::new(ErrorCode::TooLarge, format!("the body has more than {limit} bytes"));
    if headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        drain(body).await;
        return Err(HubError::new(ErrorCode::BadMessage, "request bodies are taken uncompressed alone"));
    }
    if length(headers).is_some_and(|length| length > limit) {
        drain(body).await;
        return Err(large());
    }
    to_bytes(body, limit).await.map_err(|error| {
        let mut cause: Option<&dyn std::error::Error> = Some(&error);
        while let Some(one) = cause {
            if one.to_string().contains("length limit") {
                return large();
            }
            cause = one.source();
        }
        HubError::new(ErrorCode::BadMessage, "the body broke off")
    })
}

/// Reads a small body that nobody signs.
pub(super) async fn small(request: Request) -> Result<Bytes, HubError> {
    let (parts, body) = request.into_parts();
    read(&parts.headers, body, SMALL_BODY_BYTES).await
}

/// Reads JSON.
pub(super) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, HubError> {
    serde_json::from_slice(body).map_err(|error| HubError::new(ErrorCode::BadMessage, error.to_string()))
}

/// Reads CBOR.
pub(super) fn cbor<'a, T: Decode<'a, ()>>(body: &'a [u8], limit: usize) -> Result<T, HubError> {
    wire::decode_up_to(body, limit).map_err(|bad| {
        let code = match bad {
            BadMessage::TooLarge { .. } => ErrorCode::TooLarge,
            BadMessage::Unreadable(_) | BadMessage::Trailing => ErrorCode::BadMessage,
        };
        HubError::new(code, bad.to_string())
    })
}

/// An answer in CBOR.
pub(super) fn cbor_response(bytes: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static("application/cbor"))], bytes).into_response()
}

/// [`cbor_response`] of a message.
pub(super) fn cbor_of<T: Encode<()>>(message: &T) -> Response {
    cbor_response(wire::encode(message))
}
