//! Files on their way out: never a byte to the end of a file that is not what its name says.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

use axum::body::Bytes;
use form_model::id::ApplicationId;
use futures_util::stream::{BoxStream, StreamExt as _, unfold};
use ring::digest::{Context, SHA256};

use super::object::Objects;
use super::sound::Stamp;
use super::{BlobError, off_thread};
use crate::storage::file::{BlobHash, BlobRecord};

/// Bytes one after the other; ends with its first error.
pub(super) type Pieces = BoxStream<'static, Result<Bytes, BlobError>>;

/// A part of a file: from `start` to before `end`, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) start: u64,
    pub(crate) end: u64,
}

/// A file that is being read.
pub(crate) struct Reading {
    pub(crate) pieces: BoxStream<'static, Result<Bytes, BlobError>>,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reading")
    }
}

/// Reads a file by pieces of at most `size` bytes, each on a thread that may wait for a disk.
pub(super) fn pieces(file: File, start: u64, length: u64, size: usize) -> Pieces {
    unfold((Some(file), start, length), move |(file, at, left)| async move {
        let file = file?;
        let size = usize::try_from(left).unwrap_or(size).min(size);
        if size == 0 {
            return None;
        }
        match off_thread(move || read_at(file, at, size)).await {
            Ok((_, bytes)) if bytes.is_empty() => None,
            Ok((file, bytes)) => {
                let read = bytes.len() as u64;
                Some((Ok(bytes), (Some(file), at.saturating_add(read), left.saturating_sub(read))))
            }
            Err(error) => Some((Err(error), (None, at, 0))),
        }
    })
    .boxed()
}

fn read_at(mut file: File, at: u64, size: usize) -> Result<(File, Bytes), BlobError> {
    let mut bytes = Vec::with_capacity(size);
    file.seek(SeekFrom::Start(at)).map_err(BlobError::io("a kept file"))?;
    (&mut file).take(size as u64).read_to_end(&mut bytes).map_err(BlobError::io("a kept file"))?;
    Ok((file, bytes.into()))
}

impl Objects {
    /// Reads a kept file whole. Its last piece comes only after the whole was found to be what its name says; else the
    /// stream ends with [`BlobError::Damaged`].
    ///
    /// # Errors
    /// When it is not there, or not so long.
    pub(crate) async fn whole(
        &self,
        application: &ApplicationId,
        blob: &BlobRecord,
    ) -> Result<Reading, BlobError> {
        let (application, blob) = (application.clone(), *blob);
        let stamp = self.stamp_of(&application, &blob).await?;
        let raw = self.bytes(&application, &blob.hash, 0, blob.length).await?;
        let objects = self.clone();
        let state = (raw, Context::new(&SHA256), 0_u64, None::<Bytes>, false);
        let pieces = unfold(state, move |(mut raw, mut hash, mut length, mut held, over)| {
            let (objects, application) = (objects.clone(), application.clone());
            async move {
                if over {
                    return None;
                }
                loop {
                    match raw.next().await {
                        Some(Ok(piece)) => {
                            hash.update(&piece);
                            length = length.saturating_add(piece.len() as u64);
                            if let Some(ready) = held.replace(piece) {
                                return Some((Ok(ready), (raw, hash, length, held, false)));
                            }
                        }
                        Some(Err(error)) => return Some((Err(error), (raw, hash, length, None, true))),
                        None if length == blob.length && is(&hash, &blob.hash) => {
                            objects.sound.put(&application, &blob.hash, stamp);
                            return held.map(|last| (Ok(last), (raw, hash, length, None, true)));
                        }
                        None => return Some((Err(BlobError::Damaged), (raw, hash, length, None, true))),
                    }
                }
            }
        });
        Ok(Reading { pieces: pieces.boxed() })
    }

    /// Reads a part of a kept file, of which the whole was found sound before and not written to since.
    ///
    /// # Errors
    /// [`BlobError::Damaged`] when it is not what its name says.
    pub(crate) async fn part(
        &self,
        application: &ApplicationId,
        blob: &BlobRecord,
        part: Part,
    ) -> Result<Reading, BlobError> {
        let stamp = self.stamp_of(application, blob).await?;
        if !self.sound.has(application, &blob.hash, stamp) {
            self.look_through(application, blob).await?;
        }
        let pieces = self.bytes(application, &blob.hash, part.start, part.end).await?;
        Ok(Reading { pieces })
    }

    /// Reads a kept file from end to end, and says whether it is what its name says.
    ///
    /// # Errors
    /// [`BlobError::Missing`], [`BlobError::Damaged`], or what the store says.
    pub(crate) async fn look_through(
        &self,
        application: &ApplicationId,
        blob: &BlobRecord,
    ) -> Result<(), BlobError> {
        let mut reading = self.whole(application, blob).await?;
        while let Some(piece) = reading.pieces.next().await {
            piece?;
        }
        Ok(())
    }

    /// What a kept file is like now; its length is what its record says.
    async fn stamp_of(&self, application: &ApplicationId, blob: &BlobRecord) -> Result<Stamp, BlobError> {
        match self.stamp(application, &blob.hash).await? {
            None => Err(BlobError::Missing),
            Some(stamp) if stamp.length != blob.length => Err(BlobError::Damaged),
            Some(stamp) => Ok(stamp),
        }
    }
}

fn is(hash: &Context, named: &BlobHash) -> bool {
    hash.clone().finish().as_ref() == named.0
}
