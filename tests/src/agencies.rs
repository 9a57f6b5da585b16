//! Several agencies and their hub in one process: real workspaces on real databases, the hub's real core, messages
//! handed over as they would be by a network. Time stands still until a test moves it, and chance comes from a
//! seed, so a run can be replayed.

#![allow(clippy::unwrap_used, reason = "a scenario that cannot be set up has failed")]
#![allow(clippy::missing_panics_doc, reason = "as above")]

use std::cell::Cell;
use std::fs;
use std::path::Path;

use form_client::blob::Soundness;
use form_client::code::{Code, CodeKind};
use form_client::evidence::prepare;
use form_client::hub::catch_up;
use form_client::stick::Written;
use form_client::surroundings::Surroundings;
use form_client::workspace::bundle_mark::Since;
use form_client::workspace::{Taken, Workspace};
use form_document::key::SigningKey;
use form_document::log::LogState;
use form_document::wire::{Left, Receipt};
use form_model::answer::{AnswerValue, Answers};
use form_model::command::{
    CreateApplication, Edit, Event, Imported, InviteRequest, PackedEvidence, Settings, Team, TeamAct,
    TeamRequest,
};
use form_model::delta::Delta;
use form_model::error::UserError;
use form_model::evidence::EvidenceFile;
use form_model::id::{AnswerId, ApplicationId};
use form_model::member::{AgencyId, FormPart, Grant, Role};
use sync_server::arbiter::{CheckedPublication, Core};
use sync_server::clock::Clock;
use sync_server::error::HubError;
use sync_server::storage::sqlite::Sqlite;
use tempfile::TempDir;

use crate::direct::{AtDesk, Direct, HUB_URL, at_once, refused};
use crate::random::Random;

/// Memory for the hub's open ledgers, in bytes: enough for every test.
const BUDGET: u64 = 64 << 20;

thread_local! {
    static NOW_MS: Cell<i64> = const { Cell::new(1_780_000_000_000) };
    static CHANCE: Cell<u64> = const { Cell::new(1) };
}

fn now_ms() -> i64 {
    NOW_MS.get()
}

/// Moves the clock of every desk and hub of this thread on.
pub fn pass(ms: i64) {
    NOW_MS.set(NOW_MS.get() + ms);
}

/// Starts time and chance of this thread anew.
pub fn begin(seed: u64) {
    NOW_MS.set(1_780_000_000_000);
    CHANCE.set(seed);
}

/// Time and chance of this thread, as [`pass`] and [`begin`] set them.
pub fn surroundings() -> Surroundings {
    Surroundings {
        now_ms,
        fill_random: |bytes| {
            let mut random = Random::new(CHANCE.get());
            bytes.iter_mut().for_each(|byte| *byte = random.next_u64().to_le_bytes()[0]);
            CHANCE.set(CHANCE.get().wrapping_add(1));
            Ok(())
        },
        keyring: None,
        language: None,
    }
}

/// A folder in memory where there is one: the tests here are about what is said, not about the disk.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory).unwrap() } else { TempDir::new().unwrap() }
}

