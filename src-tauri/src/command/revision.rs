//! The command about final revisions: receipts and packages to take along, how two differ, what a courier carries.

use std::path::PathBuf;

use form_client::hub::{self, Extent, HubConnection};
use form_client::workspace::{Existing, PackageToWrite, Packed, Shape};
use form_model::command::{Excuse, PackageShape, RevisionAct, RevisionAnswer, RevisionRequest, SavedPackage};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_model::language::Language;
use tauri::{State, WebviewWindow};

use super::{Answer, apart, write_file};
use crate::dialog::{self, FileKind};
use crate::engine::Engine;

#[tauri::command]
pub async fn revision(
    window: WebviewWindow,
    engine: State<'_, Engine>,
    request: RevisionRequest,
) -> Answer<RevisionAnswer> {
    let RevisionRequest { application, act } = request;
    match act {
        RevisionAct::SaveReceipt { revision } => {
            let receipt = engine.ask({
                let id = application.clone();
                move |desk| desk.workspace()?.final_receipt(&id, Some(revision))
            });
            let receipt = receipt.await?;
            let title = named(&engine, &application, revision).await?;
            let saved = save(&window, &engine, &title, FileKind::Receipt, receipt).await?;
            Ok(RevisionAnswer { saved, ..RevisionAnswer::default() })
        }
        RevisionAct::SavePackage { revision, shape } => {
            let package = save_package(&window, &engine, &application, revision, shape).await?;
            Ok(RevisionAnswer { package, ..RevisionAnswer::default() })
        }
        RevisionAct::Compare { earlier, later } => {
            let difference = engine
                .ask(move |desk| desk.workspace()?.revision_difference(&application, earlier, later))
                .await?;
            Ok(RevisionAnswer { difference: Some(difference), ..RevisionAnswer::default() })
        }
        RevisionAct::SaveSubmission { overrides } => {
            let saved = save_submission(&window, &engine, application, overrides).await?;
            Ok(RevisionAnswer { saved, ..RevisionAnswer::default() })
        }
    }
}

/// What a file of a final revision is called, and the desk's language.
struct Title {
    name: String,
    language: Language,
}

async fn named(engine: &Engine, application: &ApplicationId, revision: u64) -> Answer<Title> {
    let id = application.clone();
    engine
        .ask(move |desk| {
            let workspace = desk.workspace()?;
            let language = workspace.settings().language;
            let summary = workspace.summaries()?.into_iter().find(|summary| summary.id == id);
            let name = summary.map_or_else(String::new, |summary| summary.name);
            let revision = language.pick("第{}稿", "revision {}").replace("{}", &revision.to_string());
            Ok(Title { name: format!("{name} {revision}").trim().to_owned(), language })
        })
        .await
}

async fn save(
    window: &WebviewWindow,
    engine: &Engine,
    title: &Title,
    kind: FileKind,
    bytes: Vec<u8>,
) -> Answer<Option<String>> {
    let Some(path) = dialog::file_to_write(window, title.language, &title.name, kind).await else {
        return Ok(None);
    };
    engine
        .ask(move |_desk| {
            form_client::file::write_whole(&path, &bytes)?;
            Ok(path.file_name().map(|name| name.to_string_lossy().into_owned()))
        })
        .await
}

async fn save_submission(
    window: &WebviewWindow,
    engine: &Engine,
    application: ApplicationId,
    overrides: Vec<Excuse>,
) -> Answer<Option<String>> {
    // What stands in the way is told before a file is asked for.
    let id = application.clone();
    let excuses = overrides.clone();
    engine.ask(move |desk| desk.workspace()?.submission(&id, &excuses).map(drop)).await?;
    write_file(window, engine, application, FileKind::Submission, move |workspace, id| {
        workspace.courier(id, &overrides)
    })
    .await
}

/// Saves a package; files that are not here, or are not what was kept, are fetched first.
async fn save_package(
    window: &WebviewWindow,
    engine: &Engine,
    application: &ApplicationId,
    revision: u64,
    shape: PackageShape,
) -> Answer<Option<SavedPackage>> {
    let title = named(engine, application, revision).await?;
    let Some((path, shape)) = place_of_package(window, &title, shape).await else { return Ok(None) };
    let write = || write_package(engine, application, revision, path.clone(), shape);
    let packed = match write().await {
        Err(error) if matches!(error.code, ErrorCode::BlobMissing | ErrorCode::BlobDamaged) => {
            fetch(engine, application).await.map_err(|_| error)?;
            write().await?
        }
        packed => packed?,
    };
    let Packed { files, bytes, root, .. } = packed;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let files = u64::try_from(files).unwrap_or(u64::MAX);
    Ok(Some(SavedPackage { name, files, bytes, root }))
}

/// Where the person wants it: a ZIP's place, or a folder of its own in the one that they choose.
async fn place_of_package(
    window: &WebviewWindow,
    title: &Title,
    shape: PackageShape,
) -> Option<(PathBuf, Shape)> {
    Some(match shape {
        PackageShape::Archive => {
            let path = dialog::file_to_write(window, title.language, &title.name, FileKind::Package).await?;
            (path, Shape::Archive)
        }
        PackageShape::Folder => {
            let folder = dialog::folder_to_fill(window, title.language).await?;
            (folder.join(dialog::file_name(&title.name)), Shape::Folder)
        }
    })
}

/// Writes it beside the desk's other work. The dialog has asked about a file that it takes the place of.
async fn write_package(
    engine: &Engine,
    application: &ApplicationId,
    revision: u64,
    path: PathBuf,
    shape: Shape,
) -> Answer<Packed> {
    let id = application.clone();
    let package: PackageToWrite =
        engine.ask(move |desk| desk.workspace()?.package(&id, Some(revision))).await?;
    apart(move || package.write(&path, shape, Existing::Replace)).await
}

/// Fetches every file that any revision names: an earlier one's may have been taken out since.
async fn fetch(engine: &Engine, application: &ApplicationId) -> Result<(), UserError> {
    let id = application.clone();
    let named = engine.ask(move |desk| desk.workspace()?.hub(&id)).await?;
    let connection = HubConnection::to(&named, hub::device_key(engine).await?)?;
    hub::transfer(engine, &connection, application, Extent::Ever).await
}
