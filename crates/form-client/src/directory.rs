//! A directory of enterprises (佐证材料 1：合作区入驻企业名录): read from a table that people made, looked at before
//! anything is stored. Workbooks are read by a process of this program's own, which is ended when a crafted file asks
//! for too much: `main` calls [`crate::preview::serve_if_asked`] first.

mod report;

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use std::process::Command;

use form_intake::Sentence as _;
use form_intake::directory::{self as intake, Mapping, Report, RowError, Sheet};
use form_model::answer::Answers;
use form_model::command::{Choice, DirectoryLook, RowFault, SheetRow};
use form_model::definition::{EvidenceSlot, FormDefinition};
use form_model::directory::{Column, DirectoryTotals, column_letters, compare, standing};
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::{EvidenceFile, entries};
use form_model::language::Language;

use crate::blob::{BlobFolder, failed};
use crate::cause::because;

pub use report::agreement_word;

/// Rows above the enterprises that are shown: a title, a unit, a heading over two rows.
const ROWS_ABOVE: usize = 4;
/// Enterprises that are shown: enough to see what the columns hold, little enough to stay on the screen.
const ROWS_SHOWN: usize = 8;
/// Columns that are shown and can be chosen; tables of enterprises have a dozen or two.
const COLUMNS_SHOWN: usize = 48;
/// Characters of a cell that are shown.
const CELL_CHARS: usize = 60;
/// Faults that are told one by one; who has more mends the first ones and reads the table again. The saved workbook
/// names every row.
const FAULTS_TOLD: usize = 200;

/// What a form and its answers say about the slot of a directory.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    pub form: &'a FormDefinition,
    pub slot: &'a EvidenceSlot,
    pub answers: &'a Answers,
}

/// A table of enterprises that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// The file's name.
    pub name: String,
    /// The hash of a file that is kept on this desk.
    sha256: Option<String>,
    sheets: Vec<Sheet>,
}

/// This program, to read workbooks in a process of its own.
///
/// # Errors
/// [`ErrorCode::FileUnusable`] when the system does not say where the program is.
pub fn this_program() -> Result<Command, UserError> {
    std::env::current_exe().map(Command::new).map_err(|error| failed("huiqian", &error))
}

