//! The commands about who takes part, the hub, and what people say to each other.

use form_client::code::CodeKind;
use form_client::hub;
use form_client::workspace::Workspace;
use form_client::workspace::bundle_mark::Since;
use form_model::command::{
    Connect, DiscussRequest, Discussion, Event, ExportBundle, Invite, InvitePreview, InviteRequest, Join,
    ReadThrough, RecoveryCode, Reminder, SetAside, SetAsideRequest, ShowPresence, Team, TeamRequest,
};
use form_model::error::{ErrorCode, UserError};
use form_model::id::{AnswerId, ApplicationId};
use tauri::{State, WebviewWindow};

use super::{Answer, place, write_file};
use crate::dialog::FileKind;
use crate::engine::Engine;

#[tauri::command]
pub async fn team(engine: State<'_, Engine>, request: TeamRequest) -> Answer<Team> {
    ask(&engine, move |desk| desk.team(&request)).await
}

#[tauri::command]
pub async fn invite(engine: State<'_, Engine>, request: InviteRequest) -> Answer<Invite> {
    ask(&engine, move |desk| desk.invite(&request)).await
}

#[tauri::command]
pub async fn connect(engine: State<'_, Engine>, request: Connect) -> Answer<()> {
    hub::publish(&*engine, &request.application, &request.url, &request.admission).await?;
    tell_sync(&engine, request.application).await?;
    engine.follow_hubs();
    Ok(())
}

#[tauri::command]
pub async fn sync_now(engine: State<'_, Engine>, id: ApplicationId) -> Answer<()> {
    engine.follow_hubs();
    look_again(&engine, id).await
}

#[tauri::command]
pub async fn go_on(engine: State<'_, Engine>, id: ApplicationId) -> Answer<()> {
    hub::go_on(&*engine, &id).await?;
    look_again(&engine, id).await
}

/// Has the line to the hub tried at once.
async fn look_again(engine: &Engine, id: ApplicationId) -> Answer<()> {
    tell_sync(engine, id.clone()).await?;
    ask(engine, move |desk| {
        desk.wake(&id).now.notify_one();
        Ok(())
    })
    .await
}

/// Tells the page how the application stands to its hub, on the way of all other news of it: an answer to the page
/// may come there after what happened later.
async fn tell_sync(engine: &Engine, id: ApplicationId) -> Answer<()> {
    engine
        .ask(move |desk| {
            desk.tell_sync(&id);
            Ok(())
        })
        .await
}

#[tauri::command]
pub async fn read_invite(engine: State<'_, Engine>, request: Join) -> Answer<InvitePreview> {
    hub::preview(&*engine, &request.text).await
}

#[tauri::command]
pub async fn join(engine: State<'_, Engine>, request: Join) -> Answer<ApplicationId> {
    let id = hub::join(&*engine, &request.text, CodeKind::Invite).await?;
    engine.follow_hubs();
    Ok(id)
}

#[tauri::command]
pub async fn recover(engine: State<'_, Engine>, request: Join) -> Answer<ApplicationId> {
    let id = hub::join(&*engine, &request.text, CodeKind::Recovery).await?;
    engine.follow_hubs();
    Ok(id)
}

#[tauri::command]
pub async fn recovery_code(engine: State<'_, Engine>, id: ApplicationId) -> Answer<RecoveryCode> {
    ask(&engine, move |desk| desk.recovery_code(&id)).await
}

#[tauri::command]
pub async fn presence(engine: State<'_, Engine>, request: ShowPresence) -> Answer<()> {
    ask(&engine, move |desk| {
        desk.show_presence(&request);
        Ok(())
    })
    .await
}

#[tauri::command]
pub async fn read_through(engine: State<'_, Engine>, request: ReadThrough) -> Answer<Vec<AnswerId>> {
    ask(&engine, move |desk| desk.read_through(&request)).await
}

#[tauri::command]
pub async fn discuss(engine: State<'_, Engine>, request: DiscussRequest) -> Answer<Discussion> {
    ask(&engine, move |desk| desk.discuss(&request)).await
}

#[tauri::command]
pub async fn set_aside(engine: State<'_, Engine>, request: SetAsideRequest) -> Answer<Vec<SetAside>> {
    engine
        .ask(move |desk| {
            let (left, events) = desk.workspace()?.put_away(&request)?;
            desk.tell_of(&request.application, events);
            desk.tell_sync(&request.application);
            Ok(left)
        })
        .await
}

#[tauri::command]
pub async fn reminder(engine: State<'_, Engine>, id: ApplicationId) -> Answer<Reminder> {
    ask(&engine, move |desk| desk.reminder(&id)).await
}

/// Answers the name of the file that the person chose, or nothing when they chose none.
#[tauri::command]
pub async fn export_reminder(
    window: WebviewWindow,
    engine: State<'_, Engine>,
    id: ApplicationId,
) -> Answer<Option<String>> {
    write_file(&window, &engine, id, FileKind::Workbook, Workspace::reminder_workbook).await
}

/// Answers the name of the file that the person chose, or nothing when they chose none.
#[tauri::command]
pub async fn export_bundle(
    window: WebviewWindow,
    engine: State<'_, Engine>,
    request: ExportBundle,
) -> Answer<Option<String>> {
    let ExportBundle { application: id, since_last, evidence } = request;
    let Some(path) = place(&window, &engine, &id, FileKind::Bundle).await? else { return Ok(None) };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let since = if since_last { Since::Last } else { Since::Start };
    let application = id.clone();
    let stick = ask(&engine, move |desk| desk.pack_bundle(&application, &since, &evidence)).await?;
    // Gigabytes of photos are not to hold up what is typed.
    let written = tauri::async_runtime::spawn_blocking(move || stick.write(&path)).await;
    let written = written.map_err(|error| UserError::new(ErrorCode::NotSaved).with("cause", error))??;
    engine
        .ask(move |desk| {
            desk.workspace()?.bundle_written(&id, &written.left_out)?;
            let failed = written.notices().into_iter().map(|error| Event::Failed { error }).collect();
            desk.tell_of(&id, failed);
            Ok(name)
        })
        .await
}

async fn ask<T: Send + 'static>(
    engine: &Engine,
    work: impl FnOnce(&mut Workspace) -> Answer<T> + Send + 'static,
) -> Answer<T> {
    engine.ask(move |desk| work(desk.workspace()?)).await
}
