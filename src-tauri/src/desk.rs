//! The engine behind the window: the open data folder, and what the page has open.

use std::path::{Path, PathBuf};

use form_client::surroundings::Surroundings;
use form_client::workspace::Workspace;
use form_client::{file, handoff};
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
    /// What happened while no application was open; told when one is.
    untold: Vec<Event>,
    /// Whether the key's place has been seen to since the program started.
    key_settled: bool,
}

/// The application that the page has open.
struct View {
    application: ApplicationId,
    events: Channel<Event>,
}

impl Desk {
    /// The desk of a data folder that is yet to be opened.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, workspace: None, view: None, untold: Vec::new(), key_settled: false }
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

    /// Tells the page how the application stands to its hub, if it has one.
    pub fn tell_sync(&mut self, application: &ApplicationId) {
        let Some(workspace) = &mut self.workspace else { return };
        if workspace.hub(application).is_ok()
            && let Ok(sync) = workspace.sync_state(application)
        {
            self.tell_of(application, vec![Event::Sync { sync }]);
        }
    }

    /// Tells the page something of this window; whether it has an application open and hears.
    pub fn tell_view(&mut self, event: Event) -> bool {
        self.view.as_ref().is_some_and(|view| view.events.send(event).is_ok())
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

    /// Takes a file in and tells the page what it changed in the application that it has open.
    ///
    /// # Errors
    /// When the file is nothing that can be taken in; then nothing has changed.
    pub fn import(&mut self, path: &Path) -> Result<Imported, UserError> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let bytes = file::read(path)?;
        let (imported, events) = self.workspace()?.import(&bytes, &name)?;
        self.tell_of(&imported.application, events);
        Ok(imported)
    }

    /// Takes in files that came without a command: handed over by a second start, or dropped on the window.
    pub fn import_all(&mut self, files: &[PathBuf]) {
        for path in files {
            let event = match self.import(path) {
                Ok(imported) => Event::Imported { imported },
                Err(error) => Event::Failed { error },
            };
            self.tell(vec![event]);
        }
    }

    /// What is to be done while nobody asks for anything.
    pub fn idle(&mut self) {
        let files = handoff::take(&self.folder);
        self.import_all(&files);
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
    }
}
