//! Files of evidence over the line: uploads by tus 1.0 (<https://tus.io/protocols/resumable-upload>), downloads in
//! ranges (RFC 9110, section 14). No request has a time in which all of a file must have passed: a line may be as slow
//! as it is, so long as something moves.

use std::fs::File;
use std::future::Future;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use data_encoding::BASE64;
use form_document::wire;
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::EvidenceFile;
use form_model::id::ApplicationId;
use futures_util::stream::unfold;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RANGE};
use reqwest::{Body, Method, Response, StatusCode};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use super::connection::HubConnection;
use super::problem;

/// The most hashes that the hub is asked about at once.
pub(super) const KNOWN_MAX: usize = 1_024;

/// How much of a file is read at once while it is sent, in bytes: so much that handing it from the disk's thread to the
/// line's costs little beside it, and so little that it is still in the processor's cache when it is sent.
const READ_BYTES: usize = 512 << 10;

/// How long nothing may move over a line before it counts as broken: the hub's disk may need a while for the end of a
/// large file, and a slow line for what the system holds of a piece.
const SILENCE_MAX: Duration = Duration::from_secs(120);

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

/// A file, or the rest of one, on its way from the hub.
#[derive(Debug)]
pub struct Download {
    response: Response,
    /// Where in the file its first byte belongs.
    pub from: u64,
}

