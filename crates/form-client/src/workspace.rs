//! A desk: everything that a window or a command line may ask of the engine.

mod adopt;
mod bundle;
pub mod bundle_mark;
mod carriage;
mod come_again;
mod courier;
mod directory;
mod discussion;
mod edit;
mod epoch;
mod evidence;
mod garbage;
mod held;
mod hub_copy;
mod join;
mod key;
mod left_out;
mod missed;
mod package;
pub(crate) mod receipt;
mod reminder;
mod replica;
mod reread;
mod rights;
mod set_aside;
mod signing;
mod start;
mod stick;
mod sync;
mod team;
mod transfer;
mod verification;
mod watch;

use std::collections::BTreeMap;
use std::path::Path;

use form_document::Genesis;
use form_document::key::PublicKey;
use form_document::wire::Presence;
use form_model::answer::Answers;
use form_model::command::{
    AnswerState, ApplicationSummary, CreateApplication, FormSummary, OpenedApplication, Settings, Start,
    Transfer,
};
use form_model::definition::FormDefinition;
use form_model::error::{ErrorCode, UserError};
use form_model::id::{AnswerId, ApplicationId, NOTE_FACET};
use form_model::language::Language;
use form_model::package::{PackageFiles, load};
use form_store::application::ApplicationRow;
use form_store::replica::ReplicaRow;
use form_store::segment::ClaimRow;
use form_store::snapshot::SnapshotRow;
use form_store::{Store, StoreError};

use crate::blob::BlobFolder;
use crate::cause::{Cause, because};
use crate::clock;
use crate::device::{Device, Found};
use crate::fill::Values;
use crate::home::Home;
use crate::hub::Wake;
use crate::library::{Library, bad_form};
use crate::salvage;
use crate::session::Session;
use crate::summary::Figures;
use crate::surroundings::Surroundings;

pub use bundle::Taken;
pub use courier::Courier;
pub use directory::DirectoryGround;
pub use evidence::Added;
pub use hub_copy::HubCopy;
pub use join::CheckedInvitation;
pub use package::{Existing, PackageToWrite, Packed, Shape};
pub use team::INVITE_MAX_DAYS;

/// The setting that holds [`Settings`].
const SETTINGS: &str = "settings";
/// Percent; what a text size is before a person chooses one.
const TEXT_SIZE: u16 = 100;
/// With more changes than this beside the snapshot an application is compacted when it is idle or closed:
/// loading so many costs about as long as a blink.
const CHANGES_BESIDE_SNAPSHOT: i64 = 1_000;

/// One data folder, locked, with the applications open in it.
#[derive(Debug)]
pub struct Workspace {
    home: Home,
    store: Store,
    library: Library,
    device: Device,
    new_device: bool,
    /// What a person is to hear about the opening of the folder.
    notices: Vec<UserError>,
    settings: Option<Settings>,
    sessions: BTreeMap<ApplicationId, Session>,
    /// Those who carry an application's changes to its hub.
    wakes: BTreeMap<ApplicationId, Wake>,
    /// Who is in an application's form, as its hub says.
    people: BTreeMap<ApplicationId, Vec<(PublicKey, Presence)>>,
    /// The bytes of evidence.
    blobs: BlobFolder,
    /// Files that are under way between this desk and a hub.
    moving: BTreeMap<ApplicationId, BTreeMap<String, Transfer>>,
    /// The folder that is watched for evidence.
    watching: Option<watch::Watching>,
    surroundings: Surroundings,
}

impl Workspace {
    /// Takes the data folder and opens its database.
    ///
    /// # Errors
    /// [`ErrorCode::FolderInUse`], [`ErrorCode::FolderUnusable`], [`ErrorCode::DatabaseNewer`],
    /// [`ErrorCode::DatabaseDamaged`]: each leaves the database as it was.
    pub fn open(folder: &Path, surroundings: Surroundings) -> Result<Self, UserError> {
        let home = Home::take(folder)?;
        let mut store = Store::open(&home.database()).map_err(|error| {
            salvage::opening_failed(&home, error, &clock::local_date((surroundings.now_ms)()))
        })?;
        let known = key::known_device(&home, &store)?;
        let Found { device, new, notice } = Device::find(&home.key_file(), known, &surroundings)?;
        if known != Some(device.public()) {
            key::keep_device(&mut store, device.public())?;
        }
        let library = Library::load(&home.forms());
        let blobs = BlobFolder::of(home.folder());
        // Nobody else writes there: the folder's lock is this program's.
        blobs.tidy();
        let settings = store.setting(SETTINGS).map_err(|error| unusable(&home, &error))?;
        let settings = settings.and_then(|json| serde_json::from_str(&json).ok());
        let mut workspace = Self {
            home,
            store,
            library,
            device,
            new_device: new,
            notices: notice.into_iter().collect(),
            settings,
            sessions: BTreeMap::new(),
            wakes: BTreeMap::new(),
            people: BTreeMap::new(),
            blobs,
            moving: BTreeMap::new(),
            watching: None,
            surroundings,
        };
        workspace.renew_actors_if_copied()?;
        Ok(workspace)
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        self.home.folder()
    }

