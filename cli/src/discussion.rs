//! `huiqian comment | comments | set-aside | remind`

use std::path::Path;

use form_client::file;
use form_client::workspace::Workspace;
use form_model::command::{DiscussAct, DiscussRequest, Discussion, SetAsideRequest};
use form_model::error::{ErrorCode, UserError};
use form_model::id::{AnswerId, ApplicationId};
use form_model::member::AgencyId;

use crate::answer::plain;
use crate::argument::Arguments;
use crate::output::Output;
use crate::team;

/// Stands for the application as a whole.
const WHOLE: &str = "-";

pub fn comment(
    arguments: &Arguments,
    id: &str,
    field: &str,
    text: &str,
    to: &[String],
    output: &Output,
) -> anyhow::Result<()> {
    let on = (field != WHOLE).then(|| AnswerId(field.to_owned()));
    let to: Vec<AgencyId> = to.iter().map(|agency| AgencyId(agency.clone())).collect();
    discuss(arguments, id, DiscussAct::Say { on, to, text: text.to_owned(), reply_to: None }, output)
}

pub fn list(arguments: &Arguments, id: &str, output: &Output) -> anyhow::Result<()> {
    discuss(arguments, id, DiscussAct::Read, output)
}

fn discuss(arguments: &Arguments, id: &str, act: DiscussAct, output: &Output) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let application = workspace.resolve(id)?;
    if let DiscussAct::Say { to, .. } = &act {
        team::check_agencies(&mut workspace, &application, to)?;
    }
    let discussion = workspace.discuss(&DiscussRequest { application, act })?;
    output.result(&discussion, |discussion| lines(discussion, output))
}

fn lines(discussion: &Discussion, output: &Output) -> Vec<String> {
    let line = |comment: &form_model::command::CommentSummary| {
        let on = comment.on.as_ref().map_or(WHOLE, |answer| answer.as_str());
        let to: String = comment.to.iter().map(|agency| format!(" @{agency}")).collect();
        let settled = if comment.settled { output.pick(" [已解决]", " [settled]") } else { "" };
        let time = form_client::clock::local_time(comment.stamp.time_ms);
        format!("{time}  {}  {on}{to}: {}{settled}", comment.stamp.author, comment.text)
    };
    discussion.comments.iter().map(line).collect()
}

pub fn set_aside(
    arguments: &Arguments,
    id: &str,
    dismiss: Option<&str>,
    (propose, adopt): (bool, bool),
    output: &Output,
) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let application = workspace.resolve(id)?;
    let dismiss = match dismiss {
        Some(start) => Some(refused_change(&mut workspace, &application, start)?),
        None => None,
    };
    let missed = workspace.set_aside(&SetAsideRequest { application, dismiss, propose, adopt })?;
    output.result(&missed, |missed| {
        let line = |one: &form_model::command::SetAside| {
            let value = one.value.as_ref().map(plain).unwrap_or_default();
            let author = one.author.as_ref().map(|author| format!("  {author}")).unwrap_or_default();
            format!("{}  {} = {value}{author}  {}", one.change, one.answer, one.reason)
        };
        missed.iter().map(line).collect()
    })
}

/// The refused change whose hash starts so.
fn refused_change(
    workspace: &mut Workspace,
    application: &ApplicationId,
    start: &str,
) -> Result<String, UserError> {
    let request =
        SetAsideRequest { application: application.clone(), dismiss: None, propose: false, adopt: false };
    let mut found: Vec<String> = workspace.set_aside(&request)?.into_iter().map(|one| one.change).collect();
    found.dedup();
    found.retain(|change| !start.is_empty() && change.starts_with(start));
    match (found.pop(), found.len()) {
        (Some(change), 0) => Ok(change),
        (_, others) => {
            let error = UserError::new(ErrorCode::NoSuchRefusal).with("change", start);
            Err(error.with("count", if others == 0 { 0 } else { others + 1 }))
        }
    }
}

pub fn remind(arguments: &Arguments, id: &str, xlsx: Option<&Path>, output: &Output) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    if let Some(path) = xlsx {
        file::write_whole(path, &workspace.reminder_workbook(&id)?)?;
    }
    output.result(&workspace.reminder(&id)?, |reminder| {
        let nothing = output.pick("没有待催办的内容。", "Nobody owes anything.");
        vec![if reminder.text.is_empty() { nothing.to_owned() } else { reminder.text.clone() }]
    })
}
