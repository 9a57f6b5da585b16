//! A piece of a file: taken off the line, written, made durable, counted, and only then acknowledged.

use std::sync::Arc;

use axum::body::{Body, BodyDataStream, Bytes};
use futures_util::StreamExt as _;
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use tokio::time::timeout;

use super::behind::Behind;
use super::{Asked, Files, Turn};
use crate::blob::{Staged, off_thread};
use crate::error::{ErrorCode, HubError};
use crate::intake::drain;
use crate::limit::{CHECKED_PIECE_MAX_BYTES, COUNT_BYTES, STALL_MAX, WRITE_BYTES};
use crate::metric;
use crate::storage::file::{FileWrite, UploadRecord};

/// How a piece's checksum is made (tus, extension Checksum). SHA-1 is what every server of that protocol must know: it
/// finds what a line breaks, and the whole file's SHA-256 finds the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Sha1,
    Sha256,
}

/// What a piece is said to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checksum {
    pub(crate) algorithm: Algorithm,
    pub(crate) digest: Vec<u8>,
}

/// A piece on its way in, but for its bytes.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) offset: u64,
    /// In bytes, when the request tells it.
    pub(crate) length: Option<u64>,
    pub(crate) checksum: Option<Checksum>,
}

/// Why no more of a piece is taken.
enum End {
    Whole,
    /// The line is gone, or nothing comes over it.
    BrokenOff,
    /// The client asks for the upload over another line.
    Wanted,
    /// More than there is to the file.
    TooMuch,
}

impl Files {
    /// Takes a piece. What was taken of one that broke off is kept too, unless it has a checksum, which is about the
    /// whole piece. Runs to its end by itself: a client that goes away must not leave half of it.
    ///
    /// # Errors
    /// When it does not fit, or could not be stored.
    pub(crate) async fn take(
        self: &Arc<Self>,
        asked: Asked,
        piece: Piece,
        body: Body,
    ) -> Result<UploadRecord, HubError> {
        let files = Arc::clone(self);
        let task = tokio::spawn(async move { files.take_here(&asked, piece, body).await });
        task.await.map_err(|error| HubError::new(ErrorCode::Internal, error.to_string()))?
    }

    async fn take_here(&self, asked: &Asked, piece: Piece, body: Body) -> Result<UploadRecord, HubError> {
        let ready = async {
            let place = self.pieces.room(asked.device, 1)?;
            let mut turn = self.turn(asked).await?;
            let upload = self.record(asked).await?;
            let upload = if upload.done { upload } else { self.taken_up(&mut turn, upload).await? };
            check(&upload, &piece)?;
            Ok((place, turn, upload))
        };
        let (_place, mut turn, upload) = match ready.await {
            Ok(ready) => ready,
            Err(error) => {
                drain(body).await;
                return Err(error);
            }
        };
        if upload.done {
            return Ok(upload);
        }
        let before = turn.staged.clone().ok_or_else(lost)?;
        let mut run = Run::of(self, upload, &before, piece.checksum).await?;
        let end = run.all(&mut turn, body.into_data_stream()).await?;
        let (upload, staged) = run.settle(&end).await?;
        *turn.staged = Some(staged);
        match end {
            End::Whole if upload.offset == upload.length => self.finish(&mut turn, upload).await,
            End::Whole => Ok(upload),
            End::TooMuch => Err(too_much(&upload)),
            End::BrokenOff | End::Wanted => {
                Err(HubError::new(ErrorCode::BadMessage, "the piece broke off; ask how far the upload is"))
            }
        }
    }
}

pub(super) fn lost() -> HubError {
    HubError::new(ErrorCode::Internal, "the upload's file was not taken up")
}

fn too_much(upload: &UploadRecord) -> HubError {
    let detail = format!("the file has {} bytes as announced, and no more are taken", upload.length);
    HubError::new(ErrorCode::TooLarge, detail)
}

fn check(upload: &UploadRecord, piece: &Piece) -> Result<(), HubError> {
    if piece.offset != upload.offset {
        let detail = format!(
            "the piece starts at {}, and the hub has {} bytes of the file; send what comes after them",
            piece.offset, upload.offset
        );
        return Err(HubError::new(ErrorCode::OffsetWrong, detail));
    }
    let length = piece.length.unwrap_or(0);
    if piece.offset.saturating_add(length) > upload.length {
        return Err(too_much(upload));
    }
    if piece.checksum.is_some() && length > CHECKED_PIECE_MAX_BYTES {
        let detail = format!("a piece with a checksum has {CHECKED_PIECE_MAX_BYTES} bytes at most");
        return Err(HubError::new(ErrorCode::TooLarge, detail));
    }
    Ok(())
}

