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
    let headings = match form.field_of(anchor) {
        Some(Field { kind: FieldKind::Number { .. }, columns, .. }) => Headings::find(block, columns),
        _ => Headings::default(),
    };
    let mut plan = Plan::default();
    for (row, cells) in block.iter().enumerate().skip(headings.rows) {
        for (column, text) in cells.iter().enumerate().skip(headings.columns) {
            if text.is_empty() {
                continue;
            }
            match target(&grid, block, &headings, row, column).and_then(|id| Some((id, form.field_of(id)?))) {
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
    /// `years` are the columns of the form: what names one of them is a heading, not a figure.
    fn find(block: &[Vec<String>], years: &[String]) -> Self {
        let has_figure =
            |row: &Vec<String>| row.iter().any(|cell| is_figure(cell)) && !are_years(row.iter(), years);
        let Some(rows) = block.iter().position(has_figure) else {
            return Self::default();
        };
        let body = &block[rows..];
        let is_label = |column: usize| {
            let cells = body.iter().filter_map(|row| row.get(column));
            cells.clone().all(|cell| !is_figure(cell)) || are_years(cells, years)
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

    /// The unit that the labels beside a cell, the headings above it, or a title of the block names.
    fn unit(&self, block: &[Vec<String>], row: usize, column: usize) -> Option<Amount> {
        let headings = &block[..self.rows];
        let beside = block[row].iter().take(self.columns);
        let above = headings.iter().filter_map(|row| row.get(column));
        let corner = headings.iter().flat_map(|row| row.iter().take(self.columns));
        let titles = headings.iter().filter_map(|row| {
            let mut filled = row.iter().filter(|cell| !cell.is_empty());
            filled.next().filter(|_| filled.next().is_none())
        });
        beside.chain(above).chain(corner).chain(titles).find_map(|heading| unit_of(heading))
    }
}

/// The form's cell for a cell of the block; none where a year is named that the form does not ask for.
fn target<'g>(
    grid: &'g Grid,
    block: &[Vec<String>],
    headings: &Headings,
    row: usize,
    column: usize,
) -> Option<&'g AnswerId> {
    let across = grid.anchor_column + column - headings.columns;
    if let Some(year) = headings.row_year(block, row) {
        return of_year(grid, across, year);
    }
    let cells = grid.rows.get(grid.anchor_row + row - headings.rows)?;
    match headings.column_year(block, column) {
        Some(year) => cells.iter().find(|answer| is_of(answer, year)),
        None => cells.get(across),
    }
}

/// The cell of that year, of the field at `across` in the anchor's row, whether its years run down or
/// across the form. Where they run across, only one figure a year has a place: the anchor's.
fn of_year<'g>(grid: &'g Grid, across: usize, year: &str) -> Option<&'g AnswerId> {
    let row = grid.rows.get(grid.anchor_row)?;
    let field = field_path(row.get(across)?);
    let taken = across > grid.anchor_column && field == field_path(row.get(grid.anchor_column)?);
    let mut cells = grid.rows.iter().flatten();
    cells.find(|answer| !taken && is_of(answer, year) && field_path(answer) == field)
}

/// The path of a table cell's field.
fn field_path(answer: &AnswerId) -> &str {
    answer.as_str().rsplit_once('.').map_or("", |(field, _)| field)
}

/// Whether the answer stands in that year's column.
fn is_of(answer: &AnswerId, year: &str) -> bool {
    answer.as_str().rsplit('.').next() == Some(year)
}

/// The year that a heading names: `2023年`, `2023 年度`, `2023`.
fn year(heading: &str) -> Option<&str> {
    let heading = heading.trim();
    let digits = heading.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    matches!(heading[4..].trim(), "" | "年" | "年度").then_some(digits)
}

/// Whether the filled cells are years and nothing else, one of them at least a column of the form.
fn are_years<'b>(cells: impl Iterator<Item = &'b String> + Clone, years: &[String]) -> bool {
    let filled = cells.filter(|cell| !cell.is_empty());
    let named = filled.clone().filter_map(|cell| year(cell));
    named.clone().count() == filled.count() && named.into_iter().any(|year| years.iter().any(|y| y == year))
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
