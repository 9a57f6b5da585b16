//! Bringing an application to a hub, and joining one.

use form_document::roster::SignedEntry;
use form_model::command::InvitePreview;
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;

use super::connection::HubConnection;
use super::problem;
use super::sync_loop::{Ask, catch_up, check_start, device_key};
use crate::code::{Code, CodeKind};
use crate::workspace::{CheckedInvitation, Workspace};

/// How often enrolling is tried when others change the roster at the same moment.
const TRIES: usize = 5;

/// Has an application on a hub from now on, with all that is here.
///
/// # Errors
/// [`ErrorCode::NotLead`], [`ErrorCode::HubNotFound`], [`ErrorCode::HubRefused`], [`ErrorCode::HubUnreachable`]
/// when the line breaks later.
pub async fn publish<A: Ask>(
    desk: &A,
    application: &ApplicationId,
    url: &str,
    admission: &str,
) -> Result<(), UserError> {
    let url = address(url)?;
    let device = device_key(desk).await?;
    let connection = HubConnection::new(&url, device).map_err(not_found)?;
    // Nothing is signed before the hub has answered.
    let key = connection.key().await.map_err(not_found)?;
    let connection = connection.expecting(key);
    let (id, named) = (application.clone(), url.clone());
    let publish = desk.ask(move |desk| desk.publish(&id, &named, key)).await?;
    connection.publish(application, &publish, admission).await?;
    catch_up(desk, &connection, application).await
}

/// What an invite leads to.
///
/// # Errors
/// [`ErrorCode::BadInvite`], [`ErrorCode::HubNotFound`], [`ErrorCode::HubRefused`].
pub async fn preview<A: Ask>(desk: &A, text: &str) -> Result<InvitePreview, UserError> {
    let code = Workspace::read_code(text)?;
    let (_, checked) = look_up(desk, &code, CodeKind::Invite).await?;
    desk.ask(move |desk| desk.preview(&code, &checked)).await
}

/// Joins by an invite, or takes the lead again with a recovery code.
///
/// # Errors
/// [`ErrorCode::BadInvite`], [`ErrorCode::HubNotFound`], [`ErrorCode::HubRefused`], [`ErrorCode::HubUnreachable`]
/// when the line breaks once this device is enrolled.
pub async fn join<A: Ask>(desk: &A, text: &str, kind: CodeKind) -> Result<ApplicationId, UserError> {
    let code = Workspace::read_code(text)?;
    let key = code.key(kind).map_err(|_| UserError::new(ErrorCode::BadInvite))?.public();
    let mut last = UserError::new(ErrorCode::BadInvite);
    for _ in 0..TRIES {
        let (connection, checked) = look_up(desk, &code, kind).await?;
        let (entry, checked) = enrolment(desk, code.clone(), checked).await?;
        if let Some(entry) = entry {
            match connection.enrol(&key, &entry).await {
                Ok(()) => {}
                Err(error) if problem::code(&error) == Some(problem::ROSTER_MOVED) => {
                    last = error;
                    continue;
                }
                Err(error) => return Err(not_found(error)),
            }
        }
        let application = checked.application.clone();
        desk.ask(move |desk| desk.joined(&checked)).await?;
        catch_up(desk, &connection, &application).await?;
        check_start(desk, &application).await?;
        return Ok(application);
    }
    Err(last)
}

async fn enrolment<A: Ask>(
    desk: &A,
    code: Code,
    checked: CheckedInvitation,
) -> Result<(Option<SignedEntry>, CheckedInvitation), UserError> {
    desk.ask(move |desk| Ok((desk.enrolment(&code, &checked)?, checked))).await
}

async fn look_up<A: Ask>(
    desk: &A,
    code: &Code,
    kind: CodeKind,
) -> Result<(HubConnection, CheckedInvitation), UserError> {
    let device = device_key(desk).await?;
    let connection = HubConnection::new(&code.hub, device).map_err(not_found)?;
    let key = code.key(kind).map_err(|_| UserError::new(ErrorCode::BadInvite))?.public();
    let invitation = connection.invitation(&key).await.map_err(not_found)?;
    let code = code.clone();
    let checked = desk.ask(move |desk| desk.check_invitation(&code, kind, &invitation)).await?;
    Ok((checked.hub().map_or(connection.clone(), |key| connection.expecting(key)), checked))
}

/// Before there is anything to send, nobody tries again by themselves.
fn not_found(mut error: UserError) -> UserError {
    if error.code == ErrorCode::HubUnreachable {
        error.code = ErrorCode::HubNotFound;
    }
    error
}

/// An address as a person types it, with its scheme: on this machine a hub speaks without TLS unless it is told
/// otherwise.
fn address(text: &str) -> Result<String, UserError> {
    let text = text.trim().trim_end_matches('/');
    if text.is_empty() {
        return Err(UserError::new(ErrorCode::NoHub));
    }
    let has_scheme = text.starts_with("http://") || text.starts_with("https://");
    if has_scheme {
        return Ok(text.to_owned());
    }
    let local = ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| {
        text.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    });
    Ok(format!("{}://{text}", if local { "http" } else { "https" }))
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_without_a_scheme_is_taken_for_tls_unless_it_is_this_machine() {
        for (typed, meant) in [
            (" hub.example.gov.cn/ ", "https://hub.example.gov.cn"),
            ("127.0.0.1:8460", "http://127.0.0.1:8460"),
            ("localhost", "http://localhost"),
            ("localhost.example.gov.cn", "https://localhost.example.gov.cn"),
            ("https://127.0.0.1:8460", "https://127.0.0.1:8460"),
        ] {
            assert_eq!(address(typed).as_deref(), Ok(meant));
        }
        assert!(address("  ").is_err());
    }
}