    /// What the first screen needs.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn start(&mut self) -> Result<Start, UserError> {
        let language = self.language();
        let mut definitions: Vec<_> = self.library.packages().map(|package| &package.definition).collect();
        // The forms of this desk's own language first.
        definitions.sort_by_key(|definition| definition.languages.first() != Some(&language));
        let forms = definitions.into_iter().map(|definition| form_summary(definition, language));
        Ok(Start {
            settings: self.settings(),
            introduced: self.settings.is_some(),
            data_folder: self.home.folder().display().to_string(),
            forms: forms.collect(),
            applications: self.summaries()?,
            today: clock::local_date((self.surroundings.now_ms)()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }

    /// What a person is to hear once about the opening of the data folder.
    pub fn notices(&self) -> &[UserError] {
        &self.notices
    }

    /// What was wrong with form packages in the data folder.
    pub fn form_faults(&self) -> &[UserError] {
        self.library.faults()
    }

    /// Who uses this desk and how it looks.
    pub fn settings(&self) -> Settings {
        self.settings.clone().unwrap_or(Settings { text_size: TEXT_SIZE, ..Settings::default() })
    }

    /// The language in which whoever asks is answered.
    pub fn language(&self) -> Language {
        self.surroundings.language.unwrap_or_else(|| self.settings().language)
    }

    /// Keeps the settings; own replicas carry the new name from now on.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn save_settings(&mut self, settings: &Settings) -> Result<(), UserError> {
        let json = serde_json::to_string(settings).map_err(|error| not_saved(&error))?;
        let (agency, person) = (settings.agency.trim(), settings.person.trim());
        let rows = self.store.applications().map_err(|error| not_saved(&error))?;
        let mut named = Vec::new();
        for row in rows {
            let replicas = self.store.replicas(row.key).map_err(|error| not_saved(&error))?;
            named.extend(replicas.into_iter().filter(|replica| replica.nonce.is_some()).map(|replica| {
                (row.key, ReplicaRow { agency: agency.into(), person: person.into(), ..replica })
            }));
        }
        self.store
            .write(|write| {
                write.put_setting(SETTINGS, &json)?;
                named.iter().try_for_each(|(key, replica)| write.put_replica(*key, replica))
            })
            .map_err(|error: StoreError| not_saved(&error))?;
        for session in self.sessions.values_mut() {
            session.replicas = self.store.replicas(session.key).map_err(|error| not_saved(&error))?;
        }
        self.settings = Some(settings.clone());
        Ok(())
    }

    /// Starts an application from a form package.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownForm`], [`ErrorCode::UnknownApplication`] for the one to copy from, or a
    /// failed write: then nothing was started.
    pub fn create(&mut self, request: &CreateApplication) -> Result<ApplicationId, UserError> {
        // Without the key nobody can be named as the lead, and nothing is to be left half started.
        self.device.key()?;
        let copied = match &request.copy_from {
            Some(earlier) => Some(self.answers(&self.resolve(&earlier.0)?)?.1),
            None => None,
        };
        let package = self.library.package(&request.form)?.clone();
        let genesis = Genesis::new(&package.definition, self.surroundings.random()?, self.device.public().0)
            .and_then(|genesis| genesis.build(&package.definition))
            .map_err(|error| bad_form(&error))?;
        let id = form_document::application_id(&genesis).map_err(|error| bad_form(&error))?;
        self.add_application(&id, &genesis, &package.definition, &package.files, request.name.trim())?;
        self.found(&id)?;
        let mut values = copied.map_or_else(Vec::new, |answers| copies(&package.definition, answers));
        let name = package.definition.name_answer.clone();
        values.retain(|(answer, _)| *answer != name);
        self.fill(&id, values)?;
        Ok(id)
    }

    /// The application whose id starts so.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownApplication`] when none does, or nothing was given; [`ErrorCode::AmbiguousApplication`].
    pub fn resolve(&self, start: &str) -> Result<ApplicationId, UserError> {
        let error = |code| UserError::new(code).with("application", start);
        let rows = self.store.applications().map_err(|error| unusable(&self.home, &error))?;
        // An empty start is a script's unset variable, not the only application.
        let matches = |id: &ApplicationId| !start.is_empty() && id.0.starts_with(start);
        let mut found: Vec<_> = rows.into_iter().map(|row| row.id).filter(matches).collect();
        match (found.pop(), found.len()) {
            (None, _) => Err(error(ErrorCode::UnknownApplication)),
            (Some(id), 0) => Ok(id),
            (Some(_), others) => Err(error(ErrorCode::AmbiguousApplication).with("count", others + 1)),
        }
    }

    /// The applications on this desk, the one changed last first.
    ///
    /// # Errors
    /// When the database can't be read, or an application in it.
    pub fn summaries(&mut self) -> Result<Vec<ApplicationSummary>, UserError> {
        let rows = self.store.applications().map_err(|error| unusable(&self.home, &error))?;
        let mut summaries =
            rows.iter().map(|row| self.summary(row)).collect::<Result<Vec<_>, UserError>>()?;
        summaries.sort_by_key(|summary| std::cmp::Reverse(summary.changed_ms));
        Ok(summaries)
    }

    fn summary(&mut self, row: &ApplicationRow) -> Result<ApplicationSummary, UserError> {
        let newest = self.store.newest(row.key).map_err(|error| unusable(&self.home, &error))?;
        let (number, changed_ms) = newest.unwrap_or((0, row.created_ms));
        let kept = row.summary.as_ref().filter(|(_, at)| *at == number);
        let definition = self.definition(row)?;
        let figures = match kept.and_then(|(json, _)| serde_json::from_str(json).ok()) {
            Some(figures) => figures,
            None => self.figures(row, number)?,
        };
        let language = self.language();
        Ok(figures.summary(row.id.clone(), &row.name, &definition, language, changed_ms))
    }

    /// Computes the figures and keeps them for the next time.
    fn figures(&mut self, row: &ApplicationRow, number: i64) -> Result<Figures, UserError> {
        let (definition, answers) = self.answers(&row.id)?;
        let figures = Figures::of(&definition, &answers);
        let json = serde_json::to_string(&figures).map_err(|error| not_saved(&error))?;
        self.store
            .write(|write| write.put_summary(row.key, &json, number))
            .map_err(|error: StoreError| not_saved(&error))?;
        Ok(figures)
    }

    /// Opens an application, or gives it as it stands when it is open.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownApplication`], or when what is stored can't be read.
    pub fn open_application(&mut self, id: &ApplicationId) -> Result<OpenedApplication, UserError> {
        // The view starts counting revisions anew.
        let link = self.sessions.remove(id).map(|session| session.link);
        let row = self.row(id)?;
        self.session(id)?.link = link.unwrap_or_default();
        let (unread, sync, now) = (self.unread(id)?, self.sync_state(id)?, (self.surroundings.now_ms)());
        let (reread, present) = (self.rereads(id)?, self.present(id)?);
        let session = self.session(id)?;
        Ok(OpenedApplication {
            id: id.clone(),
            name: row.name,
            definition: session.definition.clone(),
            answers: session.states(),
            saved_ms: session.newest.1,
            undo: session.undo_state(),
            team: session.team(now),
            sync,
            present,
            unread,
            reread,
        })
    }

    /// Forgets an open application; what it holds is on the disk. Colleagues are told that this person left.
    ///
    /// # Errors
    /// When compacting it fails; nothing is lost then.
    pub fn close_application(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        self.wake(id).presence.send_replace(Presence::default());
        let compacted = self.compact_if_due(id);
        self.sessions.remove(id);
        compacted
    }

    /// Reads every application again when it is needed next.
    pub(crate) fn forget_open(&mut self) {
        self.sessions.clear();
    }

    /// Definition and answers of an application.
    ///
    /// # Errors
    /// As [`Self::open_application`].
    pub fn answers(&mut self, id: &ApplicationId) -> Result<(FormDefinition, Answers), UserError> {
        let session = self.session(id)?;
        Ok((session.definition.clone(), session.document().answers()))
    }

    /// One answer as it stands, with every side of a conflict.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownAnswer`], and as [`Self::open_application`].
    pub fn state(&mut self, id: &ApplicationId, answer: &AnswerId) -> Result<AnswerState, UserError> {
        let session = self.session(id)?;
        if session.definition.answer_kind(answer).is_none() {
            return Err(UserError::new(ErrorCode::UnknownAnswer).with("answer", answer));
        }
        Ok(session.state(answer))
    }

    /// Puts the changes of an application together into one document.
    ///
    /// # Errors
    /// When the database can't be written; nothing is lost then.
    pub fn compact(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        let session = self.session(id)?;
        let (number, saved_ms) = session.newest;
        let row = SnapshotRow { number, document: session.document().save(), saved_ms };
        let key = session.key;
        self.store.write(|write| write.compact(key, &row)).map_err(|error: StoreError| not_saved(&error))?;
        self.session(id)?.snapshot = number;
        Ok(())
    }

    /// Compacts when many changes lie beside the snapshot. To be called when nobody is typing.
    ///
    /// # Errors
    /// As [`Self::compact`].
    pub fn compact_if_due(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        let due = self
            .sessions
            .get(id)
            .is_some_and(|session| session.newest.0 - session.snapshot > CHANGES_BESIDE_SNAPSHOT);
        if due { self.compact(id) } else { Ok(()) }
    }

    fn row(&self, id: &ApplicationId) -> Result<ApplicationRow, UserError> {
        self.store
            .application(id)
            .map_err(|error| unusable(&self.home, &error))?
            .ok_or_else(|| UserError::new(ErrorCode::UnknownApplication).with("application", id))
    }

    /// The open application, opening it first if need be.
    fn session(&mut self, id: &ApplicationId) -> Result<&mut Session, UserError> {
        if !self.sessions.contains_key(id) {
            let row = self.row(id)?;
            let definition = self.definition(&row)?;
            let actor = self.actor(&row)?;
            let session = Session::load(&self.store, &row, definition, &actor, self.device.public())?;
            self.sessions.insert(id.clone(), session);
        }
        self.sessions
            .get_mut(id)
            .ok_or_else(|| UserError::new(ErrorCode::UnknownApplication).with("application", id))
    }

    /// The definition that an application was made from, as it was then.
    fn definition(&self, row: &ApplicationRow) -> Result<FormDefinition, UserError> {
        let built_in = self.library.packages().find(|package| package.definition.hash == row.package);
        if let Some(package) = built_in {
            return Ok(package.definition.clone());
        }
        let files = self
            .store
            .package_files(&row.package)
            .map_err(|error| unusable(&self.home, &error))?
            .ok_or_else(|| UserError::new(ErrorCode::UnknownForm).with("form", &row.package))?;
        load(&PackageFiles(files)).map_err(|error| bad_form(&error))
    }

    /// Keeps a new application with its form package and an actor for this desk.
    fn add_application(
        &mut self,
        id: &ApplicationId,
        genesis: &[u8],
        definition: &FormDefinition,
        files: &PackageFiles,
        name: &str,
    ) -> Result<(), UserError> {
        let now = (self.surroundings.now_ms)();
        let replica = self.fresh_replica(id, now)?;
        let device = self.device.public();
        self.store
            .write(|write| {
                write.put_package(&definition.hash, &definition.id, &definition.version, &files.0)?;
                let key = write.add_application(id, &definition.hash, genesis, name, now)?;
                write.put_replica(key, &replica)?;
                write.put_claim(key, &replica.actor, &own_claim(device, &replica))
            })
            .map_err(|error: StoreError| not_saved(&error))
    }
}

/// The claim to an own actor, as it is kept.
fn own_claim(device: PublicKey, replica: &ReplicaRow) -> ClaimRow {
    ClaimRow { device: device.0.to_vec(), nonce: replica.nonce.clone().unwrap_or_default() }
}

fn form_summary(definition: &FormDefinition, language: Language) -> FormSummary {
    FormSummary {
        id: definition.id.clone(),
        version: definition.version.clone(),
        title: definition.text(language, "form.title").to_owned(),
        deadline: definition.deadline.clone(),
    }
}

/// The answers of an earlier application that the form also asks for, without confirmations: those were
/// given for the earlier figures.
fn copies(definition: &FormDefinition, answers: Answers) -> Values {
    answers
        .0
        .into_iter()
        .filter(|(answer, _)| definition.answer_kind(answer).is_some())
        .filter(|(answer, _)| answer.facet().is_none_or(|facet| facet == NOTE_FACET))
        .map(|(answer, value)| (answer, Some(value)))
        .collect()
}

fn not_saved(cause: &dyn Cause) -> UserError {
    because(UserError::new(ErrorCode::NotSaved), cause)
}

fn unusable(home: &Home, cause: &dyn Cause) -> UserError {
    because(UserError::new(ErrorCode::FolderUnusable).with("folder", home.folder().display()), cause)
}
