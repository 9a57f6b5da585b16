//! The public log of what the hub has signed, for anybody: its root key, checkpoints, proofs and tiles
//! (C2SP tlog-tiles under `/v1/log`).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use form_document::digest::Sha256;
use form_document::key::Purpose;
use form_document::transparency::{LoggedKeyEvent, log_root, verifier_key};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::named::{Asked, Named};
use super::state::HubState;
use crate::arbiter::{Core, TilePath};
use crate::error::{ErrorCode, HubError};

/// What verifiers are given.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LogRoot {
    /// The log's name.
    origin: String,
    /// The root key, 64 lower-case hex digits.
    root: String,
    /// The key that signs checkpoints now, as C2SP signed-note spells it.
    verifier_key: String,
    /// The hub's key, by which its members know it: 64 lower-case hex digits.
    hub: String,
    /// That key's signature (application/vnd.huiqian.log-root.v1) over the name, a line end, and the root key's 64
    /// digits: 128 lower-case hex digits.
    signature: String,
}

/// Which key verifiers trust.
#[utoipa::path(
    get,
    path = "/v1/log/root",
    tag = "log",
    responses((status = 200, description = "The log's name and root key", body = LogRoot))
)]
pub(super) async fn root(State(state): State<HubState>) -> Result<Json<LogRoot>, HubError> {
    let work = |core: &mut Core| {
        let (origin, root) = (core.seal()?.origin.clone(), core.seal()?.root);
        let signature = core.sign_as_hub(Purpose::LogRoot, &log_root(&origin, &root));
        Ok(LogRoot {
            verifier_key: verifier_key(&origin, &core.seal()?.key.public()),
            origin: origin.to_string(),
            root: root.to_string(),
            hub: core.hub().to_string(),
            signature: signature.to_string(),
        })
    };
    Ok(Json(state.arbiter.with(state.hub, work).await?))
}

/// The newest checkpoint (C2SP tlog-checkpoint).
#[utoipa::path(
    get,
    path = "/v1/log/checkpoint",
    tag = "log",
    responses((status = 200, description = "A signed note", body = String, content_type = "text/plain"))
)]
pub(super) async fn checkpoint(State(state): State<HubState>) -> Result<Response, HubError> {
    let work = |core: &mut Core| {
        // The word of a backup is none on the log as it stands.
        core.check_complete()?;
        Ok(core.checkpoint()?.note)
    };
    let note = state.arbiter.with(state.hub, work).await?;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    let fresh = HeaderValue::from_static("no-store");
    Ok(([(CONTENT_TYPE, plain), (CACHE_CONTROL, fresh)], note).into_response())
}

/// Two sizes of the log.
#[derive(Debug, Deserialize)]
pub(super) struct Sizes {
    /// How many entries it had.
    from: u64,
    /// How many it has in the later checkpoint.
    to: u64,
}

/// A proof (RFC 6962): hashes, each 64 lower-case hex digits.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Proof {
    #[schema(value_type = Vec<String>)]
    proof: Vec<Sha256>,
}

/// The proof that the log of one size goes on from that of a smaller one.
#[utoipa::path(
    get,
    path = "/v1/log/consistency",
    tag = "log",
    params(
        ("from" = u64, Query, description = "How many entries it had"),
        ("to" = u64, Query, description = "How many it has in the later checkpoint")
    ),
    responses((status = 200, description = "The proof", body = Proof))
)]
pub(super) async fn consistency(
    State(state): State<HubState>,
    Asked(Sizes { from, to }): Asked<Sizes>,
) -> Result<Json<Proof>, HubError> {
    let proof = state.arbiter.with(state.hub, move |core| core.consistency(from, to)).await?;
    Ok(Json(Proof { proof }))
}

/// A size of the log.
#[derive(Debug, Deserialize)]
pub(super) struct Size {
    /// How many entries.
    size: u64,
}

/// The changes of the hub's keys in the log of some size, each with the proof that it is there.
#[utoipa::path(
    get,
    path = "/v1/log/keys",
    tag = "log",
    params(("size" = u64, Query, description = "How many entries the log has in the checkpoint that is asked about")),
    responses((status = 200, description = "In the log's order", body = Vec<Object>))
)]
pub(super) async fn keys(
    State(state): State<HubState>,
    Asked(Size { size }): Asked<Size>,
) -> Result<Json<Vec<LoggedKeyEvent>>, HubError> {
    Ok(Json(state.arbiter.with(state.hub, move |core| core.key_events(size)).await?))
}

/// What the log knows of a submission.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Known {
    /// Whether it was signed and logged by this hub.
    known: bool,
    /// Its place in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u64>,
    /// When it was logged, by the hub's clock, milliseconds since 1970-01-01 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    logged_ms: Option<i64>,
}

/// Whether the hub has signed something with this SHA-256, and nothing more: not what it is, nor whose.
#[utoipa::path(
    get,
    path = "/v1/log/digests/{digest}",
    operation_id = "known_digest",
    tag = "log",
    params(("digest" = String, Path, description = "SHA-256 of a manifest, 64 lower-case hex digits")),
    responses((status = 200, description = "What the log knows", body = Known))
)]
pub(super) async fn known(
    State(state): State<HubState>,
    Named(digest): Named,
) -> Result<Json<Known>, HubError> {
    let bad = |_| HubError::new(ErrorCode::BadMessage, "a digest has 64 lower-case hex digits");
    let digest: Sha256 = digest.parse().map_err(bad)?;
    let entry = state.arbiter.with(state.hub, move |core| core.revision_by_digest(&digest)).await?;
    Ok(Json(Known {
        known: entry.is_some(),
        index: entry.as_ref().map(|entry| entry.index),
        logged_ms: entry.map(|entry| entry.added_ms),
    }))
}

/// A tile of the log (C2SP tlog-tiles): hashes, or entries.
pub(super) async fn tile(
    State(state): State<HubState>,
    Path(path): Path<String>,
) -> Result<Response, HubError> {
    let none = || HubError::new(ErrorCode::NotFound, "the log has no such tile");
    let path = TilePath::read(&path).ok_or_else(none)?;
    let bytes = state.arbiter.with(state.hub, move |core| core.tile(path)).await?;
    let kind = HeaderValue::from_static("application/octet-stream");
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, forever)], bytes).into_response())
}
