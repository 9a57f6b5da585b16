//! Handing in what a courier has brought from a lead whose network does not reach the hub.

use std::path::Path;

use form_model::command::{Carried, Event, Imported};
use form_model::error::{ErrorCode, UserError};
use form_model::language::Language;

use super::submit::carry_in;
use super::sync_loop::Ask;
use crate::workspace::Courier;

/// Hands a file in if it is a submission, whatever it is called; `None` when it is something else.
///
/// # Errors
/// [`ErrorCode::NotHandedIn`] when this desk does not reach the hub now: the file is to be kept. As [`carry_in`] when the
/// hub does not take it.
pub async fn carry_file<A: Ask>(desk: &A, path: &Path) -> Result<Option<Imported>, UserError> {
    let Some(Courier::Submission { application, bytes }) = Courier::read(path)? else { return Ok(None) };
    let handed_in = carry_in(desk, &application, &bytes).await.map_err(not_handed_in)?;
    desk.tell(&application, vec![Event::Signing]).await;
    let carried = Carried { revision: handed_in.number, handed_in: true };
    Ok(Some(Imported::by_courier(application, carried)))
}

/// That it can be tried again, where that is so.
fn not_handed_in(error: UserError) -> UserError {
    let again = matches!(
        error.code,
        ErrorCode::HubUnreachable
            | ErrorCode::NoHub
            | ErrorCode::UnknownApplication
            | ErrorCode::KeyringSilent
    );
    if !again {
        return error;
    }
    let chinese = format!(
        "{}请留好这个文件，在能连上协同中心、并已加入这份申报的电脑上再导入一次。",
        error.sentence(Language::Chinese)
    );
    let english = format!(
        "{} Keep the file, and import it again on a computer that reaches the hub and has joined the application.",
        error.sentence(Language::English)
    );
    UserError::new(ErrorCode::NotHandedIn).with_pair("cause", chinese, english)
}
