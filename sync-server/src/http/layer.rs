//! What every request passes through: an id, a line in the log, figures, compression of answers, and an answer
//! also when a handler panics.

use std::any::Any;
use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::HeaderName;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;
use tracing::Span;

use crate::error::{ErrorCode, HubError};
use crate::limit::REQUEST_TIMEOUT;
use crate::metric;

/// The header with a request's id, taken over from a proxy or made here.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the layers on.
pub(super) fn apply(router: Router) -> Router {
    router
        .layer(CompressionLayer::new().gzip(true).quality(CompressionLevel::Fastest))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(in_time))
        .layer(from_fn(measure))
        .layer(TraceLayer::new_for_http().make_span_with(span).on_response(done))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
}

fn span(request: &Request) -> Span {
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", id, method = %request.method(), path = request.uri().path())
}

fn done(response: &Response, took: std::time::Duration, _: &Span) {
    tracing::info!(status = response.status().as_u16(), took_us = took.as_micros(), "answered");
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    HubError::new(ErrorCode::Internal, "the hub met a fault of its own").into_response()
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => HubError::new(ErrorCode::Timeout, "the request was not there in time").into_response(),
    }
}

async fn measure(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().to_string();
    // The pattern, not the path: a series for each application would be without end.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    let route = route.as_deref().unwrap_or("unknown");
    metric::request(route, &method, response.status().as_u16(), start.elapsed());
    response
}