/// A part of a file on this disk that goes to the hub.
#[derive(Debug)]
pub struct Part<'f> {
    /// Where the file lies.
    pub path: &'f Path,
    /// In bytes, both.
    pub start: u64,
    pub length: u64,
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
        let response = self.tus(Method::POST, &path, &headers).await?;
        let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        let location = location.ok_or_else(|| self.no_tus())?;
        // Only the path counts: wherever a header points, the desk talks to its hub.
        let path = location
            .split_once("://")
            .map_or(location, |(_, rest)| rest.split_at(rest.find('/').unwrap_or(rest.len())).1);
        Ok(Upload { path: path.to_owned(), offset: offset(&response).unwrap_or_default() })
    }

    /// How far an upload is; `None` when the hub no longer has it, or does not go on with it.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`].
    pub async fn upload_offset(&self, path: &str) -> Result<Option<u64>, UserError> {
        let headers = [("tus-resumable", TUS_VERSION.to_owned())];
        let response = self.asked(Method::HEAD, path, &headers, Body::default).await?;
        let status = response.status();
        // An answer to this has no body that would say why: beginning anew does.
        let for_now = [StatusCode::LOCKED, StatusCode::TOO_MANY_REQUESTS, StatusCode::REQUEST_TIMEOUT];
        if status.is_client_error() && !for_now.contains(&status) {
            return Ok(None);
        }
        Ok(offset(&self.checked(response).await?))
    }

    /// Hands over a part of a file; how many bytes are on the hub's disk then. After the last ones the hub has compared
    /// the whole file. What arrives of a part that breaks off counts too: the hub says how far it is.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`].
    pub async fn append(&self, path: &str, part: &Part<'_>) -> Result<u64, UserError> {
        let mut headers = vec![("tus-resumable", TUS_VERSION.to_owned()), (OFFSET, part.start.to_string())];
        headers.push((CONTENT_TYPE.as_str(), OFFSET_TYPE.to_owned()));
        headers.push((CONTENT_LENGTH.as_str(), part.length.to_string()));
        let moves = Arc::new(Notify::new());
        let body = || body(part, &moves);
        let response = self.asked(Method::PATCH, path, &headers, body);
        let response = while_it_moves(response, &moves).await;
        let response = response.unwrap_or_else(|| Err(self.silent()))?;
        offset(&self.checked(response).await?).ok_or_else(|| self.no_tus())
    }

    /// Opens a file from a place on; `None` when the hub does not give it to this desk. The whole is compared by the hub
    /// on its way.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`].
    pub async fn blob(
        &self,
        id: &ApplicationId,
        sha256: &str,
        from: u64,
    ) -> Result<Option<Download>, UserError> {
        let path = format!("/v1/applications/{id}/blobs/{sha256}");
        let range = (from > 0).then(|| (RANGE.as_str(), format!("bytes={from}-")));
        let response = self.asked(Method::GET, &path, range.as_slice(), Body::default);
        let response = timeout(SILENCE_MAX, response).await.map_err(|_| self.silent())??;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let response = self.checked(response).await?;
        // Something on the way that knows no parts sends the whole.
        let from = if response.status() == StatusCode::PARTIAL_CONTENT { from } else { 0 };
        Ok(Some(Download { response, from }))
    }

    /// The next bytes of a file; none when there are no more.
    ///
    /// # Errors
    /// [`ErrorCode::HubUnreachable`] when the line breaks.
    pub async fn more(&self, download: &mut Download) -> Result<Option<impl AsRef<[u8]> + use<>>, UserError> {
        let chunk = timeout(SILENCE_MAX, download.response.chunk()).await.map_err(|_| self.silent())?;
        chunk.map_err(|error| problem::unreachable(self.url(), &error))
    }

    async fn tus(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
    ) -> Result<Response, UserError> {
        let mut all = vec![("tus-resumable", TUS_VERSION.to_owned())];
        all.extend(headers.iter().cloned());
        let response = self.asked(method, path, &all, Body::default);
        let response = timeout(SILENCE_MAX, response).await.map_err(|_| self.silent())??;
        self.checked(response).await
    }

    fn silent(&self) -> UserError {
        UserError::new(ErrorCode::HubUnreachable).with("hub", self.url()).with_pair(
            "cause",
            format!("{} 秒没有动静", SILENCE_MAX.as_secs()),
            format!("nothing moved for {} s", SILENCE_MAX.as_secs()),
        )
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

/// The part of a file as a request's body, read from the disk as the line takes it. `moves` is told of every step.
fn body(part: &Part<'_>, moves: &Arc<Notify>) -> Body {
    let start = (Source::Closed(part.path.to_owned()), part.start, part.length, Arc::clone(moves));
    Body::wrap_stream(unfold(start, |(source, at, left, moves)| async move {
        moves.notify_one();
        let size = usize::try_from(left).unwrap_or(READ_BYTES).min(READ_BYTES);
        if size == 0 {
            return None;
        }
        let read = tokio::task::spawn_blocking(move || source.read(at, size)).await;
        match read.map_err(io::Error::other).flatten() {
            Ok((file, bytes)) => {
                let read = bytes.len() as u64;
                Some((Ok(bytes), (Source::Open(file), at + read, left - read, moves)))
            }
            Err(error) => Some((Err(error), (Source::Closed(PathBuf::new()), at, 0, moves))),
        }
    }))
}

/// A file that is read, or will be.
enum Source {
    Closed(PathBuf),
    Open(File),
}

impl Source {
    /// Exactly so many bytes from a place on.
    fn read(self, at: u64, size: usize) -> io::Result<(File, Vec<u8>)> {
        let mut file = match self {
            Self::Closed(path) => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(at))?;
                file
            }
            Self::Open(file) => file,
        };
        let mut bytes = Vec::with_capacity(size);
        (&mut file).take(size as u64).read_to_end(&mut bytes)?;
        if bytes.len() < size { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok((file, bytes)) }
    }
}

/// What the work comes to; `None` when nothing has moved for [`SILENCE_MAX`].
async fn while_it_moves<T>(work: impl Future<Output = T>, moves: &Notify) -> Option<T> {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Some(done),
            () = moves.notified() => {}
            () = sleep(SILENCE_MAX) => return None,
        }
    }
}

/// How many bytes of an upload are on the hub's disk.
fn offset(response: &Response) -> Option<u64> {
    response.headers().get(OFFSET)?.to_str().ok()?.parse().ok()
}
