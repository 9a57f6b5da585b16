//! `/verify`, a page for people: whether the hub has signed a submission with some digest. It says what
//! `/v1/log/digests/{digest}` says, and nothing more.
//!
//! The page loads nothing, from here or elsewhere: its style and script stand in it, and the policy names them by their
//! hashes. Without a script, or where the browser does not hash, the form asks the same.

use std::sync::LazyLock;
use std::time::{Duration, UNIX_EPOCH};

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;
use form_document::digest::Sha256;

use super::state::HubState;
use crate::error::HubError;

const PAGE: &str = include_str!("verify/page.html");
const STYLE: &str = include_str!("verify/page.css");
const SCRIPT: &str = include_str!("verify/page.js");

/// Longest form, in bytes: a name and a digest, and room for a pasted space or two.
const FORM_MAX_BYTES: usize = 256;

/// The name of the form's only field.
const FIELD: &str = "digest=";

/// What each answer says; marks with `data-` are filled in.
const KNOWN: &str = "<p class=\"good\">本协同中心为它签过名，记在存证日志第 <b data-index>{index}</b> 条，时间 <span data-time>{time}</span>。<br>\
     <span lang=\"en\">This hub has signed it: entry <b data-index>{index}</b> of its log, <span data-time>{time}</span>.</span></p>";
const UNKNOWN: &str = "<p class=\"bad\">本协同中心的存证日志里没有这个摘要。<br>\
     <span lang=\"en\">This hub's log does not have this digest.</span></p>";
const BAD: &str = "<p class=\"bad\">摘要是 64 位小写的十六进制数字，请核对。<br>\
     <span lang=\"en\">A digest has 64 lower-case hexadecimal digits; check what was pasted.</span></p>";

/// Allows what stands in the page, and questions to this hub.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let of = |text: &str| BASE64.encode(&Sha256::of(text.as_bytes()).0);
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'",
        of(STYLE),
        of(SCRIPT)
    )
});

/// The page.
pub(super) async fn page() -> Response {
    written(StatusCode::OK, "", "")
}

/// The page with an answer, for a browser that only sends forms.
pub(super) async fn answer(State(state): State<HubState>, body: Body) -> Result<Response, HubError> {
    let form = to_bytes(body, FORM_MAX_BYTES).await.unwrap_or_default();
    let digest = std::str::from_utf8(&form).ok().and_then(|form| form.strip_prefix(FIELD));
    let Some(digest) = digest.and_then(|digest| digest.parse::<Sha256>().ok()) else {
        return Ok(written(StatusCode::BAD_REQUEST, "", BAD));
    };
    let entry = state.arbiter.with(state.hub, move |core| core.revision_by_digest(&digest)).await?;
    let result = entry.map_or_else(
        || UNKNOWN.to_owned(),
        |entry| KNOWN.replace("{index}", &entry.index.to_string()).replace("{time}", &time(entry.added_ms)),
    );
    Ok(written(StatusCode::OK, &digest.to_string(), &result))
}

fn time(ms: i64) -> String {
    let since = Duration::from_millis(u64::try_from(ms).unwrap_or_default());
    httpdate::fmt_http_date(UNIX_EPOCH + since)
}

fn written(status: StatusCode, digest: &str, result: &str) -> Response {
    let blank = KNOWN.replace("{index}", "").replace("{time}", "");
    let parts = [
        ("{style}", STYLE),
        ("{digest}", digest),
        ("{result}", result),
        ("{known}", blank.as_str()),
        ("{unknown}", UNKNOWN),
        ("{bad}", BAD),
        // The last: nothing is filled into the script.
        ("{script}", SCRIPT),
    ];
    let page = parts.iter().fold(PAGE.to_owned(), |page, (mark, text)| page.replacen(mark, text, 1));
    let headers: [(HeaderName, &str); 5] = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY.as_str()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ];
    (status, headers, page).into_response()
}
