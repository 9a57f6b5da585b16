//! Which folder is watched for evidence ([`crate::watch`]): one at a time, remembered until a person ends it.

use form_model::command::Watch;
use form_model::error::UserError;
use form_model::id::ApplicationId;
use form_store::StoreError;

use super::{Workspace, not_saved};
use crate::watch::Watched;

/// The setting that names the watched folder.
const WATCHED: &str = "watched-folder";

/// The watch that is under way, and how it stands.
#[derive(Clone, Debug)]
pub(super) struct Watching {
    watched: Watched,
    state: Watch,
}

impl Workspace {
    /// The folder that was watched when the program ended, to be watched again.
    pub fn remembered_watch(&self) -> Option<Watched> {
        let kept = self.store.setting(WATCHED).ok().flatten()?;
        serde_json::from_str(&kept).ok()
    }

    /// Remembers which folder is watched, or that none is.
    ///
    /// # Errors
    /// [`form_model::error::ErrorCode::NotSaved`].
    pub fn remember_watch(&mut self, watched: Option<&Watched>) -> Result<(), UserError> {
        let kept = watched.map(serde_json::to_string).transpose().map_err(|error| not_saved(&error))?;
        self.store
            .write(|write| write.put_setting(WATCHED, kept.as_deref().unwrap_or_default()))
            .map_err(|error: StoreError| not_saved(&error))
    }

    /// A watch begins; one that was under way has ended.
    pub fn begin_watch(&mut self, watched: &Watched) {
        self.watching = Some(Watching { state: watched.begun(), watched: watched.clone() });
    }

    /// The watch has ended; whose it was.
    pub fn end_watch(&mut self) -> Option<Watched> {
        self.watching.take().map(|watching| watching.watched)
    }

    /// Whether this watch, and no later one, is under way.
    pub fn is_watching(&self, watched: &Watched) -> bool {
        self.watching.as_ref().is_some_and(|watching| watching.watched == *watched)
    }

    /// Takes in how a watch stands; whether it is still under way.
    pub fn watch_told(&mut self, watched: &Watched, state: Watch) -> bool {
        let wanted = self.is_watching(watched);
        if let (true, Some(watching)) = (wanted, &mut self.watching) {
            watching.state = state;
        }
        wanted
    }

    /// How the watch for an application stands.
    pub fn watch_of(&self, id: &ApplicationId) -> Option<Watch> {
        let watching = self.watching.as_ref().filter(|watching| watching.watched.application == *id)?;
        Some(watching.state.clone())
    }
}
