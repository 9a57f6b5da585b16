//! What the open application asks the shell about sign-off and revisions, and what of it is news to a person.

use std::rc::Rc;

use form_model::command::{
    self, ObstacleSummary, ReturnSummary, SectionSigning, Signing, SigningAct, SigningRequest, Stamp,
    StatementState, StatementSummary, Team,
};
use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;

use super::desk::Desk;
use super::watch::{Change, Notice};
use crate::shell::{self, Failure};

/// How long nothing changes before sign-off is read again: it reads every answer, so not between two words.
const READ_PAUSE_MS: u32 = 500;

/// Something about sign-off or revisions that a person is told of when it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SigningNews {
    /// Sections that this agency had signed and that were changed since, each with its newest change where it is
    /// known.
    Lapsed(Vec<(String, Option<Stamp>)>),
    /// The final revision was given back.
    Returned(ReturnSummary),
    /// A revision has become final.
    Final(u64),
}

impl Desk {
    /// Reads how sign-off stands, after doing something about it. What is signed is what is stored: what was typed is
    /// stored first.
    ///
    /// # Errors
    /// What the shell says.
    pub async fn signing(&self, act: SigningAct) -> Result<(), Failure> {
        self.commit_all();
        self.all_stored().await?;
        let application = self.sheet().application.clone();
        let signing = shell::request(command::name::SIGNING, &SigningRequest { application, act }).await?;
        self.take_signing(signing);
        Ok(())
    }

    /// What stands in the way of a final revision, here and at the hub.
    ///
    /// # Errors
    /// What the shell says, also that the hub is not reached.
    pub async fn examine(&self) -> Result<Vec<ObstacleSummary>, Failure> {
        self.commit_all();
        self.all_stored().await?;
        let application = self.sheet().application.clone();
        let asked = SigningRequest { application, act: SigningAct::Examine };
        let signing: Signing = shell::request(command::name::SIGNING, &asked).await?;
        Ok(signing.obstacles)
    }

    /// Reads how sign-off stands once nothing has changed for a moment.
    pub(super) fn read_signing_soon(&self) {
        if self.sheet().team.agencies.is_empty() {
            return;
        }
        let desk = self.clone();
        let timer = Timeout::new(READ_PAUSE_MS, move || {
            spawn_local(async move {
                let application = desk.sheet().application.clone();
                let asked = SigningRequest { application, act: SigningAct::Read };
                match shell::request(command::name::SIGNING, &asked).await {
                    Ok(signing) => desk.take_signing(signing),
                    Err(failure) => desk.tell_failure(failure),
                }
            });
        });
        self.keep_signing_timer(timer);
    }

    fn take_signing(&self, signing: Signing) {
        let before = std::mem::replace(&mut self.sheet_mut().signing, Rc::new(signing));
        let lapsed = newly_lapsed(&before, &self.sheet().signing);
        self.tell(&Change::Sheet);
        if !lapsed.is_empty() {
            let sheet = self.sheet();
            let told = lapsed.into_iter().map(|section| {
                let change = sheet.newest_change(&section).cloned();
                (section, change)
            });
            let news = SigningNews::Lapsed(told.collect());
            drop(sheet);
            self.tell(&Change::Notice(Notice::Signing(news)));
        }
    }

    /// Tells of a revision that has become final or was given back.
    pub(super) fn tell_of_revision(&self, before: &Team, after: &Team) {
        let (before, after) = (&before.revision, &after.revision);
        let news = match &after.returned {
            Some(returned) if before.returned.as_ref() != Some(returned) => {
                Some(SigningNews::Returned(returned.clone()))
            }
            _ if after.closed && !before.closed => Some(SigningNews::Final(after.current)),
            _ => None,
        };
        if let Some(news) = news {
            self.tell(&Change::Notice(Notice::Signing(news)));
        }
    }
}

/// The newest statement of this desk's agency on a section that was not taken back.
pub fn own_newest(signing: &SectionSigning) -> Option<&StatementSummary> {
    let standing =
        |statement: &&StatementSummary| statement.own && statement.state != StatementState::Withdrawn;
    signing.statements.iter().rfind(standing)
}

/// Whether this desk's agency has signed a section and it was changed since.
pub fn own_lapsed(signing: &SectionSigning) -> bool {
    let holds = signing.statements.iter().any(|made| made.own && made.state == StatementState::Holds);
    !holds && own_newest(signing).is_some_and(|newest| newest.state == StatementState::Lapsed)
}

/// Whether somebody has signed a section, it was changed since, and its agency has not signed again.
pub fn any_lapsed(signing: &SectionSigning) -> bool {
    signing.agencies.iter().filter(|agency| agency.next.is_some()).any(|agency| {
        let standing = |made: &&StatementSummary| {
            made.agency == agency.agency && made.state != StatementState::Withdrawn
        };
        let newest = signing.statements.iter().rfind(standing);
        newest.is_some_and(|newest| newest.state == StatementState::Lapsed)
    })
}

/// The sections that this desk's agency had signed until now.
fn newly_lapsed(before: &Signing, after: &Signing) -> Vec<String> {
    let was = |section: &str| {
        before.sections.iter().find(|signing| signing.section == section).is_some_and(own_lapsed)
    };
    let lapsed = after.sections.iter().filter(|signing| own_lapsed(signing) && !was(&signing.section));
    lapsed.map(|signing| signing.section.clone()).collect()
}

#[cfg(test)]
#[path = "signing_test.rs"]
pub mod tests;
