//! A real desk: a workspace on a disk, kept in step with the hub by the real client, with every event dated that its
//! window would hear.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use form_client::hub::{self, HeardDesk, LocalDesk};
use form_client::surroundings::Surroundings;
use form_client::workspace::Workspace;
use form_document::wire::Presence;
use form_model::command::{Edit, Event, Link, Settings};
use form_model::delta::Delta;
use form_model::error::UserError;
use form_model::id::ApplicationId;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use super::work::Step;

/// After this long without the event that is waited for, something is broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// A desk and the events that its window would hear.
#[derive(Debug)]
pub struct Desk {
    pub line: HeardDesk,
    heard: UnboundedReceiver<(Instant, Event)>,
    /// On which it stays in step. No two desks share a program, so none waits for another's work.
    runtime: Option<Runtime>,
}

impl Desk {
    /// A new desk of an agency.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn new(home: &Path, agency: &str) -> anyhow::Result<Self> {
        let mut workspace = Workspace::open(home, Surroundings::without_keyring())?;
        let settings = workspace.settings();
        let person = format!("{agency}的人");
        workspace.save_settings(&Settings { agency: agency.to_owned(), person, ..settings })?;
        let (events, heard) = unbounded_channel();
        let hear = move |event| {
            // Nobody listens any more at the end of a run.
            let _ = events.send((Instant::now(), event));
        };
        Ok(Self { line: HeardDesk::new(LocalDesk::new(workspace), hear), heard, runtime: None })
    }

    /// Does some work on the desk.
    ///
    /// # Errors
    /// What the work answers.
    pub fn with<T>(&self, work: impl FnOnce(&mut Workspace) -> Result<T, UserError>) -> anyhow::Result<T> {
        Ok(self.line.desk.with(work)?)
    }

    /// Makes a change; it is on the disk when this returns.
    ///
    /// # Errors
    /// When the form does not take it.
    pub fn edit(&self, id: &ApplicationId, step: &Step) -> anyhow::Result<()> {
        self.with(|desk| {
            let edit = match step {
                Step::Set(answer, value) => Edit::Set { values: vec![(answer.clone(), Some(value.clone()))] },
                Step::Append(answer, text) => {
                    let state = desk.state(id, answer)?;
                    let end =
                        state.value.as_ref().map_or(0, |value| form_model::delta::utf16_len(value.as_text()));
                    let delta = Delta::splice(end, 0, text);
                    Edit::Splice { answer: answer.clone(), base: state.revision, delta }
                }
            };
            desk.edit(id, &edit).map(drop)
        })
    }

    /// Stays on the hub's live stream from now on; returns when it is.
    ///
    /// # Errors
    /// When the hub does not answer.
    pub async fn stay(&mut self, id: &ApplicationId) -> anyhow::Result<()> {
        let (device, wake) = self.with(|desk| Ok((desk.device_key()?, desk.wake(id))))?;
        wake.presence.send_replace(Presence { here: true, ..Presence::default() });
        let run = hub::run(self.line.clone(), id.clone(), Arc::clone(&device), wake);
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        runtime.spawn(run);
        self.runtime = Some(runtime);
        self.heard(|event| matches!(event, Event::Sync { sync } if sync.link == Link::Live)).await.map(drop)
    }

    /// When the first event came that is looked for.
    ///
    /// # Errors
    /// When none comes.
    pub async fn heard(&mut self, wanted: impl Fn(&Event) -> bool) -> anyhow::Result<Instant> {
        loop {
            let next = timeout(PATIENCE, self.heard.recv()).await.context("the event did not come")?;
            let (when, event) = next.context("nobody tells of events")?;
            if wanted(&event) {
                return Ok(when);
            }
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
