//! A desk that no window shares: the command line's, and tests'.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use form_model::command::Event;
use form_model::error::UserError;
use form_model::id::ApplicationId;

use super::sync_loop::Ask;
use crate::workspace::Workspace;

/// A workspace that several tasks of one program ask in turn.
#[derive(Clone, Debug)]
pub struct LocalDesk {
    workspace: Arc<Mutex<Workspace>>,
}

impl LocalDesk {
    /// Takes a workspace.
    pub fn new(workspace: Workspace) -> Self {
        Self { workspace: Arc::new(Mutex::new(workspace)) }
    }

    /// Does some work on the desk, now.
    ///
    /// # Errors
    /// What the work answers.
    pub fn with<T>(&self, work: impl FnOnce(&mut Workspace) -> Result<T, UserError>) -> Result<T, UserError> {
        let mut workspace = self.workspace.lock().unwrap_or_else(|poisoned| {
            // A panic in the middle of some work: what is open may be ahead of the disk, and is read again.
            self.workspace.clear_poison();
            let mut workspace = PoisonError::into_inner(poisoned);
            workspace.forget_open();
            workspace
        });
        work(&mut workspace)
    }
}

impl Ask for LocalDesk {
    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Workspace) -> Result<T, UserError> + Send + 'static,
    ) -> Result<T, UserError> {
        self.with(work)
    }

    async fn tell(&self, _application: &ApplicationId, _events: Vec<Event>) {}
}

/// A desk of which somebody hears what its window would be told.
#[derive(Clone)]
pub struct HeardDesk {
    /// The desk itself.
    pub desk: LocalDesk,
    hear: Arc<dyn Fn(Event) + Send + Sync>,
}

impl HeardDesk {
    /// A desk whose events go to `hear`, one by one.
    pub fn new(desk: LocalDesk, hear: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self { desk, hear: Arc::new(hear) }
    }
}

impl fmt::Debug for HeardDesk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.desk.fmt(f)
    }
}

impl Ask for HeardDesk {
    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Workspace) -> Result<T, UserError> + Send + 'static,
    ) -> Result<T, UserError> {
        self.desk.with(work)
    }

    async fn tell(&self, _application: &ApplicationId, events: Vec<Event>) {
        events.into_iter().for_each(&*self.hear);
    }
}
