//! What the open application asks the shell about its final revisions.

use form_model::command::{self, Excuse, RevisionAct, RevisionAnswer, RevisionRequest};

use super::desk::Desk;
use crate::shell::{self, Failure};

impl Desk {
    /// Does something with final revisions.
    ///
    /// # Errors
    /// What the shell says.
    pub async fn revision(&self, act: RevisionAct) -> Result<RevisionAnswer, Failure> {
        let application = self.sheet().application.clone();
        shell::request(command::name::REVISION, &RevisionRequest { application, act }).await
    }

    /// Saves a revision's receipt where the person says.
    pub fn save_receipt(&self, revision: u64) {
        self.save(RevisionAct::SaveReceipt { revision });
    }

    /// Saves the lead's wish to make the revision final as it stands, for a desk that reaches the hub. Devices that are
    /// known to hold unsent changes are not waited for where there is a reason.
    pub fn export_courier(&self, overrides: Vec<Excuse>) {
        self.commit_all();
        self.save(RevisionAct::SaveSubmission { overrides });
    }

    fn save(&self, act: RevisionAct) {
        let desk = self.clone();
        self.write_file(command::name::REVISION, move |_| async move {
            desk.revision(act).await.map(|answer| answer.saved)
        });
    }
}
