//! Carries files of evidence between this desk and its hub: small and asked-for ones first, a few at a time, each from
//! where it broke off. A file counts as on the hub only when the hub has said so after comparing all of it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use form_model::command::{Event, Transfer};
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::EvidenceFile;
use form_model::id::ApplicationId;
use futures_util::StreamExt as _;
use futures_util::stream;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::blob_line::{CHUNK_BYTES, KNOWN_MAX, Upload};
use super::connection::HubConnection;
use super::sync_loop::{Ask, Never};
use crate::blob::{BlobFolder, Soundness, failed};

/// How many files are under way at once: enough that a slow disk does not hold up the line, few enough that typing
/// still gets through.
const AT_ONCE: usize = 3;

/// How often the hub is asked for files that colleagues have yet to send: soon enough that nobody reloads a page.
const ROUND_EVERY: Duration = Duration::from_secs(15);

/// On a line that costs money larger files wait until somebody asks for them, in bytes: a page of a scan.
pub const METERED_MAX_BYTES: u64 = 512 << 10;

/// Which files are to be carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// As the desk is set: all, or on a line that costs money small and asked-for ones.
    AsSet,
    /// Everything.
    All,
}

/// One file to be carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    pub file: EvidenceFile,
    /// Where an upload goes on; empty when none was begun.
    pub upload: String,
    /// Whether a person asked for it.
    pub wanted: bool,
}

/// What is to be carried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loads {
    /// Files of which the hub has not said that it has them.
    pub unconfirmed: Vec<String>,
    /// Those that are here and go to the hub, the next one first.
    pub up: Vec<Load>,
    /// Those that are at the hub and come here.
    pub down: Vec<Load>,
}

/// Carries what is to be carried, once. What one file meets does not hold up the others; the first trouble is answered
/// when everything else has been tried.
///
/// # Errors
/// [`ErrorCode::HubUnreachable`], [`ErrorCode::HubRefused`], [`ErrorCode::DiskFull`], [`ErrorCode::NotSaved`].
pub async fn transfer<A: Ask>(
    desk: &A,
    connection: &HubConnection,
    application: &ApplicationId,
    extent: Extent,
) -> Result<(), UserError> {
    let porter = Porter { desk, connection, application, line_gone: AtomicBool::new(false) };
    porter.confirm().await?;
    let (id, blobs) = (application.clone(), desk.ask(|desk| Ok(desk.blobs())).await?);
    let loads = desk.ask(move |desk| desk.loads(&id, extent)).await?;
    let up = loads.up.iter().map(|load| porter.one(load, &blobs, true));
    let down = loads.down.iter().map(|load| porter.one(load, &blobs, false));
    let jobs: Vec<_> = up.chain(down).collect();
    let results: Vec<_> = stream::iter(jobs).buffer_unordered(AT_ONCE).collect().await;
    results.into_iter().collect()
}

/// Carries files for as long as the line lasts: at once, when something is added or asked for, and now and then for
/// what colleagues have sent to the hub meanwhile. What goes wrong is told at each file.
pub(super) async fn carry<A: Ask>(
    desk: A,
    connection: HubConnection,
    application: ApplicationId,
    files: Arc<Notify>,
) -> Never {
    loop {
        // Told at the files; tried again with the next round.
        let _ = transfer(&desk, &connection, &application, Extent::AsSet).await;
        let _ = timeout(ROUND_EVERY, files.notified()).await;
    }
}

struct Porter<'a, A> {
    desk: &'a A,
    connection: &'a HubConnection,
    application: &'a ApplicationId,
    /// The line is gone: the rest is not tried.
    line_gone: AtomicBool,
}

