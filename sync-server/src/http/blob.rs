//! Files of evidence on their way out: always as an attachment of no kind, so that no browser does anything with one.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_RANGE, RANGE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use form_model::id::ApplicationId;
use futures_util::StreamExt as _;

use super::named::{Named, Within};
use super::range::{Range, asked_range};
use super::signed::{cbor, cbor_of, signed};
use super::state::HubState;
use super::ticket;
use crate::blob::{BlobError, Part, Reading, unknown};
use crate::error::{ErrorCode, HubError};
use crate::limit::{KNOWN_MAX, KNOWN_MAX_BYTES};
use crate::metric;
use crate::storage::file::{BlobHash, BlobRecord};

/// A file, or a part of it.
#[utoipa::path(
    get,
    path = "/v1/applications/{id}/blobs/{sha256}",
    operation_id = "blob",
    tag = "files",
    security(("device" = []), ("ticket" = [])),
    params(
        ("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits"),
        ("sha256" = String, Path, description = "Of the file, 64 lower-case hex digits"),
        ("Range" = Option<String>, Header, description = "One part (RFC 9110, section 14); of several, the whole is sent")
    ),
    responses(
        (status = 200, description = "The whole; its ETag is the hash", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, description = "The part that Content-Range names", body = Vec<u8>, content_type = "application/octet-stream")
    )
)]
pub(super) async fn get(
    State(state): State<HubState>,
    Within(id, sha256): Within,
    request: Request,
) -> Result<Response, HubError> {
    let (parts, _) = request.into_parts();
    let (application, blob) = wanted(&state, &parts, id, &sha256).await?;
    let part = match asked_part(&parts.headers, &blob) {
        Range::Whole => None,
        Range::Part(part) => Some(part),
        Range::Nowhere => return Ok(nowhere(&blob)),
    };
    let opened = match part {
        None => state.files.objects.whole(&application, &blob).await,
        Some(part) => state.files.objects.part(&application, &blob, part).await,
    };
    let reading = match opened {
        Ok(reading) => reading,
        Err(BlobError::Damaged | BlobError::Missing) => {
            state.files.lost(&application, &blob).await?;
            return Err(unknown());
        }
        Err(error) => return Err(error.into()),
    };
    let mut response = head(&blob, part);
    *response.body_mut() = body(state, application, blob, reading);
    Ok(response)
}

/// Whether the hub has a file: compared and durable.
#[utoipa::path(
    head,
    path = "/v1/applications/{id}/blobs/{sha256}",
    operation_id = "blob_head",
    tag = "files",
    security(("device" = []), ("ticket" = [])),
    params(
        ("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits"),
        ("sha256" = String, Path, description = "Of the file, 64 lower-case hex digits")
    ),
    responses(
        (status = 200, description = "It has, and the device may have it")
    )
)]
pub(super) async fn has(
    State(state): State<HubState>,
    Within(id, sha256): Within,
    request: Request,
) -> Result<Response, HubError> {
    let (parts, _) = request.into_parts();
    let (_, blob) = wanted(&state, &parts, id, &sha256).await?;
    Ok(head(&blob, None))
}

/// Which of these files the hub has, of those that the device may have.
#[utoipa::path(
    post,
    path = "/v1/applications/{id}/blobs/known",
    operation_id = "known",
    tag = "files",
    security(("device" = [])),
    params(("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits")),
    request_body(content = Vec<String>, content_type = "application/cbor", description = "At most 1,024 hashes, each 64 lower-case hex digits as text; gzip is taken"),
    responses(
        (status = 200, description = "Those of them that it has", body = Vec<String>, content_type = "application/cbor")
    )
)]
pub(super) async fn known(
    State(state): State<HubState>,
    Named(id): Named,
    request: Request,
) -> Result<Response, HubError> {
    let signed = signed(&state, request, KNOWN_MAX_BYTES).await?;
    let asked: Vec<String> = cbor(&signed.body, KNOWN_MAX_BYTES)?;
    if asked.len() > KNOWN_MAX {
        return Err(HubError::new(
            ErrorCode::TooLarge,
            format!("at most {KNOWN_MAX} hashes are asked at once"),
        ));
    }
    let bad = |_| HubError::new(ErrorCode::BadMessage, "a hash has 64 lower-case hex digits");
    let hashes = asked.iter().map(|hash| hash.parse().map_err(bad)).collect::<Result<Vec<BlobHash>, _>>()?;
    let found = state.files.found(signed.device, &ApplicationId(id), hashes).await?;
    let names: Vec<String> = found.into_iter().map(|blob| blob.hash.to_string()).collect();
    Ok(cbor_of(&names))
}

/// The file that is asked for, when the hub has it and the device may have it.
async fn wanted(
    state: &HubState,
    parts: &axum::http::request::Parts,
    id: String,
    sha256: &str,
) -> Result<(ApplicationId, BlobRecord), HubError> {
    let application = ApplicationId(id);
    let device = ticket::caller(state, parts, &application).await?;
    let hash = sha256.parse().map_err(|_| unknown())?;
    let blob = state.files.found(device, &application, vec![hash]).await?.pop();
    Ok((application, blob.ok_or_else(unknown)?))
}

fn etag(blob: &BlobRecord) -> String {
    format!("\"{}\"", blob.hash)
}

fn asked_part(headers: &HeaderMap, blob: &BlobRecord) -> Range {
    // Whoever has a part of something else wants the whole.
    let same = headers.get(IF_RANGE).is_none_or(|known| known.as_bytes() == etag(blob).as_bytes());
    let range = headers.get(RANGE).filter(|_| same).and_then(|range| range.to_str().ok());
    asked_range(range, blob.length)
}

/// The head of an answer with a file or a part of it.
fn head(blob: &BlobRecord, part: Option<Part>) -> Response {
    let status = if part.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let mut response = status.into_response();
    let headers = response.headers_mut();
    let length = part.map_or(blob.length, |part| part.end.saturating_sub(part.start));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    let constant = [
        (CONTENT_TYPE, "application/octet-stream"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        (CACHE_CONTROL, "private"),
        (ACCEPT_RANGES, "bytes"),
    ];
    for (name, value) in constant {
        headers.insert(name, HeaderValue::from_static(value));
    }
    put(headers, ETAG, &etag(blob));
    put(headers, CONTENT_DISPOSITION, &format!("attachment; filename=\"{}\"", blob.hash));
    if let Some(Part { start, end }) = part {
        put(headers, CONTENT_RANGE, &format!("bytes {start}-{}/{}", end.saturating_sub(1), blob.length));
    }
    response
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn nowhere(blob: &BlobRecord) -> Response {
    let detail = format!("the file has {} bytes", blob.length);
    let mut response = HubError::new(ErrorCode::RangeWrong, detail).into_response();
    put(response.headers_mut(), CONTENT_RANGE, &format!("bytes */{}", blob.length));
    response
}

/// The file's bytes. One that turns out to be damaged is set aside; its receiver sees the line end too early.
fn body(state: HubState, application: ApplicationId, blob: BlobRecord, reading: Reading) -> Body {
    let pieces = reading.pieces.then(move |piece| {
        let (state, application) = (state.clone(), application.clone());
        async move {
            match &piece {
                Ok(bytes) => metric::file_bytes_out(bytes.len()),
                Err(BlobError::Damaged | BlobError::Missing) => {
                    if let Err(error) = state.files.lost(&application, &blob).await {
                        tracing::error!(%error, "a damaged file could not be set aside");
                    }
                }
                Err(error) => tracing::error!(%error, "a file could not be read to its end"),
            }
            piece
        }
    });
    Body::from_stream(pieces)
}
