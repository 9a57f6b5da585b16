//! Where a table begins and what its columns hold: a proposal that a person can change.

use super::column::{named, unit, year};
use super::{Column, DirectoryFault, Mapping, Sheet, Unit};

/// A heading stands within so many rows: below a title, a unit and who made the table.
const WITHIN_ROWS: usize = 20;

/// The sheet that looks most like a directory over these years, and what its columns seem to hold. The unit of a
/// revenue is that of its heading, else that of the table, else 万元.
///
/// # Errors
/// When no sheet has a row that names the enterprises' column.
pub fn propose(sheets: &[Sheet], years: &[u16]) -> Result<(usize, Mapping), DirectoryFault> {
    let proposals =
        sheets.iter().enumerate().filter_map(|(index, sheet)| Some((index, mapping(sheet, years)?)));
    let more = |best: (usize, Mapping), next: (usize, Mapping)| {
        if next.1.columns.len() > best.1.columns.len() { next } else { best }
    };
    proposals.reduce(more).ok_or(DirectoryFault::NoHeading)
}

/// The row that names most columns, alone or with the row above it that it divides.
fn mapping(sheet: &Sheet, years: &[u16]) -> Option<Mapping> {
    let rows = 0..sheet.rows.len().min(WITHIN_ROWS);
    let alone = |row| {
        Some(headed(sheet, row, false, years)).filter(|mapping| mapping.columns.contains_key(&Column::Name))
    };
    // A name below the heading of names is an enterprise, not a part of the heading.
    let divided = |row| {
        let mapping = headed(sheet, row, true, years);
        let names = *mapping.columns.get(&Column::Name)?;
        sheet.cell(row, names).is_empty().then_some(mapping)
    };
    let proposals = rows.flat_map(|row| [alone(row), divided(row)]).flatten();
    // Of equals the first: `max_by_key` would take the last.
    proposals.reduce(|best, next| if next.columns.len() > best.columns.len() { next } else { best })
}

/// What the columns hold by the headings in that row; `divided`: below the headings of the row above.
fn headed(sheet: &Sheet, row: usize, divided: bool, years: &[u16]) -> Mapping {
    let mut mapping = Mapping { first_row: row + 1, ..Mapping::default() };
    let table_unit = (0..=row).flat_map(|row| &sheet.rows[row]).find_map(|cell| stated_unit(cell));
    let width = sheet.rows[row].len().max(if divided && row > 0 { sheet.rows[row - 1].len() } else { 0 });
    let mut above = "";
    for index in 0..width {
        let below = sheet.cell(row, index);
        let heading = if divided && row > 0 {
            let upper = sheet.cell(row - 1, index);
            // A merged cell has its text in its first column only.
            if !upper.is_empty() {
                above = upper;
            }
            if below.is_empty() || year(below, years).is_none() {
                format!("{upper}{below}")
            } else {
                format!("{above}{below}")
            }
        } else {
            below.to_owned()
        };
        let Some(column) = named(&heading, years) else { continue };
        // Of two columns with one meaning the first counts; a person can choose the other.
        mapping.columns.entry(column).or_insert(index);
        if matches!(column, Column::Revenue(_)) {
            let unit = unit(&heading).or(table_unit).unwrap_or_default();
            mapping.units.entry(column).or_insert(unit);
        }
    }
    mapping
}

/// The unit that a line such as `（单位：万元）` states for the whole table. `填报单位：…` names an office.
fn stated_unit(cell: &str) -> Option<Unit> {
    let inner = cell.trim_matches(|char: char| char.is_whitespace() || "()（）".contains(char));
    let (label, stated) = inner.split_once([':', '：'])?;
    let label = label.trim();
    let of_money = matches!(label, "单位" | "金额单位" | "计量单位" | "货币单位");
    (of_money && stated.trim().ends_with('元')).then(|| unit(stated)).flatten()
}
