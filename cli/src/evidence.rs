//! `huiqian evidence …`

use std::path::PathBuf;

use form_client::evidence::prepare;
use form_client::workspace::Workspace;
use form_model::answer::AnswerValue;
use form_model::command::{BlobState, Edit, Transfer};
use form_model::definition::FormDefinition;
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::{Attribute, Entry, REMOVED, SlotState, entries, placed, size, slots};
use form_model::id::ApplicationId;
use serde::Serialize;

use crate::argument::{Arguments, EvidenceCommand, SwitchArgument};
use crate::output::{Output, warning};
use crate::{carriage, directory, ticket};

pub fn run(arguments: &Arguments, command: &EvidenceCommand, output: &Output) -> anyhow::Result<bool> {
    match command {
        EvidenceCommand::Fetch { id, all } => return carriage::fetch(arguments, id, *all, output),
        EvidenceCommand::Ticket { id } => return ticket::run(arguments, id, output).map(|()| true),
        EvidenceCommand::Get { id, slot, file, out } => {
            return carriage::get(arguments, id, (slot, file), out, output).map(|()| true);
        }
        _ => {}
    }
    let mut workspace = arguments.workspace()?;
    match command {
        EvidenceCommand::Fetch { .. } | EvidenceCommand::Get { .. } | EvidenceCommand::Ticket { .. } => {}
        EvidenceCommand::Add { id, slot, files, caption } => {
            let id = workspace.resolve(id)?;
            return add(&mut workspace, &id, slot, files, caption.as_deref(), output);
        }
        EvidenceCommand::Directory { id, file, slot, sheet, map, first_row, report, add } => {
            let id = workspace.resolve(id)?;
            let wish = directory::Wish {
                file,
                slot: slot.as_deref(),
                sheet: *sheet,
                map,
                first_row: *first_row,
                report: report.as_deref(),
                add: *add,
            };
            return directory::run(&mut workspace, &id, &wish, output);
        }
        EvidenceCommand::List { id, slot } => {
            let id = workspace.resolve(id)?;
            list(&mut workspace, &id, slot.as_deref(), output)?;
        }
        EvidenceCommand::Remove { id, slot, file } => {
            let id = workspace.resolve(id)?;
            say(&mut workspace, &id, (slot, file), Attribute::Removed, Some(REMOVED))?;
            list(&mut workspace, &id, Some(slot), output)?;
        }
        EvidenceCommand::Restore { id, slot, file } => {
            let id = workspace.resolve(id)?;
            say(&mut workspace, &id, (slot, file), Attribute::Removed, None)?;
            list(&mut workspace, &id, Some(slot), output)?;
        }
        EvidenceCommand::Caption { id, slot, file, text } => {
            let id = workspace.resolve(id)?;
            say(
                &mut workspace,
                &id,
                (slot, file),
                Attribute::Caption,
                Some(text).filter(|text| !text.is_empty()).map(String::as_str),
            )?;
            list(&mut workspace, &id, Some(slot), output)?;
        }
        EvidenceCommand::Move { id, slot, file, to } => {
            let id = workspace.resolve(id)?;
            place(&mut workspace, &id, (slot, file), *to)?;
            list(&mut workspace, &id, Some(slot), output)?;
        }
        EvidenceCommand::Verify { id } => {
            let id = workspace.resolve(id)?;
            return carriage::verify(&mut workspace, &id, output);
        }
        EvidenceCommand::Transfer { id, pause, resume, metered } => {
            let id = workspace.resolve(id)?;
            if *pause || *resume {
                workspace.set_paused(*pause)?;
            }
            if let Some(metered) = metered {
                workspace.set_metered(*metered == SwitchArgument::On)?;
            }
            carriage::left(&mut workspace, &id, output)?;
        }
    }
    Ok(true)
}

/// What was added, and what was not.
#[derive(Serialize)]
struct AddedFiles {
    added: Vec<String>,
    refused: Vec<String>,
}

/// Whether all were added. Each file that is good is added, also beside one that is not.
fn add(
    workspace: &mut Workspace,
    id: &ApplicationId,
    slot: &str,
    files: &[PathBuf],
    caption: Option<&str>,
    output: &Output,
) -> anyhow::Result<bool> {
    workspace.open_slot(id, slot)?;
    let blobs = workspace.blobs();
    let (mut prepared, mut refused) = (Vec::new(), Vec::new());
    for path in files {
        match prepare(&blobs, path) {
            Ok(file) => prepared.push(file),
            Err(error) => refused.push(error.sentence(output.language)),
        }
    }
    let added = workspace.add_evidence(id, slot, &prepared)?;
    for notice in prepared.iter().flat_map(|file| &file.notices) {
        warning(&notice.sentence(output.language));
    }
    for entry in &added.entries {
        if let Some(caption) = caption {
            say(workspace, id, (slot, entry.as_str()), Attribute::Caption, Some(caption))?;
        }
    }
    let all = refused.is_empty();
    let added = prepared.into_iter().map(|file| file.file.name).collect();
    output.result(&AddedFiles { added, refused }, |AddedFiles { added, refused }| {
        let line = |name: &String| format!("{} {name}", output.pick("已添加", "added"));
        added.iter().map(line).chain(refused.iter().cloned()).collect()
    })?;
    Ok(all)
}