/// A copy of a folder's files, as from a backup.
pub fn copy_folder(from: &Path) -> TempDir {
    let copy = folder();
    for entry in fs::read_dir(from).unwrap().flatten().filter(|entry| entry.path().is_file()) {
        fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    copy
}

/// The hub without a network.
#[derive(Debug)]
pub struct LoneHub {
    pub core: Core,
    key: [u8; 32],
    folder: TempDir,
}

impl LoneHub {
    /// A hub with an empty store.
    pub fn start() -> Self {
        let (folder, key) = (folder(), [42; 32]);
        Self { core: core(folder.path(), &key), key, folder }
    }

    /// Stops and starts it, as after a crash: what was not stored is gone.
    pub fn restart(&mut self) {
        self.core = core(self.folder.path(), &self.key);
    }

    /// A copy of its store.
    pub fn backup(&self) -> TempDir {
        let backup = folder();
        Sqlite::open_to_read(&self.folder.path().join("hub.db"))
            .and_then(|storage| storage.copy_to(&backup.path().join("hub.db")))
            .unwrap();
        backup
    }

    /// Goes on from a copy of the disk, as a virtual machine does: the hub does not know of it.
    pub fn roll_back(&mut self, backup: &TempDir) {
        self.folder = copy_folder(backup.path());
        self.restart();
    }

    /// Goes on from a backup that was put back.
    pub fn restore(&mut self, backup: &TempDir) {
        self.folder = copy_folder(backup.path());
        Sqlite::open(&self.folder.path().join("hub.db")).and_then(|storage| storage.set_restored()).unwrap();
        self.restart();
    }

    /// How far an application's log has come.
    pub fn log(&mut self, id: &ApplicationId) -> LogState {
        self.core.storage().head(id).unwrap().unwrap().state
    }
}

fn core(folder: &Path, key: &[u8; 32]) -> Core {
    let storage = Sqlite::open(&folder.join("hub.db")).unwrap();
    let key = SigningKey::from_seed(key).unwrap().into();
    Core::new(Box::new(storage), key, Clock::new(now_ms), BUDGET).unwrap()
}

/// A new desk with an agency's name on it.
pub fn named_workspace(folder: &Path, surroundings: Surroundings, name: &str) -> Workspace {
    let mut workspace = Workspace::open(folder, surroundings).unwrap();
    let settings = Settings {
        agency: name.to_owned(),
        person: format!("{name}的人"),
        text_size: 100,
        ..Settings::default()
    };
    workspace.save_settings(&settings).unwrap();
    workspace
}

/// One agency's desk.
#[derive(Debug)]
pub struct Agency {
    pub workspace: Workspace,
    pub folder: TempDir,
    name: String,
}

impl Agency {
    /// A desk with a name on it.
    pub fn new(name: &str) -> Self {
        let folder = folder();
        let workspace = named_workspace(folder.path(), surroundings(), name);
        Self { workspace, folder, name: name.to_owned() }
    }

    /// Opens a desk that is there already.
    pub fn open(name: &str, folder: TempDir) -> Self {
        Self { workspace: Workspace::open(folder.path(), surroundings()).unwrap(), folder, name: name.into() }
    }

    /// Closes the desk; what it held is in the folder.
    pub fn close(self) -> TempDir {
        self.folder
    }

    /// Closes and opens the desk, as after a crash.
    pub fn restart(self) -> Self {
        let Self { workspace, folder, name } = self;
        drop(workspace);
        Self::open(&name, folder)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Starts an application and brings it to the hub.
    pub fn start(&mut self, form: &str, hub: &mut LoneHub) -> ApplicationId {
        let request = CreateApplication { form: form.into(), name: "示例".into(), copy_from: None };
        let id = self.workspace.create(&request).unwrap();
        self.publish(&id, hub);
        id
    }

    /// Brings an application to the hub.
    pub fn publish(&mut self, id: &ApplicationId, hub: &mut LoneHub) {
        let publish = self.workspace.publish(id, HUB_URL, hub.core.hub()).unwrap();
        let device = self.workspace.device().public();
        hub.core.publish(&device, CheckedPublication::check(id, publish).unwrap(), None).unwrap();
        self.sync(id, hub).unwrap();
    }

    /// Gives an agency parts of the form.
    pub fn grant(&mut self, id: &ApplicationId, agency: &str, role: Role, parts: &[&str]) -> Team {
        self.grant_until(id, agency, role, parts, None)
    }

    /// [`Self::grant`], with the last day for what was written under the earlier grant.
    pub fn grant_until(
        &mut self,
        id: &ApplicationId,
        agency: &str,
        role: Role,
        parts: &[&str],
        accept_until: Option<&str>,
    ) -> Team {
        let parts = parts.iter().map(|part| (FormPart((*part).to_owned()), None)).collect();
        let act = TeamAct::SaveAgency {
            id: AgencyId(agency.to_owned()),
            name: agency.to_owned(),
            mark: agency.chars().take(1).collect(),
            grant: Grant { role, parts, ..Grant::default() },
            accept_until: accept_until.map(str::to_owned),
        };
        self.team(id, act).unwrap()
    }

    /// Does something to the team.
    pub fn team(&mut self, id: &ApplicationId, act: TeamAct) -> Result<Team, UserError> {
        self.workspace.team(&TeamRequest { application: id.clone(), act })
    }

    /// An invite's text.
    pub fn invite(&mut self, id: &ApplicationId, agency: &str) -> String {
        let (application, agency) = (id.clone(), AgencyId(agency.to_owned()));
        let request = InviteRequest { application, agency, person: String::new(), days: 7 };
        self.workspace.invite(&request).unwrap().text
    }

    /// Joins with an invite that the hub has heard of.
    pub fn join(&mut self, invite: &str, hub: &mut LoneHub) -> Result<ApplicationId, HubError> {
        self.enrol(invite, CodeKind::Invite, hub)
    }

    /// Takes the lead again with the recovery code.
    pub fn recover(&mut self, code: &str, hub: &mut LoneHub) -> Result<ApplicationId, HubError> {
        self.enrol(code, CodeKind::Recovery, hub)
    }

    fn enrol(&mut self, text: &str, kind: CodeKind, hub: &mut LoneHub) -> Result<ApplicationId, HubError> {
        let code: Code = Workspace::read_code(text).unwrap();
        let key = code.key(kind).unwrap().public();
        let device = self.workspace.device().public();
        let invitation = hub.core.invitation(&key, Some(&device))?;
        let checked = self.workspace.check_invitation(&code, kind, &invitation).unwrap();
        let entry = self.workspace.enrolment(&code, &checked).unwrap();
        if let Some(entry) = entry {
            hub.core.enrol(&key, &entry)?;
        }
        self.workspace.joined(&checked).unwrap();
        let id = checked.application.clone();
        self.sync(&id, hub).unwrap();
        Ok(id)
    }

    /// Exchanges with the hub until both have everything. Answers what the view would hear.
    pub fn sync(&mut self, id: &ApplicationId, hub: &mut LoneHub) -> Result<Vec<Event>, UserError> {
        let line = Direct::new(&mut hub.core, self.workspace.device().public());
        let desk = AtDesk::new(&mut self.workspace);
        at_once(catch_up(&desk, &line, id))?;
        for Receipt { left, waiting, faults, .. } in line.receipts() {
            // A step of the roster that another came before is signed again after the page.
            let bad = |left: &&Left| !matches!(left, Left::Step { .. });
            assert_eq!(left.iter().find(bad), None, "{}: {faults:?}", self.name);
            assert_eq!(waiting, [], "{}", self.name);
        }
        Ok(desk.told())
    }

    /// Writes an exchange file: everything, or what is new since the last.
    pub fn stick(&mut self, id: &ApplicationId, since_last: bool) -> Result<Vec<u8>, UserError> {
        let bytes = self.workspace.export_bundle(id, since_last)?;
        self.workspace.bundle_written(id, &[])?;
        Ok(bytes)
    }

    /// Writes an exchange file with files of evidence to that place.
    pub fn stick_with(
        &mut self,
        id: &ApplicationId,
        since: &Since,
        evidence: &PackedEvidence,
        path: &Path,
    ) -> Result<Written, UserError> {
        let written = self.workspace.pack_bundle(id, since, evidence)?.write(path)?;
        self.workspace.bundle_written(id, &written.left_out)?;
        Ok(written)
    }

    /// Takes an exchange file in, with its files of evidence.
    pub fn take_stick(&mut self, path: &Path) -> Result<Imported, UserError> {
        let Taken { mut imported, files, .. } = self.workspace.import_file(path)?;
        if let Some(files) = files {
            imported.files = files.take(&mut |_| {});
        }
        Ok(imported)
    }

    /// Adds a file of that content to a slot; its facts.
    pub fn add_file(&mut self, id: &ApplicationId, slot: &str, name: &str, content: &[u8]) -> EvidenceFile {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        let prepared = prepare(&self.workspace.blobs(), &path).unwrap();
        self.workspace.add_evidence(id, slot, std::slice::from_ref(&prepared)).unwrap();
        prepared.file
    }

    /// How the desk's copy of a file is.
    pub fn soundness(&self, file: &EvidenceFile) -> Soundness {
        self.workspace.blobs().look(&file.sha256).unwrap()
    }

    /// As the lead: lets a restored hub go on.
    pub fn open_epoch(&mut self, id: &ApplicationId, hub: &mut LoneHub) -> Result<(), UserError> {
        let device = self.workspace.device().public();
        let standing = hub.core.standing(&device, id).map_err(|error| refused(&error))?;
        let entry = self.workspace.new_epoch(id, &standing)?;
        hub.core.open_epoch(&device, id, entry).map_err(|error| refused(&error))
    }

    /// Writes a value.
    pub fn set(&mut self, id: &ApplicationId, answer: &str, value: &str) -> Result<(), UserError> {
        let value = Some(AnswerValue::Text(value.to_owned()));
        let edit = Edit::Set { values: vec![(AnswerId(answer.to_owned()), value)] };
        self.workspace.edit(id, &edit).map(|_| ())
    }

    /// Puts text into a long text.
    pub fn splice(
        &mut self,
        id: &ApplicationId,
        answer: &str,
        at: usize,
        delete: usize,
        text: &str,
    ) -> Result<(), UserError> {
        let answer = AnswerId(answer.to_owned());
        let base = self.workspace.state(id, &answer)?.revision;
        let edit = Edit::Splice { answer, base, delta: Delta::splice(at, delete, text) };
        self.workspace.edit(id, &edit).map(|_| ())
    }

    pub fn answers(&mut self, id: &ApplicationId) -> Answers {
        self.workspace.answers(id).unwrap().1
    }

    pub fn text(&mut self, id: &ApplicationId, answer: &str) -> String {
        self.answers(id).text(&AnswerId(answer.to_owned())).to_owned()
    }
}
