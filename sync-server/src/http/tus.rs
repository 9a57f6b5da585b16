//! tus 1.0.0 (<https://tus.io/protocols/resumable-upload>): its headers, read and written.

use std::time::{Duration, UNIX_EPOCH};

use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use data_encoding::BASE64;

use crate::error::{ErrorCode, HubError};
use crate::limit::{FILE_MAX_BYTES, UPLOAD_METADATA_MAX_BYTES};
use crate::storage::file::{BlobHash, UploadRecord};
use crate::upload::{Algorithm, Checksum, Piece};

pub(super) const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,checksum,expiration,termination";
const ALGORITHMS: &str = "sha1,sha256";
/// How a piece's body is marked.
pub(super) const PIECE: &str = "application/offset+octet-stream";

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const VERSIONS: HeaderName = HeaderName::from_static("tus-version");
const CAN: HeaderName = HeaderName::from_static("tus-extension");
const MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
const CHECKSUM_ALGORITHM: HeaderName = HeaderName::from_static("tus-checksum-algorithm");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
/// The hash of a file that is kept, in hex: ours.
const HASH: HeaderName = HeaderName::from_static("huiqian-sha256");

/// What a client says in the protocol's headers.
pub(super) const SAID: [HeaderName; 5] = [RESUMABLE, OFFSET, LENGTH, METADATA, CHECKSUM];
/// What the hub answers in them.
pub(super) const ANSWERED: [HeaderName; 10] =
    [RESUMABLE, VERSIONS, CAN, MAX_SIZE, CHECKSUM_ALGORITHM, OFFSET, LENGTH, METADATA, EXPIRES, HASH];

/// An answer as the protocol wants it.
pub(super) fn answered(result: Result<Response, HubError>) -> Response {
    let mut response = result.unwrap_or_else(|error| {
        let is_version = error.code == ErrorCode::TusVersion;
        let mut response = error.into_response();
        if is_version {
            put(response.headers_mut(), VERSIONS, VERSION);
        }
        response
    });
    put(response.headers_mut(), RESUMABLE, VERSION);
    response
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// What the hub can do.
pub(super) fn options() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    put(headers, VERSIONS, VERSION);
    put(headers, CAN, EXTENSIONS);
    put(headers, MAX_SIZE, &FILE_MAX_BYTES.to_string());
    put(headers, CHECKSUM_ALGORITHM, ALGORITHMS);
    answered(Ok(response))
}

/// An upload as it stands, after a request that changed it.
pub(super) fn changed(status: StatusCode, upload: &UploadRecord) -> Response {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    put(headers, OFFSET, &upload.offset.to_string());
    let expires_ms = u64::try_from(upload.expires_ms).unwrap_or(0);
    put(headers, EXPIRES, &httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(expires_ms)));
    if let Some(hash) = upload.hash.filter(|_| upload.done) {
        put(headers, HASH, &hash.to_string());
    }
    response
}

/// A new upload.
pub(super) fn begun(upload: &UploadRecord) -> Response {
    let mut response = changed(StatusCode::CREATED, upload);
    let place = format!("/v1/applications/{}/uploads/{}", upload.application, upload.id);
    put(response.headers_mut(), LOCATION, &place);
    response
}

