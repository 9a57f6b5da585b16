//! Failures as `application/problem+json` (RFC 9457).

use axum::Json;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::HubError;
use form_document::snapshot::Obstacle;

/// What an answer with 401 must say (RFC 9110, section 15.5.2).
const CHALLENGE: &str = "Bearer realm=\"huiqian\"";

/// A failure (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// `/problems/` and the code.
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    /// A sentence for a log file.
    detail: String,
    /// What a client acts on.
    code: &'static str,
    /// Of `hub_behind` and `log_forked`: where the hub's log ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<u64>,
    /// Of `not_final`: what stands in the way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    obstacles: Vec<Obstacle>,
}

impl IntoResponse for HubError {
    fn into_response(self) -> Response {
        let problem = Problem {
            kind: format!("/problems/{}", self.code.name()),
            title: self.code.title(),
            status: self.code.status(),
            detail: self.detail,
            code: self.code.name(),
            position: self.position,
            obstacles: self.obstacles,
        };
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE));
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, identity"));
            }
            _ => {}
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
