//! Reading requests: bounded bodies, and the device that signed them.

use std::io::Read as _;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{OriginalUri, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use flate2::bufread::GzDecoder;
use form_document::key::{PublicKey, Purpose, Signature};
use form_document::session::request_content;
use form_document::wire::{self, BadMessage};
use minicbor::{Decode, Encode};
use serde::de::DeserializeOwned;

use super::state::HubState;
use crate::error::{ErrorCode, HubError};
use crate::intake::{Room, drain};
use crate::limit::SMALL_BODY_BYTES;

/// The header with the request's number and a device's signature over it all.
pub(crate) const PROOF: &str = "huiqian-proof";

/// The one way in which a body may be packed (RFC 9110, section 8.4.1.3).
const GZIP: &str = "gzip";

/// The kinds of bodies.
pub(super) const CBOR: &str = "application/cbor";
pub(super) const JSON: &str = "application/json";

/// A request's body, unpacked, and the device that signed the request.
pub(super) struct Signed {
    pub(super) device: PublicKey,
    pub(super) body: Bytes,
    pub(super) headers: HeaderMap,
    /// Held until the request is answered.
    pub(super) _rooms: Vec<Room>,
}

/// Reads a request that a device must have signed. `limit` is the largest body, in bytes.
pub(super) async fn signed(state: &HubState, request: Request, limit: usize) -> Result<Signed, HubError> {
    let (parts, body) = request.into_parts();
    // Before the body is kept: who has no token cannot make the hub hold a large one.
    let known = token(&parts).and_then(|token| {
        let device = state.sessions.device(token)?;
        state.limiter.request(device)?;
        let room = state.intake.room(device, length(&parts.headers).unwrap_or(limit).min(limit))?;
        check_kind(&parts.headers, CBOR)?;
        Ok((token.to_owned(), device, packed(&parts.headers)?, room))
    });
    let (token, device, packed, room) = match known {
        Ok(known) => known,
        Err(error) => {
            drain(body).await;
            return Err(error);
        }
    };
    let body = read(&parts.headers, body, limit).await?;
    // The signature is over what went over the line: a stranger's body is not unpacked.
    prove(state, &device, &token, &parts, &body)?;
    let mut rooms = vec![room];
    let body = if packed {
        let length = unpacked_length(&body, limit)?;
        rooms.push(state.intake.room(device, length)?);
        unpack(&body, length)?
    } else {
        body
    };
    Ok(Signed { device, body, headers: parts.headers, _rooms: rooms })
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

/// Whether the body is of that kind, as far as the request says one.
fn check_kind(headers: &HeaderMap, kind: &str) -> Result<(), HubError> {
    let Some(said) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let said = said.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if said.eq_ignore_ascii_case(kind) {
        return Ok(());
    }
    Err(HubError::new(ErrorCode::UnsupportedMedia, format!("this address takes {kind}")))
}

/// Whether the body is packed.
fn packed(headers: &HeaderMap) -> Result<bool, HubError> {
    match headers.get(CONTENT_ENCODING) {
        None => Ok(false),
        Some(encoding) if encoding == "identity" => Ok(false),
        Some(encoding) if encoding == GZIP => Ok(true),
        Some(_) => {
            Err(HubError::new(ErrorCode::UnsupportedMedia, "a body is taken plain, or packed by gzip alone"))
        }
    }
}

fn too_large(limit: usize) -> HubError {
    HubError::new(ErrorCode::TooLarge, format!("the body has more than {limit} bytes"))
}

/// How long a packed body says that it is, in bytes: its last word (RFC 1952, section 2.3.1).
fn unpacked_length(body: &[u8], limit: usize) -> Result<usize, HubError> {
    let length = body.last_chunk().map_or(0, |word| u32::from_le_bytes(*word));
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length > limit { Err(too_large(limit)) } else { Ok(length) }
}

/// Unpacks a body, no further than it says that it is: a few bytes could stand for more than the machine holds.
fn unpack(body: &[u8], length: usize) -> Result<Bytes, HubError> {
    let broken = || HubError::new(ErrorCode::BadMessage, "the body is not what gzip makes");
    let mut decoder = GzDecoder::new(body);
    let mut unpacked = Vec::with_capacity(length);
    // One more, so that the decoder comes to the end and compares the sums that stand there.
    let most = u64::try_from(length).unwrap_or(u64::MAX).saturating_add(1);
    decoder.by_ref().take(most).read_to_end(&mut unpacked).map_err(|_| broken())?;
    if unpacked.len() != length || !decoder.into_inner().is_empty() {
        return Err(broken());
    }
    Ok(unpacked.into())
}

/// Reads a body as it comes over the line.
async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, HubError> {
    if length(headers).is_some_and(|length| length > limit) {
        drain(body).await;
        return Err(too_large(limit));
    }
    to_bytes(body, limit).await.map_err(|error| {
        let mut cause: Option<&dyn std::error::Error> = Some(&error);
        while let Some(one) = cause {
            if one.to_string().contains("length limit") {
                return too_large(limit);
            }
            cause = one.source();
        }
        HubError::new(ErrorCode::BadMessage, "the body broke off")
    })
}

/// Reads a small body that nobody signs.
pub(super) async fn small(request: Request, kind: &str) -> Result<Bytes, HubError> {
    let (parts, body) = request.into_parts();
    check_kind(&parts.headers, kind)?;
    if packed(&parts.headers)? {
        return Err(HubError::new(ErrorCode::UnsupportedMedia, "so small a body is taken plain alone"));
    }
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
    ([(CONTENT_TYPE, HeaderValue::from_static(CBOR))], bytes).into_response()
}

/// [`cbor_response`] of a message.
pub(super) fn cbor_of<T: Encode<()>>(message: &T) -> Response {
    cbor_response(wire::encode(message))
}