/// How far an upload is.
pub(super) fn state(upload: &UploadRecord) -> Response {
    let mut response = changed(StatusCode::OK, upload);
    let headers = response.headers_mut();
    put(headers, LENGTH, &upload.length.to_string());
    if !upload.metadata.is_empty() {
        put(headers, METADATA, &upload.metadata);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Whether the client speaks our version.
pub(super) fn check_version(headers: &HeaderMap) -> Result<(), HubError> {
    if headers.get(RESUMABLE).is_some_and(|version| version == VERSION) {
        return Ok(());
    }
    Err(HubError::new(ErrorCode::TusVersion, "the request must say `Tus-Resumable: 1.0.0`"))
}

fn bad(detail: impl Into<String>) -> HubError {
    HubError::new(ErrorCode::BadMessage, detail)
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, HubError> {
    let value = headers.get(name);
    value.map(|value| value.to_str().map_err(|_| bad(format!("{name} is no text")))).transpose()
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<Option<u64>, HubError> {
    let value = text(headers, name)?;
    let plain = |value: &str| !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let read = |value: &str| value.parse().ok().filter(|_| plain(value));
    value.map(|value| read(value).ok_or_else(|| bad(format!("{name} is no number of bytes")))).transpose()
}

/// A file as it is announced.
pub(super) struct Announced {
    pub(super) length: u64,
    pub(super) hash: Option<BlobHash>,
    pub(super) metadata: String,
}

impl Announced {
    pub(super) fn read(headers: &HeaderMap) -> Result<Self, HubError> {
        if headers.contains_key("upload-defer-length") || headers.contains_key("upload-concat") {
            return Err(bad("the hub takes whole files whose length is known from the start"));
        }
        let length = number(headers, &LENGTH)?.ok_or_else(|| bad("the request has no Upload-Length"))?;
        if length == 0 {
            let detail = "the file has no bytes: there is nothing to prove anything with";
            return Err(HubError::new(ErrorCode::EmptyFile, detail));
        }
        if length > FILE_MAX_BYTES {
            let detail = format!("the file has more than {FILE_MAX_BYTES} bytes");
            return Err(HubError::new(ErrorCode::TooLarge, detail));
        }
        let metadata = text(headers, &METADATA)?.unwrap_or_default();
        if metadata.len() > UPLOAD_METADATA_MAX_BYTES {
            return Err(bad(format!("Upload-Metadata has more than {UPLOAD_METADATA_MAX_BYTES} bytes")));
        }
        Ok(Self { length, hash: announced_hash(metadata)?, metadata: metadata.to_owned() })
    }
}

/// The value of `sha256` in `Upload-Metadata`: the hex digits in base64.
fn announced_hash(metadata: &str) -> Result<Option<BlobHash>, HubError> {
    let mut pairs = metadata.split(',').map(str::trim).map(|pair| pair.split_once(' ').unwrap_or((pair, "")));
    let Some((_, value)) = pairs.find(|(key, _)| *key == "sha256") else { return Ok(None) };
    let digits = BASE64.decode(value.trim().as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let hash = digits.and_then(|digits| digits.parse().ok());
    let wrong = "Upload-Metadata: sha256 is 64 lower-case hex digits, in base64";
    hash.ok_or_else(|| bad(wrong)).map(Some)
}

fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, HubError> {
    let Some(said) = text(headers, &CHECKSUM)? else { return Ok(None) };
    let unknown =
        || bad(format!("Upload-Checksum is one of {ALGORITHMS}, a space, and the digest in base64"));
    let (name, digest) = said.split_once(' ').ok_or_else(unknown)?;
    let algorithm = match name {
        "sha1" => Algorithm::Sha1,
        "sha256" => Algorithm::Sha256,
        _ => return Err(unknown()),
    };
    let digest = BASE64.decode(digest.trim().as_bytes()).map_err(|_| unknown())?;
    Ok(Some(Checksum { algorithm, digest }))
}

/// Whether the request's body is a piece of a file.
pub(super) fn has_piece(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind == PIECE)
}

/// The piece that a request brings, which starts at `offset` unless it says so itself.
pub(super) fn piece(headers: &HeaderMap, offset: Option<u64>) -> Result<Piece, HubError> {
    if !has_piece(headers) {
        return Err(HubError::new(ErrorCode::UnsupportedMedia, format!("a piece is {PIECE}")));
    }
    let said = offset.map_or_else(|| number(headers, &OFFSET), |offset| Ok(Some(offset)))?;
    let offset = said.ok_or_else(|| bad("the request has no Upload-Offset"))?;
    let length = number(headers, &CONTENT_LENGTH)?;
    Ok(Piece { offset, length, checksum: checksum(headers)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn a_file_is_announced_with_its_length_and_perhaps_its_hash() {
        let hash = "a".repeat(64);
        let metadata = format!("filename 5pyd,sha256 {},is_final", BASE64.encode(hash.as_bytes()));
        let read = |pairs: &[(&'static str, &str)]| Announced::read(&headers(pairs));
        let file = read(&[("upload-length", "3"), ("upload-metadata", &metadata)]).unwrap();
        assert_eq!((file.length, file.hash.unwrap().to_string()), (3, hash));
        assert!(read(&[("upload-length", "3")]).unwrap().hash.is_none());
        let code = |pairs: &[(&'static str, &str)]| read(pairs).err().unwrap().code;
        assert_eq!(code(&[("upload-length", "0")]), ErrorCode::EmptyFile);
        assert_eq!(code(&[("upload-length", "4294967296")]), ErrorCode::TooLarge);
        for length in ["", "-1", "+1", "1.5", "18446744073709551616"] {
            assert_eq!(code(&[("upload-length", length)]), ErrorCode::BadMessage, "{length}");
        }
        for metadata in ["sha256", "sha256 ", "sha256 YQ==", "sha256 ?"] {
            let pairs = [("upload-length", "3"), ("upload-metadata", metadata)];
            assert_eq!(code(&pairs), ErrorCode::BadMessage, "{metadata}");
        }
        assert_eq!(code(&[("upload-defer-length", "1")]), ErrorCode::BadMessage);
    }
}
