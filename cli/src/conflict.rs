//! `huiqian conflicts | resolve`

use form_model::command::{AnswerState, Edit};
use form_model::error::{ErrorCode, UserError};
use form_model::id::AnswerId;

use crate::answer::plain;
use crate::argument::Arguments;
use crate::output::Output;

pub fn list(arguments: &Arguments, id: &str, output: &Output) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    let states = workspace.open_application(&id)?.answers;
    let open: Vec<AnswerState> = states.into_iter().filter(|state| !state.conflict.is_empty()).collect();
    output.result(&open, |open| open.iter().flat_map(|state| lines(state, output)).collect())
}

pub fn resolve(
    arguments: &Arguments,
    id: &str,
    field: &str,
    pick: usize,
    output: &Output,
) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    let answer = AnswerId(field.to_owned());
    let state = workspace.state(&id, &answer)?;
    let side = pick.checked_sub(1).and_then(|index| state.conflict.get(index));
    let unknown = || {
        let cause =
            output.pick("没有这一种填法，请先用 conflicts 查看", "there is no such value; see `conflicts`");
        UserError::new(ErrorCode::WrongKind).with("answer", field).with("expected", cause)
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
        let value =
            side.value.as_ref().map_or_else(|| output.pick("（清空）", "(cleared)").to_owned(), plain);
        let before = side.before.as_ref().map(plain).unwrap_or_default();
        let was = output.pick("原为", "was");
        let time = form_client::clock::local_time(side.stamp.time_ms);
        lines.push(format!("  {number}. {value}  {}  {time}  {was} {before}", side.stamp.author));
    }
    lines
}
