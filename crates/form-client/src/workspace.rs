//! A desk: everything that a window or a command line may ask of the engine.

mod transfer;

use std::collections::BTreeMap;
use std::path::Path;

use form_document::history::entries;
use form_document::{ActorId, Committed, Genesis, Undone as DocumentUndone, actor_id};
use form_model::answer::Answers;
use form_model::command::{
    Acknowledged, AnswerState, ApplicationSummary, CreateApplication, Edit, Event, FormSummary,
    HistoryEntry, OpenedApplication, ReadHistory, Settings, Start, Undone,
};
use form_model::definition::{AnswerKind, FormDefinition};
use form_model::delta::Delta;
use form_model::error::{ErrorCode, UserError};
use form_model::id::{AnswerId, ApplicationId, NOTE_FACET};
use form_model::language::Language;
use form_model::package::{PackageFiles, load};
use form_store::application::ApplicationRow;
use form_store::replica::ReplicaRow;
use form_store::snapshot::SnapshotRow;
use form_store::{Store, StoreError};

use crate::clock::{self, Clock};
use crate::device::{self, DeviceKey};
use crate::fill::Values;
use crate::home::Home;
use crate::library::{Library, bad_form};
use crate::salvage;
use crate::session::{Session, keep, recalled};
use crate::summary::Figures;

/// The setting that holds [`Settings`].
const SETTINGS: &str = "settings";
/// The setting that tells whether the database file is still the one that was written last.
const IDENTITY: &str = "database_identity";
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
    device: DeviceKey,
    settings: Option<Settings>,
    sessions: BTreeMap<ApplicationId, Session>,
    clock: Clock,
}

impl Workspace {
    /// Takes the data folder and opens its database.
    ///
    /// # Errors
    /// [`ErrorCode::FolderInUse`], [`ErrorCode::FolderUnusable`], [`ErrorCode::DatabaseNewer`],
    /// [`ErrorCode::DatabaseDamaged`]: each leaves the database as it was.
    pub fn open(folder: &Path, clock: Clock) -> Result<Self, UserError> {
        let home = Home::take(folder)?;
        let store = Store::open(&home.database())
            .map_err(|error| salvage::opening_failed(&home, error, &clock::local_date(clock())))?;
        let device = DeviceKey::load_or_make(&home.key_file())?;
        let library = Library::load(&home.forms());
        let settings = store.setting(SETTINGS).map_err(|error| unusable(&home, &error))?;
        let settings = settings.and_then(|json| serde_json::from_str(&json).ok());
        let mut workspace =
            Self { home, store, library, device, settings, sessions: BTreeMap::new(), clock };
        workspace.renew_actors_if_copied()?;
        Ok(workspace)
    }

