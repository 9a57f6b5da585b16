//! `huiqian evidence directory`

use std::path::Path;

use form_client::directory::{Directory, agreement_word, this_program};
use form_client::evidence::prepare;
use form_client::file;
use form_client::workspace::Workspace;
use form_model::check::subject;
use form_model::command::{Choice, DirectoryLook, RowFault};
use form_model::definition::FormDefinition;
use form_model::directory::{
    Agreement, Column, DirectoryTotals, Figure, Unit, column_letters, column_of_letters,
};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_model::number;
use serde::Serialize;

use crate::output::{Output, warning};

/// Where the enterprises begin when no row is a heading and nobody says: below the first row.
const USUAL_FIRST_ROW: usize = 1;

/// What is wanted of a table.
pub struct Wish<'a> {
    pub file: &'a Path,
    pub slot: Option<&'a str>,
    /// From 1.
    pub sheet: Option<usize>,
    /// `name=B`, `revenue.2025=F:万元`, `size=-`.
    pub map: &'a [String],
    /// From 1.
    pub first_row: Option<usize>,
    pub report: Option<&'a Path>,
    pub add: bool,
}

/// What a program reads.
#[derive(Serialize)]
struct Read {
    file: String,
    /// The slot's number.
    slot: u32,
    /// The sheet's name, and its place among those with content, from 1.
    sheet: String,
    sheet_number: usize,
    /// Whether nothing is wrong and no figure differs.
    agrees: bool,
    added: bool,
    #[serde(flatten)]
    look: DirectoryLook,
}

/// Whether nothing is wrong in the table, and none of its sums differs from the form.
pub fn run(
    workspace: &mut Workspace,
    id: &ApplicationId,
    wish: &Wish<'_>,
    output: &Output,
) -> anyhow::Result<bool> {
    let ground = workspace.directory_ground(id, wish.slot)?;
    let mut prepared = None;
    let directory = if wish.add {
        workspace.open_slot(id, &ground.slot.id)?;
        let blobs = workspace.blobs();
        // What is read is what is kept, whatever happens to the file meanwhile.
        let file = prepared.insert(prepare(&blobs, wish.file)?);
        Directory::kept(&mut this_program()?, &blobs, &file.file)?
    } else {
        Directory::at(&mut this_program()?, wish.file)?
    };
    let choice = choose(&directory, wish, &ground.slot.years())?;
    let look = directory.look(&choice, ground.beside(), output.language)?;
    if let Some(path) = wish.report {
        file::write_whole(path, &directory.report(&choice, ground.beside(), output.language)?)?;
    }
    if let Some(prepared) = &prepared {
        workspace.add_directory(id, &ground.slot.id, prepared, &look.totals)?;
        prepared.notices.iter().for_each(|notice| warning(&notice.sentence(output.language)));
    }
    let differs = look.compared.iter().any(|one| one.agreement == Agreement::Differs);
    let agrees = look.fault_count == 0 && !differs;
    let read = Read {
        sheet: directory.sheet_names().get(choice.sheet).cloned().unwrap_or_default(),
        sheet_number: choice.sheet + 1,
        file: directory.name,
        slot: ground.slot.number,
        agrees,
        added: wish.add,
        look,
    };
    output.result(&read, |read| lines(read, &ground.form, output))?;
    Ok(agrees)
}

/// The columns as they are proposed, changed as is wished.
fn choose(directory: &Directory, wish: &Wish<'_>, years: &[u16]) -> Result<Choice, UserError> {
    let proposed = match wish.sheet {
        Some(number) => directory.propose_on(number.wrapping_sub(1), years),
        None => directory.propose(years),
    };
    let mut choice = match proposed {
        Err(error) if error.code == ErrorCode::BadDirectory && !wish.map.is_empty() => Choice::default(),
        proposed => proposed?,
    };
    if choice.mapping.columns.is_empty() {
        choice.mapping.first_row = USUAL_FIRST_ROW;
    }
    for text in wish.map {
        assign(&mut choice, text, years)?;
    }
    if let Some(row) = wish.first_row {
        choice.mapping.first_row = row.saturating_sub(1);
    }
    if choice.mapping.columns.contains_key(&Column::Name) {
        return Ok(choice);
    }
    // Says why: no heading names the enterprises.
    directory.propose(years)?;
    Err(bad_column("name=", years))
}

/// Reads one `name=B`, `revenue.2025=F:万元` or `size=-` into a choice.
fn assign(choice: &mut Choice, text: &str, years: &[u16]) -> Result<(), UserError> {
    let bad = || bad_column(text, years);
    let (name, place) = text.split_once('=').ok_or_else(bad)?;
    let column =
        Column::read(name.trim()).filter(|column| Column::all(years).contains(column)).ok_or_else(bad)?;
    if place.trim() == "-" {
        if let Some(at) = choice.mapping.columns.get(&column).copied() {
            choice.mapping.assign(at, None);
        }
        return Ok(());
    }
    let (letters, unit) = place.split_once([':', '：']).map_or((place, None), |(at, unit)| (at, Some(unit)));
    let at = column_of_letters(letters.trim()).ok_or_else(bad)?;
    choice.mapping.assign(at, Some(column));
    match (unit, column) {
        (None, _) => {}
        (Some(unit), Column::Revenue(_)) => {
            choice.mapping.units.insert(column, Unit::read(unit.trim()).ok_or_else(bad)?);
        }
        (Some(_), _) => return Err(bad()),
    }
    Ok(())
}

