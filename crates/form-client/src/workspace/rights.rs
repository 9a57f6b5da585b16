//! Whether this desk may write where a person wants to write. The hub judges the same change by the same rules; this
//! keeps a person from writing what would be refused.

use form_document::roster::Roster;
use form_model::check::subject;
use form_model::command::Edit;
use form_model::error::{ErrorCode, UserError};
use form_model::id::AnswerId;
use form_model::language::Language;
use form_model::member::Grant;

use crate::session::Session;

/// The answers that an edit writes to.
pub(super) fn targets(edit: &Edit) -> Vec<&AnswerId> {
    match edit {
        Edit::Set { values } => values.iter().map(|(answer, _)| answer).collect(),
        Edit::Splice { answer, .. } => vec![answer],
    }
}

/// Whether this desk may write these answers. In an application that nobody has founded everybody may.
///
/// # Errors
/// [`ErrorCode::NotMember`], [`ErrorCode::LooksOn`], [`ErrorCode::NotYours`], [`ErrorCode::Closed`].
pub(super) fn check<'a>(
    session: &Session,
    language: Language,
    answers: impl IntoIterator<Item = &'a AnswerId>,
) -> Result<(), UserError> {
    let roster = session.ledger.chain().newest();
    if roster.version == 0 {
        return Ok(());
    }
    let grant = roster.grant(&session.device).ok_or_else(|| UserError::new(ErrorCode::NotMember))?;
    let answers: Vec<&AnswerId> = answers.into_iter().collect();
    let frozen = |answer: &&AnswerId| roster.revision.frozen.contains(answer.section());
    match answers.iter().copied().find(|answer| !grant.may_write(answer)) {
        None if answers.iter().any(frozen) => Err(UserError::new(ErrorCode::Closed)),
        None => Ok(()),
        Some(_) if !grant.may_comment() => Err(UserError::new(ErrorCode::LooksOn)),
        Some(answer) => Err(UserError::new(ErrorCode::NotYours)
            .with("answer", subject(&session.definition, language, answer))
            .with("owner", owner_name(roster, answer, language))),
    }
}

/// Whether an error is one of [`check`].
pub(super) fn is_lack(error: &UserError) -> bool {
    matches!(error.code, ErrorCode::NotMember | ErrorCode::LooksOn | ErrorCode::NotYours | ErrorCode::Closed)
}

/// Whether this desk may comment.
///
/// # Errors
/// [`ErrorCode::NotMember`], [`ErrorCode::LooksOn`].
pub(super) fn check_comment(session: &Session) -> Result<(), UserError> {
    let roster = session.ledger.chain().newest();
    if roster.version == 0 {
        return Ok(());
    }
    match roster.grant(&session.device).map(Grant::may_comment) {
        Some(true) => Ok(()),
        Some(false) => Err(UserError::new(ErrorCode::LooksOn)),
        None => Err(UserError::new(ErrorCode::NotMember)),
    }
}

/// Who fills an answer.
fn owner_name(roster: &Roster, answer: &AnswerId, language: Language) -> String {
    let owners = roster.owners(answer).into_iter();
    let names: Vec<_> = owners.map(|(_, agency)| agency.name.as_str()).collect();
    names.join(language.pick("、", ", "))
}
