//! Directories of enterprises: a table is read, its columns are named, its sums stand beside the form's figures, and it
//! goes into its slot.

use serde::{Deserialize, Serialize};

use crate::directory::{Column, Compared, DirectoryTotals, Mapping};
use crate::error::UserError;
use crate::id::ApplicationId;

/// `directory`: does something with a table. Answers a [`DirectoryAnswer`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryRequest {
    pub application: ApplicationId,
    pub act: DirectoryAct,
}

/// What a person does with a table. The shell keeps one table at a time, under a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DirectoryAct {
    /// Chooses a file in a dialog for a slot.
    Choose { slot: String },
    /// Reads what was dropped on the window ([`super::Event::Dropped`]).
    TakeDropped { slot: String, tray: u32 },
    /// Reads a file that stands in the slot.
    Open { slot: String, sha256: String },
    /// Looks at another sheet, as it is proposed.
    Turn { table: u32, sheet: usize },
    /// Looks at it with other columns.
    Map { table: u32, choice: Choice },
    /// Puts the file and its sums into the slot.
    Put { table: u32, choice: Choice },
    /// Saves a workbook of what was read, what is wrong and what differs.
    Save { table: u32, choice: Choice },
    /// Is done with the table.
    Leave { table: u32 },
}

/// Which sheet is the directory, and what its columns hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// From 0.
    pub sheet: usize,
    pub mapping: Mapping,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryAnswer {
    /// The table to be looked at; `None` when there is none (any more).
    pub table: Option<DirectoryTable>,
    /// The name of the file that was saved.
    pub saved: Option<String>,
    /// What is to be known of the file.
    pub notices: Vec<UserError>,
}

/// A table that is being looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryTable {
    /// The shell's number for it.
    pub table: u32,
    /// The file's name.
    pub file: String,
    /// The sheets' names; of a text an empty one.
    pub sheets: Vec<String>,
    pub look: DirectoryLook,
}

/// What a sheet gives when its columns hold what they are said to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryLook {
    pub choice: Choice,
    /// How many columns are shown.
    pub width: usize,
    /// The last rows above the enterprises and the first enterprises, long texts cut.
    pub rows: Vec<SheetRow>,
    /// How many enterprises were read.
    pub enterprises: usize,
    /// In the order of the rows, the first ones.
    pub faults: Vec<RowFault>,
    /// All of them, those too that are not told.
    pub fault_count: usize,
    pub totals: DirectoryTotals,
    /// The form's figures beside the sums.
    pub compared: Vec<Compared>,
    /// The directory that stands in the slot now and that this one would take the place of.
    pub replaces: Option<String>,
}

/// A row of a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetRow {
    /// From 1, as table programs count.
    pub number: usize,
    /// Whether it is an enterprise, or above them.
    pub enterprise: bool,
    pub cells: Vec<String>,
}

/// Something wrong in a row, in this desk's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFault {
    /// From 1, as table programs count.
    pub row: usize,
    /// The cell as table programs call it, such as `E7`; the row's number when no column holds it.
    pub cell: String,
    pub column: Column,
    /// The enterprise's name, as far as it has one.
    pub name: String,
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl DirectoryLook {
    /// Whether it can go into its slot: somebody must have said where the names are.
    pub fn is_named(&self) -> bool {
        self.choice.mapping.columns.contains_key(&Column::Name)
    }
}
