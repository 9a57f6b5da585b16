//! The thread that owns the desk. Commands queue for it, so that they are done one after the other and no disk
//! write ever holds up the window.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use form_client::hub::{SigningKey, Wake};
use form_client::workspace::Workspace;
use form_client::{handoff, hub};
use form_model::command::{Event, Imported, Link};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use tokio::sync::oneshot;

use crate::argument::Arguments;
use crate::desk::Desk;

/// How long a file handed over by a second start may lie: below what a person notices.
const HANDOFF_PAUSE: Duration = Duration::from_millis(200);
/// How often a keyring that did not give the key is asked again.
const KEYRING_PAUSE: Duration = Duration::from_secs(20);
/// Nobody has typed for so long: time for housekeeping.
const QUIET: Duration = Duration::from_secs(5);

type Job = Box<dyn FnOnce(&mut Desk) + Send>;

/// The way to the desk's thread.
#[derive(Clone)]
pub struct Engine {
    jobs: Sender<Job>,
    /// The applications that are kept in step with their hubs.
    followed: Arc<Mutex<BTreeSet<ApplicationId>>>,
}

impl Engine {
    /// Opens the data folder and starts the thread. Where another Huiqian has the folder and there are files
    /// to open, hands them to that one and returns `None`.
    ///
    /// # Errors
    /// When the files cannot be handed over, or the system gives no thread.
    pub fn start(arguments: Arguments) -> anyhow::Result<Option<Self>> {
        let Arguments { home, files } = arguments;
        let mut desk = Desk::new(home);
        if let Some(waiting) = desk.open_with(&files) {
            handoff::give(desk.folder(), waiting).context("hand the files to the running Huiqian")?;
            return Ok(None);
        }
        let (jobs, queue) = channel();
        thread::Builder::new()
            .name("desk".to_owned())
            .spawn(move || {
                // While the window comes up. When it fails, the page's first command tries again and shows why.
                let _ = desk.workspace();
                work(&mut desk, &queue);
            })
            .context("start the desk's thread")?;
        Ok(Some(Self { jobs, followed: Arc::default() }))
    }

    /// Does `work` on the desk, after everything asked before.
    ///
    /// # Errors
    /// What `work` answers; or that the thread has died.
    pub async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk) -> Result<T, UserError> + Send + 'static,
    ) -> Result<T, UserError> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |desk| {
            // Nobody waits any more when the page was closed meanwhile; the work is done all the same.
            let _ = answer.send(work(desk));
        });
        self.jobs.send(job).map_err(|_| thread_died())?;
        answered.await.map_err(|_| thread_died())?
    }

    /// Takes a file in; what a courier has brought for the hub is handed in there.
    ///
    /// # Errors
    /// When it is nothing that can be taken in, or the hub is not reached or does not take it.
    pub async fn import(&self, path: PathBuf) -> Result<Imported, UserError> {
        match hub::carry_file(self, &path).await? {
            Some(imported) => Ok(imported),
            None => self.ask(move |desk| desk.import(&path)).await,
        }
    }

    /// Takes in files that were dropped on the window, and tells the page what came of it.
    pub fn import_all(&self, files: Vec<PathBuf>) {
        let engine = self.clone();
        tauri::async_runtime::spawn(async move {
            for path in files {
                let came = engine.import(path).await;
                let told = move |desk: &mut Desk| {
                    desk.tell_import(came);
                    Ok(())
                };
                // Without the thread every command says so.
                let _ = engine.ask(told).await;
            }
        });
    }
}

impl Engine {
    /// Keeps every application that has a hub in step with it, from now on.
    pub fn follow_hubs(&self) {
        let engine = self.clone();
        tauri::async_runtime::spawn(async move {
            let shared = engine.ask(|desk| {
                let workspace = desk.workspace()?;
                let ids = workspace.shared_applications()?;
                let wakes = ids.into_iter().map(|id| (id.clone(), workspace.wake(&id)));
                Ok(wakes.collect::<Vec<_>>())
            });
            // Without the folder nothing can be followed; the page shows why it cannot be opened.
            let Ok(shared) = shared.await else { return };
            if shared.is_empty() {
                return;
            }
            let device = engine.key_when_unlocked(&shared).await;
            for (id, wake) in shared {
                let new = engine.followed.lock().is_ok_and(|mut followed| followed.insert(id.clone()));
                if new {
                    tauri::async_runtime::spawn(hub::run(engine.clone(), id, device.clone(), wake));
                }
            }
        });
    }
}

impl Engine {
    /// This device's key. A keyring that does not give it is asked again until it does; meanwhile the applications
    /// say why they are not in step.
    async fn key_when_unlocked(&self, waiting: &[(ApplicationId, Wake)]) -> Arc<SigningKey> {
        loop {
            let error = match hub::device_key(self).await {
                Ok(key) => return key,
                Err(error) => error,
            };
            for (id, _) in waiting {
                let (id, link) = (id.clone(), Link::Stopped { error: error.clone() });
                // Fails only when the desk is gone.
                let _ = Self::ask(self, move |desk| {
                    let events = desk.workspace()?.linked(&id, link)?;
                    desk.tell_of(&id, events);
                    Ok(())
                })
                .await;
            }
            tokio::time::sleep(KEYRING_PAUSE).await;
        }
    }
}

impl hub::Ask for Engine {
    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Workspace) -> Result<T, UserError> + Send + 'static,
    ) -> Result<T, UserError> {
        Self::ask(self, move |desk| work(desk.workspace()?)).await
    }

    async fn tell(&self, application: &ApplicationId, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        let id = application.clone();
        // Fails only when the thread is gone, and then there is no page either.
        let _ = Self::ask(self, move |desk| {
            desk.tell_of(&id, events);
            Ok(())
        })
        .await;
    }
}

fn thread_died() -> UserError {
    UserError::new(ErrorCode::NotSaved).with("cause", "the engine has stopped; start Huiqian again")
}

fn work(desk: &mut Desk, queue: &Receiver<Job>) {
    let mut last_job = Instant::now();
    let mut tidied = true;
    loop {
        match queue.recv_timeout(HANDOFF_PAUSE) {
            Ok(job) => {
                job(desk);
                desk.tell_arrivals();
                (last_job, tidied) = (Instant::now(), false);
            }
            Err(RecvTimeoutError::Timeout) => {
                desk.idle();
                if !tidied && last_job.elapsed() > QUIET {
                    desk.tidy();
                    tidied = true;
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
