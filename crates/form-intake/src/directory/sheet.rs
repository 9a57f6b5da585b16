//! Tables as they lie in files: rows of texts.

use std::io::{Cursor, Read, Seek};

use serde::{Deserialize, Serialize};

use super::{DirectoryFault, workbook};
use crate::archive::{self, Limits};
use crate::bytes::part;
use crate::kind::{Kind, inspect, separator, text_of};

/// The largest file of a directory: 20,000 enterprises with 20 columns have about 5 MiB.
pub const TABLE_BYTES: u64 = 32 << 20;
/// The most rows; the largest zones have a few thousand enterprises.
pub const ROWS: usize = 50_000;
/// The most columns.
pub const COLUMNS: usize = 256;
/// The most cells in all, so that no table of blanks takes memory.
pub(super) const CELLS: usize = 2_000_000;
/// What separates the columns where the lines do not agree: a comma stands in most such files.
const USUAL_SEPARATOR: char = ',';

/// One sheet: its name, and its rows from the first on. Rows are as long as what is in them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Empty for a text.
    pub name: String,
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// The text of a cell without the blanks around it; rows and columns count from 0.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        self.rows.get(row).and_then(|row| row.get(column)).map_or("", |cell| cell.trim())
    }

    /// Puts a text into a cell.
    ///
    /// # Errors
    /// When the table becomes larger than a directory is.
    pub(super) fn put(&mut self, row: usize, column: usize, text: String) -> Result<(), DirectoryFault> {
        if row >= ROWS || column >= COLUMNS {
            return Err(DirectoryFault::TooMany);
        }
        if self.rows.len() <= row {
            self.rows.resize_with(row + 1, Vec::new);
        }
        let cells = &mut self.rows[row];
        if cells.len() <= column {
            cells.resize_with(column + 1, String::new);
        }
        cells[column] = text;
        Ok(())
    }

    fn is_empty(&self) -> bool {
        self.rows.iter().flatten().all(|cell| cell.trim().is_empty())
    }
}

/// The sheets of a workbook or text that have something in them, in the file's order. Reads workbooks in this process;
/// programs use [`super::apart::read`].
///
/// # Errors
/// When the file is none that can be taken in, no table, too large, or empty.
pub fn read(reader: &mut (impl Read + Seek), name: &str) -> Result<Vec<Sheet>, DirectoryFault> {
    read_with(reader, name, workbook::sheets)
}

/// [`read`] with another way to read a workbook.
pub(super) fn read_with(
    reader: &mut (impl Read + Seek),
    name: &str,
    workbook: impl FnOnce(Kind, Vec<u8>) -> Result<Vec<Sheet>, DirectoryFault>,
) -> Result<Vec<Sheet>, DirectoryFault> {
    let file = inspect(reader, name).map_err(DirectoryFault::Refused)?;
    if file.size > TABLE_BYTES {
        return Err(DirectoryFault::TooLarge);
    }
    let bytes = part(reader, 0, TABLE_BYTES)
        .map_err(|error| DirectoryFault::Refused(crate::kind::Refused::Unreadable(error)))?;
    let mut sheets = match file.kind {
        Kind::Xlsx => {
            archive::weigh(&mut Cursor::new(&bytes), Limits::WORKBOOK).map_err(DirectoryFault::Archive)?;
            workbook(file.kind, bytes)?
        }
        Kind::Xls => workbook(file.kind, bytes)?,
        Kind::Csv | Kind::Text => vec![text_table(&bytes)?],
        _ => return Err(DirectoryFault::NoTable),
    };
    sheets.retain(|sheet| !sheet.is_empty());
    if sheets.is_empty() { Err(DirectoryFault::Empty) } else { Ok(sheets) }
}

fn text_table(bytes: &[u8]) -> Result<Sheet, DirectoryFault> {
    let text = text_of(bytes, false).ok_or(DirectoryFault::NoTable)?;
    // One kind of line end, also at the end, so that lines can be counted.
    let text = text.replace("\r\n", "\n") + "\n";
    let separator = separator(&text).or_else(|| usual(&text)).unwrap_or(USUAL_SEPARATOR);
    let mut records = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .from_reader(text.as_bytes());
    let mut sheet = Sheet::default();
    let mut record = csv::StringRecord::new();
    let (mut cells, mut row, mut line) = (0, 0, 1);
    while records.read_record(&mut record).map_err(|_| DirectoryFault::Damaged)? {
        cells += record.len();
        if cells > CELLS {
            return Err(DirectoryFault::TooMany);
        }
        // Blank lines are rows to whoever opens the file in a program, and nothing to this reader.
        let within: usize = record.iter().map(|cell| cell.matches('\n').count()).sum();
        let lines = usize::try_from(records.position().line() - line).unwrap_or(ROWS);
        row += lines.saturating_sub(within + 1).min(ROWS);
        line = records.position().line();
        for (column, cell) in record.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            sheet.put(row, column, cell.to_owned())?;
        }
        row += 1;
    }
    Ok(sheet)
}

/// The separator that stands most often, for tables with a title above or separators inside of quotes.
fn usual(text: &str) -> Option<char> {
    let most =
        crate::kind::SEPARATORS.into_iter().max_by_key(|separator| text.matches(*separator).count())?;
    text.contains(most).then_some(most)
}
