//! The engine behind the window: the open data folder, and what the page has open.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use form_client::handoff;
use form_client::stick::StickFiles;
use form_client::surroundings::Surroundings;
use form_client::workspace::{Taken, Workspace};
use form_model::command::{Event, Imported};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use tauri::ipc::Channel;

/// The workspace of this program's data folder, and the page's ear.
pub struct Desk {
    folder: PathBuf,
    /// `None` while the folder cannot be opened; the next command tries again.
    workspace: Option<Workspace>,
    view: Option<View>,
    /// Where files that are dropped go while no application is open, and the page wants them.
    drops: Option<Channel<Event>>,
    /// What happened while no application was open; told when one is.
    untold: Vec<Event>,
    /// Whether the key's place has been seen to since the program started.
    key_settled: bool,
    /// Files of evidence that are being taken out of exchange files, and how they tell of it.
    arriving: (Sender<Arrival>, Receiver<Arrival>),
}

/// News of files that are taken out of an exchange file beside the desk's other work.
enum Arrival {
    /// One is here: whose, and its hash.
    File(ApplicationId, String),
    /// That was all.
    All(Imported),
}

/// The application that the page has open.
struct View {
    application: ApplicationId,
    events: Channel<Event>,
}

impl Desk {
    /// The desk of a data folder that is yet to be opened.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            workspace: None,
            view: None,
            drops: None,
            untold: Vec::new(),
            key_settled: false,
            arriving: channel(),
        }
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes in the files that the program was started with. Answers them when another Huiqian has the folder
    /// and is to take them instead.
    pub fn open_with<'a>(&mut self, files: &'a [PathBuf]) -> Option<&'a [PathBuf]> {
        if files.is_empty() {
            return None;
        }
        if self.workspace().is_err_and(|error| error.code == ErrorCode::FolderInUse) {
            return Some(files);
        }
        self.import_all(files);
        None
    }

    /// The engine.
    ///
    /// # Errors
    /// Why the data folder cannot be opened.
    pub fn workspace(&mut self) -> Result<&mut Workspace, UserError> {
        let opened = match self.workspace.take() {
            Some(workspace) => workspace,
            None => {
                let workspace = Workspace::open(&self.folder, Surroundings::system())?;
                let notices = workspace.notices().iter().cloned();
                self.untold.extend(notices.map(|error| Event::Failed { error }));
                workspace
            }
        };
        Ok(self.workspace.insert(opened))
    }

    /// From now on the page has this application open and hears of it.
    pub fn watch(&mut self, application: ApplicationId, events: Channel<Event>) {
        self.view = Some(View { application, events });
        let untold = std::mem::take(&mut self.untold);
        self.tell(untold);
    }

    /// The page has left the application.
    pub fn forget(&mut self, application: &ApplicationId) {
        self.view.take_if(|view| view.application == *application);
    }

    /// Tells the page what changed in the application that it has open.
    pub fn tell_of(&mut self, application: &ApplicationId, events: Vec<Event>) {
        if self.view.as_ref().is_some_and(|view| view.application == *application) {
            self.tell(events);
        }
    }

    /// From now on the page hears of dropped files while it has no application open.
    pub fn hear_drops(&mut self, events: Channel<Event>) {
        self.drops = Some(events);
    }

    /// The page does not want dropped files any more.
    pub fn leave_drops(&mut self) {
        self.drops = None;
    }

    /// Tells the page how the application stands to its hub, if it has one.
    pub fn tell_sync(&mut self, application: &ApplicationId) {
        let Some(workspace) = &mut self.workspace else { return };
        if workspace.hub(application).is_ok()
            && let Ok(sync) = workspace.sync_state(application)
        {
            self.tell_of(application, vec![Event::Sync { sync }]);
        }
    }

    /// Tells the page of files that were dropped on it; whether it wants them.
    pub fn tell_drop(&mut self, event: Event) -> bool {
        let ear = self.view.as_ref().map(|view| &view.events).or(self.drops.as_ref());
        ear.is_some_and(|events| events.send(event).is_ok())
    }

    /// Tells the page what came of a file that it did not ask for.
    pub fn tell_import(&mut self, came: Result<Imported, UserError>) {
        let event = match came {
            Ok(imported) => Event::Imported { imported },
            Err(error) => Event::Failed { error },
        };
        self.tell(vec![event]);
    }

    fn tell(&mut self, events: Vec<Event>) {
        let Some(view) = &self.view else {
            self.untold.extend(events);
            return;
        };
        for event in events {
            // Fails only when the page is gone, and then nobody needs to know.
            let _ = view.events.send(event);
        }
    }

    /// Takes a file in and tells the page what it changed in the application that it has open. Files of evidence follow
    /// beside other work; the page is told again when all of them are here.
    ///
    /// # Errors
    /// When the file is nothing that can be taken in; then nothing has changed.
    pub fn import(&mut self, path: &Path) -> Result<Imported, UserError> {
        let Taken { imported, events, files } = self.workspace()?.import_file(path)?;
        self.tell_of(&imported.application, events);
        if let Some(files) = files {
            self.take_files(files, imported.clone())?;
        }
        Ok(imported)
    }

    /// Takes files out of an exchange file on a thread of its own: gigabytes are not to hold up what is typed.
    fn take_files(&self, files: StickFiles, imported: Imported) -> Result<(), UserError> {
        let arriving = self.arriving.0.clone();
        let work = move || {
            let id = imported.application.clone();
            // Fails only when the desk is gone, and then nobody needs to know.
            let brought = files.take(&mut |sha256| {
                let _ = arriving.send(Arrival::File(id.clone(), sha256.to_owned()));
            });
            let _ = arriving.send(Arrival::All(Imported { files: brought, ..imported }));
        };
        let started = thread::Builder::new().name("stick".to_owned()).spawn(work);
        started.map(drop).map_err(|error| UserError::new(ErrorCode::NotSaved).with("cause", error))
    }

    /// Tells the page of files that have come out of exchange files.
    pub fn tell_arrivals(&mut self) {
        let (mut arrived, mut done) = (BTreeMap::<_, BTreeSet<String>>::new(), Vec::new());
        for arrival in self.arriving.1.try_iter() {
            match arrival {
                Arrival::File(id, sha256) => drop(arrived.entry(id).or_default().insert(sha256)),
                Arrival::All(imported) => done.push(Event::Imported { imported }),
            }
        }
        for (id, arrived) in arrived {
            let events = self.workspace().and_then(|workspace| workspace.files_arrived(&id, &arrived));
            self.tell_of(&id, events.unwrap_or_default());
            self.tell_sync(&id);
        }
        self.tell(done);
    }

    /// A file of evidence was found damaged and was set aside: the page is told, and it is fetched again where the hub
    /// has it.
    ///
    /// # Errors
    /// When the application cannot be read.
    pub fn tell_damaged(&mut self, sha256: &str) -> Result<(), UserError> {
        let Some(id) = self.view.as_ref().map(|view| view.application.clone()) else { return Ok(()) };
        let workspace = self.workspace()?;
        let Some(file) = workspace.named_files(&id)?.remove(sha256) else { return Ok(()) };
        let mut events = workspace.files_arrived(&id, &BTreeSet::from([file.sha256]))?;
        let error = UserError::new(ErrorCode::BlobDamaged).with("file", file.name);
        events.push(Event::Failed { error });
        self.tell_of(&id, events);
        Ok(())
    }

    /// Takes in files that came with a start of the program.
    fn import_all(&mut self, files: &[PathBuf]) {
        for path in files {
            let came = self.import(path);
            self.tell_import(came);
        }
    }

    /// What is to be done while nobody asks for anything.
    pub fn idle(&mut self) {
        let files = handoff::take(&self.folder);
        self.import_all(&files);
        self.tell_arrivals();
    }

    /// Puts the open application's changes together when there are many. Fails only where a later edit will
    /// fail too, and say so. The first time also has the device's key moved to the keyring, which a window that
    /// comes up must not wait for.
    pub fn tidy(&mut self) {
        if let (false, Some(workspace)) = (self.key_settled, &self.workspace) {
            workspace.settle_key();
            self.key_settled = true;
        }
        if let (Some(view), Some(workspace)) = (&self.view, &mut self.workspace) {
            let _ = workspace.compact_if_due(&view.application);
            let _ = workspace.fold_signatures(&view.application);
        }
        if let Some(workspace) = &mut self.workspace {
            // What could not be thrown away today can be tomorrow.
            let _ = workspace.collect_garbage_if_due();
        }
    }
}
