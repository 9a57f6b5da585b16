//! Directories of enterprises: read beside the desk's other work, looked at, put into their slot.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use form_client::directory::{Directory, this_program};
use form_client::evidence::{Prepared, prepare};
use form_client::file;
use form_client::workspace::DirectoryGround;
use form_model::command::{Choice, DirectoryAct, DirectoryAnswer, DirectoryRequest, DirectoryTable, Event};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_model::language::Language;
use tauri::{State, WebviewWindow};

use super::{Answer, apart};
use crate::dialog;
use crate::engine::Engine;
use crate::table::{Opened, Table};
use crate::tray::Tray;

/// Answers the table as it is to be shown.
#[tauri::command]
pub async fn directory(
    window: WebviewWindow,
    engine: State<'_, Engine>,
    tray: State<'_, Tray>,
    table: State<'_, Table>,
    request: DirectoryRequest,
) -> Answer<DirectoryAnswer> {
    let DirectoryRequest { application, act } = request;
    let work = Work { engine: &engine, table: &table, application };
    match act {
        DirectoryAct::Choose { slot } => {
            let (_, language) = work.ground(&slot).await?;
            match dialog::directory_to_read(&window, language).await {
                Some(path) => work.open(slot, path).await,
                None => Ok(DirectoryAnswer::default()),
            }
        }
        DirectoryAct::TakeDropped { slot, tray: number } => match tray.take(number).into_iter().next() {
            Some(path) => work.open(slot, path).await,
            None => Ok(DirectoryAnswer::default()),
        },
        DirectoryAct::Open { slot, sha256 } => work.open_kept(slot, sha256).await,
        DirectoryAct::Turn { table, sheet } => {
            let opened = work.table.of(table)?;
            let (ground, _) = work.ground(&opened.slot).await?;
            let choice = opened.directory.propose_on(sheet, &ground.slot.years())?;
            work.shown(opened, choice).await
        }
        DirectoryAct::Map { table, choice } => work.shown(work.table.of(table)?, choice).await,
        DirectoryAct::Put { table, choice } => work.put(&work.table.of(table)?, &choice).await,
        DirectoryAct::Save { table, choice } => work.save(&window, work.table.of(table)?, choice).await,
        DirectoryAct::Leave { table } => {
            work.table.drop_of(table);
            Ok(DirectoryAnswer::default())
        }
    }
}

/// What every act needs.
struct Work<'a> {
    engine: &'a Engine,
    table: &'a Table,
    application: ApplicationId,
}

impl Work<'_> {
    /// What a directory is held against, and the desk's language.
    async fn ground(&self, slot: &str) -> Answer<(DirectoryGround, Language)> {
        let (id, slot) = (self.application.clone(), slot.to_owned());
        self.engine
            .ask(move |desk| {
                let workspace = desk.workspace()?;
                Ok((workspace.directory_ground(&id, Some(&slot))?, workspace.settings().language))
            })
            .await
    }

    /// Keeps a file and reads what was kept.
    async fn open(&self, slot: String, path: PathBuf) -> Answer<DirectoryAnswer> {
        let blobs = self.engine.ask(|desk| Ok(desk.workspace()?.blobs())).await?;
        let read = move || {
            let file = prepare(&blobs, &path)?;
            let directory = Directory::kept(&mut this_program()?, &blobs, &file.file)?;
            Ok((file, directory))
        };
        let (file, directory) = apart(read).await?;
        self.proposed(slot, file, directory).await
    }

    /// Reads a file that stands in the slot.
    async fn open_kept(&self, slot: String, sha256: String) -> Answer<DirectoryAnswer> {
        let id = self.application.clone();
        let (file, blobs) = self
            .engine
            .ask(move |desk| {
                let workspace = desk.workspace()?;
                let file = workspace.named_files(&id)?.remove(&sha256);
                let missing = || UserError::new(ErrorCode::BlobMissing).with("file", &sha256);
                Ok((file.ok_or_else(missing)?, workspace.blobs()))
            })
            .await?;
        let named = file.clone();
        let directory = apart(move || Directory::kept(&mut this_program()?, &blobs, &named)).await?;
        self.proposed(slot, Prepared::of(file), directory).await
    }

    /// Holds a table and shows it as it is proposed; one without a heading as it lies there, so that a person can say
    /// what its columns hold.
    async fn proposed(&self, slot: String, file: Prepared, directory: Directory) -> Answer<DirectoryAnswer> {
        let (ground, _) = self.ground(&slot).await?;
        let years = ground.slot.years();
        let choice = match directory.propose(&years) {
            Ok(choice) => choice,
            Err(_) => directory.propose_on(0, &years)?,
        };
        let notices = file.notices.clone();
        let opened = self.table.hold(slot, file, directory);
        Ok(DirectoryAnswer { notices, ..self.shown(opened, choice).await? })
    }

    async fn shown(&self, opened: Arc<Opened>, choice: Choice) -> Answer<DirectoryAnswer> {
        let (ground, language) = self.ground(&opened.slot).await?;
        let look = move || {
            Ok(DirectoryTable {
                table: opened.number,
                file: opened.directory.name.clone(),
                sheets: opened.directory.sheet_names(),
                look: opened.directory.look(&choice, ground.beside(), language)?,
            })
        };
        Ok(DirectoryAnswer { table: Some(apart(look).await?), ..DirectoryAnswer::default() })
    }

    async fn put(&self, opened: &Arc<Opened>, choice: &Choice) -> Answer<DirectoryAnswer> {
        let (id, opened, choice) = (self.application.clone(), opened.clone(), choice.clone());
        let number = opened.number;
        self.engine
            .ask(move |desk| {
                let workspace = desk.workspace()?;
                let totals = opened.directory.totals(&choice)?;
                let added = workspace.add_directory(&id, &opened.slot, &opened.file, &totals)?;
                let blobs = workspace.blob_states(&id)?;
                desk.tell_of(&id, added.events);
                desk.tell_of(&id, vec![Event::Evidence { blobs }]);
                desk.tell_sync(&id);
                Ok(())
            })
            .await?;
        self.table.drop_of(number);
        Ok(DirectoryAnswer::default())
    }

    async fn save(
        &self,
        window: &WebviewWindow,
        opened: Arc<Opened>,
        choice: Choice,
    ) -> Answer<DirectoryAnswer> {
        let (ground, language) = self.ground(&opened.slot).await?;
        let name = Path::new(&opened.directory.name).file_stem().unwrap_or_default().to_string_lossy();
        let name = format!("{name}{}", language.pick("_核对", "_checked"));
        let kind = dialog::FileKind::Workbook;
        let Some(path) = dialog::file_to_write(window, language, &name, kind).await else {
            return Ok(DirectoryAnswer::default());
        };
        let saved = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let write =
            move || file::write_whole(&path, &opened.directory.report(&choice, ground.beside(), language)?);
        apart(write).await?;
        Ok(DirectoryAnswer { saved, ..DirectoryAnswer::default() })
    }
}
