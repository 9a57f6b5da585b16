//! Pages from elsewhere (CORS, <https://fetch.spec.whatwg.org/#http-cors-protocol>): a browser lets them bring and fetch
//! files here, so that a tus client in a page works against this hub.
//!
//! Any origin may. The hub knows nobody by cookies or by a browser's own log-in, so a page gets nothing that its script
//! does not hold a ticket or a key for, and a script that holds one needs no browser. Credentials are not allowed, and
//! nothing but the addresses of files is opened.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::http::header::{
    ACCEPT_RANGES, ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_RANGE,
    LOCATION, RANGE, RETRY_AFTER,
};
use axum::http::{HeaderName, Method};
use axum::middleware::Next;
use axum::response::Response;
use tower::{Layer as _, ServiceExt as _};
use tower_http::cors::{Any, CorsLayer};

use super::{signed, tus};

/// Where files come in and go out.
const FILES: [&str; 3] = [
    "/v1/applications/{id}/uploads",
    "/v1/applications/{id}/uploads/{upload}",
    "/v1/applications/{id}/blobs/{sha256}",
];

/// How long a browser may remember what is allowed: what Chromium keeps at the most.
const REMEMBERED: Duration = Duration::from_secs(2 * 3_600);

/// Lets pages of any origin at files, and at nothing else.
pub(super) async fn any(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    let of_files = path.is_some_and(|path| FILES.contains(&path.as_str()));
    // An OPTIONS that is no browser's question is tus' own: what the hub can do.
    let own =
        request.method() == Method::OPTIONS && !request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if !of_files || own {
        return next.run(request).await;
    }
    let answered: Result<Response, Infallible> = allowed().layer(next).oneshot(request).await;
    let Ok(response) = answered;
    response
}

fn allowed() -> CorsLayer {
    use Method as M;
    let methods = [M::GET, M::HEAD, M::POST, M::PATCH, M::DELETE, M::OPTIONS];
    let said = [AUTHORIZATION, CONTENT_TYPE, RANGE, IF_RANGE, HeaderName::from_static(signed::PROOF)];
    let answered = [ACCEPT_RANGES, CONTENT_RANGE, ETAG, LOCATION, RETRY_AFTER];
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(methods)
        .allow_headers(said.into_iter().chain(tus::SAID).collect::<Vec<_>>())
        .expose_headers(answered.into_iter().chain(tus::ANSWERED).collect::<Vec<_>>())
        .max_age(REMEMBERED)
}
