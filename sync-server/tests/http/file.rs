//! Bringing and fetching files of evidence as a client does; the tests stand in `upload` and `download`.

use data_encoding::BASE64;
use reqwest::{Method, Response};
use ring::digest::{SHA256, digest};

use crate::client::{Client, Failure, good, path};
use crate::support::Random;
use crate::support::desk::Desk;

pub const PIECE: (&str, &str) = ("Content-Type", "application/offset+octet-stream");
pub const TUS: (&str, &str) = ("Tus-Resumable", "1.0.0");

/// A file of so many bytes, the same for the same seed.
pub fn bytes(length: usize, seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let word = |random: &mut Random| (random.below(usize::MAX) as u64).to_le_bytes();
    (0..length.div_ceil(8)).flat_map(|_| word(&mut random)).take(length).collect()
}

pub fn sha256(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn metadata(hash: &str) -> String {
    format!("filename {},sha256 {}", BASE64.encode("照片.jpg".as_bytes()), BASE64.encode(hash.as_bytes()))
}

/// What a response says in a header.
pub fn said<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).unwrap_or_else(|| panic!("no {name}")).to_str().unwrap()
}

pub fn offset(response: &Response) -> u64 {
    said(response, "Upload-Offset").parse().unwrap()
}

/// Begins an upload. The response says where it is.
pub async fn begin(
    client: &Client,
    desk: &Desk,
    length: usize,
    hash: Option<&str>,
) -> Result<Response, Failure> {
    let (length, metadata) = (length.to_string(), hash.map(metadata).unwrap_or_default());
    let mut headers = vec![TUS, ("Upload-Length", length.as_str())];
    if !metadata.is_empty() {
        headers.push(("Upload-Metadata", &metadata));
    }
    asked(client, Method::POST, &path(desk, "/uploads"), &headers, Vec::new()).await
}

pub async fn asked(
    client: &Client,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Result<Response, Failure> {
    let response = client.head_signed(method.clone(), path, headers, body).await.unwrap();
    if path.contains("/uploads/") && !path.contains("%") {
        assert_eq!(said(&response, "Tus-Resumable"), "1.0.0");
    }
    // An answer to HEAD has no body, so it tells no code.
    if method == Method::HEAD && !response.status().is_success() {
        return Err((response.status().as_u16(), String::new()));
    }
    good(&method, response).await
}

pub async fn append(client: &Client, upload: &str, at: u64, piece: &[u8]) -> Result<Response, Failure> {
    append_with(client, upload, at, piece, &[]).await
}

pub async fn append_with(
    client: &Client,
    upload: &str,
    at: u64,
    piece: &[u8],
    more: &[(&str, &str)],
) -> Result<Response, Failure> {
    let at = at.to_string();
    let headers = [&[TUS, PIECE, ("Upload-Offset", &at)], more].concat();
    asked(client, Method::PATCH, upload, &headers, piece.to_vec()).await
}

pub async fn state(client: &Client, upload: &str) -> Result<Response, Failure> {
    asked(client, Method::HEAD, upload, &[TUS], Vec::new()).await
}

/// Brings a file in one piece; its address.
pub async fn bring(client: &Client, desk: &Desk, file: &[u8]) -> String {
    let begun = begin(client, desk, file.len(), Some(&sha256(file))).await.unwrap();
    let upload = said(&begun, "Location").to_owned();
    if offset(&begun) == 0 {
        let done = append(client, &upload, 0, file).await.unwrap();
        assert_eq!(
            (offset(&done), said(&done, "Huiqian-Sha256")),
            (file.len() as u64, sha256(file).as_str())
        );
    }
    upload
}

pub fn blob(desk: &Desk, hash: &str) -> String {
    path(desk, &format!("/blobs/{hash}"))
}

pub async fn has(client: &Client, desk: &Desk, hash: &str) -> u16 {
    match asked(client, Method::HEAD, &blob(desk, hash), &[], Vec::new()).await {
        Ok(response) => response.status().as_u16(),
        Err((status, _)) => status,
    }
}

pub async fn fetch(
    client: &Client,
    desk: &Desk,
    hash: &str,
    headers: &[(&str, &str)],
) -> Result<Response, Failure> {
    asked(client, Method::GET, &blob(desk, hash), headers, Vec::new()).await
}

/// The document names a file in a slot.
pub fn name(desk: &mut Desk, field: &str, entry: u8, file: &[u8]) {
    let facts = format!(
        r#"{{"name":"照片.jpg","sha256":"{}","size":{},"kind":"image/jpeg"}}"#,
        sha256(file),
        file.len()
    );
    desk.set(&format!("{field}?file.{entry:016x}"), &facts);
}
