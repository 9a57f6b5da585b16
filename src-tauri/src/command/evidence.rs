//! Files of evidence: chosen or dropped, kept, put into their slot.

use std::path::PathBuf;

use form_client::evidence::{Prepared, prepare};
use form_client::workspace::Workspace;
use form_model::command::{Event, Evidence, EvidenceAct, EvidenceRequest};
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::EntryId;
use form_model::id::ApplicationId;
use tauri::{State, WebviewWindow};

use super::Answer;
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
            Ok(Evidence { blobs: workspace.blob_states(&application)?, metered, paused, ..told })
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
    let blobs = engine.ask(|desk| Ok(desk.workspace()?.blobs())).await?;
    let mut told = Evidence::default();
    for portion in files.chunks(PORTION) {
        let (portion, blobs) = (portion.to_vec(), blobs.clone());
        let copied = tauri::async_runtime::spawn_blocking(move || {
            portion.iter().map(|path| prepare(&blobs, path)).collect::<Vec<_>>()
        });
        let mut prepared = Vec::new();
        for file in copied.await.map_err(|error| UserError::new(ErrorCode::NotSaved).with("cause", error))? {
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
            let file = workspace.named_files(&id)?.remove(&sha256);
            let missing = || UserError::new(ErrorCode::BlobMissing).with("file", sha256.clone());
            Ok((workspace.settings().language, file.ok_or_else(missing)?, workspace.blobs()))
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
    copied.await.map_err(|error| UserError::new(ErrorCode::NotSaved).with("cause", error))?
}
