//! A Tauri window with an empty page: what the benchmarks compare the app's start and memory with.

use tauri::http::Response;
use tauri::{WebviewUrl, WebviewWindowBuilder};

/// One control, as proof that the page is there.
const PAGE: &[u8] = b"<!doctype html><title>blank</title><input>";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = if cfg!(windows) { "http://blank.localhost/" } else { "blank://localhost/" }.parse()?;
    tauri::Builder::default()
        .register_uri_scheme_protocol("blank", |_context, _request| {
            let mut response = Response::new(PAGE);
            response.headers_mut().insert("content-type", tauri::http::HeaderValue::from_static("text/html"));
            response
        })
        .setup(|app| {
            WebviewWindowBuilder::new(app, "main", WebviewUrl::CustomProtocol(address))
                .title("blank")
                .inner_size(1280.0, 800.0)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!())?;
    Ok(())
}
