//! What anybody may ask: whether the hub is well, what it counts, and how to speak to it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::state::HubState;
use crate::error::HubError;
use crate::metric;

/// That the hub is well.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    status: &'static str,
    /// The hub's public key, 64 lower-case hex digits.
    hub: String,
    version: &'static str,
}

/// Whether the hub answers and can read its store.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "hub",
    responses(
        (status = 200, description = "It is well", body = Health)
    )
)]
pub(super) async fn health(State(state): State<HubState>) -> Result<Json<Health>, HubError> {
    let check = |core: &mut crate::arbiter::Core| Ok(core.storage().hub()?);
    state.arbiter.with(state.hub, check).await?;
    Ok(Json(Health { status: "ok", hub: state.hub.to_string(), version: env!("CARGO_PKG_VERSION") }))
}

/// The hub's figures in Prometheus' text format.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "hub",
    responses((status = 200, description = "Figures", body = String, content_type = "text/plain"))
)]
pub(super) async fn metrics() -> Response {
    let kind = HeaderValue::from_static("text/plain; version=0.0.4");
    ([(CONTENT_TYPE, kind)], metric::render()).into_response()
}

/// This description (OpenAPI 3.1).
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "hub",
    responses((status = 200, description = "The description", body = Object, content_type = "application/json"))
)]
pub(super) async fn description(Extension(document): Extension<Arc<String>>) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], document.as_str().to_owned())
        .into_response()
}
