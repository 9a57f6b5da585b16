//! The commands: each reads its request, asks the desk, answers. Their names are those of
//! `form_model::command::name`.

mod directory;
mod evidence;
mod revision;
mod signing;
mod team;
mod verification;

use std::path::PathBuf;

use form_client::file;
use form_client::workspace::Workspace;
use form_model::command::{
    Acknowledged, ApplicationSummary, CreateApplication, EditApplication, Event, ExportApplication,
    HistoryEntry, Imported, OpenedApplication, ReadHistory, Settings, Start, Undone,
};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use tauri::ipc::Channel;
use tauri::{State, WebviewWindow};

use crate::dialog::{self, FileKind};
use crate::engine::Engine;

pub use directory::*;
pub use evidence::*;
pub use revision::*;
pub use signing::*;
pub use team::*;
pub use verification::*;

type Answer<T> = Result<T, UserError>;

#[tauri::command]
pub async fn start(engine: State<'_, Engine>) -> Answer<Start> {
    engine.ask(|desk| desk.workspace()?.start()).await
}

#[tauri::command]
pub async fn save_settings(engine: State<'_, Engine>, request: Settings) -> Answer<()> {
    engine.ask(move |desk| desk.workspace()?.save_settings(&request)).await
}

#[tauri::command]
pub async fn create_application(
    engine: State<'_, Engine>,
    request: CreateApplication,
) -> Answer<ApplicationSummary> {
    engine
        .ask(move |desk| {
            let workspace = desk.workspace()?;
            let id = workspace.create(&request)?;
            let summary = workspace.summaries()?.into_iter().find(|summary| summary.id == id);
            summary.ok_or_else(|| UserError::new(ErrorCode::UnknownApplication).with("application", id))
        })
        .await
}

#[tauri::command]
pub async fn open_application(
    engine: State<'_, Engine>,
    id: ApplicationId,
    events: Channel<Event>,
) -> Answer<OpenedApplication> {
    engine
        .ask(move |desk| {
            let opened = desk.workspace()?.open_application(&id)?;
            desk.watch(id, events);
            Ok(opened)
        })
        .await
}

#[tauri::command]
pub async fn close_application(engine: State<'_, Engine>, id: ApplicationId) -> Answer<()> {
    engine
        .ask(move |desk| {
            desk.forget(&id);
            desk.workspace()?.close_application(&id)
        })
        .await
}

#[tauri::command]
pub async fn edit(engine: State<'_, Engine>, request: EditApplication) -> Answer<Acknowledged> {
    engine
        .ask(move |desk| {
            let acknowledged = desk.workspace()?.edit_or_keep_apart(&request.application, &request.edit)?;
            desk.tell_sync(&request.application);
            Ok(acknowledged)
        })
        .await
}

#[tauri::command]
pub async fn undo(engine: State<'_, Engine>, id: ApplicationId) -> Answer<Undone> {
    engine
        .ask(move |desk| {
            let (undone, events) = desk.workspace()?.undo(&id)?;
            desk.tell_of(&id, events);
            desk.tell_sync(&id);
            Ok(undone)
        })
        .await
}

#[tauri::command]
pub async fn redo(engine: State<'_, Engine>, id: ApplicationId) -> Answer<Undone> {
    engine
        .ask(move |desk| {
            let (redone, events) = desk.workspace()?.redo(&id)?;
            desk.tell_of(&id, events);
            desk.tell_sync(&id);
            Ok(redone)
        })
        .await
}

#[tauri::command]
pub async fn history(engine: State<'_, Engine>, request: ReadHistory) -> Answer<Vec<HistoryEntry>> {
    engine.ask(move |desk| desk.workspace()?.history(&request)).await
}

/// Answers the name of the file that the person chose, or nothing when they chose none.
#[tauri::command]
pub async fn export_application(
    window: WebviewWindow,
    engine: State<'_, Engine>,
    request: ExportApplication,
) -> Answer<Option<String>> {
    let ExportApplication { application, format } = request;
    write_file(&window, &engine, application, format.into(), move |workspace, id| {
        workspace.export(id, format)
    })
    .await
}

/// Asks where to write something about an application; `None` when the person cancels.
pub(super) async fn place(
    window: &WebviewWindow,
    engine: &Engine,
    application: &ApplicationId,
    kind: FileKind,
) -> Answer<Option<PathBuf>> {
    let id = application.clone();
    let (language, name) = engine
        .ask(move |desk| {
            let workspace = desk.workspace()?;
            let summary = workspace.summaries()?.into_iter().find(|summary| summary.id == id);
            Ok((workspace.settings().language, summary.map_or_else(String::new, |summary| summary.name)))
        })
        .await?;
    Ok(dialog::file_to_write(window, language, &name, kind).await)
}

/// Does something beside the desk's other work.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> Answer<T> + Send + 'static) -> Answer<T> {
    let done = tauri::async_runtime::spawn_blocking(work).await;
    done.map_err(|error| UserError::new(ErrorCode::NotSaved).with("cause", error))?
}

/// Asks for a place, makes the bytes, writes them. Answers the file's name, or nothing when the person cancels.
pub(super) async fn write_file(
    window: &WebviewWindow,
    engine: &Engine,
    application: ApplicationId,
    kind: FileKind,
    make: impl FnOnce(&mut Workspace, &ApplicationId) -> Answer<Vec<u8>> + Send + 'static,
) -> Answer<Option<String>> {
    let Some(path) = place(window, engine, &application, kind).await? else { return Ok(None) };
    engine
        .ask(move |desk| {
            let bytes = make(desk.workspace()?, &application)?;
            file::write_whole(&path, &bytes)?;
            Ok(path.file_name().map(|name| name.to_string_lossy().into_owned()))
        })
        .await
}

/// Answers what was taken in, or nothing when the person chose no file.
#[tauri::command]
pub async fn import_file(window: WebviewWindow, engine: State<'_, Engine>) -> Answer<Option<Imported>> {
    let language = engine.ask(|desk| Ok(desk.workspace()?.settings().language)).await?;
    let Some(path) = dialog::file_to_read(&window, language).await else { return Ok(None) };
    engine.import(path).await.map(Some)
}

#[tauri::command]
pub async fn open_data_folder(engine: State<'_, Engine>) -> Answer<()> {
    engine
        .ask(|desk| {
            let folder = desk.workspace()?.folder();
            open::that_detached(folder).map_err(|error| {
                UserError::new(ErrorCode::FolderUnusable)
                    .with("folder", folder.display())
                    .with("cause", error)
            })
        })
        .await
}
