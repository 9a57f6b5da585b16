//! The log itself, for a hub that was restored from a backup: what stands in it, taking back what it has lost, and
//! going on without that.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use form_document::roster::SignedEntry;
use form_document::wire::{Page, PageEntry};
use form_model::id::ApplicationId;
use serde::Serialize;
use utoipa::ToSchema;

use super::named::Named;
use super::signed::{cbor, cbor_of, signed};
use super::state::HubState;
use crate::arbiter::Core;
use crate::error::HubError;
use crate::limit::{SMALL_BODY_BYTES, TOP_UP_BYTES};

/// Where the hub's log ends now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LogEnd {
    position: u64,
}

/// Gives a restored hub a stretch of its own log back.
#[utoipa::path(
    post,
    path = "/v1/applications/{id}/log",
    tag = "applications",
    security(("device" = [])),
    params(("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits")),
    request_body(content = ref("#/components/schemas/Page"), content_type = "application/cbor", description = "Page; gzip is taken"),
    responses(
        (status = 200, description = "Where the log ends now", body = LogEnd)
    )
)]
pub(super) async fn adopt(
    State(state): State<HubState>,
    Named(id): Named,
    request: Request,
) -> Result<Response, HubError> {
    let signed = signed(&state, request, TOP_UP_BYTES).await?;
    let page: Page = cbor(&signed.body, TOP_UP_BYTES)?;
    // Those that the hub has are named, not given, and cost it nothing.
    let given = page.entries.iter().filter(|entry| !matches!(entry, PageEntry::Accepted { .. }));
    state.limiter.changes(signed.device, given.count())?;
    let device = signed.device;
    let work = move |core: &mut Core| core.adopt(&device, &ApplicationId(id), &page);
    let position = state.arbiter.with_stretch(device, work).await?;
    Ok(Json(LogEnd { position }).into_response())
}

/// Where the log stands, under which roster, and whom a restored hub waits for.
#[utoipa::path(
    get,
    path = "/v1/applications/{id}/log",
    tag = "applications",
    security(("device" = [])),
    params(("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits")),
    responses(
        (status = 200, description = "LogStanding", body = ref("#/components/schemas/LogStanding"), content_type = "application/cbor")
    )
)]
pub(super) async fn standing(
    State(state): State<HubState>,
    Named(id): Named,
    request: Request,
) -> Result<Response, HubError> {
    let device = signed(&state, request, 0).await?.device;
    let work = move |core: &mut Core| core.standing(&device, &ApplicationId(id));
    Ok(cbor_of(&state.arbiter.with(device, work).await?))
}

/// Opens a new epoch: a restored hub goes on without what nobody could hand back. By a lead.
#[utoipa::path(
    post,
    path = "/v1/applications/{id}/epochs",
    tag = "applications",
    security(("device" = [])),
    params(("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits")),
    request_body(content = ref("#/components/schemas/SignedEntry"), content_type = "application/cbor", description = "SignedEntry; gzip is taken"),
    responses(
        (status = 204, description = "The log goes on")
    )
)]
pub(super) async fn open_epoch(
    State(state): State<HubState>,
    Named(id): Named,
    request: Request,
) -> Result<StatusCode, HubError> {
    let signed = signed(&state, request, SMALL_BODY_BYTES).await?;
    let entry: SignedEntry = cbor(&signed.body, SMALL_BODY_BYTES)?;
    let device = signed.device;
    let work = move |core: &mut Core| core.open_epoch(&device, &ApplicationId(id), entry);
    state.arbiter.with(device, work).await?;
    Ok(StatusCode::NO_CONTENT)
}
