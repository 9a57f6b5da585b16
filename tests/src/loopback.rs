//! Agencies that talk to a hub process over loopback: real workspaces on real databases, requests over HTTP, the
//! real sync loop.

#![allow(clippy::unwrap_used, reason = "a scenario that cannot be set up has failed")]
#![allow(clippy::missing_panics_doc, reason = "as above")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use form_client::code::CodeKind;
use form_client::hub::{self, HubConnection, LocalDesk, Wake};
use form_client::surroundings::Surroundings;
use form_client::workspace::Workspace;
use form_document::wire::{Exchange, Hello, Offer, Page, PageEntry};
use form_document::{ChangeHash, change_hash};
use form_model::answer::AnswerValue;
use form_model::command::{
    CreateApplication, Edit, ExportFormat, HistoryStep, InviteRequest, ReadHistory, SyncState, TeamAct,
    TeamRequest,
};
use form_model::delta::{Delta, utf16_len};
use form_model::error::UserError;
use form_model::id::{AnswerId, ApplicationId};
use form_model::member::{AgencyId, FormPart, Grant, Role};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::agencies::{folder, named_workspace};
use crate::random::Random;
use crate::typist::FORM;

/// The agencies beside the lead: id, part of the form, a prose answer and a value in it.
pub const OTHERS: [(&str, &str, &str, &str); 2] = [
    ("commerce", "openness", "openness.cooperation_mechanism", "openness.export_growth.2025"),
    ("science", "innovation", "innovation.measures", "innovation.national_platform_count"),
];
/// What the lead writes besides, in parts of its own.
const LEADS: [&str; 3] = ["cover.zone_name", "basics.revenue.2023", "plan.text"];
const WORDS: [&str; 6] = ["发展", "合作区", "，", "中小企业", "a", "2025年"];
/// A text beyond this length is shortened, so that it stays one that a person would write.
const LONGEST_UTF16: usize = 1_500;

/// One agency's desk.
#[derive(Clone, Debug)]
pub struct LoopbackDesk {
    pub desk: LocalDesk,
    pub application: ApplicationId,
    pub wake: Wake,
    folder: Arc<TempDir>,
}

impl LoopbackDesk {
    fn open(folder: TempDir, name: &str) -> (LocalDesk, TempDir) {
        let workspace = named_workspace(folder.path(), Surroundings::without_keyring(), name);
        (LocalDesk::new(workspace), folder)
    }

    fn new(desk: LocalDesk, application: ApplicationId, folder: TempDir) -> Self {
        let wake = desk.with(|desk| Ok(desk.wake(&application))).unwrap();
        Self { desk, application, wake, folder: Arc::new(folder) }
    }

    /// A lead's desk with a new application on the hub.
    ///
    /// # Errors
    /// When the hub refuses it.
    pub async fn lead(url: &str) -> Result<Self, UserError> {
        Self::lead_in(folder(), url).await
    }

    /// [`Self::lead`], with its data in that folder.
    ///
    /// # Errors
    /// When the hub refuses it.
    pub async fn lead_in(folder: TempDir, url: &str) -> Result<Self, UserError> {
        let (desk, folder) = Self::open(folder, "牵头局");
        let request = CreateApplication { form: FORM.into(), name: "示例".into(), copy_from: None };
        let id = desk.with(|desk| desk.create(&request))?;
        hub::publish(&desk, &id, url, "").await?;
        Ok(Self::new(desk, id, folder))
    }

    /// An invite for an agency with a part of the form, which the hub has heard of.
    ///
    /// # Errors
    /// When the hub is not reached.
    pub async fn invite(&self, agency: &str, part: &str) -> Result<String, UserError> {
        let id = AgencyId(agency.to_owned());
        let parts = BTreeMap::from([(FormPart(part.to_owned()), None)]);
        let act = TeamAct::SaveAgency {
            id: id.clone(),
            name: agency.to_owned(),
            mark: agency.chars().take(1).collect(),
            grant: Grant { role: Role::Contributor, parts, ..Grant::default() },
            accept_until: None,
        };
        self.team(act)?;
        let request = InviteRequest {
            application: self.application.clone(),
            agency: id,
            person: String::new(),
            days: 7,
        };
        let invite = self.desk.with(|desk| desk.invite(&request))?.text;
        self.sync().await?;
        Ok(invite)
    }

    /// Does something to the team.
    ///
    /// # Errors
    /// As [`Workspace::team`].
    pub fn team(&self, act: TeamAct) -> Result<(), UserError> {
        let request = TeamRequest { application: self.application.clone(), act };
        self.desk.with(|desk| desk.team(&request)).map(drop)
    }

