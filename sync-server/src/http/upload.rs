//! Uploads of files of evidence, by tus 1.0.0, so that any client of that protocol can bring them.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use form_document::key::PublicKey;
use form_model::id::ApplicationId;

use super::named::{Named, Within};
use super::state::HubState;
use super::{ticket, tus};
use crate::error::{ErrorCode, HubError};
use crate::intake::drain;
use crate::upload::Asked;

/// What the hub's uploads can do.
#[utoipa::path(
    options,
    path = "/v1/applications/{id}/uploads",
    operation_id = "upload_options",
    tag = "files",
    params(("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits")),
    responses(
        (status = 204, description = "In the headers Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm")
    )
)]
pub(super) async fn options() -> Response {
    tus::options()
}

/// Begins an upload; may bring its first bytes along (`Content-Type: application/offset+octet-stream`).
#[utoipa::path(
    post,
    path = "/v1/applications/{id}/uploads",
    operation_id = "begin_upload",
    tag = "files",
    security(("device" = []), ("ticket" = [])),
    params(
        ("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits"),
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Length" = u64, Header, description = "Of the file, in bytes"),
        ("Upload-Metadata" = Option<String>, Header, description = "`sha256` and the file's hash, 64 lower-case hex digits in base64; other pairs as the client likes"),
        ("Upload-Checksum" = Option<String>, Header, description = "Of the bytes that come along: `sha1` or `sha256`, and the digest in base64")
    ),
    responses(
        (status = 201, description = "Begun: its address in Location, how far it is in Upload-Offset. A file that the hub has already is whole at once")
    )
)]
pub(super) async fn begin(State(state): State<HubState>, Named(id): Named, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let begun = async {
        let (device, id) = caller(&state, &parts, id).await?;
        let file = tus::Announced::read(&parts.headers)?;
        Ok((device, state.files.begin(device, id, file.length, file.hash, file.metadata).await?))
    };
    let (device, upload) = match begun.await {
        Ok(begun) => begun,
        Err(error) => {
            drain(body).await;
            return tus::answered(Err(error));
        }
    };
    if !tus::has_piece(&parts.headers) {
        return tus::answered(Ok(tus::begun(&upload)));
    }
    // What came along is to be ignored where the file is whole.
    if upload.done {
        drain(body).await;
        return tus::answered(Ok(tus::begun(&upload)));
    }
    let asked = Asked { device, application: upload.application.clone(), upload: upload.id };
    let taken = async {
        let piece = tus::piece(&parts.headers, Some(0))?;
        Ok(tus::begun(&Arc::clone(&state.files).take(asked, piece, body).await?))
    };
    tus::answered(taken.await)
}

/// How far an upload is.
#[utoipa::path(
    head,
    path = "/v1/applications/{id}/uploads/{upload}",
    operation_id = "upload_state",
    tag = "files",
    security(("device" = []), ("ticket" = [])),
    params(
        ("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits"),
        ("upload" = String, Path, description = "32 lower-case hex digits"),
        ("Tus-Resumable" = String, Header, description = "1.0.0")
    ),
    responses(
        (status = 200, description = "How many bytes are on the hub's disk, in Upload-Offset; the hash of a whole file in Huiqian-Sha256")
    )
)]
pub(super) async fn state(
    State(state): State<HubState>,
    Within(id, upload): Within,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let answer = async {
        let asked = asked(&state, &parts, id, &upload).await?;
        Ok(tus::state(&state.files.state(&asked).await?))
    };
    tus::answered(answer.await)
}

/// Brings the next piece.
#[utoipa::path(
    patch,
    path = "/v1/applications/{id}/uploads/{upload}",
    operation_id = "append",
    tag = "files",
    security(("device" = []), ("ticket" = [])),
    params(
        ("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits"),
        ("upload" = String, Path, description = "32 lower-case hex digits"),
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Offset" = u64, Header, description = "Where the piece starts: where the hub's part ends"),
        ("Upload-Checksum" = Option<String>, Header, description = "Of the piece: `sha1` or `sha256`, and the digest in base64")
    ),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream", description = "The bytes. A device's proof for this request is over an empty body"),
    responses(
        (status = 204, description = "On the hub's disk as far as Upload-Offset says; after the last piece the whole file's hash was compared, and stands in Huiqian-Sha256")
    )
)]
pub(super) async fn append(
    State(state): State<HubState>,
    Within(id, upload): Within,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let asked = match asked(&state, &parts, id, &upload).await {
        Ok(asked) => asked,
        Err(error) => {
            drain(body).await;
            return tus::answered(Err(error));
        }
    };
    let answer = async {
        let piece = tus::piece(&parts.headers, None)?;
        let upload = Arc::clone(&state.files).take(asked, piece, body).await?;
        Ok(tus::changed(StatusCode::NO_CONTENT, &upload))
    };
    tus::answered(answer.await)
}

/// Ends an upload; what has come of it goes.
#[utoipa::path(
    delete,
    path = "/v1/applications/{id}/uploads/{upload}",
    operation_id = "end_upload",
    tag = "files",
    security(("device" = []), ("ticket" = [])),
    params(
        ("id" = String, Path, description = "Hash of the genesis, 64 lower-case hex digits"),
        ("upload" = String, Path, description = "32 lower-case hex digits"),
        ("Tus-Resumable" = String, Header, description = "1.0.0")
    ),
    responses(
        (status = 204, description = "It is gone; a file that was whole stays")
    )
)]
pub(super) async fn end(
    State(state): State<HubState>,
    Within(id, upload): Within,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let answer = async {
        let asked = asked(&state, &parts, id, &upload).await?;
        state.files.end(&asked).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    tus::answered(answer.await)
}

/// Who asks, in the protocol's words.
async fn caller(state: &HubState, parts: &Parts, id: String) -> Result<(PublicKey, ApplicationId), HubError> {
    let id = ApplicationId(id);
    let device = ticket::caller(state, parts, &id).await?;
    tus::check_version(&parts.headers)?;
    Ok((device, id))
}

async fn asked(state: &HubState, parts: &Parts, id: String, upload: &str) -> Result<Asked, HubError> {
    let (device, application) = caller(state, parts, id).await?;
    let unknown =
        |_| HubError::new(ErrorCode::UploadUnknown, "an upload's name has 32 lower-case hex digits");
    Ok(Asked { device, application, upload: upload.parse().map_err(unknown)? })
}
