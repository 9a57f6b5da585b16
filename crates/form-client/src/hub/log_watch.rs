//! Follows the hub's public log beside the exchange of edits, which never waits for it.

use std::sync::Arc;
use std::time::Duration;

use form_model::command::Event;
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::connection::HubConnection;
use super::submit::follow_log;
use super::sync_loop::{Ask, Never};

/// How often the log is looked at without a reason: one that was rolled back meanwhile shows itself within this.
const LOOK_EVERY: Duration = Duration::from_secs(3_600);

/// How long after a look that found no answer the next one is tried.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// What is kept of it from one line to the next.
#[derive(Debug, Default)]
pub(super) struct LogWatch {
    /// A receipt may be missing.
    pub(super) stepped: Arc<Notify>,
    /// What a person was told last of a broken log: once, not at every look.
    told: Option<UserError>,
}

impl LogWatch {
    /// Looks at the log for as long as the line lasts: at once, when a receipt is missing, and now and then.
    pub(super) async fn run<A: Ask>(
        &mut self,
        desk: &A,
        connection: &HubConnection,
        application: &ApplicationId,
    ) -> Never {
        loop {
            let pause = self.look(desk, connection, application).await;
            let until = Instant::now() + pause;
            while timeout_at(until, self.stepped.notified()).await.is_ok() {
                let id = application.clone();
                // A desk that cannot be read has other things to tell.
                let missing = desk.ask(move |desk| desk.missing_receipts(&id)).await.unwrap_or_default();
                if !missing.is_empty() {
                    break;
                }
            }
        }
    }

    /// Looks once; how long to wait before the next look.
    async fn look<A: Ask>(
        &mut self,
        desk: &A,
        connection: &HubConnection,
        application: &ApplicationId,
    ) -> Duration {
        match follow_log(desk, connection, application).await {
            Ok(()) => {
                self.told = None;
                LOOK_EVERY
            }
            Err(error) if error.code == ErrorCode::LogBroken => {
                if self.told.as_ref() != Some(&error) {
                    self.told = Some(error.clone());
                    desk.tell(application, vec![Event::Failed { error }]).await;
                }
                LOOK_EVERY
            }
            // The line has its own way to tell that it is broken.
            Err(_) => AGAIN_AFTER,
        }
    }
}
