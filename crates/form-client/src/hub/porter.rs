//! Carries one file after the other, each until it is there, or the line is gone.

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use form_model::command::{BlobState, Event, Transfer};
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::EvidenceFile;
use form_model::id::ApplicationId;

use super::blob_line::{KNOWN_MAX, Part, Upload};
use super::connection::HubConnection;
use super::filling::Filling;
use super::pace::Pace;
use super::patience::{Patience, passes, patiently};
use super::problem;
use super::sync_loop::Ask;
use super::transfer::{Extent, Load, Way};
use crate::blob::{BlobFolder, Half, Soundness, failed};

/// How often the view hears how far a file is: as fast as an eye sees a bar move.
const TOLD_EVERY: Duration = Duration::from_millis(100);

/// Who carries for one application over one line.
pub(super) struct Porter<'a, A> {
    desk: &'a A,
    connection: &'a HubConnection,
    application: &'a ApplicationId,
    blobs: BlobFolder,
    extent: Extent,
    queue: Mutex<Queue>,
    pace: Pace,
    /// The line is gone: the rest of the round is not tried.
    line_gone: AtomicBool,
}

/// What waits for a lane.
#[derive(Default)]
struct Queue {
    waiting: VecDeque<Load>,
    /// The hashes of what is under way.
    busy: BTreeSet<String>,
}

/// A file that is being carried.
struct Errand {
    load: Load,
    /// It has turned out once to be another file than it should be, and was begun anew.
    anew: bool,
    patience: Patience,
    told: Option<Instant>,
}

impl<'a, A: Ask> Porter<'a, A> {
    pub(super) async fn new(
        desk: &'a A,
        connection: &'a HubConnection,
        application: &'a ApplicationId,
        extent: Extent,
    ) -> Result<Self, UserError> {
        let blobs = desk.ask(|desk| Ok(desk.blobs())).await?;
        let (queue, pace, line_gone) = (Mutex::default(), Pace::default(), AtomicBool::new(false));
        Ok(Self { desk, connection, application, blobs, extent, queue, pace, line_gone })
    }

    /// Asks the hub which files it has: all, or those of which it has not said so.
    pub(super) async fn confirm(&self, all: bool) -> Result<(), UserError> {
        let id = self.application.clone();
        let named = self.desk.ask(move |desk| {
            desk.hear_of_files_anew(&id)?;
            desk.to_confirm(&id, all)
        });
        for some in named.await?.chunks(KNOWN_MAX) {
            let known = patiently(|| self.connection.known_blobs(self.application, some)).await?;
            let (id, some) = (self.application.clone(), some.to_vec());
            let blobs = self.desk.ask(move |desk| desk.confirmed(&id, &some, &known)).await?;
            self.tell(blobs).await;
        }
        Ok(())
    }

    /// Looks what is to be carried now. What failed before is tried again.
    pub(super) async fn look(&self) -> Result<(), UserError> {
        let (id, extent) = (self.application.clone(), self.extent.clone());
        let loads = self.desk.ask(move |desk| desk.loads(&id, &extent)).await?;
        self.line_gone.store(false, Ordering::Relaxed);
        let mut queue = self.queue();
        let waiting = loads.into_iter().filter(|load| !queue.busy.contains(&load.file.sha256)).collect();
        queue.waiting = waiting;
        Ok(())
    }

    /// Carries what waits, one file after the other; nothing but what a person asked for, if so wished.
    pub(super) async fn lane(&self, asked_for: bool) -> Result<(), UserError> {
        let mut trouble = Ok(());
        while let Some(load) = self.next(asked_for) {
            let sha256 = load.file.sha256.clone();
            let carried = self.one(load).await;
            self.queue().busy.remove(&sha256);
            trouble = trouble.and(carried);
        }
        trouble
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self, asked_for: bool) -> Option<Load> {
        let mut queue = self.queue();
        if self.line_gone.load(Ordering::Relaxed) || asked_for && !queue.waiting.front()?.wanted {
            return None;
        }
        let load = queue.waiting.pop_front()?;
        queue.busy.insert(load.file.sha256.clone());
        Some(load)
    }

