//! Applications: publishing, exchanging, starting.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use form_document::wire::{Exchange, MESSAGE_MAX_BYTES, Publish};
use form_model::id::ApplicationId;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::named::{Asked, Named};
use super::signed::{cbor, cbor_of, cbor_response, signed};
use super::state::HubState;
use crate::arbiter::{CheckedPublication, Core, Published};
use crate::error::{ErrorCode, HubError};
use crate::limit::PUBLISH_MAX_BYTES;
use crate::storage::record::AdmissionHash;

/// The header with an admission code.
const ADMISSION: &str = "huiqian-admission";

/// An application of the device.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ApplicationSummary {
    /// 64 lower-case hex digits.
    id: String,
}

/// The applications in which the device takes part.
#[utoipa::path(
    get,
    path = "/v1/applications",
    tag = "applications",
    security(("device" = [])),
    responses(
        (status = 200, description = "Oldest first", body = [ApplicationSummary])
    )
)]
pub(super) async fn list(
    State(state): State<HubState>,
    request: Request,
) -> Result<Json<Vec<ApplicationSummary>>, HubError> {
    let device = signed(&state, request, 0).await?.device;
    let ids = state.arbiter.with(device, move |core| core.applications(&device)).await?;
    Ok(Json(ids.into_iter().map(|id| ApplicationSummary { id: id.0 }).collect()))
}

/// Puts an application on the hub. Doing it again is harmless.
#[utoipa::path(
    put,
    path = "/v1/applications/{id}",
    tag = "applications",
    security(("device" = [])),
    params(
        ("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits"),
        ("huiqian-admission" = Option<String>, Header, description = "A single-use code, on a hub that is not open")
    ),
    request_body(content = ref("#/components/schemas/Publish"), content_type = "application/cbor", description = "Publish; gzip is taken"),
    responses(
        (status = 201, description = "The hub has it now"),
        (status = 204, description = "The hub had it already")
    )
)]
pub(super) async fn publish(
    State(state): State<HubState>,
    Named(id): Named,
    request: Request,
) -> Result<StatusCode, HubError> {
    let signed = signed(&state, request, PUBLISH_MAX_BYTES).await?;
    let code = signed.headers.get(ADMISSION).map(|code| admission(code.as_bytes()));
    let id = ApplicationId(id);
    let (device, known) = (signed.device, id.clone());
    let needs_code = !state.open && code.is_none();
    if needs_code && !state.arbiter.with(device, move |core| core.has(&known)).await? {
        let detail = "this hub takes new applications with an admission code alone; ask whoever runs it";
        return Err(HubError::new(ErrorCode::AdmissionNeeded, detail));
    }
    // Parsing a form takes long: not on a thread that serves others.
    let checked = tokio::task::spawn_blocking(move || {
        let publish: Publish = cbor(&signed.body, PUBLISH_MAX_BYTES)?;
        CheckedPublication::check(&id, publish)
    });
    let failed = |_| HubError::new(ErrorCode::Internal, "the publication could not be checked");
    let checked = checked.await.map_err(failed)??;
    let code = code.filter(|_| !state.open);
    let published = state.arbiter.with(device, move |core| core.publish(&device, checked, code)).await?;
    Ok(match published {
        Published::Created => StatusCode::CREATED,
        Published::Known => StatusCode::NO_CONTENT,
    })
}

/// How an admission code is kept.
pub(crate) fn admission(code: &[u8]) -> AdmissionHash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, code).as_ref());
    hash
}

/// Hands over and asks for what is new, in one round.
#[utoipa::path(
    post,
    path = "/v1/applications/{id}/exchange",
    tag = "applications",
    security(("device" = [])),
    params(("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits")),
    request_body(content = ref("#/components/schemas/Exchange"), content_type = "application/cbor", description = "Exchange; gzip is taken"),
    responses(
        (status = 200, description = "Reply", body = ref("#/components/schemas/Reply"), content_type = "application/cbor")
    )
)]
pub(super) async fn exchange(
    State(state): State<HubState>,
    Named(id): Named,
    request: Request,
) -> Result<Response, HubError> {
    let signed = signed(&state, request, MESSAGE_MAX_BYTES).await?;
    let exchange: Exchange = cbor(&signed.body, MESSAGE_MAX_BYTES)?;
    state.limiter.changes(signed.device, exchange.offer.changes.len())?;
    let (device, bytes) = (signed.device, signed.body.len());
    state.arbiter.exchange(device, ApplicationId(id), exchange, bytes).await.map(cbor_response)
}

/// A compact start for a joining replica.
#[utoipa::path(
    get,
    path = "/v1/applications/{id}/start",
    tag = "applications",
    security(("device" = [])),
    params(("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits")),
    responses(
        (status = 200, description = "Start", body = ref("#/components/schemas/Start"), content_type = "application/cbor")
    )
)]
pub(super) async fn start(
    State(state): State<HubState>,
    Named(id): Named,
    request: Request,
) -> Result<Response, HubError> {
    let device = signed(&state, request, 0).await?.device;
    let start = state.arbiter.with(device, move |core| core.start(&device, &ApplicationId(id))).await?;
    Ok(cbor_of(&start))
}

/// After which place of the log.
#[derive(Debug, Deserialize)]
pub(super) struct After {
    after: u64,
}

/// Work that was refused because the revision was final, one round of it at a time.
#[utoipa::path(
    get,
    path = "/v1/applications/{id}/held",
    tag = "applications",
    security(("device" = [])),
    params(
        ("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits"),
        ("after" = u64, Query, description = "The place of the log up to which it is known; 0 at first")
    ),
    responses(
        (status = 200, description = "HeldWork", body = ref("#/components/schemas/HeldWork"), content_type = "application/cbor")
    )
)]
pub(super) async fn held(
    State(state): State<HubState>,
    Named(id): Named,
    Asked(After { after }): Asked<After>,
    request: Request,
) -> Result<Response, HubError> {
    let device = signed(&state, request, 0).await?.device;
    let work = move |core: &mut Core| core.held(&device, &ApplicationId(id), after);
    Ok(cbor_response(state.arbiter.with(device, work).await?))
}
