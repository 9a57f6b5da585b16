//! Files on their way in and out: brings what the arbiter knows of them together with their bytes. What is
//! acknowledged here is on the disk; the arbiter's thread never waits for a byte of a file.

mod behind;
mod collect;
mod finish;
mod piece;
mod shelf;
mod turn;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use form_document::key::PublicKey;
use form_model::id::ApplicationId;
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::arbiter::{Arbiter, Core, NewUpload, Room};
use crate::blob::Objects;
use crate::config::Evidence;
use crate::error::{ErrorCode, HubError};
use crate::intake::Intake;
use crate::storage::file::{BlobHash, FileWrite, UploadId, UploadRecord};
use turn::{Slot, Turn};

pub(crate) use collect::Collected;
pub(crate) use piece::{Algorithm, Checksum, Piece};

/// All files of a hub.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) objects: Objects,
    arbiter: Arbiter,
    random: SystemRandom,
    /// The uploads that somebody asked for since the start.
    slots: Mutex<BTreeMap<UploadId, Arc<Slot>>>,
    pieces: Arc<Intake>,
    shelf: shelf::Shelf,
    folder: PathBuf,
    quota: u64,
    disk_free: u64,
}

/// Which upload, and who asks for it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) device: PublicKey,
    pub(crate) application: ApplicationId,
    pub(crate) upload: UploadId,
}

impl Files {
    /// The files of the hub that this arbiter judges for. `folder` is where what comes in lies.
    pub(crate) fn new(objects: Objects, arbiter: Arbiter, folder: PathBuf, config: &Evidence) -> Self {
        Self {
            objects,
            arbiter,
            random: SystemRandom::new(),
            slots: Mutex::default(),
            pieces: Intake::pieces(),
            shelf: shelf::Shelf::default(),
            folder,
            quota: config.quota_mib.saturating_mul(1 << 20),
            disk_free: config.disk_free_mib.saturating_mul(1 << 20),
        }
    }

    /// Begins an upload.
    ///
    /// # Errors
    /// When the device may not, or there is no room.
    pub(crate) async fn begin(
        &self,
        device: PublicKey,
        application: ApplicationId,
        length: u64,
        hash: Option<BlobHash>,
        metadata: String,
    ) -> Result<UploadRecord, HubError> {
        let new = NewUpload { id: UploadId(self.chance()?), length, hash, metadata };
        let known = match hash {
            Some(hash) => self.found(device, &application, vec![hash]).await?.pop(),
            None => None,
        };
        let room = Room { quota: self.quota, disk: self.free_disk().await?.saturating_sub(self.disk_free) };
        let begin = move |core: &mut Core| core.begin_upload(&device, &application, new, room, known);
        self.arbiter.with(device, begin).await
    }

    /// How far an upload is. One whose bytes are all there is finished first: a client that hears of all of them sends
    /// nothing more.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) async fn state(&self, asked: &Asked) -> Result<UploadRecord, HubError> {
        let mut turn = self.turn(asked).await?;
        let upload = self.record(asked).await?;
        if upload.done {
            return Ok(upload);
        }
        self.taken_up(&mut turn, upload).await
    }

    /// Ends an upload; what has come of it goes.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) async fn end(&self, asked: &Asked) -> Result<(), HubError> {
        let mut turn = self.turn(asked).await?;
        let upload = self.record(asked).await?;
        self.give_up(&mut turn, &upload).await
    }

    /// Takes expired uploads away, and what no upload knows any more.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn expire(&self, lane: PublicKey) -> Result<(), HubError> {
        let gone = self.arbiter.with(lane, Core::expire_uploads).await?;
        for id in gone {
            self.slots().remove(&id);
            let staging = self.objects.staging().clone();
            crate::blob::off_thread(move || {
                staging.clear(&id);
                Ok(())
            })
            .await?;
        }
        Ok(())
    }

    /// Takes staging files away that no upload knows: a hub that was killed between the two leaves them.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn sweep(&self, lane: PublicKey) -> Result<(), HubError> {
        let staging = self.objects.staging().clone();
        let all = crate::blob::off_thread(move || staging.all()).await?;
        for id in all {
            let known = self.arbiter.with(lane, move |core| Ok(core.storage().upload(&id)?)).await?;
            if known.is_none_or(|upload| upload.done) {
                let staging = self.objects.staging().clone();
                crate::blob::off_thread(move || {
                    staging.clear(&id);
                    Ok(())
                })
                .await?;
            }
        }
        Ok(())
    }

    fn chance<const N: usize>(&self) -> Result<[u8; N], HubError> {
        let mut bytes = [0; N];
        let none = |_| HubError::new(ErrorCode::Internal, "the system gives no random numbers");
        self.random.fill(&mut bytes).map_err(none)?;
        Ok(bytes)
    }

    /// A new ticket's bytes.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub(crate) fn new_ticket(&self) -> Result<[u8; 32], HubError> {
        self.chance()
    }

    async fn record(&self, asked: &Asked) -> Result<UploadRecord, HubError> {
        let Asked { device, application, upload } = asked.clone();
        self.arbiter.with(device, move |core| core.upload(&device, &application, &upload)).await
    }

    async fn store(&self, device: PublicKey, writes: Vec<FileWrite>) -> Result<(), HubError> {
        self.arbiter.with(device, move |core| core.keep_files(writes)).await
    }

    fn slots(&self) -> MutexGuard<'_, BTreeMap<UploadId, Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nobody else works on the upload; whoever does is asked to let go.
    async fn turn(&self, asked: &Asked) -> Result<Turn, HubError> {
        // Whoever may not ask must not disturb others, nor fill memory with slots.
        self.record(asked).await?;
        let slot = Arc::clone(self.slots().entry(asked.upload).or_default());
        Turn::of(&slot).await
    }

    /// Free bytes on the disk on which files come in.
    async fn free_disk(&self) -> Result<u64, HubError> {
        let folder = self.folder.clone();
        Ok(crate::blob::off_thread(move || Ok(free(&folder))).await?)
    }
}

#[cfg(unix)]
fn free(folder: &std::path::Path) -> u64 {
    // A system that cannot say refuses when it is full.
    rustix::fs::statvfs(folder).map_or(u64::MAX, |disk| disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Elsewhere the disk says so when it is full.
#[cfg(not(unix))]
fn free(_: &std::path::Path) -> u64 {
    u64::MAX
}