    /// Carries one file, as often as the line breaks.
    async fn one(&self, load: Load) -> Result<(), UserError> {
        let mut errand = Errand { load, anew: false, patience: Patience::default(), told: None };
        loop {
            let carried = match errand.load.way {
                Way::Up => self.send(&mut errand).await,
                Way::Down => self.fetch(&mut errand).await,
            };
            let Err(error) = carried else { return Ok(()) };
            let gone = || self.line_gone.load(Ordering::Relaxed);
            if passes(&error) && !gone() && errand.patience.wait().await {
                continue;
            }
            if error.code == ErrorCode::HubUnreachable {
                self.line_gone.store(true, Ordering::Relaxed);
            }
            if error.code == ErrorCode::BlobDamaged && errand.load.way == Way::Up {
                self.rests(&errand.load.file).await?;
            } else {
                self.moved(&errand.load.file, Transfer::Failed { error: error.clone() }).await?;
            }
            return Err(error);
        }
    }

    async fn send(&self, errand: &mut Errand) -> Result<(), UserError> {
        let file = errand.load.file.clone();
        if !self.blobs.holds(&file.sha256, file.size) {
            return self.damaged(&file).await;
        }
        let path = self.blobs.path(&file.sha256);
        let mut upload = self.upload(errand).await?;
        while upload.offset < file.size {
            if !self.step(errand, Transfer::Sending { sent: upload.offset }).await? {
                return Ok(());
            }
            let length = self.pace.piece(file.size - upload.offset);
            let part = Part { path: &path, start: upload.offset, length };
            match self.connection.append(&upload.path, &part).await {
                Ok(offset) => {
                    self.pace.came(offset.saturating_sub(upload.offset));
                    errand.patience.renew();
                    upload.offset = offset;
                }
                Err(error) if problem::code(&error) == Some(problem::WRONG_HASH) => {
                    return self.another_hash(errand, error).await;
                }
                Err(error) => {
                    self.pace.broke();
                    return Err(error);
                }
            }
        }
        self.moved(&file, Transfer::OnHub).await
    }

    /// The upload of a file, gone on with where it was begun.
    async fn upload(&self, errand: &mut Errand) -> Result<Upload, UserError> {
        if !errand.load.upload.is_empty()
            && let Some(offset) = self.connection.upload_offset(&errand.load.upload).await?
        {
            return Ok(Upload { path: errand.load.upload.clone(), offset });
        }
        let upload = self.connection.begin_upload(self.application, &errand.load.file).await?;
        self.keep_upload(errand, &upload.path).await?;
        Ok(upload)
    }

    async fn keep_upload(&self, errand: &mut Errand, path: &str) -> Result<(), UserError> {
        path.clone_into(&mut errand.load.upload);
        let (id, sha256) = (self.application.clone(), errand.load.file.sha256.clone());
        let path = path.to_owned();
        self.desk.ask(move |desk| desk.keep_upload(&id, &sha256, &path)).await
    }

    /// The hub found another hash than it was told: the copy here is not what it was; or, when it is, something broke on
    /// the way or at the hub, and the file is sent anew, once.
    async fn another_hash(&self, errand: &mut Errand, error: UserError) -> Result<(), UserError> {
        self.keep_upload(errand, "").await?;
        self.damaged(&errand.load.file).await?;
        if std::mem::replace(&mut errand.anew, true) { Err(error) } else { Box::pin(self.send(errand)).await }
    }

    /// Looks at the copy here. One that is not what it was goes aside, so that it can be fetched or added again.
    ///
    /// # Errors
    /// [`ErrorCode::BlobDamaged`] when it is not, or not whole.
    async fn damaged(&self, file: &EvidenceFile) -> Result<(), UserError> {
        let (blobs, looked_at) = (self.blobs.clone(), file.clone());
        let sound = beside(move || {
            let found = blobs.look(&looked_at.sha256)?;
            if found == Soundness::Damaged {
                blobs.set_damaged_aside(&looked_at.sha256)?;
            }
            Ok(found == Soundness::Sound)
        });
        if sound.await.map_err(|error| failed(&file.name, &error))? {
            return Ok(());
        }
        Err(UserError::new(ErrorCode::BlobDamaged).with("file", &file.name))
    }

    async fn fetch(&self, errand: &mut Errand) -> Result<(), UserError> {
        let file = errand.load.file.clone();
        let half = self.half(&file).await?;
        let half = match self.bring(errand, half).await? {
            Brought::Whole(half) => *half,
            Brought::Stopped => return Ok(()),
            Brought::Nothing => {
                // It had said that it has the file.
                let (id, asked) = (self.application.clone(), [file.sha256.clone()]);
                self.desk.ask(move |desk| desk.confirmed(&id, &asked, &[])).await?;
                return self.rests(&file).await;
            }
        };
        match self.keep(half, &file).await {
            // Read from its start the file is compared by the hub on its way, which sets a damaged copy aside.
            Err(error) if error.code == ErrorCode::BlobDamaged && !errand.anew => {
                errand.anew = true;
                Box::pin(self.fetch(errand)).await
            }
            Err(error) => Err(error),
            Ok(()) => self.moved(&file, Transfer::OnHub).await,
        }
    }

