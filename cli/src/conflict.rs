//! `huiqian conflicts | resolve`

use form_model::command::{AnswerState, Edit, ReadThrough};
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::{Attribute, EvidenceKey};
use form_model::id::AnswerId;
use serde::Serialize;

use crate::answer::plain;
use crate::argument::Arguments;
use crate::output::Output;

/// What waits for a person.
#[derive(Serialize)]
struct Open {
    /// Answers with more than one value, each with all of them.
    conflicts: Vec<AnswerState>,
    /// Long texts that two people rewrote at once, to be read through.
    reread: Vec<AnswerId>,
}

pub fn list(arguments: &Arguments, id: &str, output: &Output) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    let opened = workspace.open_application(&id)?;
    let differs = |state: &AnswerState| !state.conflict.is_empty();
    let conflicts = opened.answers.into_iter().filter(differs).collect();
    let read = output.pick("两人同时改写了同一处，请通读", "rewritten by two people at once, please read");
    output.result(&Open { conflicts, reread: opened.reread }, |open| {
        let picks = open.conflicts.iter().flat_map(|state| lines(state, output));
        let mut lines: Vec<String> =
            picks.chain(open.reread.iter().map(|answer| format!("{answer}: {read}"))).collect();
        if lines.is_empty() {
            lines.push(output.pick("没有两处填法不同的栏。", "No field has more than one value.").to_owned());
        }
        lines
    })
}

pub fn resolve(
    arguments: &Arguments,
    id: &str,
    field: &str,
    pick: Option<usize>,
    output: &Output,
) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    let answer = AnswerId(field.to_owned());
    let state = workspace.state(&id, &answer)?;
    let Some(pick) = pick.or_else(|| (!state.conflict.is_empty()).then_some(0)) else {
        let left = workspace.read_through(&ReadThrough { application: id, answer })?;
        return output.result(&left, |left| left.iter().map(ToString::to_string).collect());
    };
    let side = pick.checked_sub(1).and_then(|index| state.conflict.get(index));
    let unknown = || match state.conflict.len() {
        0 => UserError::new(ErrorCode::NothingToPick).with("answer", field),
        count => UserError::new(ErrorCode::NoSuchValue).with("answer", field).with("count", count),
    };
    let value = side.ok_or_else(unknown)?.value.clone();
    workspace.edit(&id, &Edit::Set { values: vec![(answer.clone(), value)] })?;
    output.result(&workspace.state(&id, &answer)?, |state| {
        vec![format!("{} = {}", state.answer, state.value.as_ref().map(plain).unwrap_or_default())]
    })
}

fn lines(state: &AnswerState, output: &Output) -> Vec<String> {
    let mut lines = vec![state.answer.0.clone()];
    for (number, side) in (1..).zip(&state.conflict) {
        let taken_out =
            EvidenceKey::read(&state.answer).is_some_and(|key| key.attribute == Attribute::Removed);
        let value = match &side.value {
            Some(_) if taken_out => output.pick("移除了文件", "removed the file").to_owned(),
            None if taken_out => output.pick("恢复了文件", "put the file back").to_owned(),
            value => value.as_ref().map_or_else(|| output.pick("（清空）", "(cleared)").to_owned(), plain),
        };
        let before = side.before.as_ref().map(plain).unwrap_or_default();
        let was = output.pick("原为", "was");
        let time = form_client::clock::local_time(side.stamp.time_ms);
        lines.push(format!("  {number}. {value}  {}  {time}  {was} {before}", side.stamp.author));
    }
    lines
}
