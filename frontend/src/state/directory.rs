//! What the open application asks the shell about a table of enterprises.

use form_model::command::{self, DirectoryAct, DirectoryAnswer, DirectoryRequest};

use super::desk::Desk;
use crate::shell::{self, Failure};

impl Desk {
    /// Does something with a table of enterprises.
    ///
    /// # Errors
    /// What the shell says.
    pub async fn directory(&self, act: DirectoryAct) -> Result<DirectoryAnswer, Failure> {
        // The figures that it is held against are those that are stored.
        self.commit_all();
        let application = self.sheet().application.clone();
        shell::request(command::name::DIRECTORY, &DirectoryRequest { application, act }).await
    }
}