#[derive(Serialize)]
struct SlotLine {
    slot: String,
    number: u32,
    label: String,
    field: String,
    /// Who may have issued it, by the form's words.
    kinds: Vec<String>,
    asked: bool,
    files: Vec<FileLine>,
    removed: Vec<FileLine>,
}

#[derive(Serialize)]
struct FileLine {
    #[serde(flatten)]
    entry: Entry,
    #[serde(flatten)]
    state: BlobState,
}

fn list(
    workspace: &mut Workspace,
    id: &ApplicationId,
    slot: Option<&str>,
    output: &Output,
) -> anyhow::Result<()> {
    let (form, answers) = workspace.answers(id)?;
    let wanted = match slot {
        Some(name) => {
            Some(form.slot(name).ok_or_else(|| UserError::new(ErrorCode::NoSuchSlot).with("slot", name))?)
        }
        None => None,
    };
    let states = workspace.blob_states(id)?;
    let lines: Vec<SlotLine> = slots(&form, &answers)
        .into_iter()
        .filter(|state| wanted.is_none_or(|slot| slot.id == state.slot.id))
        .map(|state| slot_line(state, &form, &states, output))
        .collect();
    output.result(&lines, |slots| slots.iter().flat_map(|slot| shown(slot, output)).collect())
}

fn slot_line(state: SlotState<'_>, form: &FormDefinition, states: &[BlobState], output: &Output) -> SlotLine {
    let text = |key: String| form.text(output.language, &key).to_owned();
    let file = |entry: Entry| {
        let found = states.iter().find(|state| state.sha256 == entry.file.sha256).cloned();
        let unknown =
            || BlobState { sha256: entry.file.sha256.clone(), here: false, transfer: Transfer::Waiting };
        FileLine { state: found.unwrap_or_else(unknown), entry }
    };
    SlotLine {
        slot: state.slot.id.clone(),
        number: state.slot.number,
        label: text(format!("evidence.{}.label", state.slot.id)),
        field: state.slot.field.0.clone(),
        kinds: state.slot.kinds.iter().map(|kind| text(format!("evidence_kind.{kind}"))).collect(),
        asked: state.asked,
        files: state.files.into_iter().map(file).collect(),
        removed: state.removed.into_iter().map(file).collect(),
    }
}

fn shown(slot: &SlotLine, output: &Output) -> Vec<String> {
    let missing = match (slot.files.is_empty(), slot.asked) {
        (true, true) => output.pick("  [缺]", "  [missing]"),
        (true, false) => output.pick("  [不需要]", "  [not called for]"),
        (false, _) => "",
    };
    let mut lines = vec![format!("{}. {}{missing}", slot.number, slot.label)];
    for (at, file) in slot.files.iter().enumerate() {
        lines.push(format!("   {}) {}", at + 1, file_line(file, output)));
    }
    for file in &slot.removed {
        lines.push(format!("   {} {}", output.pick("已移除", "removed"), file_line(file, output)));
    }
    lines
}

fn file_line(FileLine { entry, state }: &FileLine, output: &Output) -> String {
    let place = carriage::place(state, output);
    let said = [&entry.caption, &entry.by, &entry.taken, &entry.place];
    let said: String = said.iter().filter(|text| !text.is_empty()).map(|text| format!("  {text}")).collect();
    let said =
        said + &entry.totals.as_ref().map(|totals| directory::counted(totals, output)).unwrap_or_default();
    format!("{}  {}  {}{said}  [{place}]", entry.file.name, size(entry.file.size), entry.id)
}

/// Stores something about a file.
fn say(
    workspace: &mut Workspace,
    id: &ApplicationId,
    (slot, file): (&str, &str),
    attribute: Attribute,
    text: Option<&str>,
) -> anyhow::Result<()> {
    let entry = workspace.find_evidence(id, slot, file)?;
    let value = text.map(|text| AnswerValue::Text(text.to_owned()));
    workspace.edit(id, &Edit::Set { values: vec![(entry.answer(attribute), value)] })?;
    Ok(())
}

/// Moves a file to a place in its slot, counted from 1.
fn place(
    workspace: &mut Workspace,
    id: &ApplicationId,
    (slot, file): (&str, &str),
    to: usize,
) -> anyhow::Result<()> {
    let entry = workspace.find_evidence(id, slot, file)?;
    let (_, answers) = workspace.answers(id)?;
    let mut others = entries(&answers, &entry.field);
    others.retain(|other| other.id != entry.id && !other.removed);
    let values = placed(&others, to.saturating_sub(1), &[entry.answer(Attribute::Order)]);
    workspace.edit(id, &Edit::Set { values })?;
    Ok(())
}