fn bad_column(text: &str, years: &[u16]) -> UserError {
    let known: Vec<_> = Column::all(years).into_iter().map(Column::name).collect();
    UserError::new(ErrorCode::BadColumn).with("text", text).with("known", known.join(", "))
}

/// What stands behind a file that is a directory, in a list of files.
pub fn counted(totals: &DirectoryTotals, output: &Output) -> String {
    let enterprises = totals.figures.get(&Figure::Enterprises).map_or("0", String::as_str);
    let words = output.pick("  名录：{count} 家企业", "  directory of {count} enterprises");
    words.replace("{count}", &number::display(enterprises))
}

fn lines(read: &Read, form: &FormDefinition, output: &Output) -> Vec<String> {
    let look = &read.look;
    let count = number::display(&look.enterprises.to_string());
    let sheet = if read.sheet.is_empty() { String::new() } else { format!("  [{}]", read.sheet) };
    let head = output
        .pick(
            "{file}{sheet}  第 {row} 行起，{count} 家企业",
            "{file}{sheet}  {count} enterprises from row {row}",
        )
        .replace("{file}", &read.file)
        .replace("{sheet}", &sheet)
        .replace("{row}", &(look.choice.mapping.first_row + 1).to_string())
        .replace("{count}", &count);
    let mut lines = vec![head, columns(look, output)];
    lines.extend(faults(look, output));
    lines.push(output.pick("与申报表核对：", "Beside the form:").to_owned());
    for one in &look.compared {
        let word = agreement_word(one.agreement, output.language);
        let subject = subject(form, output.language, &one.answer);
        let (form_says, sum) = (dash(&one.form), dash(&one.directory));
        let figures = output
            .pick("申报表 {form}，名录 {sum}", "form {form}, directory {sum}")
            .replace("{form}", form_says)
            .replace("{sum}", sum);
        lines.push(format!("  [{word}] {subject}{}{figures}", output.pick("：", ": ")));
    }
    if read.added {
        let words = output.pick("已放入佐证材料 {slot}", "put into evidence {slot}");
        lines.push(words.replace("{slot}", &read.slot.to_string()));
    }
    if let Some(earlier) = look.replaces.as_ref().filter(|_| read.added) {
        let words = output.pick(
            "原名录 {file} 已移除，可以恢复",
            "the earlier directory {file} was taken out; it can be put back",
        );
        lines.push(words.replace("{file}", earlier));
    }
    lines
}

fn dash(text: &str) -> &str {
    if text.is_empty() { "—" } else { text }
}

/// Which column holds what.
fn columns(look: &DirectoryLook, output: &Output) -> String {
    let mapping = &look.choice.mapping;
    let mut columns: Vec<_> = mapping.columns.iter().map(|(column, at)| (*at, *column)).collect();
    columns.sort_unstable();
    let named = |(at, column): &(usize, Column)| {
        let unit = mapping.units.get(column).map(|unit| unit.label(output.language));
        let unit = unit.map(|unit| output.pick("（{}）", " ({})").replace("{}", unit)).unwrap_or_default();
        format!("{} {}{unit}", column_letters(*at), column.label(output.language))
    };
    let columns: Vec<_> = columns.iter().map(named).collect();
    format!("{}{}", output.pick("列：", "Columns: "), columns.join(output.pick("，", ", ")))
}

fn faults(look: &DirectoryLook, output: &Output) -> Vec<String> {
    if look.fault_count == 0 {
        return vec![output.pick("没有发现有问题的单元格。", "No faulty cell was found.").to_owned()];
    }
    let head = output.pick("有问题的单元格 {} 处：", "{} faulty cells:");
    let mut lines = vec![head.replace("{}", &look.fault_count.to_string())];
    lines.extend(look.faults.iter().map(|fault| fault_line(fault, output)));
    let untold = look.fault_count - look.faults.len();
    if untold > 0 {
        let more = output.pick("  还有 {} 处没有列出", "  and {} more");
        lines.push(more.replace("{}", &untold.to_string()));
    }
    lines
}

fn fault_line(fault: &RowFault, output: &Output) -> String {
    let RowFault { cell, column, name, what, remedy, .. } = fault;
    let label = column.label(output.language);
    match output.language {
        form_model::language::Language::Chinese => format!("  {cell}  {name}  {label}：{what}，{remedy}"),
        form_model::language::Language::English => format!("  {cell}  {name}  {label}: {what}; {remedy}"),
    }
}