/// A piece that is being written.
struct Run<'f> {
    files: &'f Files,
    upload: UploadRecord,
    before: Staged,
    behind: Behind,
    checksum: Option<(Context, Vec<u8>)>,
    gathered: Vec<Bytes>,
    gathered_bytes: usize,
}

impl<'f> Run<'f> {
    async fn of(
        files: &'f Files,
        upload: UploadRecord,
        staged: &Staged,
        checksum: Option<Checksum>,
    ) -> Result<Self, HubError> {
        let before = staged.clone();
        let staged = before.clone();
        let behind = Behind::Idle(Box::new(off_thread(move || staged.write()).await?));
        let checksum = checksum.map(|Checksum { algorithm, digest }| {
            let algorithm = match algorithm {
                Algorithm::Sha1 => &SHA1_FOR_LEGACY_USE_ONLY,
                Algorithm::Sha256 => &SHA256,
            };
            (Context::new(algorithm), digest)
        });
        Ok(Self { files, upload, before, behind, checksum, gathered: Vec::new(), gathered_bytes: 0 })
    }

    /// Takes bytes off the line until there are no more.
    async fn all(&mut self, turn: &mut Turn, mut body: BodyDataStream) -> Result<End, HubError> {
        let mut left = self.upload.length.saturating_sub(self.upload.offset);
        let mut uncounted = 0;
        let end = loop {
            let next = tokio::select! {
                biased;
                () = turn.wanted() => break End::Wanted,
                next = timeout(STALL_MAX, body.next()) => next,
            };
            let bytes = match next {
                Ok(Some(Ok(bytes))) => bytes,
                Ok(None) => break End::Whole,
                Ok(Some(Err(_))) | Err(_) => break End::BrokenOff,
            };
            let length = bytes.len() as u64;
            if length > left {
                break End::TooMuch;
            }
            left -= length;
            uncounted += length;
            if let Some((context, _)) = &mut self.checksum {
                context.update(&bytes);
                if uncounted > CHECKED_PIECE_MAX_BYTES {
                    break End::TooMuch;
                }
            }
            self.gathered_bytes += bytes.len();
            self.gathered.push(bytes);
            if self.gathered_bytes >= WRITE_BYTES {
                self.write(false).await?;
            }
            if self.checksum.is_none() && uncounted >= COUNT_BYTES {
                self.count().await?;
                uncounted = 0;
            }
        };
        Ok(end)
    }

    /// Has what was gathered written; and made durable when told so.
    async fn write(&mut self, sync: bool) -> Result<(), HubError> {
        metric::file_bytes_in(std::mem::take(&mut self.gathered_bytes));
        self.behind.write(std::mem::take(&mut self.gathered), sync).await
    }

    /// Makes durable what has come, and counts it. The last bytes of a file count when the file is finished.
    async fn count(&mut self) -> Result<(), HubError> {
        self.write(true).await?;
        let length = self.behind.length().await?;
        if length == self.upload.offset {
            return Ok(());
        }
        self.upload.offset = length;
        if length < self.upload.length {
            let store = self.files.store(self.upload.device, vec![FileWrite::Upload(self.upload.clone())]);
            store.await?;
        }
        Ok(())
    }

    /// Ends the piece: how far the upload is, and its file.
    async fn settle(mut self, end: &End) -> Result<(UploadRecord, Staged), HubError> {
        if let Some((context, said)) = self.checksum.take() {
            let whole = matches!(end, End::Whole);
            if !whole || context.finish().as_ref() != said {
                // Nothing of it may be taken for good later: what is still being written goes with the rest.
                let _ = self.behind.length().await;
                let before = self.before.clone();
                off_thread(move || before.write()).await?;
                if !whole {
                    return Ok((self.upload, self.before));
                }
                metric::file_refused("checksum_mismatch");
                let detail = "the piece is not what its checksum says; nothing of it was kept, send it again";
                return Err(HubError::new(ErrorCode::ChecksumMismatch, detail));
            }
        }
        self.count().await?;
        Ok((self.upload, self.behind.close().await?))
    }
}
