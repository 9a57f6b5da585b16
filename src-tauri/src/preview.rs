//! Pictures of evidence for the page: `evidence://localhost/SIZE/SHA256`. The page has no path; what it names is a file
//! of this desk's own folder or nothing.

use form_client::preview::{self, Size};
use tauri::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use tauri::http::{Response, StatusCode};
use tauri::{AppHandle, Manager, Runtime, UriSchemeResponder};

use crate::engine::Engine;

/// The scheme of their addresses.
pub const SCHEME: &str = "evidence";

/// A file never changes under its name.
const FOR_EVER: &str = "max-age=31536000, immutable";

/// Answers the page's request for a picture, beside all other work.
pub fn answer<R: Runtime>(app: &AppHandle<R>, path: &str, responder: UriSchemeResponder) {
    let (engine, path) = (app.state::<Engine>().inner().clone(), path.to_owned());
    tauri::async_runtime::spawn(async move { responder.respond(picture(&engine, &path).await) });
}

async fn picture(engine: &Engine, path: &str) -> Response<Vec<u8>> {
    let wanted = path.trim_start_matches('/').split_once('/');
    let Some((Some(size), sha256)) = wanted.map(|(size, sha256)| (Size::read(size), sha256.to_owned()))
    else {
        return none(StatusCode::NOT_FOUND);
    };
    let Ok(blobs) = engine.ask(|desk| Ok(desk.workspace()?.blobs())).await else {
        return none(StatusCode::SERVICE_UNAVAILABLE);
    };
    let made = tauri::async_runtime::spawn_blocking(move || preview::picture(&blobs, &sha256, size)).await;
    match made {
        Ok(Some(picture)) => {
            let response = Response::builder().header(CONTENT_TYPE, picture.media_type);
            let response = response.header(CACHE_CONTROL, FOR_EVER).body(picture.bytes);
            response.unwrap_or_else(|_| none(StatusCode::INTERNAL_SERVER_ERROR))
        }
        _ => none(StatusCode::NOT_FOUND),
    }
}

fn none(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}