    /// A new desk that joins by an invite.
    ///
    /// # Errors
    /// When the invite is not good, or the hub not reached.
    pub async fn join(name: &str, invite: &str) -> Result<Self, UserError> {
        Self::join_in(folder(), name, invite).await
    }

    /// [`Self::join`], with its data in that folder.
    ///
    /// # Errors
    /// When the invite is not good, or the hub not reached.
    pub async fn join_in(folder: TempDir, name: &str, invite: &str) -> Result<Self, UserError> {
        let (desk, folder) = Self::open(folder, name);
        let id = hub::join(&desk, invite, CodeKind::Invite).await?;
        Ok(Self::new(desk, id, folder))
    }

    /// A lead and [`OTHERS`], all of whom have everything.
    ///
    /// # Errors
    /// When the hub is not reached.
    pub async fn team_of(url: &str) -> Result<Vec<Self>, UserError> {
        let lead = Self::lead(url).await?;
        let mut desks = Vec::new();
        for (agency, part, _, _) in OTHERS {
            let invite = lead.invite(agency, part).await?;
            desks.push(Self::join(agency, &invite).await?);
        }
        lead.sync().await?;
        desks.insert(0, lead);
        Ok(desks)
    }

    /// Where its data lies.
    pub fn home(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Gives up the desk, so that another program can open its data.
    pub fn close(self) -> Arc<TempDir> {
        self.folder
    }

    /// Opens a desk again that was given up.
    pub fn open_again(folder: &Arc<TempDir>, application: &ApplicationId) -> Self {
        let workspace = Workspace::open(folder.path(), Surroundings::without_keyring()).unwrap();
        let (desk, application) = (LocalDesk::new(workspace), application.clone());
        let wake = desk.with(|desk| Ok(desk.wake(&application))).unwrap();
        Self { desk, application, wake, folder: Arc::clone(folder) }
    }

    /// A line to the hub with this desk's key.
    ///
    /// # Errors
    /// When the application has no hub.
    pub fn connection(&self) -> Result<HubConnection, UserError> {
        let (hub, key) = self.desk.with(|desk| Ok((desk.hub(&self.application)?, desk.device_key()?)))?;
        HubConnection::to(&hub, key)
    }

    /// Exchanges with the hub until both have everything.
    ///
    /// # Errors
    /// When the hub is not reached.
    pub async fn sync(&self) -> Result<(), UserError> {
        hub::catch_up(&self.desk, &self.connection()?, &self.application).await
    }

    /// Starts the loop that keeps the desk in step with the hub.
    pub fn stay_in_step(&self) -> JoinHandle<()> {
        let key = self.desk.with(|desk| desk.device_key()).unwrap();
        tokio::spawn(hub::run(self.desk.clone(), self.application.clone(), key, self.wake.clone()))
    }

    /// Makes an edit where the agency may: `agency` 0 is the lead, who writes in everybody's parts as well.
    ///
    /// # Errors
    /// As [`Workspace::edit`].
    pub fn edit(&self, agency: usize, random: &mut Random) -> Result<(), UserError> {
        let (_, _, prose, value) = match agency {
            0 => *random.pick(&OTHERS),
            other => OTHERS[other - 1],
        };
        let answer = match (random.below(3), agency) {
            (0, _) => value,
            (1, 0) => *random.pick(&LEADS),
            _ => prose,
        };
        let id = AnswerId(answer.to_owned());
        let word = *random.pick(&WORDS);
        let (at, number) = (random.next_u64(), random.below(1_000_000));
        self.desk.with(|desk| {
            let state = desk.state(&self.application, &id)?;
            let is_prose = answer == "plan.text" || answer == prose;
            let edit = if is_prose {
                let text = state.value.as_ref().map(|value| value.as_text().to_owned()).unwrap_or_default();
                let boundary = |index: usize| text.chars().take(index).map(char::len_utf16).sum::<usize>();
                let length = text.chars().count();
                let from = usize::try_from(at).unwrap_or_default() % (length + 1);
                let crowded = utf16_len(&text) > LONGEST_UTF16;
                let gone = if crowded { boundary((from + 9).min(length)) - boundary(from) } else { 0 };
                let delta = Delta::splice(boundary(from), gone, word);
                Edit::Splice { answer: id.clone(), base: state.revision, delta }
            } else {
                Edit::Set { values: vec![(id.clone(), Some(AnswerValue::Text(number.to_string())))] }
            };
            desk.edit(&self.application, &edit).map(drop)
        })
    }

    /// How far the desk has verified the hub's log.
    pub fn hello(&self) -> Hello {
        self.desk.with(|desk| desk.hello(&self.application)).unwrap()
    }

    /// How the desk stands to the hub, as its person is told.
    pub fn sync_state(&self) -> SyncState {
        self.desk.with(|desk| desk.sync_state(&self.application)).unwrap()
    }

    /// The accepted changes that the desk has verified after a position, each with its own.
    pub fn verified_after(&self, position: u64) -> Vec<(u64, ChangeHash)> {
        let pages = self.desk.with(|desk| desk.log_after(&self.application, position)).unwrap();
        let mut found: Vec<_> = pages.iter().flat_map(accepted).collect();
        found.retain(|(at, _)| *at > position);
        found
    }

    /// All answers as a file, to compare byte for byte.
    pub fn answers(&self) -> Vec<u8> {
        self.desk.with(|desk| desk.export(&self.application, ExportFormat::Json)).unwrap()
    }

    /// The hub's whole log with every change's bytes, as somebody who has nothing is told it.
    ///
    /// # Errors
    /// When the hub is not reached.
    pub async fn whole_log(&self) -> Result<Vec<Page>, UserError> {
        let connection = self.connection()?;
        let start = form_document::log::LogState::start(&self.application);
        let mut hello = Hello { after: 0, log: start.hash, have: Vec::new() };
        let mut state = start;
        let mut pages = Vec::new();
        loop {
            let exchange = Exchange { hello: hello.clone(), offer: Offer::default() };
            let reply = connection.exchange(&self.application, &exchange).await?;
            for item in reply.page.entries.iter().filter_map(item) {
                state.push(item);
            }
            (hello.after, hello.log) = (state.position, state.hash);
            pages.push(reply.page);
            if !reply.more {
                return Ok(pages);
            }
        }
    }
}

/// The places of a page entry that comes with its bytes.
pub fn item(entry: &PageEntry) -> Option<form_document::log::Item> {
    use form_document::log::Item;
    match entry {
        PageEntry::Change(change) => change_hash(&change.0).map(Item::Accepted),
        PageEntry::Refused { hash, reason } => Some(Item::Refused((*hash).into(), *reason)),
        PageEntry::Roster(entry) => Some(Item::Roster(entry.hash())),
        PageEntry::Accepted { .. } => None,
    }
}

/// The accepted changes of a page whose changes came with their bytes, each with its position.
pub fn accepted(page: &Page) -> Vec<(u64, ChangeHash)> {
    let mut position = page.after;
    let changes = page.entries.iter().filter_map(|entry| {
        position += if let PageEntry::Accepted { count, .. } = entry { *count } else { 1 };
        let PageEntry::Change(change) = entry else { return None };
        Some((position, change_hash(&change.0)?))
    });
    changes.collect()
}

/// A copy of a hub's database as it lies there: opening the original would tidy up what the hub is to find.
pub fn copy_of(data: &Path) -> TempDir {
    crate::agencies::copy_folder(data)
}

impl LoopbackDesk {
    /// The numbers that were ever given as an answer, as this desk's history tells.
    pub fn numbers(&self, answer: &str) -> BTreeSet<u64> {
        let answer = Some(AnswerId(answer.to_owned()));
        let request = ReadHistory { application: self.application.clone(), answer };
        let entries = self.desk.with(|desk| desk.history(&request)).unwrap();
        let given = entries.into_iter().filter_map(|entry| match entry.what {
            HistoryStep::Value { after, .. } => after?.as_text().parse().ok(),
            HistoryStep::Prose { .. } => None,
        });
        given.collect()
    }
}

impl LoopbackDesk {
    /// Writes a value.
    pub fn set(&self, answer: &str, value: &str) {
        let value = Some(AnswerValue::Text(value.to_owned()));
        let edit = Edit::Set { values: vec![(AnswerId(answer.to_owned()), value)] };
        self.desk.with(|desk| desk.edit(&self.application, &edit)).unwrap();
    }

    /// Writes at the end of a long text.
    pub fn append(&self, answer: &str, text: &str) {
        let id = AnswerId(answer.to_owned());
        let edit = |desk: &mut Workspace| {
            let state = desk.state(&self.application, &id)?;
            let length = state.value.as_ref().map_or(0, |value| utf16_len(value.as_text()));
            let delta = Delta::splice(length, 0, text);
            desk.edit(&self.application, &Edit::Splice { answer: id.clone(), base: state.revision, delta })
        };
        self.desk.with(edit).unwrap();
    }

    /// An answer as text.
    pub fn text(&self, answer: &str) -> String {
        let answers = self.desk.with(|desk| desk.answers(&self.application)).unwrap().1;
        answers.text(&AnswerId(answer.to_owned())).to_owned()
    }
}
