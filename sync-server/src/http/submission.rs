//! Final revisions: what stands in the way, making one final, and its receipt.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use form_document::snapshot::Obstacle;
use form_document::transparency::Receipt;
use form_document::wire::Submission;
use form_model::id::ApplicationId;

use super::named::{Named, Within};
use super::signed::{cbor, signed};
use super::state::HubState;
use crate::arbiter::Core;
use crate::error::{ErrorCode, HubError};
use crate::limit::SUBMISSION_MAX_BYTES;

/// What stands in the way of making the application final, as the hub sees it.
#[utoipa::path(
    get,
    path = "/v1/applications/{id}/obstacles",
    tag = "revisions",
    security(("device" = [])),
    params(("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits")),
    responses(
        (status = 200, description = "Empty when nothing does", body = Vec<Object>)
    )
)]
pub(super) async fn obstacles(
    State(state): State<HubState>,
    Named(id): Named,
    request: Request,
) -> Result<Json<Vec<Obstacle>>, HubError> {
    let device = signed(&state, request, 0).await?.device;
    let work = move |core: &mut Core| core.obstacles(&device, &ApplicationId(id));
    Ok(Json(state.arbiter.with(device, work).await?))
}

/// Makes a revision final. Any member may carry a lead's submission; doing it again gives the same receipt.
#[utoipa::path(
    post,
    path = "/v1/applications/{id}/revisions",
    tag = "revisions",
    security(("device" = [])),
    params(("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits")),
    request_body(content = ref("#/components/schemas/Submission"), content_type = "application/cbor", description = "Submission; gzip is taken"),
    responses(
        (status = 200, description = "The receipt: JSON in the one spelling of RFC 8785", body = Object)
    )
)]
pub(super) async fn finalise(
    State(state): State<HubState>,
    Named(id): Named,
    request: Request,
) -> Result<Response, HubError> {
    let signed = signed(&state, request, SUBMISSION_MAX_BYTES).await?;
    let submission: Submission = cbor(&signed.body, SUBMISSION_MAX_BYTES)?;
    let device = signed.device;
    let work = move |core: &mut Core| core.finalise(&device, &ApplicationId(id), &submission);
    receipt_response(&state.arbiter.with(device, work).await?)
}

/// The receipt of a final revision.
#[utoipa::path(
    get,
    path = "/v1/applications/{id}/revisions/{revision}",
    tag = "revisions",
    security(("device" = [])),
    params(
        ("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits"),
        ("revision" = u64, Path, description = "From 1")
    ),
    responses(
        (status = 200, description = "The receipt: JSON in the one spelling of RFC 8785", body = Object)
    )
)]
pub(super) async fn receipt(
    State(state): State<HubState>,
    Within(id, revision): Within,
    request: Request,
) -> Result<Response, HubError> {
    let device = signed(&state, request, 0).await?.device;
    let bad = |_| HubError::new(ErrorCode::BadMessage, "a revision is a number, from 1");
    let revision: u64 = revision.parse().map_err(bad)?;
    let work = move |core: &mut Core| core.receipt(&device, &ApplicationId(id), revision);
    receipt_response(&state.arbiter.with(device, work).await?)
}

fn receipt_response(receipt: &Receipt) -> Result<Response, HubError> {
    let bytes = receipt.to_vec().map_err(|error| HubError::new(ErrorCode::Internal, error.to_string()))?;
    Ok(([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], bytes).into_response())
}
