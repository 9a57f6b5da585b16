//! Workbooks of Excel and WPS.

use std::io::{Cursor, Read};

use calamine::{Data, DataRef, Reader, Xls, Xlsx};
use cfb::CompoundFile;

use super::sheet::{CELLS, COLUMNS, ROWS};
use super::{DirectoryFault, Sheet};
use crate::guard::guarded;
use crate::kind::Kind;

/// Sheets that are looked at; templates bring a few for notes and lists of options.
const SHEETS: usize = 16;
/// A workbook's stream in the old format is read as a whole to weigh it.
const STREAM_BYTES: u64 = 64 << 20;
/// Records of the old format that hold one cell, its row and column first (MS-XLS 2.4).
const CELL_RECORDS: [u16; 9] = [0x0006, 0x0203, 0x027e, 0x00fd, 0x0204, 0x0205, 0x00d6, 0x00bd, 0x00be];

/// The sheets of a workbook.
///
/// # Errors
/// When it cannot be read, or has more than a directory.
pub(super) fn sheets(kind: Kind, bytes: Vec<u8>) -> Result<Vec<Sheet>, DirectoryFault> {
    let read = guarded(|| {
        if kind != Kind::Xls {
            return xlsx_sheets(bytes);
        }
        weigh_xls(&bytes)?;
        xls_sheets(bytes)
    });
    read.unwrap_or(Err(DirectoryFault::Damaged))
}

/// The sheets of a workbook in the new format. Cells are read one by one: a range would have room for every cell
/// between the first and the last, and two cells can be a billion apart.
fn xlsx_sheets(bytes: Vec<u8>) -> Result<Vec<Sheet>, DirectoryFault> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|_| DirectoryFault::Damaged)?;
    let mut cells = 0;
    let mut sheets = Vec::new();
    for name in workbook.sheet_names().into_iter().take(SHEETS) {
        // A sheet may also be a chart.
        let Ok(mut reader) = workbook.worksheet_cells_reader(&name) else { continue };
        let mut sheet = Sheet { name, rows: Vec::new() };
        while let Some(cell) = reader.next_cell().map_err(|_| DirectoryFault::Damaged)? {
            let text = text(&Data::from(cell.get_value().clone()));
            if matches!(cell.get_value(), DataRef::Empty) || text.is_empty() {
                continue;
            }
            cells += 1;
            if cells > CELLS {
                return Err(DirectoryFault::TooMany);
            }
            let (row, column) = cell.get_position();
            let place = usize::try_from(row).ok().zip(usize::try_from(column).ok());
            let (row, column) = place.ok_or(DirectoryFault::TooMany)?;
            sheet.put(row, column, text)?;
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// Weighs a workbook in the old format, whose reader makes whole ranges. What lies between the records that are in a
/// row here, and is found there by an offset, is bounded by the process alone.
///
/// # Errors
/// When a cell lies beyond what a directory has, so that the range around it would be large.
fn weigh_xls(bytes: &[u8]) -> Result<(), DirectoryFault> {
    let damaged = |_| DirectoryFault::Damaged;
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(damaged)?;
    let name = if file.exists("/Workbook") { "/Workbook" } else { "/Book" };
    let mut stream = Vec::new();
    let source = file.open_stream(name).map_err(damaged)?;
    source.take(STREAM_BYTES).read_to_end(&mut stream).map_err(damaged)?;
    let (mut widest, mut lowest) = (0, 0);
    let mut rest = stream.as_slice();
    while let [a, b, c, d, after @ ..] = rest {
        let (kind, length) = (u16::from_le_bytes([*a, *b]), usize::from(u16::from_le_bytes([*c, *d])));
        let Some((record, next)) = after.split_at_checked(length) else { break };
        if let (true, [a, b, c, d, ..]) = (CELL_RECORDS.contains(&kind), record) {
            lowest = lowest.max(usize::from(u16::from_le_bytes([*a, *b])));
            widest = widest.max(usize::from(u16::from_le_bytes([*c, *d])));
        }
        rest = next;
    }
    let small = lowest < ROWS && widest < COLUMNS && (lowest + 1) * (widest + 1) <= 2 * CELLS;
    if small { Ok(()) } else { Err(DirectoryFault::TooMany) }
}

/// The sheets of a workbook in the old format.
fn xls_sheets(bytes: Vec<u8>) -> Result<Vec<Sheet>, DirectoryFault> {
    let mut workbook = Xls::new(Cursor::new(bytes)).map_err(|_| DirectoryFault::Damaged)?;
    let mut sheets = Vec::new();
    for name in workbook.sheet_names().into_iter().take(SHEETS) {
        let Ok(range) = workbook.worksheet_range(&name) else { continue };
        let (first_row, first_column) = range.start().unwrap_or_default();
        let place = usize::try_from(first_row).ok().zip(usize::try_from(first_column).ok());
        let (first_row, first_column) = place.ok_or(DirectoryFault::TooMany)?;
        let mut sheet = Sheet { name, rows: Vec::new() };
        for (row, column, cell) in range.used_cells() {
            sheet.put(first_row + row, first_column + column, text(cell))?;
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// A cell as a person sees it, or nearly: whole numbers without a point, dates as days. What a formula could not work
/// out is shown as it is there (`#DIV/0!`), so that it is told and not taken for a blank.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::Error(error) => error.to_string(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.trim().to_owned(),
        Data::Bool(set) => if *set { "是" } else { "否" }.to_owned(),
        Data::DateTime(time) => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            format!("{year}-{month:02}-{day:02}")
        }
        number => number.to_string(),
    }
}
