//! The folder that is watched for evidence while the program runs.

use form_client::watch::{self, Until, Watched};
use form_model::command::Event;
use form_model::error::UserError;

use crate::desk::Desk;
use crate::engine::Engine;

impl Engine {
    /// Goes on with the folder that was watched when the program ended.
    pub fn watch_again(&self) {
        let engine = self.clone();
        tauri::async_runtime::spawn(async move {
            let remembered = engine.ask(|desk| {
                let workspace = desk.workspace()?;
                let watched = workspace.remembered_watch();
                watched.iter().for_each(|watched| workspace.begin_watch(watched));
                Ok(watched)
            });
            // Without the data folder there is nothing to take files into; the page shows why.
            if let Ok(Some(watched)) = remembered.await {
                engine.watch(watched).await;
            }
        });
    }

    /// Watches a folder from now on, also after a new start; one that was watched before no more.
    ///
    /// # Errors
    /// When that cannot be remembered.
    pub async fn begin_watch(&self, watched: Watched) -> Result<(), UserError> {
        let begun = watched.clone();
        self.ask(move |desk| {
            end(desk)?;
            let workspace = desk.workspace()?;
            workspace.remember_watch(Some(&begun))?;
            workspace.begin_watch(&begun);
            Ok(())
        })
        .await?;
        tauri::async_runtime::spawn(self.clone().watch(watched));
        Ok(())
    }

    /// Ends the watch that is under way, if there is one.
    ///
    /// # Errors
    /// When it would begin again at the next start.
    pub async fn end_watch(&self) -> Result<(), UserError> {
        self.ask(end).await
    }

    /// Watches until a person ends it, or something else does: that is told.
    async fn watch(self, watched: Watched) {
        let Err(error) = watch::run(self.clone(), watched.clone(), Until::Ended).await else { return };
        // Fails only when the thread is gone.
        let _ = self
            .ask(move |desk| {
                if desk.workspace()?.is_watching(&watched) {
                    end(desk)?;
                    desk.tell_of(&watched.application, vec![Event::Failed { error }]);
                }
                Ok(())
            })
            .await;
    }
}

fn end(desk: &mut Desk) -> Result<(), UserError> {
    let workspace = desk.workspace()?;
    workspace.remember_watch(None)?;
    if let Some(ended) = workspace.end_watch() {
        desk.tell_of(&ended.application, vec![Event::Watch { watch: None }]);
    }
    Ok(())
}
