//! Desks made ready by the engine, and what the engine says afterwards.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::desk::Desk;
use crate::person::{FORM, sample_answers};
use crate::place::built_program;
use anyhow::Context;
use form_client::surroundings::Surroundings;
use form_client::workspace::Workspace;
use form_model::answer::AnswerValue;
use form_model::command::{CreateApplication, ExportFormat, Settings};
use form_model::id::{AnswerId, ApplicationId};

/// A text answer.
pub fn text(value: &str) -> AnswerValue {
    AnswerValue::Text(value.to_owned())
}

/// An answer's id.
pub fn answer(id: &str) -> AnswerId {
    AnswerId(id.to_owned())
}

/// Opens a data folder that no window has open.
///
/// # Errors
/// When a window has it open, or it cannot be read.
pub fn workspace(home: &Path) -> anyhow::Result<Workspace> {
    Ok(Workspace::open(home, Surroundings::without_keyring())?)
}

/// A desk whose person has given their name and started one application with these answers.
///
/// # Errors
/// When the screen does not come up, or the form lacks one of the answers.
pub fn desk_with_application(answers: &[(&str, &str)]) -> anyhow::Result<(Desk, ApplicationId)> {
    let desk = Desk::new()?;
    let mut workspace = workspace(&desk.home())?;
    let settings = workspace.settings();
    let person =
        Settings { agency: "示例市中小企业发展局".into(), person: "王示例".into(), ..settings };
    workspace.save_settings(&person)?;
    let request = CreateApplication { form: FORM.into(), name: "示例市合作区".into(), copy_from: None };
    let id = workspace.create(&request)?;
    fill(&mut workspace, &id, answers)?;
    Ok((desk, id))
}

/// A desk with the filled sample.
///
/// # Errors
/// When the screen does not come up.
pub fn desk_with_sample() -> anyhow::Result<(Desk, ApplicationId)> {
    let (desk, id) = desk_with_application(&[])?;
    let values = sample_answers()?.into_iter().map(|(answer, value)| (answer, Some(value))).collect();
    workspace(&desk.home())?.fill(&id, values)?;
    Ok((desk, id))
}

/// A colleague's copy of the application, with these answers changed, exported to a file on the desk.
///
/// # Errors
/// When a window has the desk's folder open, or the form lacks one of the answers.
pub fn file_of_colleague(
    desk: &Desk,
    id: &ApplicationId,
    answers: &[(&str, &str)],
) -> anyhow::Result<PathBuf> {
    let ours = workspace(&desk.home())?.export(id, ExportFormat::Automerge)?;
    let mut theirs = workspace(&desk.folder().join("colleague"))?;
    let settings = theirs.settings();
    theirs.save_settings(&Settings {
        agency: "示例市商务局".into(), person: "李示例".into(), ..settings
    })?;
    theirs.import(&ours, "ours.automerge")?;
    fill(&mut theirs, id, answers)?;
    let file = desk.folder().join("colleague.automerge");
    std::fs::write(&file, theirs.export(id, ExportFormat::Automerge)?)?;
    Ok(file)
}

fn fill(workspace: &mut Workspace, id: &ApplicationId, answers: &[(&str, &str)]) -> anyhow::Result<()> {
    let values = answers.iter().map(|(id, value)| (answer(id), Some(text(value)))).collect();
    Ok(workspace.fill(id, values)?)
}

/// What is on the disk, read by the engine after the window is gone.
///
/// # Errors
/// When the window is not gone, or there is no such application.
pub fn stored_answers(home: &Path, id: &ApplicationId) -> anyhow::Result<BTreeMap<AnswerId, AnswerValue>> {
    Ok(workspace(home)?.answers(id)?.1.0)
}

/// The only application of a desk.
///
/// # Errors
/// When there is none.
pub fn only_application(home: &Path) -> anyhow::Result<ApplicationId> {
    let summaries = workspace(home)?.summaries()?;
    summaries.into_iter().next().map(|summary| summary.id).context("the desk has no application")
}

/// `huiqian --home HOME …`; returns its exit code and what it printed.
///
/// # Errors
/// When it is not built or cannot be started.
pub fn command_line(home: &Path, arguments: &[&str]) -> anyhow::Result<(Option<i32>, String)> {
    let output = Command::new(built_program("huiqian")?).arg("--home").arg(home).args(arguments).output()?;
    let said = [output.stdout, output.stderr].concat();
    Ok((output.status.code(), String::from_utf8_lossy(&said).into_owned()))
}
