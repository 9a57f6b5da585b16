//! What the open application asks the shell about colleagues: who takes part, how far what is here has come, what
//! was said; and what it tells them: where this person is.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use form_model::command::{
    self, Connect, DiscussAct, DiscussRequest, Discussion, ExportBundle, Imported, Invite, InviteRequest,
    PackedEvidence, Present, ReadThrough, RecoveryCode, Reminder, SetAside, SetAsideRequest, ShowPresence,
    SyncState, Team, TeamAct, TeamRequest,
};
use form_model::id::{AnswerId, ApplicationId};
use form_model::member::AgencyId;
use gloo_timers::callback::Timeout;
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use wasm_bindgen_futures::spawn_local;

use super::desk::Desk;
use super::presence;
use super::watch::{Change, Notice};
use crate::shell::{self, Failure};

/// How often colleagues are told where this person is: often enough for a caret to seem alive, seldom enough that
/// typing is not held up.
const WHEREABOUTS_PAUSE_MS: u32 = 300;

/// An answer and a place in its text, UTF-16 units.
pub type Place = (Option<AnswerId>, Option<u64>);

/// What becomes of refused work that a person has looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutAway {
    /// It is not shown any more.
    Only,
    /// Said as a comment, too.
    Propose,
    /// Written again, too.
    Adopt,
}

/// What was last said about where this person is, and what is to be said next.
#[derive(Default)]
pub struct Whereabouts {
    told: RefCell<Place>,
    wanted: RefCell<Place>,
    /// A telling was less than the pause ago.
    resting: Cell<bool>,
}

impl Desk {
    fn application(&self) -> ApplicationId {
        self.sheet().application.clone()
    }

    async fn about<A: DeserializeOwned>(&self, command: &str) -> Result<A, Failure> {
        shell::call(command, &shell::About { id: &self.application() }, None).await
    }

    /// Reads the team, after doing something to it.
    ///
    /// # Errors
    /// What the shell says.
    pub async fn team(&self, act: TeamAct) -> Result<(), Failure> {
        let asked = TeamRequest { application: self.application(), act };
        let team = shell::request(command::name::TEAM, &asked).await?;
        self.take_team(team);
        Ok(())
    }

    /// Makes an invite.
    ///
    /// # Errors
    /// What the shell says.
    pub async fn invite(&self, agency: AgencyId, person: String, days: u32) -> Result<Invite, Failure> {
        let asked = InviteRequest { application: self.application(), agency, person, days };
        let invite = shell::request(command::name::INVITE, &asked).await?;
        self.team(TeamAct::Read).await?;
        Ok(invite)
    }

    /// Has the application on a hub.
    ///
    /// # Errors
    /// What the shell says.
    pub async fn connect(&self, url: String, admission: String) -> Result<(), Failure> {
        let asked = Connect { application: self.application(), url, admission };
        let () = shell::request(command::name::CONNECT, &asked).await?;
        self.team(TeamAct::Read).await
    }

    /// Goes to the hub now.
    pub fn sync_now(&self) {
        self.commit_all();
        self.ask_hub(command::name::SYNC_NOW);
    }

    /// Lets a restored hub go on without what it has lost.
    pub fn go_on(&self) {
        self.ask_hub(command::name::GO_ON);
    }

    fn ask_hub(&self, command: &'static str) {
        let desk = self.clone();
        spawn_local(async move {
            if let Err(failure) = desk.about::<()>(command).await {
                desk.tell(&Change::Notice(Notice::Failed(failure)));
            }
        });
    }

    /// The code that appoints a new lead's device when the last one is lost.
    ///
    /// # Errors
    /// What the shell says.
    pub async fn recovery_code(&self) -> Result<RecoveryCode, Failure> {
        self.about(command::name::RECOVERY_CODE).await
    }

    /// Who owes what by when.
    ///
    /// # Errors
    /// What the shell says.
    pub async fn reminder(&self) -> Result<Reminder, Failure> {
        self.commit_all();
        self.about(command::name::REMINDER).await
    }

    /// Writes who owes what to a spreadsheet that the person names.
    pub fn export_reminder(&self) {
        let id = self.application();
        self.write_file(command::name::EXPORT_REMINDER, move |command| async move {
            shell::call(command, &shell::About { id: &id }, None).await
        });
    }

    /// Writes an exchange file for a USB stick.
    pub fn export_bundle(&self, since_last: bool, evidence: PackedEvidence) {
        self.commit_all();
        let asked = ExportBundle { application: self.application(), since_last, evidence };
        self.write_file(command::name::EXPORT_BUNDLE, move |command| async move {
            shell::request(command, &asked).await
        });
    }

    /// Takes in a file that the person chooses.
    pub fn import(&self) {
        self.commit_all();
        let desk = self.clone();
        spawn_local(async move {
            let none = serde_json::Map::new();
            match shell::call::<_, Option<Imported>>(command::name::IMPORT_FILE, &none, None).await {
                Ok(Some(imported)) => desk.tell(&Change::Notice(Notice::Imported(imported))),
                Ok(None) => {}
                Err(failure) => desk.tell(&Change::Notice(Notice::Failed(failure))),
            }
        });
    }

