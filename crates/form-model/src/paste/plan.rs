//! Which pasted cell goes where.

use super::grid::Grid;
use super::money::{Amount, convert, money, unit_of};
use crate::definition::{Field, FieldKind, FormDefinition, Unit};
use crate::id::AnswerId;
use crate::input;
use crate::number::{self, Number};

/// What a paste would do; shown before it is done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// In the block's order. Blank cells change nothing and are left out.
    pub cells: Vec<Planned>,
    /// What finds no cell on the form.
    pub unfit: Vec<Unfit>,
}

/// One pasted cell and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub answer: AnswerId,
    /// As it would be stored if nothing is converted.
    pub text: String,
    /// The amount that was pasted, where the cell or its heading names a unit other than the field's: to
    /// be offered for conversion with [`convert`].
    pub amount: Option<Amount>,
}

/// A pasted cell without a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// Row and column in the pasted block, from 0.
    pub row: usize,
    pub column: usize,
    pub text: String,
}

/// Maps a pasted block (see [`super::table`]) onto the form's cells, its first figure on the anchor.
/// Heading rows and label columns before figures are recognised and left out; where headings name years,
/// each figure goes to its year, in whatever order the block has them.
pub fn plan(form: &FormDefinition, anchor: &AnswerId, block: &[Vec<String>]) -> Plan {
    let grid = Grid::around(form, anchor);
    let figures =
        form.field_of(anchor).is_some_and(|field| matches!(field.kind, FieldKind::Number { .. }));
    let headings = if figures { Headings::find(block) } else { Headings::default() };
    let mut plan = Plan::default();
    for (row, cells) in block.iter().enumerate().skip(headings.rows) {
        for (column, text) in cells.iter().enumerate().skip(headings.columns) {
            if text.is_empty() {
                continue;
            }
            match target(&grid, block, &headings, row, column)
                .and_then(|id| Some((id, form.field_of(id)?)))
            {
                Some((answer, field)) => plan.cells.push(Planned {
                    answer: answer.clone(),
                    text: input::normalise(field, answer, text),
                    amount: amount(field, text, || headings.unit(block, row, column)),
                }),
                None => plan.unfit.push(Unfit { row, column, text: text.clone() }),
            }
        }
    }
    plan
}

/// How many rows and columns at the block's start are headings.
#[derive(Clone, Copy, Default)]
struct Headings {
    rows: usize,
    columns: usize,
}

impl Headings {
    fn find(block: &[Vec<String>]) -> Self {
        let has_figure =
            |row: &Vec<String>| row.iter().any(|cell| is_figure(cell)) && !is_years(row);
        let Some(rows) = block.iter().position(has_figure) else {
            return Self::default();
        };
        let body = &block[rows..];
        let is_label = |column: usize| {
            body.iter().all(|row| row.get(column).is_none_or(|cell| !is_figure(cell)))
                || body.len() > 1
                    && body.iter().all(|row| row.get(column).is_some_and(|cell| is_bare_year(cell)))
        };
        let width = body.iter().map(Vec::len).max().unwrap_or(0);
        let columns = (0..width).take_while(|column| is_label(*column)).count();
        Self { rows, columns }
    }

    /// The year that the headings above a column name.
    fn column_year<'b>(&self, block: &'b [Vec<String>], column: usize) -> Option<&'b str> {
        block[..self.rows].iter().find_map(|row| year(row.get(column)?))
    }

    /// The year that the labels beside a row name.
    fn row_year<'b>(&self, block: &'b [Vec<String>], row: usize) -> Option<&'b str> {
        block.get(row)?.iter().take(self.columns).find_map(|cell| year(cell))
    }

    /// The unit that the labels beside a cell, those above it, or the block's heading names.
    fn unit(&self, block: &[Vec<String>], row: usize, column: usize) -> Option<Amount> {
        let beside = block[row].iter().take(self.columns);
        let above = block[..self.rows].iter().filter_map(|row| row.get(column));
        let anywhere = block[..self.rows].iter().flatten().filter(|_| self.rows > 0);
        beside.chain(above).chain(anywhere).find_map(|heading| unit_of(heading))
    }
}

fn target<'g>(
    grid: &'g Grid,
    block: &[Vec<String>],
    headings: &Headings,
    row: usize,
    column: usize,
) -> Option<&'g AnswerId> {
    let across = grid.anchor_column + column - headings.columns;
    if let Some(year) = headings.row_year(block, row) {
        let named =
            grid.rows.iter().filter_map(|row| row.get(across)).find(|answer| is_of(answer, year));
        if named.is_some() {
            return named;
        }
    }
    let cells = grid.rows.get(grid.anchor_row + row - headings.rows)?;
    match headings.column_year(block, column) {
        Some(year) => cells.iter().find(|answer| is_of(answer, year)),
        None => cells.get(across),
    }
}

/// Whether the answer stands in that year's column.
fn is_of(answer: &AnswerId, year: &str) -> bool {
    answer.as_str().rsplit('.').next() == Some(year)
}

/// The year that a heading names: `2023年`, `2023 年度`, `2023`.
fn year(heading: &str) -> Option<&str> {
    let heading = heading.trim();
    let digits =
        heading.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    matches!(heading[4..].trim(), "" | "年" | "年度").then_some(digits)
}

fn is_bare_year(cell: &str) -> bool {
    year(cell).is_some_and(|year| ("1990".."2100").contains(&year))
}

/// A heading row: nothing but years, at least two of them.
fn is_years(row: &[String]) -> bool {
    let filled: Vec<_> = row.iter().filter(|cell| is_figure(cell) || is_bare_year(cell)).collect();
    filled.len() > 1 && filled.iter().all(|cell| is_bare_year(cell))
}

/// Something for a number cell: a number, perhaps with a percent sign or money's unit; 无.
fn is_figure(cell: &str) -> bool {
    let bare = cell.trim().trim_end_matches(['%', '％']);
    number::parse(bare).is_ok() || money(cell).is_some()
}

/// The pasted amount, where it is in another unit than the field's.
fn amount(field: &Field, text: &str, heading: impl Fn() -> Option<Amount>) -> Option<Amount> {
    let FieldKind::Number { unit: Some(unit), .. } = field.kind else {
        return None;
    };
    if unit == Unit::Percent {
        return None;
    }
    let stated = match number::parse(text) {
        Ok(Number::Value(figure)) => heading().map(|unit| Amount { figure, ..unit }),
        Ok(Number::None) => None,
        Err(_) => money(text),
    };
    stated.filter(|amount| !is_in(amount, unit))
}

/// Whether the amount is in the field's unit already.
fn is_in(amount: &Amount, unit: Unit) -> bool {
    let one = Amount { figure: rust_decimal::Decimal::ONE, ..*amount };
    convert(&one, unit, None).is_ok_and(|conversion| conversion.exact == "1")
}