impl<A: Ask> Porter<'_, A> {
    /// Asks the hub which files it has.
    async fn confirm(&self) -> Result<(), UserError> {
        let id = self.application.clone();
        let loads = self.desk.ask(move |desk| desk.loads(&id, Extent::All)).await?;
        for some in loads.unconfirmed.chunks(KNOWN_MAX) {
            let known = self.connection.known_blobs(self.application, some).await?;
            for sha256 in known {
                self.moved(&sha256, Transfer::OnHub).await?;
            }
        }
        Ok(())
    }

    async fn one(&self, load: &Load, blobs: &BlobFolder, up: bool) -> Result<(), UserError> {
        if self.line_gone.load(Ordering::Relaxed) {
            return Ok(());
        }
        let carried = if up { self.send(load, blobs).await } else { self.fetch(load, blobs).await };
        if let Err(error) = &carried {
            if error.code == ErrorCode::HubUnreachable {
                self.line_gone.store(true, Ordering::Relaxed);
            }
            self.moved(&load.file.sha256, Transfer::Failed { error: error.clone() }).await?;
        }
        carried
    }

    async fn send(&self, load: &Load, blobs: &BlobFolder) -> Result<(), UserError> {
        let file = &load.file;
        let mut source = File::open(blobs.path(&file.sha256)).map_err(|error| failed(&file.name, &error))?;
        let mut upload = self.upload(load).await?;
        while upload.offset < file.size {
            self.moved(&file.sha256, Transfer::Sending { sent: upload.offset }).await?;
            let bytes = read(&mut source, upload.offset).map_err(|error| failed(&file.name, &error))?;
            if bytes.is_empty() {
                return self.damaged(file, blobs).await;
            }
            upload.offset = match self.connection.append(&upload.path, upload.offset, bytes).await {
                Ok(offset) => offset,
                // The hub found another hash than it was told: the copy here is not what it was.
                Err(error) if super::problem::code(&error) == Some(super::problem::WRONG_HASH) => {
                    self.keep_upload(file, "").await?;
                    return self.damaged(file, blobs).await;
                }
                Err(error) => return Err(error),
            };
        }
        self.moved(&file.sha256, Transfer::OnHub).await
    }

    /// The upload of a file, gone on with where it was begun.
    async fn upload(&self, load: &Load) -> Result<Upload, UserError> {
        if !load.upload.is_empty()
            && let Some(offset) = self.connection.upload_offset(&load.upload).await?
        {
            return Ok(Upload { path: load.upload.clone(), offset });
        }
        let upload = self.connection.begin_upload(self.application, &load.file).await?;
        self.keep_upload(&load.file, &upload.path).await?;
        Ok(upload)
    }

    async fn keep_upload(&self, file: &EvidenceFile, path: &str) -> Result<(), UserError> {
        let (id, sha256, path) = (self.application.clone(), file.sha256.clone(), path.to_owned());
        self.desk.ask(move |desk| desk.keep_upload(&id, &sha256, &path)).await
    }

    async fn fetch(&self, load: &Load, blobs: &BlobFolder) -> Result<(), UserError> {
        let file = &load.file;
        let unusable = |error: io::Error| failed(&file.name, &error);
        let partial = blobs.partial(&file.sha256).map_err(unusable)?;
        let mut got = partial.metadata().map_or(0, |meta| meta.len());
        if got > file.size {
            std::fs::remove_file(&partial).map_err(unusable)?;
            got = 0;
        }
        blobs.need_room(file.size - got, &file.name)?;
        while got < file.size {
            self.moved(&file.sha256, Transfer::Fetching { got }).await?;
            let bytes = self.connection.blob_bytes(self.application, &file.sha256, got).await?;
            let Some(bytes) = bytes else {
                return self.moved(&file.sha256, Transfer::Restricted).await;
            };
            if bytes.is_empty() {
                break;
            }
            got += append(&partial, &bytes).map_err(unusable)?;
        }
        self.adopt(partial, file, blobs).await?;
        self.moved(&file.sha256, Transfer::OnHub).await
    }

    /// Compares what has come and takes it over, beside other work.
    async fn adopt(
        &self,
        partial: PathBuf,
        file: &EvidenceFile,
        blobs: &BlobFolder,
    ) -> Result<(), UserError> {
        let (blobs, file) = (blobs.clone(), file.clone());
        let adopted =
            tokio::task::spawn_blocking(move || blobs.adopt(&partial, &file.sha256, &file.name)).await;
        adopted.map_err(|error| UserError::new(ErrorCode::NotSaved).with("cause", error))?
    }

    /// The copy here is not what it was: it goes aside, so that it can be fetched or added again.
    async fn damaged(&self, file: &EvidenceFile, blobs: &BlobFolder) -> Result<(), UserError> {
        if blobs.look(&file.sha256).map_err(|error| failed(&file.name, &error))? == Soundness::Damaged {
            blobs.set_damaged_aside(&file.sha256).map_err(|error| failed(&file.name, &error))?;
        }
        Err(UserError::new(ErrorCode::BlobDamaged).with("file", &file.name))
    }

    /// A file has moved on; the view hears of it.
    async fn moved(&self, sha256: &str, transfer: Transfer) -> Result<(), UserError> {
        let (id, sha256) = (self.application.clone(), sha256.to_owned());
        let state = self.desk.ask(move |desk| desk.blob_moved(&id, &sha256, transfer)).await?;
        self.desk.tell(self.application, vec![Event::Evidence { blobs: vec![state] }]).await;
        Ok(())
    }
}

/// The next bytes of a file.
fn read(source: &mut File, at: u64) -> io::Result<Vec<u8>> {
    source.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::with_capacity(CHUNK_BYTES);
    source.take(CHUNK_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Puts bytes behind what has come of a file.
fn append(partial: &PathBuf, bytes: &[u8]) -> io::Result<u64> {
    let mut file = OpenOptions::new().create(true).append(true).open(partial)?;
    file.write_all(bytes)?;
    Ok(bytes.len() as u64)
}
