//! Files of evidence: chosen or dropped, kept, put into their slot.

use std::path::PathBuf;

use form_client::evidence::{PhotoSize, Prepared, pasted_name, prepare_as, prepare_bytes};
use form_client::folder::files_in;
use form_client::preview;
use form_client::watch::Watched;
use form_client::workspace::Workspace;
use form_model::command::{
    Event, Evidence, EvidenceAct, EvidenceRequest, PASTE_HEADERS, PASTE_MAX_BYTES, PASTE_TYPE_HEADER,
};
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::EntryId;
use form_model::id::ApplicationId;
use tauri::ipc::{InvokeBody, Request};
use tauri::{State, WebviewWindow};

use super::Answer;
use crate::clipboard::{self, Content};
use crate::dialog;
use crate::engine::Engine;
use crate::tray::Tray;

/// How many files are put into a slot in one change: a person sees the first ones while the others are copied.
const PORTION: usize = 8;

/// Answers where the application's files are.
#[tauri::command]
pub async fn evidence(
    window: WebviewWindow,
    engine: State<'_, Engine>,
    tray: State<'_, Tray>,
    request: EvidenceRequest,
) -> Answer<Evidence> {
    let EvidenceRequest { application, act } = request;
    match act {
        EvidenceAct::Read => read(&engine, application, Evidence::default()).await,
        EvidenceAct::Choose { slot } => {
            open_slot(&engine, &application, &slot).await?;
            let language = engine.ask(|desk| Ok(desk.workspace()?.settings().language)).await?;
            let files = dialog::files_to_add(&window, language).await;
            add(&engine, application, slot, files).await
        }
        EvidenceAct::TakeDropped { slot, tray: number } => {
            open_slot(&engine, &application, &slot).await?;
            add(&engine, application, slot, tray.take(number)).await
        }
        EvidenceAct::TakeClipboard { slot } => {
            open_slot(&engine, &application, &slot).await?;
            let read = tauri::async_runtime::spawn_blocking(clipboard::read);
            match read.await.map_err(|error| died(&error))?? {
                Content::Files(files) => add(&engine, application, slot, files).await,
                Content::Picture(png) => paste(&engine, application, slot, "image/png".to_owned(), png).await,
            }
        }
        EvidenceAct::Watch { slot } => {
            watch(&window, &engine, &application, &slot).await?;
            read(&engine, application, Evidence::default()).await
        }
        EvidenceAct::Unwatch => {
            engine.end_watch().await?;
            read(&engine, application, Evidence::default()).await
        }
        EvidenceAct::LeaveDropped { tray: number } => {
            engine.import_all(tray.take(number));
            read(&engine, application, Evidence::default()).await
        }
        EvidenceAct::Fetch { sha256 } => {
            let id = application.clone();
            engine.ask(move |desk| desk.workspace()?.want_file(&id, &sha256)).await?;
            read(&engine, application, Evidence::default()).await
        }
        EvidenceAct::Save { sha256, without_place } => {
            save(&window, &engine, &application, sha256, without_place).await?;
            read(&engine, application, Evidence::default()).await
        }
        EvidenceAct::Smaller { on } => {
            engine.ask(move |desk| desk.workspace()?.set_smaller(on)).await?;
            read(&engine, application, Evidence::default()).await
        }
        EvidenceAct::Pages { sha256 } => {
            let pages = pages(&engine, sha256).await?;
            read(&engine, application, Evidence { pages, ..Evidence::default() }).await
        }
        EvidenceAct::Stick => {
            let id = application.clone();
            let carried = engine.ask(move |desk| desk.workspace()?.carried_files(&id)).await?;
            read(&engine, application, Evidence { carried, ..Evidence::default() }).await
        }
        EvidenceAct::Metered { on } => {
            engine.ask(move |desk| desk.workspace()?.set_metered(on)).await?;
            read(&engine, application, Evidence::default()).await
        }
        EvidenceAct::Pause { on } => {
            engine.ask(move |desk| desk.workspace()?.set_paused(on)).await?;
            read(&engine, application, Evidence::default()).await
        }
    }
}

/// Puts a picture from the clipboard into a slot. The page has it already, so it comes as the request's body.
#[tauri::command]
pub async fn paste_evidence(engine: State<'_, Engine>, request: Request<'_>) -> Answer<Evidence> {
    let [application, slot] = PASTE_HEADERS.map(|name| header(&request, name));
    let media_type = header(&request, PASTE_TYPE_HEADER);
    let InvokeBody::Raw(picture) = request.body() else {
        return Err(UserError::new(ErrorCode::NothingToPaste));
    };
    let (application, picture) = (ApplicationId(application), picture.clone());
    open_slot(&engine, &application, &slot).await?;
    paste(&engine, application, slot, media_type, picture).await
}

/// Keeps a picture of the clipboard's and puts it into the slot.
async fn paste(
    engine: &Engine,
    application: ApplicationId,
    slot: String,
    media_type: String,
    picture: Vec<u8>,
) -> Answer<Evidence> {
    if u64::try_from(picture.len()).unwrap_or(u64::MAX) > PASTE_MAX_BYTES {
        return Err(UserError::new(ErrorCode::PasteTooLarge).with("limit", PASTE_MAX_BYTES >> 20));
    }
    let (blobs, language) = engine
        .ask(|desk| {
            let workspace = desk.workspace()?;
            Ok((workspace.blobs(), workspace.settings().language))
        })
        .await?;
    let kept = tauri::async_runtime::spawn_blocking(move || {
        let name = pasted_name(&media_type, form_client::clock::system(), language);
        prepare_bytes(&blobs, &picture, &name)
    });
    let file = kept.await.map_err(|error| died(&error))??;
    let notices = file.notices.clone();
    let added = put(engine, &application, &slot, vec![file]).await?;
    read(engine, application, Evidence { added, notices, ..Evidence::default() }).await
}