    /// A copied or restored data folder must not go on with the actors of the original: both would use the
    /// same operation ids for different edits, and could never be merged again.
    fn renew_actors_if_copied(&mut self) -> Result<(), UserError> {
        let found = self.home.database_identity();
        let known = self.store.setting(IDENTITY).map_err(|error| unusable(&self.home, &error))?;
        if known.as_ref() == Some(&found) {
            return Ok(());
        }
        let now = (self.clock)();
        let mut fresh = Vec::new();
        for row in self.store.applications().map_err(|error| unusable(&self.home, &error))? {
            fresh.push((row.key, self.fresh_replica(&row.id, now)?));
        }
        self.store
            .write(|write| {
                write.put_setting(IDENTITY, &found)?;
                fresh.iter().try_for_each(|(key, replica)| write.put_replica(*key, replica))
            })
            .map_err(|error: StoreError| not_saved(&error))
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
        let language = self.settings().language;
        let mut definitions: Vec<_> =
            self.library.packages().map(|package| &package.definition).collect();
        // The forms of this desk's own language first.
        definitions.sort_by_key(|definition| definition.languages.first() != Some(&language));
        let forms = definitions.into_iter().map(|definition| form_summary(definition, language));
        Ok(Start {
            settings: self.settings(),
            introduced: self.settings.is_some(),
            data_folder: self.home.folder().display().to_string(),
            forms: forms.collect(),
            applications: self.summaries()?,
            today: clock::local_date((self.clock)()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }

    /// What was wrong with form packages in the data folder.
    pub fn form_faults(&self) -> &[UserError] {
        self.library.faults()
    }

    /// Who uses this desk and how it looks.
    pub fn settings(&self) -> Settings {
        self.settings.clone().unwrap_or(Settings { text_size: TEXT_SIZE, ..Settings::default() })
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
        let copied = match &request.copy_from {
            Some(earlier) => Some(self.answers(&self.resolve(&earlier.0)?)?.1),
            None => None,
        };
        let package = self.library.package(&request.form)?.clone();
        let genesis = Genesis::new(&package.definition, device::random()?, self.device.public_key())
            .and_then(|genesis| genesis.build(&package.definition))
            .map_err(|error| bad_form(&error))?;
        let id = form_document::application_id(&genesis).map_err(|error| bad_form(&error))?;
        self.add_application(&id, &genesis, &package.definition, &package.files, request.name.trim())?;
        let mut values = copied.map_or_else(Vec::new, |answers| copies(&package.definition, answers));
        let name = package.definition.name_answer.clone();
        values.retain(|(answer, _)| *answer != name);
        self.fill(&id, values)?;
        Ok(id)
    }

    /// The application whose id starts so.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownApplication`] when none does, or several do.
    pub fn resolve(&self, start: &str) -> Result<ApplicationId, UserError> {
        let unknown = || UserError::new(ErrorCode::UnknownApplication).with("application", start);
        let rows = self.store.applications().map_err(|error| unusable(&self.home, &error))?;
        let mut found = rows.into_iter().map(|row| row.id).filter(|id| id.0.starts_with(start));
        match (found.next(), found.next()) {
            (Some(id), None) => Ok(id),
            _ => Err(unknown()),
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
        let language = self.settings().language;
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
        self.sessions.remove(id);
        let row = self.row(id)?;
        let session = self.session(id)?;
        Ok(OpenedApplication {
            id: id.clone(),
            name: row.name,
            definition: session.definition.clone(),
            answers: session.states(),
            saved_ms: session.newest.1,
            undo: session.undo_state(),
        })
    }

    /// Forgets an open application; what it holds is on the disk.
    ///
    /// # Errors
    /// When compacting it fails; nothing is lost then.
    pub fn close_application(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        let compacted = self.compact_if_due(id);
        self.sessions.remove(id);
        compacted
    }

    /// Definition and answers of an application.
    ///
    /// # Errors
    /// As [`Self::open_application`].
    pub fn answers(&mut self, id: &ApplicationId) -> Result<(FormDefinition, Answers), UserError> {
        let session = self.session(id)?;
        Ok((session.definition.clone(), session.document.answers()))
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

    /// Makes an edit. When this returns, the edit is on the disk.
    ///
    /// # Errors
    /// When the form or the text does not allow the edit, or [`ErrorCode::NotSaved`]: either way nothing
    /// has changed.
    pub fn edit(&mut self, id: &ApplicationId, edit: &Edit) -> Result<Acknowledged, UserError> {
        let now = (self.clock)();
        let session = self.session(id)?;
        let edited = session.edit(edit, now)?;
        self.keep(id, edited.committed.as_ref(), now)?;
        let session = self.session(id)?;
        let answers = match edit {
            Edit::Set { values } => values.iter().map(|(answer, _)| session.state(answer)).collect(),
            Edit::Splice { .. } => Vec::new(),
        };
        Ok(Acknowledged {
            revision: session.acknowledge(&edited),
            saved_ms: session.newest.1,
            answers,
            undo: session.undo_state(),
        })
    }

    /// Stores answers of any kind, prose as a whole: one change for all values, one for each text.
    ///
    /// # Errors
    /// As [`Self::edit`]; texts before the faulty one are kept then, values all or none.
    pub fn fill(&mut self, id: &ApplicationId, values: Values) -> Result<(), UserError> {
        let definition = self.session(id)?.definition.clone();
        let (texts, values): (Vec<_>, Vec<_>) = values
            .into_iter()
            .partition(|(answer, _)| definition.answer_kind(answer) == Some(AnswerKind::Prose));
        self.edit(id, &Edit::Set { values })?;
        for (answer, value) in texts {
            let after = form_model::input::clean(value.as_ref().map_or("", |value| value.as_text()));
            let session = self.session(id)?;
            let delta = Delta::between(session.document.text(&answer).unwrap_or_default(), &after);
            let base = session.state(&answer).revision;
            self.edit(id, &Edit::Splice { answer, base, delta })?;
        }
        Ok(())
    }

    /// Takes back this desk's last step that still stands.
    ///
    /// # Errors
    /// [`ErrorCode::UndoOvertaken`], or [`ErrorCode::NotSaved`].
    pub fn undo(&mut self, id: &ApplicationId) -> Result<(Undone, Vec<Event>), UserError> {
        let now = (self.clock)();
        let step = self.session(id)?.document.undo(now)?;
        self.undone(id, step, now)
    }

    /// Makes the step again that was undone last.
    ///
    /// # Errors
    /// As [`Self::undo`].
    pub fn redo(&mut self, id: &ApplicationId) -> Result<(Undone, Vec<Event>), UserError> {
        let now = (self.clock)();
        let step = self.session(id)?.document.redo(now)?;
        self.undone(id, step, now)
    }

    fn undone(
        &mut self,
        id: &ApplicationId,
        step: Option<DocumentUndone>,
        now: i64,
    ) -> Result<(Undone, Vec<Event>), UserError> {
        self.keep(id, step.as_ref().map(|step| &step.committed), now)?;
        let session = self.session(id)?;
        let answer = step.as_ref().and_then(|step| step.committed.answers.first().cloned());
        let events = step.map_or_else(Vec::new, |step| {
            let patched = answer.clone().zip(step.delta).into_iter().collect();
            session.events(patched, &step.committed.answers)
        });
        let undone = Undone { answer, saved_ms: session.newest.1, undo: session.undo_state() };
        Ok((undone, events))
    }

    /// The history of one answer or of all, the newest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn history(&mut self, request: &ReadHistory) -> Result<Vec<HistoryEntry>, UserError> {
        let key = self.session(&request.application)?.key;
        let rows = self
            .store
            .history(key, request.answer.as_ref())
            .map_err(|error| unusable(&self.home, &error))?;
        let rows: Vec<_> = rows.into_iter().filter_map(recalled).collect();
        let session = self.session(&request.application)?;
        let named = entries(&rows).into_iter().rev().map(|entry| {
            let stamp = session.stamp(&entry.author, entry.time_ms);
            entry.stamped(stamp)
        });
        Ok(named.collect())
    }

    /// Puts the changes of an application together into one document.
    ///
    /// # Errors
    /// When the database can't be written; nothing is lost then.
    pub fn compact(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        let session = self.session(id)?;
        let (number, saved_ms) = session.newest;
        let row = SnapshotRow { number, document: session.document.save(), saved_ms };
        let key = session.key;
        self.store
            .write(|write| write.compact(key, &row))
            .map_err(|error: StoreError| not_saved(&error))?;
        self.session(id)?.snapshot = number;
        Ok(())
    }

    /// Compacts when many changes lie beside the snapshot. To be called when nobody is typing.
    ///
    /// # Errors
    /// As [`Self::compact`].
    pub fn compact_if_due(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        let due = self.sessions.get(id).is_some_and(|session| {
            session.newest.0 - session.snapshot > CHANGES_BESIDE_SNAPSHOT
        });
        if due { self.compact(id) } else { Ok(()) }
    }

    /// Makes a change durable. On failure the document goes back to what is kept.
    fn keep(
        &mut self,
        id: &ApplicationId,
        committed: Option<&Committed>,
        saved_ms: i64,
    ) -> Result<(), UserError> {
        let Some(committed) = committed else { return Ok(()) };
        let Some(session) = self.sessions.get_mut(id) else { return Ok(()) };
        let number = session.newest.0 + 1;
        let kept = self.store.write(|write| {
            keep(write, session.key, number, &committed.bytes, &committed.history, saved_ms)
        });
        if let Err(error) = kept {
            self.reload(id)?;
            return Err(not_saved(&error));
        }
        session.newest = (number, saved_ms);
        Ok(())
    }

    fn reload(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        let row = self.row(id)?;
        match self.sessions.get_mut(id) {
            Some(session) => {
                let actor = session.document.actor().clone();
                session.reload(&self.store, &row.genesis, &actor)
            }
            None => Ok(()),
        }
    }

    /// Changes by this desk's own actor that came from outside: a copy of this data folder is at work
    /// somewhere. This one takes a fresh actor.
    fn renew_actor(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        let row = self.row(id)?;
        let replica = self.fresh_replica(id, (self.clock)())?;
        self.store
            .write(|write| write.put_replica(row.key, &replica))
            .map_err(|error: StoreError| not_saved(&error))?;
        let replicas = self.store.replicas(row.key).map_err(|error| unusable(&self.home, &error))?;
        match self.sessions.get_mut(id) {
            Some(session) => {
                session.replicas = replicas;
                session.reload(&self.store, &row.genesis, &ActorId::from(replica.actor))
            }
            None => Ok(()),
        }
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
            let session = Session::load(&self.store, &row, definition, &actor)?;
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

    /// This desk's newest actor in an application.
    fn actor(&self, row: &ApplicationRow) -> Result<ActorId, UserError> {
        let replicas =
            self.store.replicas(row.key).map_err(|error| unusable(&self.home, &error))?;
        let own = replicas.into_iter().rev().find(|replica| replica.nonce.is_some());
        own.map(|replica| ActorId::from(replica.actor))
            .ok_or_else(|| UserError::new(ErrorCode::UnknownApplication).with("application", &row.id))
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
        let now = (self.clock)();
        let replica = self.fresh_replica(id, now)?;
        self.store
            .write(|write| {
                write.put_package(&definition.hash, &definition.id, &definition.version, &files.0)?;
                let key = write.add_application(id, &definition.hash, genesis, name, now)?;
                write.put_replica(key, &replica)
            })
            .map_err(|error: StoreError| not_saved(&error))
    }

    /// A new actor of this device.
    fn fresh_replica(&self, id: &ApplicationId, now: i64) -> Result<ReplicaRow, UserError> {
        let nonce = device::random()?;
        let settings = self.settings();
        Ok(ReplicaRow {
            actor: actor_id(id, &self.device.public_key(), &nonce).to_bytes().to_vec(),
            nonce: Some(nonce.to_vec()),
            agency: settings.agency,
            person: settings.person,
            since_ms: now,
        })
    }
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

fn not_saved(cause: &dyn std::fmt::Display) -> UserError {
    UserError::new(ErrorCode::NotSaved).with("cause", cause)
}

fn unusable(home: &Home, cause: &dyn std::fmt::Display) -> UserError {
    UserError::new(ErrorCode::FolderUnusable).with("folder", home.folder().display()).with("cause", cause)
}