impl Directory {
    /// Reads a file where it lies.
    ///
    /// # Errors
    /// [`ErrorCode::BadDirectory`] when it is no table that can be read, [`ErrorCode::FileUnusable`].
    pub fn at(program: &mut Command, path: &Path) -> Result<Self, UserError> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let mut file = File::open(path).map_err(|error| failed(&name, &error))?;
        Self::read(program, &mut file, &name)
    }

    /// Reads a file that is kept on this desk.
    ///
    /// # Errors
    /// As [`Self::at`], and as [`BlobFolder::open`].
    pub fn kept(program: &mut Command, blobs: &BlobFolder, file: &EvidenceFile) -> Result<Self, UserError> {
        let read = Self::read(program, &mut blobs.open(&file.sha256, &file.name)?, &file.name)?;
        Ok(Self { sha256: Some(file.sha256.clone()), ..read })
    }

    fn read(program: &mut Command, source: &mut (impl Read + Seek), name: &str) -> Result<Self, UserError> {
        let sheets = intake::apart::read(program, source, name).map_err(|fault| unreadable(name, &fault))?;
        Ok(Self { name: name.to_owned(), sha256: None, sheets })
    }

    /// The sheets' names; of a text an empty one.
    pub fn sheet_names(&self) -> Vec<String> {
        self.sheets.iter().map(|sheet| sheet.name.clone()).collect()
    }

    /// The sheet that looks most like a directory over these years, and what its columns seem to hold.
    ///
    /// # Errors
    /// [`ErrorCode::BadDirectory`] when no sheet has a heading that names the enterprises.
    pub fn propose(&self, years: &[u16]) -> Result<Choice, UserError> {
        let (sheet, mapping) =
            intake::propose(&self.sheets, years).map_err(|fault| unreadable(&self.name, &fault))?;
        Ok(Choice { sheet, mapping })
    }

    /// What the columns of one sheet seem to hold; nothing where no row is a heading.
    ///
    /// # Errors
    /// [`ErrorCode::NoSuchSheet`].
    pub fn propose_on(&self, sheet: usize, years: &[u16]) -> Result<Choice, UserError> {
        let one = std::slice::from_ref(self.sheet(sheet)?);
        let mapping = intake::propose(one, years).map_or_else(|_| Mapping::default(), |(_, mapping)| mapping);
        Ok(Choice { sheet, mapping })
    }

    /// What the table gives under a choice, beside the form's figures.
    ///
    /// # Errors
    /// [`ErrorCode::NoSuchSheet`].
    pub fn look(
        &self,
        choice: &Choice,
        beside: Beside<'_>,
        language: Language,
    ) -> Result<DirectoryLook, UserError> {
        let sheet = self.sheet(choice.sheet)?;
        let (report, totals) = self.added_up(choice)?;
        let told = report.errors.iter().take(FAULTS_TOLD);
        Ok(DirectoryLook {
            choice: choice.clone(),
            width: width(sheet, &choice.mapping),
            rows: first_rows(sheet, &choice.mapping),
            enterprises: report.enterprises.len(),
            faults: told.map(|error| fault(error, sheet, &choice.mapping, language)).collect(),
            fault_count: report.error_count,
            compared: compare(beside.form, beside.slot, beside.answers, &totals),
            totals,
            replaces: standing(&entries(beside.answers, &beside.slot.field))
                .filter(|(entry, _)| self.sha256.as_ref() != Some(&entry.file.sha256))
                .map(|(entry, _)| entry.file.name.clone()),
        })
    }

    /// What the table adds up to under a choice.
    ///
    /// # Errors
    /// [`ErrorCode::NoSuchSheet`].
    pub fn totals(&self, choice: &Choice) -> Result<DirectoryTotals, UserError> {
        Ok(self.added_up(choice)?.1)
    }

    /// A workbook of what was read: every enterprise in one spelling, what is wrong beside it; and the sums beside the
    /// form's figures.
    ///
    /// # Errors
    /// [`ErrorCode::NoSuchSheet`], [`ErrorCode::FileUnusable`].
    pub fn report(
        &self,
        choice: &Choice,
        beside: Beside<'_>,
        language: Language,
    ) -> Result<Vec<u8>, UserError> {
        let (report, totals) = self.added_up(choice)?;
        report::workbook(&report, &choice.mapping, &totals, beside, language)
            .map_err(|error| failed(&self.name, &error))
    }

    /// The enterprises and their sums; none while nobody has said where the names are.
    fn added_up(&self, choice: &Choice) -> Result<(Report, DirectoryTotals), UserError> {
        let sheet = self.sheet(choice.sheet)?;
        if !choice.mapping.columns.contains_key(&Column::Name) {
            return Ok(Default::default());
        }
        let report = intake::read_rows(sheet, &choice.mapping);
        let totals = intake::totals(&report, &choice.mapping);
        Ok((report, totals))
    }

    fn sheet(&self, sheet: usize) -> Result<&Sheet, UserError> {
        let missing = || {
            UserError::new(ErrorCode::NoSuchSheet)
                .with("file", &self.name)
                .with("sheet", sheet.saturating_add(1))
                .with("count", self.sheets.len())
        };
        self.sheets.get(sheet).ok_or_else(missing)
    }
}

fn unreadable(name: &str, fault: &intake::DirectoryFault) -> UserError {
    because(UserError::new(ErrorCode::BadDirectory).with("file", name), &fault.pair())
}

/// As many columns as the rows have that are shown, and every column that was chosen.
fn width(sheet: &Sheet, mapping: &Mapping) -> usize {
    let shown = shown_rows(sheet, mapping).filter_map(|row| sheet.rows.get(row));
    let widest = shown.map(Vec::len).max().unwrap_or_default().min(COLUMNS_SHOWN);
    // Beyond what any sheet has, a chosen column is a slip.
    let chosen = mapping.columns.values().max().map_or(0, |last| last.saturating_add(1).min(intake::COLUMNS));
    widest.max(chosen)
}

fn shown_rows(sheet: &Sheet, mapping: &Mapping) -> impl Iterator<Item = usize> {
    let end = mapping.first_row.saturating_add(ROWS_SHOWN).min(sheet.rows.len());
    mapping.first_row.saturating_sub(ROWS_ABOVE)..end
}

fn first_rows(sheet: &Sheet, mapping: &Mapping) -> Vec<SheetRow> {
    let width = width(sheet, mapping);
    let row = |row: usize| SheetRow {
        number: row + 1,
        enterprise: row >= mapping.first_row,
        cells: (0..width).map(|column| cut(sheet.cell(row, column))).collect(),
    };
    shown_rows(sheet, mapping).map(row).collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(CELL_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn fault(error: &RowError, sheet: &Sheet, mapping: &Mapping, language: Language) -> RowFault {
    let pick = |(chinese, english): (String, String)| match language {
        Language::Chinese => chinese,
        Language::English => english,
    };
    let row = error.row + 1;
    let letters = mapping.columns.get(&error.column).map(|column| column_letters(*column));
    let name = mapping.columns.get(&Column::Name).map_or("", |column| sheet.cell(error.row, *column));
    RowFault {
        row,
        cell: format!("{}{row}", letters.unwrap_or_default()),
        column: error.column,
        name: cut(name),
        what: pick(error.what()),
        remedy: pick(error.remedy()),
    }
}
