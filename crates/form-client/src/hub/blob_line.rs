//! Files of evidence over the line: uploads by tus 1.0 (<https://tus.io/protocols/resumable-upload>), downloads in
//! ranges (RFC 9110, section 14).

use data_encoding::BASE64;
use form_document::wire;
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::EvidenceFile;
use form_model::id::ApplicationId;
use reqwest::header::{CONTENT_TYPE, LOCATION, RANGE};
use reqwest::{Method, Response, StatusCode};
use ring::digest::{SHA256, digest};

use super::connection::HubConnection;
use super::problem;

/// How much of a file one request carries, in bytes: seldom lost on a bad line, and few enough requests for a large
/// file.
pub(super) const CHUNK_BYTES: usize = 4 << 20;

/// The most hashes that the hub is asked about at once.
pub(super) const KNOWN_MAX: usize = 1_024;

const TUS_VERSION: &str = "1.0.0";
const OFFSET: &str = "upload-offset";
const OFFSET_TYPE: &str = "application/offset+octet-stream";

/// An upload that the hub has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The path at the hub.
    pub path: String,
    /// How many bytes are on the hub's disk.
    pub offset: u64,
}

impl HubConnection {
    /// Which of these files the hub has whole.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`].
    pub async fn known_blobs(&self, id: &ApplicationId, sha256: &[String]) -> Result<Vec<String>, UserError> {
        let path = format!("/v1/applications/{id}/blobs/known");
        let response = self.send(Method::POST, &path, wire::encode(&sha256.to_vec()), None).await?;
        self.message(response, wire::MESSAGE_MAX_BYTES).await
    }

    /// Begins an upload.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`].
    pub async fn begin_upload(&self, id: &ApplicationId, file: &EvidenceFile) -> Result<Upload, UserError> {
        let path = format!("/v1/applications/{id}/uploads");
        let metadata = [("sha256", &file.sha256), ("filename", &file.name), ("filetype", &file.kind)];
        let metadata = metadata.map(|(key, value)| format!("{key} {}", BASE64.encode(value.as_bytes())));
        let headers = [("upload-length", file.size.to_string()), ("upload-metadata", metadata.join(","))];
        let response = self.tus(Method::POST, &path, &headers, Vec::new()).await?;
        let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        let location = location.ok_or_else(|| self.no_tus())?;
        // Only the path counts: wherever a header points, the desk talks to its hub.
        let path = location
            .split_once("://")
            .map_or(location, |(_, rest)| rest.split_at(rest.find('/').unwrap_or(rest.len())).1);
        Ok(Upload { path: path.to_owned(), offset: offset(&response).unwrap_or_default() })
    }

    /// How far an upload is; `None` when the hub no longer has it.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`].
    pub async fn upload_offset(&self, path: &str) -> Result<Option<u64>, UserError> {
        let response =
            self.asked(Method::HEAD, path, &[("tus-resumable", TUS_VERSION.to_owned())], Vec::new()).await?;
        match response.status() {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            _ => Ok(offset(&self.checked(response).await?)),
        }
    }

    /// Hands over the next bytes; how many are on the hub's disk then. After the last ones the hub has compared the whole
    /// file.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`].
    pub async fn append(&self, path: &str, at: u64, bytes: Vec<u8>) -> Result<u64, UserError> {
        let checksum = format!("sha256 {}", BASE64.encode(digest(&SHA256, &bytes).as_ref()));
        let headers = [(OFFSET, at.to_string()), ("upload-checksum", checksum)];
        let response = self.tus(Method::PATCH, path, &headers, bytes).await?;
        offset(&response).ok_or_else(|| self.no_tus())
    }

    /// Bytes of a file from a place on, [`CHUNK_BYTES`] at the most; `None` when the hub does not give it to this desk.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`].
    pub async fn blob_bytes(
        &self,
        id: &ApplicationId,
        sha256: &str,
        from: u64,
    ) -> Result<Option<Vec<u8>>, UserError> {
        let path = format!("/v1/applications/{id}/blobs/{sha256}");
        let last = from.saturating_add(CHUNK_BYTES as u64 - 1);
        let range = [(RANGE.as_str(), format!("bytes={from}-{last}"))];
        let response = self.asked(Method::GET, &path, &range, Vec::new()).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let response = self.checked(response).await?;
        if response.status() != StatusCode::PARTIAL_CONTENT && from > 0 {
            return Err(self.no_tus());
        }
        let bytes = response.bytes().await.map_err(|error| problem::unreachable(self.url(), &error))?;
        if bytes.len() > CHUNK_BYTES {
            return Err(self.no_tus());
        }
        Ok(Some(bytes.to_vec()))
    }

    async fn tus(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Result<Response, UserError> {
        let mut all = vec![("tus-resumable", TUS_VERSION.to_owned())];
        all.extend(headers.iter().cloned());
        if method == Method::PATCH {
            all.push((CONTENT_TYPE.as_str(), OFFSET_TYPE.to_owned()));
        }
        let response = self.asked(method, path, &all, body).await?;
        self.checked(response).await
    }

    /// Whatever answers there does not speak as a hub does.
    fn no_tus(&self) -> UserError {
        UserError::new(ErrorCode::HubUnreachable).with("hub", self.url()).with_pair(
            "cause",
            "应答不符合断点续传协议".to_owned(),
            "its answer is none of a resumable upload".to_owned(),
        )
    }
}

/// How many bytes of an upload are on the hub's disk.
fn offset(response: &Response) -> Option<u64> {
    response.headers().get(OFFSET)?.to_str().ok()?.parse().ok()
}
