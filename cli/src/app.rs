//! `huiqian app …`

use form_model::command::{ApplicationSummary, CreateApplication};
use form_model::definition::AnswerKind;
use serde_json::json;

use crate::argument::{AppCommand, Arguments};
use crate::output::Output;

pub fn run(arguments: &Arguments, command: &AppCommand, output: &Output) -> anyhow::Result<()> {
    match command {
        AppCommand::New { form, name } => new(arguments, form, name, output),
        AppCommand::List => list(arguments, output),
        AppCommand::Show { id } => show(arguments, id, output),
    }
}

fn new(arguments: &Arguments, form: &str, name: &str, output: &Output) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let request = CreateApplication { form: form.to_owned(), name: name.to_owned(), copy_from: None };
    let id = workspace.create(&request)?;
    output.result(&json!({ "id": id }), |_| vec![id.0.clone()])
}

fn list(arguments: &Arguments, output: &Output) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    output.result(&workspace.summaries()?, |rows| rows.iter().map(summary_line).collect())
}

fn summary_line(summary: &ApplicationSummary) -> String {
    format!(
        "{}  {}/{}  {}  {}",
        summary.id.short(),
        summary.answered,
        summary.required,
        summary.form,
        summary.name
    )
}

fn show(arguments: &Arguments, id: &str, output: &Output) -> anyhow::Result<()> {
    let mut workspace = arguments.workspace()?;
    let id = workspace.resolve(id)?;
    let opened = workspace.open_application(&id)?;
    let definition = &opened.definition;
    let answers: Vec<_> = opened.answers.iter().filter(|state| state.value.is_some()).collect();
    let value = json!({
        "id": opened.id,
        "form": definition.id,
        "version": definition.version,
        "saved_ms": opened.saved_ms,
        "answers": answers,
    });
    output.result(&value, |_| {
        let mut lines = vec![opened.id.0.clone()];
        for state in &answers {
            let text = state.value.as_ref().map(crate::answer::plain).unwrap_or_default();
            let mark = if state.conflict.is_empty() {
                ""
            } else {
                output.pick(" [两处填法不同]", " [conflict]")
            };
            let prose = definition.answer_kind(&state.answer) == Some(AnswerKind::Prose);
            lines.push(format!("{} = {}{mark}", state.answer, if prose { excerpt(&text) } else { text }));
        }
        lines
    })
}

/// Enough of a long text to know it by.
fn excerpt(text: &str) -> String {
    const SHOWN: usize = 40;
    let start: String = text.chars().take(SHOWN).collect();
    if text.chars().count() > SHOWN { format!("{start}…（{}）", text.chars().count()) } else { start }
}
