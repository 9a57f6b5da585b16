//! What every request passes through: an id, a line in the log, figures, compression of answers, and an answer
//! also when a handler panics.

use std::any::Any;
use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tracing::Instrument as _;

use super::origin;
use crate::error::{ErrorCode, HubError};
use crate::limit::{REQUEST_ID_MAX_BYTES, REQUEST_TIMEOUT};
use crate::metric;

/// The header with a request's id, taken over from a proxy or made here.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Where files come in.
const UPLOADS: [&str; 2] = ["/v1/applications/{id}/uploads", "/v1/applications/{id}/uploads/{upload}"];

/// Puts the layers on.
pub(super) fn apply(router: Router) -> Router {
    // A file's length and parts are of the file as it is.
    let worth = DefaultPredicate::new().and(NotForContentType::const_new("application/octet-stream"));
    router
        .layer(CompressionLayer::new().gzip(true).quality(CompressionLevel::Fastest).compress_when(worth))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(in_time))
        .layer(from_fn(origin::any))
        .layer(from_fn(measure))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(from_fn(plain_id))
}

/// Lets no id through that would not fit into a line of the log, or could feign another.
async fn plain_id(mut request: Request, next: Next) -> Response {
    let plain = |id: &HeaderValue| {
        let bytes = id.as_bytes();
        let of_id = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        (1..=REQUEST_ID_MAX_BYTES).contains(&bytes.len()) && bytes.iter().all(of_id)
    };
    if !request.headers().get(REQUEST_ID).is_none_or(plain) {
        request.headers_mut().remove(REQUEST_ID);
    }
    next.run(request).await
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    HubError::new(ErrorCode::Internal, "the hub met a fault of its own").into_response()
}

/// Gives every request its time, but for those that bring files: a large one takes as long as its line needs, and is let
/// go when nothing comes for [`crate::limit::STALL_MAX`].
async fn in_time(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    if path.is_some_and(|path| UPLOADS.contains(&path.as_str())) {
        return next.run(request).await;
    }
    match tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => HubError::new(ErrorCode::Timeout, "the request was not there in time").into_response(),
    }
}

/// Counts the request and tells of it in one line. A span with the id is for those who look closer (`RUST_LOG=debug`):
/// writing its fields out for each request would cost more than the line.
async fn measure(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let id = request.headers().get(REQUEST_ID).cloned();
    let id = id.as_ref().and_then(|id| id.to_str().ok()).unwrap_or_default();
    // The pattern, not the path: a series for each application would be without end.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let span = tracing::debug_span!("request", id, %method, path);
    let response = next.run(request).instrument(span).await;
    let (status, took) = (response.status().as_u16(), start.elapsed());
    tracing::info!(id, %method, path, status, took_us = took.as_micros(), "answered");
    metric::request(route.as_deref().unwrap_or("unknown"), method.as_str(), status, took);
    response
}
