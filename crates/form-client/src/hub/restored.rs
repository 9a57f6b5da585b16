//! A hub that was restored from a backup: it gets back what it has lost; or goes on without, by a lead's word.

use form_document::wire::LogStanding;
use form_model::error::UserError;
use form_model::id::ApplicationId;

use super::connection::HubConnection;
use super::hub_line::HubLine;
use super::problem;
use super::sync_loop::{Ask, catch_up, device_key};

/// How often a new epoch is tried when others hand something back at the same moment.
const TRIES: usize = 5;

/// The hub does not take a stretch of its own log back.
const LOG_REFUSED: &str = "log_refused";

/// What is to be done about an exchange that the hub did not take.
pub(super) enum Remedy {
    /// Done; the exchange can be made again.
    Done,
    None(UserError),
}

/// Tops up a hub whose log is shorter than what is known here, or follows its log anew when a lead has let it go
/// on. The error comes back when neither is the matter.
///
/// # Errors
/// When the hub is not reached, or does not take what it lacks.
pub(super) async fn remedy<A: Ask, H: HubLine>(
    desk: &A,
    connection: &H,
    application: &ApplicationId,
    error: UserError,
) -> Result<Remedy, UserError> {
    let behind = problem::behind(&error);
    if behind.is_none() && problem::code(&error) != Some(problem::LOG_FORKED) {
        return Ok(Remedy::None(error));
    }
    let standing = connection.standing(application).await?;
    let id = application.clone();
    if desk.ask(move |desk| desk.follow_anew(&id, &standing)).await? {
        return Ok(Remedy::Done);
    }
    let Some(position) = behind else { return Ok(Remedy::None(error)) };
    let id = application.clone();
    let pages = desk.ask(move |desk| desk.log_after(&id, position)).await?;
    for page in &pages {
        match connection.top_up(application, page).await {
            // The hub has gone on since with something else.
            Err(refused) if problem::code(&refused) == Some(LOG_REFUSED) => {
                let forked = problem::refused(connection.url(), problem::LOG_FORKED, String::new());
                return Ok(Remedy::None(forked));
            }
            topped_up => topped_up?,
        }
    }
    let id = application.clone();
    desk.ask(move |desk| desk.reconnect(&id)).await?;
    Ok(Remedy::Done)
}

/// By a lead: lets a restored hub go on from where its log ends, without waiting for those who may know more.
/// What they know is not lost: it is handed over when they come.
///
/// # Errors
/// [`form_model::error::ErrorCode::NotLead`]; when the hub is not reached, or does not go on.
pub async fn go_on<A: Ask>(desk: &A, application: &ApplicationId) -> Result<(), UserError> {
    let (device, id) = (device_key(desk).await?, application.clone());
    let hub = desk.ask(move |desk| desk.hub(&id)).await?;
    let connection = HubConnection::to(&hub, device)?;
    let mut tries = TRIES;
    loop {
        let standing: LogStanding = connection.standing(application).await?;
        let id = application.clone();
        let entry = desk.ask(move |desk| desk.new_epoch(&id, &standing)).await?;
        tries -= 1;
        match connection.open_epoch(application, &entry).await {
            Err(error) if problem::code(&error) == Some(problem::ROSTER_MOVED) && tries > 0 => {}
            Err(error) => return Err(error),
            Ok(()) => return catch_up(desk, &connection, application).await,
        }
    }
}
