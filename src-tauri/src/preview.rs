//! Pictures of evidence for the page: `evidence://localhost/SIZE/SHA256`, and of a PDF's further pages
//! `evidence://localhost/SIZE/SHA256/PAGE`, counted from 1. The page has no path; what it names is a file of this desk's
//! own folder or nothing.

use form_client::preview::{self, NoPicture, Size};
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
    let Some((size, sha256, page)) = wanted(path) else { return none(StatusCode::NOT_FOUND) };
    let Ok(blobs) = engine.ask(|desk| Ok(desk.workspace()?.blobs())).await else {
        return none(StatusCode::SERVICE_UNAVAILABLE);
    };
    let hash = sha256.clone();
    let made =
        tauri::async_runtime::spawn_blocking(move || preview::picture(&blobs, &hash, size, page)).await;
    match made {
        Ok(Ok(picture)) => {
            let response = Response::builder().header(CONTENT_TYPE, picture.media_type);
            let response = response.header(CACHE_CONTROL, FOR_EVER).body(picture.bytes);
            response.unwrap_or_else(|_| none(StatusCode::INTERNAL_SERVER_ERROR))
        }
        Ok(Err(NoPicture::Damaged)) => {
            // Fails only when nobody is there to be told.
            let _ = engine.ask(move |desk| desk.tell_damaged(&sha256)).await;
            none(StatusCode::NOT_FOUND)
        }
        _ => none(StatusCode::NOT_FOUND),
    }
}

/// What an address names: a size, a hash, and a page counted from 0.
fn wanted(path: &str) -> Option<(Size, String, u32)> {
    let mut parts = path.trim_start_matches('/').splitn(3, '/');
    let (size, sha256) = (Size::read(parts.next()?)?, parts.next()?.to_owned());
    let page = match parts.next() {
        Some(page) => page.parse::<u32>().ok()?.checked_sub(1)?,
        None => 0,
    };
    Some((size, sha256, page))
}

fn none(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_size_a_hash_and_a_page_from_one_on() {
        assert_eq!(wanted("/small/ab"), Some((Size::Small, "ab".to_owned(), 0)));
        assert_eq!(wanted("/large/ab/3"), Some((Size::Large, "ab".to_owned(), 2)));
        for none in ["/large", "/huge/ab", "/large/ab/0", "/large/ab/x", "/large/ab/1/2"] {
            assert_eq!(wanted(none), None, "{none}");
        }
    }
}
