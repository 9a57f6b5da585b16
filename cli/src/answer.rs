//! `huiqian fill | set | get | history`

use std::path::Path;

use form_client::fill;
use form_client::workspace::Workspace;
use form_model::answer::AnswerValue;
use form_model::command::{HistoryStep, ReadHistory};
use form_model::error::{ErrorCode, UserError};
use form_model::id::{AnswerId, ApplicationId};
use serde_json::json;

use crate::argument::Arguments;
use crate::output::{Output, warning};

pub fn fill(arguments: &Arguments, id: &str, from: &Path, output: &Output) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(from).map_err(|error| {
        UserError::new(ErrorCode::FileUnusable).with("file", from.display()).with("cause", error)
    })?;
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    let values = fill::parse(&text, &from.display().to_string())?;
    let count = values.len();
    workspace.fill(&id, values)?;
    trouble(&mut workspace, &id, output)?;
    output.result(&json!({ "filled": count }), |_| {
        vec![format!("{}{count}", output.pick("已存入：", "Saved: "))]
    })
}

pub fn set(arguments: &Arguments, id: &str, field: &str, value: &str, output: &Output) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    let answer = AnswerId(field.to_owned());
    let value = fill::from_text(&workspace.open_application(&id)?.definition, &answer, value)?;
    workspace.fill(&id, vec![(answer.clone(), value)])?;
    trouble(&mut workspace, &id, output)?;
    let state = workspace.state(&id, &answer)?;
    output.result(&state, |state| vec![state.value.as_ref().map(plain).unwrap_or_default()])
}

/// What was written stays with this desk: its person is told at once.
fn trouble(workspace: &mut Workspace, id: &ApplicationId, output: &Output) -> anyhow::Result<()> {
    if let Some(trouble) = workspace.sync_state(id)?.trouble {
        warning(&trouble.sentence(output.language));
    }
    Ok(())
}

pub fn get(arguments: &Arguments, id: &str, field: &str, output: &Output) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    let state = workspace.state(&id, &AnswerId(field.to_owned()))?;
    output.result(&state, |state| {
        let mut lines = vec![state.value.as_ref().map(plain).unwrap_or_default()];
        if !state.conflict.is_empty() {
            lines.push(output.pick("两处填法不同：", "Different answers:").to_owned());
            for (number, side) in state.conflict.iter().enumerate() {
                let value = side
                    .value
                    .as_ref()
                    .map_or_else(|| output.pick("（清空）", "(cleared)").to_owned(), plain);
                let before = side.before.as_ref().map(plain).unwrap_or_default();
                lines.push(format!(
                    "  {}. {value}  ← {before}  {}  {}",
                    number + 1,
                    side.stamp.author,
                    form_client::clock::local_time(side.stamp.time_ms)
                ));
            }
        }
        lines
    })
}

pub fn history(arguments: &Arguments, id: &str, field: Option<&str>, output: &Output) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let application = workspace.resolve(id)?;
    let answer = field.map(|field| AnswerId(field.to_owned()));
    if let Some(answer) = &answer {
        // A field that the form lacks has no history because of that, not because nobody filled it in.
        workspace.state(&application, answer)?;
    }
    let entries = workspace.history(&ReadHistory { application, answer })?;
    output.result(&entries, |entries| {
        entries
            .iter()
            .map(|entry| {
                let what = match &entry.what {
                    HistoryStep::Value { before, after } => {
                        let before: Vec<_> = before.iter().map(plain).collect();
                        let after = after.as_ref().map(plain).unwrap_or_default();
                        format!("{} → {after}", before.join(" | "))
                    }
                    HistoryStep::Prose { inserted, deleted } => format!("+{inserted} -{deleted}"),
                };
                let time = form_client::clock::local_time(entry.stamp.time_ms);
                let mark = if entry.concurrent { "!" } else { " " };
                format!("{time} {mark} {}  {}  {what}", entry.stamp.author, entry.answer)
            })
            .collect()
    })
}

/// A value as one reads it.
pub fn plain(value: &AnswerValue) -> String {
    match value {
        AnswerValue::Text(text) => text.clone(),
        AnswerValue::Flag(true) => "true".to_owned(),
        AnswerValue::Flag(false) => "false".to_owned(),
    }
}