    /// What has come of a file.
    async fn half(&self, file: &EvidenceFile) -> Result<Half, UserError> {
        let (blobs, sha256, size) = (self.blobs.clone(), file.sha256.clone(), file.size);
        let opened = beside(move || {
            let mut half = Half::open(blobs.partial(&sha256)?)?;
            if half.length() > size {
                half.clear()?;
            }
            Ok(half)
        });
        opened.await.map_err(|error| failed(&file.name, &error))
    }

    /// Puts what comes of a file behind what has come before.
    async fn bring(&self, errand: &mut Errand, mut half: Half) -> Result<Brought, UserError> {
        let file = errand.load.file.clone();
        let unusable = |error: io::Error| failed(&file.name, &error);
        let mut got = half.length();
        let mut room = self.blobs.reserve(file.size - got, &file.name)?;
        if got == file.size {
            return Ok(Brought::Whole(Box::new(half)));
        }
        let coming = self.connection.blob(self.application, &file.sha256, got).await?;
        let Some(mut coming) = coming else { return Ok(Brought::Nothing) };
        if coming.from != got {
            half.clear().map_err(unusable)?;
            got = 0;
        }
        let filling = Filling::of(half);
        let come = async {
            while got < file.size {
                if !self.step(errand, Transfer::Fetching { got }).await? {
                    return Ok(false);
                }
                let Some(stretch) = self.connection.more(&mut coming).await? else { break };
                let length = stretch.as_ref().len() as u64;
                if !filling.add(stretch).await {
                    break;
                }
                got += length;
                room.written(length);
                errand.patience.renew();
            }
            Ok::<_, UserError>(true)
        };
        let come = come.await;
        let half = filling.end().await.map_err(unusable)?;
        Ok(if come? { Brought::Whole(Box::new(half)) } else { Brought::Stopped })
    }

    /// Compares what has come and takes it over.
    async fn keep(&self, half: Half, file: &EvidenceFile) -> Result<(), UserError> {
        let (blobs, file) = (self.blobs.clone(), file.clone());
        let kept = tokio::task::spawn_blocking(move || half.keep(&blobs, &file.sha256, &file.name)).await;
        kept.map_err(|error| UserError::new(ErrorCode::NotSaved).with("cause", error))?
    }

    /// Says how far a file is, now and then. False when it is to stop: a person has said so meanwhile.
    async fn step(&self, errand: &mut Errand, transfer: Transfer) -> Result<bool, UserError> {
        if errand.told.is_some_and(|told| told.elapsed() < TOLD_EVERY) {
            return Ok(true);
        }
        errand.told = Some(Instant::now());
        let (id, file, extent) = (self.application.clone(), errand.load.file.clone(), self.extent.clone());
        let (on, blob) = self
            .desk
            .ask(move |desk| {
                let on = desk.goes_on(&id, &file, &extent)?;
                let blob = if on {
                    Some(desk.blob_moved(&id, &file, transfer)?)
                } else {
                    desk.blob_rests(&id, &file.sha256)?
                };
                Ok((on, blob))
            })
            .await?;
        self.tell(blob.into_iter().collect()).await;
        Ok(on)
    }

    /// A file has moved on; the view hears of it.
    async fn moved(&self, file: &EvidenceFile, transfer: Transfer) -> Result<(), UserError> {
        let (id, file) = (self.application.clone(), file.clone());
        let blob = self.desk.ask(move |desk| desk.blob_moved(&id, &file, transfer)).await?;
        self.tell(vec![blob]).await;
        Ok(())
    }

    /// A file is no longer under way; the view hears how it stands.
    async fn rests(&self, file: &EvidenceFile) -> Result<(), UserError> {
        let (id, sha256) = (self.application.clone(), file.sha256.clone());
        let blob = self.desk.ask(move |desk| desk.blob_rests(&id, &sha256)).await?;
        self.tell(blob.into_iter().collect()).await;
        Ok(())
    }

    async fn tell(&self, blobs: Vec<BlobState>) {
        if !blobs.is_empty() {
            self.desk.tell(self.application, vec![Event::Evidence { blobs }]).await;
        }
    }
}

/// What came of a file.
enum Brought {
    Whole(Box<Half>),
    /// A person has stopped it.
    Stopped,
    /// The hub does not have it.
    Nothing,
}

/// Does disk work where it holds nobody up.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}