    pub(super) fn write_file<F>(&self, command: &'static str, ask: impl FnOnce(&'static str) -> F + 'static)
    where
        F: Future<Output = Result<Option<String>, Failure>>,
    {
        let desk = self.clone();
        spawn_local(async move {
            match ask(command).await {
                Ok(Some(file)) => desk.tell(&Change::Notice(Notice::Exported(file))),
                Ok(None) => {}
                Err(failure) => desk.tell(&Change::Notice(Notice::Failed(failure))),
            }
        });
    }

    /// Reads what the hub refused, after putting one of it away, said as a comment or written again where that is
    /// wanted.
    ///
    /// # Errors
    /// What the shell says.
    pub async fn set_aside(&self, dismiss: Option<String>, how: PutAway) -> Result<Vec<SetAside>, Failure> {
        let (propose, adopt) = (how == PutAway::Propose, how == PutAway::Adopt);
        let asked = SetAsideRequest { application: self.application(), dismiss, propose, adopt };
        shell::request(command::name::SET_ASIDE, &asked).await
    }

    /// Says, settles or marks something in the discussion.
    ///
    /// # Errors
    /// What the shell says.
    pub async fn discuss(&self, act: DiscussAct) -> Result<(), Failure> {
        let asked = DiscussRequest { application: self.application(), act };
        let discussion: Discussion = shell::request(command::name::DISCUSS, &asked).await?;
        let unread = discussion.comments.iter().filter(|comment| comment.unread).count();
        {
            let mut sheet = self.sheet_mut();
            sheet.discussion = Rc::new(discussion);
            sheet.unread = u32::try_from(unread).unwrap_or(u32::MAX);
        }
        self.tell(&Change::Discussion);
        Ok(())
    }

    /// Does something in the discussion and says what went wrong, if anything did.
    pub fn discuss_now(&self, act: DiscussAct) {
        let desk = self.clone();
        spawn_local(async move {
            if let Err(failure) = desk.discuss(act).await {
                desk.tell(&Change::Notice(Notice::Failed(failure)));
            }
        });
    }

    /// Reads what was said, where there is anybody to say something.
    pub(super) fn read_discussion(&self) {
        if !self.sheet().team.agencies.is_empty() {
            self.discuss_now(DiscussAct::Read);
        }
    }

    /// The person has seen what a colleague had put there.
    pub fn forget_overtaken(&self, answer: &AnswerId) {
        self.sheet_mut().forget_overtaken(answer);
        self.tell(&Change::Sheet);
    }

    /// The person is in an answer (or in none), with the caret there. Told at most once a pause.
    pub fn be_at(&self, place: Place) {
        self.whereabouts().wanted.replace(place);
        self.tell_whereabouts();
    }

    fn tell_whereabouts(&self) {
        let places = self.whereabouts();
        let alone = self.sheet().sync.link == command::Link::None;
        if alone || places.resting.get() || *places.told.borrow() == *places.wanted.borrow() {
            return;
        }
        let (answer, caret) = places.wanted.borrow().clone();
        places.told.replace((answer.clone(), caret));
        places.resting.set(true);
        let desk = self.clone();
        Timeout::new(WHEREABOUTS_PAUSE_MS, move || {
            desk.whereabouts().resting.set(false);
            desk.tell_whereabouts();
        })
        .forget();
        let told = ShowPresence { application: self.application(), answer, caret };
        spawn_local(async move {
            // Passing news: when it does not arrive, the next does.
            tell_shell(command::name::PRESENCE, &told).await;
        });
    }

    pub(super) fn take_sync(&self, sync: SyncState) {
        self.sheet_mut().sync = sync;
        self.tell(&Change::Save);
    }

    pub(super) fn take_present(&self, present: Vec<Present>) {
        let before = std::mem::replace(&mut self.sheet_mut().present, present);
        let touched = presence::touched(&before, &self.sheet().present);
        self.tell(&Change::Presence(Rc::new(touched)));
    }

    pub(super) fn take_team(&self, team: Team) {
        if team.is_before(&self.sheet().team) {
            return;
        }
        let before = std::mem::replace(&mut self.sheet_mut().team, Rc::new(team));
        self.tell(&Change::Sheet);
        let after = self.sheet().team.clone();
        self.tell_of_revision(&before, &after);
        self.read_signing_soon();
    }

    /// A long text was read through.
    pub fn read_through(&self, answer: &AnswerId) {
        let (desk, read) =
            (self.clone(), ReadThrough { application: self.application(), answer: answer.clone() });
        spawn_local(async move {
            match shell::request(command::name::READ_THROUGH, &read).await {
                Ok(left) => desk.take_reread(left),
                Err(failure) => desk.tell(&Change::Notice(Notice::Failed(failure))),
            }
        });
    }

    pub(super) fn take_reread(&self, answers: Vec<AnswerId>) {
        self.sheet_mut().reread = answers;
        self.tell(&Change::Sheet);
    }

    pub(super) fn take_unread(&self, unread: u32) {
        self.sheet_mut().unread = unread;
        self.read_discussion();
        self.tell(&Change::Discussion);
    }
}

async fn tell_shell<Q: Serialize>(command: &str, request: &Q) {
    shell::request::<_, IgnoredAny>(command, request).await.ok();
}