fn header(request: &Request<'_>, name: &str) -> String {
    let value = request.headers().get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

/// Asks for a folder and watches it from now on.
async fn watch(
    window: &WebviewWindow,
    engine: &Engine,
    application: &ApplicationId,
    slot: &str,
) -> Answer<()> {
    open_slot(engine, application, slot).await?;
    let language = engine.ask(|desk| Ok(desk.workspace()?.settings().language)).await?;
    let Some(folder) = dialog::folder_to_watch(window, language).await else { return Ok(()) };
    let (application, slot) = (application.clone(), slot.to_owned());
    let since_ms = form_client::clock::system();
    engine.begin_watch(Watched { application, slot, folder, since_ms }).await
}

/// How many pages a PDF has; `None` when that cannot be told.
async fn pages(engine: &Engine, sha256: String) -> Answer<Option<u32>> {
    let blobs = engine.ask(|desk| Ok(desk.workspace()?.blobs())).await?;
    let told = tauri::async_runtime::spawn_blocking(move || preview::pages(&blobs, &sha256).ok()).await;
    told.map_err(|error| UserError::new(ErrorCode::NotSaved).with("cause", error))
}

async fn open_slot(engine: &Engine, application: &ApplicationId, slot: &str) -> Answer<()> {
    let (id, slot) = (application.clone(), slot.to_owned());
    engine.ask(move |desk| desk.workspace()?.open_slot(&id, &slot).map(drop)).await
}

/// Where the files are, with what is to be told beside.
async fn read(engine: &Engine, application: ApplicationId, told: Evidence) -> Answer<Evidence> {
    engine
        .ask(move |desk| {
            let workspace = desk.workspace()?;
            let (metered, paused) = (workspace.metered(), workspace.paused());
            let smaller = workspace.photo_size() == PhotoSize::Smaller;
            let (watch, blobs) = (workspace.watch_of(&application), workspace.blob_states(&application)?);
            Ok(Evidence { blobs, metered, paused, smaller, watch, ..told })
        })
        .await
}

/// Copies the files beside the desk's other work, and puts them into the slot a few at a time.
async fn add(
    engine: &Engine,
    application: ApplicationId,
    slot: String,
    files: Vec<PathBuf>,
) -> Answer<Evidence> {
    let walked =
        tauri::async_runtime::spawn_blocking(move || files_in(&files)).await.map_err(|error| died(&error))?;
    let (id, into, count) = (application.clone(), slot.clone(), walked.files.len());
    let (blobs, photos) = engine
        .ask(move |desk| {
            let workspace = desk.workspace()?;
            workspace.slot_room(&id, &into, count)?;
            Ok((workspace.blobs(), workspace.photo_size()))
        })
        .await?;
    let mut told = Evidence { refused: walked.left_out, ..Evidence::default() };
    for portion in walked.files.chunks(PORTION) {
        let (portion, blobs) = (portion.to_vec(), blobs.clone());
        let copied = tauri::async_runtime::spawn_blocking(move || {
            portion.iter().map(|path| prepare_as(&blobs, path, photos)).collect::<Vec<_>>()
        });
        let mut prepared = Vec::new();
        for file in copied.await.map_err(|error| died(&error))? {
            match file {
                Ok(file) => prepared.push(file),
                Err(error) => told.refused.push(error),
            }
        }
        told.notices.extend(prepared.iter().flat_map(|file| file.notices.clone()));
        told.added.extend(put(engine, &application, &slot, prepared).await?);
    }
    read(engine, application, told).await
}

async fn put(
    engine: &Engine,
    application: &ApplicationId,
    slot: &str,
    files: Vec<Prepared>,
) -> Answer<Vec<EntryId>> {
    let (id, slot) = (application.clone(), slot.to_owned());
    engine
        .ask(move |desk| {
            let workspace = desk.workspace()?;
            let added = workspace.add_evidence(&id, &slot, &files)?;
            let blobs = workspace.blob_states(&id)?;
            desk.tell_of(&id, added.events);
            desk.tell_of(&id, vec![Event::Evidence { blobs }]);
            desk.tell_sync(&id);
            Ok(added.entries)
        })
        .await
}

/// Saves a copy where the person says.
async fn save(
    window: &WebviewWindow,
    engine: &Engine,
    application: &ApplicationId,
    sha256: String,
    without_place: bool,
) -> Answer<()> {
    let id = application.clone();
    let (language, file, blobs) = engine
        .ask(move |desk| {
            let workspace: &mut Workspace = desk.workspace()?;
            let missing = |name: &str| UserError::new(ErrorCode::BlobMissing).with("file", name);
            let file = workspace.named_files(&id)?.remove(&sha256).ok_or_else(|| missing(&sha256))?;
            if !workspace.blobs().holds(&sha256, file.size) {
                // It is fetched before all others, and the person tries again.
                workspace.want_file(&id, &sha256)?;
                return Err(missing(&file.name));
            }
            Ok((workspace.settings().language, file, workspace.blobs()))
        })
        .await?;
    let Some(path) = dialog::copy_to_write(window, language, &file.name).await else { return Ok(()) };
    let copied = tauri::async_runtime::spawn_blocking(move || {
        if without_place {
            form_client::evidence::copy_without_place(&blobs, &file, &path)
        } else {
            blobs.copy_to(&file, &path)
        }
    });
    copied.await.map_err(|error| died(&error))?
}

fn died(error: &impl std::fmt::Display) -> UserError {
    UserError::new(ErrorCode::NotSaved).with("cause", error)
}
