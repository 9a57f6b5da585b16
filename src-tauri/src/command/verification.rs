//! The commands by which a person checks what others hand over.

use std::path::PathBuf;
use std::sync::Arc;

use form_client::verification::{Expected, Looking, verify_watched};
use form_model::command::{Event, Verification, VerifyAct, VerifyAnswer, VerifyRequest};
use form_model::id::ApplicationId;
use form_model::language::Language;
use tauri::ipc::Channel;
use tauri::{State, WebviewWindow};

use super::{Answer, apart};
use crate::dialog;
use crate::engine::Engine;
use crate::exhibit::ExhibitHeld;
use crate::tray::Tray;

/// Answers what lies at hand, and what a check has found.
#[tauri::command]
pub async fn verify(
    window: WebviewWindow,
    engine: State<'_, Engine>,
    tray: State<'_, Tray>,
    held: State<'_, ExhibitHeld>,
    request: VerifyRequest,
) -> Answer<VerifyAnswer> {
    let mut found = None;
    match request.act {
        VerifyAct::Read => {}
        VerifyAct::ChooseFile => {
            let language = language(&engine).await?;
            take_to_hand(&held, dialog::file_to_check(&window, language).await);
        }
        VerifyAct::ChooseFolder => {
            let language = language(&engine).await?;
            take_to_hand(&held, dialog::folder_to_check(&window, language).await);
        }
        VerifyAct::TakeDropped { tray: number } => take_to_hand(&held, tray.take(number).into_iter().next()),
        VerifyAct::Check { root, application, revision } => {
            if let Some((path, looking)) = held.begin() {
                found = check(&engine, path, looking, Wanted { root, application, revision }).await?;
            }
        }
        VerifyAct::Stop => held.stop(),
        VerifyAct::Leave => {
            held.leave();
            leave_drops(&engine).await?;
        }
    }
    let hubs = engine.ask(|desk| desk.workspace()?.known_hubs()).await?;
    Ok(VerifyAnswer { exhibit: held.told(), hubs, found })
}

/// What a person wants to see proven, and whom they trust.
struct Wanted {
    root: String,
    application: Option<ApplicationId>,
    revision: Option<u64>,
}

/// Takes what the person chose to hand; what lay there stays when they chose nothing.
fn take_to_hand(held: &ExhibitHeld, chosen: Option<PathBuf>) {
    if let Some(path) = chosen {
        held.hold(path);
    }
}

/// From now on files that are dropped on the page come to it, until it leaves what lies at hand.
#[tauri::command]
pub async fn hear_drops(engine: State<'_, Engine>, events: Channel<Event>) -> Answer<()> {
    engine
        .ask(move |desk| {
            desk.hear_drops(events);
            Ok(())
        })
        .await
}

async fn leave_drops(engine: &Engine) -> Answer<()> {
    engine
        .ask(|desk| {
            desk.leave_drops();
            Ok(())
        })
        .await
}

async fn language(engine: &Engine) -> Answer<Language> {
    engine.ask(|desk| Ok(desk.workspace()?.settings().language)).await
}

/// Checks beside the desk's other work: a package may be as large as a disc. `None` when it was ended.
async fn check(
    engine: &Engine,
    path: PathBuf,
    looking: Arc<Looking>,
    wanted: Wanted,
) -> Answer<Option<Verification>> {
    let watched = Arc::clone(&looking);
    let looked = apart(move || {
        let application = wanted.application.as_ref().map(|id| id.0.as_str());
        let expected = Expected { root: &wanted.root, keys: None, application, revision: wanted.revision };
        verify_watched(&path, &expected, &watched)
    });
    let mut found = match looked.await {
        Err(_) if looking.is_ended() => return Ok(None),
        looked => looked?,
    };
    if let (None, Some(submission)) = (&found.form, &found.submission) {
        let package = submission.form.package.clone();
        found.form = engine.ask(move |desk| Ok(desk.workspace()?.form_words(&package))).await?;
    }
    Ok(Some(found))
}
