//! Where things stand in a printed table: cells on the grid, the way of the arrow keys, room for remarks.

use form_model::id::AnswerId;
use form_model::layout::{Block, Cell, Layout, Part, Row};

/// A cell of a table on its grid.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'a> {
    pub cell: &'a Cell,
    pub row: usize,
    pub column: usize,
}

/// Puts a table's cells on its grid as HTML does: each takes the first place of its row that no cell from above
/// covers.
pub fn place(rows: &[Row], columns: usize) -> Vec<Vec<Placed<'_>>> {
    // For each grid column: how many rows from here on are covered from above.
    let mut covered = vec![0_usize; columns];
    let mut placed = Vec::with_capacity(rows.len());
    for (row, line) in rows.iter().enumerate() {
        let mut next = covered.iter().map(|rows| rows.saturating_sub(1)).collect::<Vec<_>>();
        let mut column = 0;
        let mut cells = Vec::with_capacity(line.cells.len());
        for cell in &line.cells {
            while covered.get(column).is_some_and(|rows| *rows > 0) {
                column += 1;
            }
            cells.push(Placed { cell, row, column });
            let end = (column + usize::from(cell.span)).min(columns);
            for rows in next.iter_mut().take(end).skip(column) {
                *rows = usize::from(cell.rows).saturating_sub(1);
            }
            column += usize::from(cell.span);
        }
        covered = next;
        placed.push(cells);
    }
    placed
}

/// How wide each cell of an extra row right under `row` must be, in grid columns, so that it fills what no cell
/// from above covers: runs of free columns as (start, length).
pub fn free_runs(placed: &[Vec<Placed<'_>>], columns: usize, row: usize) -> Vec<(usize, usize)> {
    let covers = |column: usize| {
        placed.iter().take(row + 1).flatten().any(|cell| {
            let across = cell.column..cell.column + usize::from(cell.cell.span);
            across.contains(&column) && cell.row + usize::from(cell.cell.rows) > row + 1
        })
    };
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for column in (0..columns).filter(|column| !covers(*column)) {
        match runs.last_mut() {
            Some((start, length)) if *start + *length == column => *length += 1,
            _ => runs.push((column, 1)),
        }
    }
    runs
}

/// A direction of the arrow keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    Up,
    Down,
    Left,
    Right,
}

/// The answers of a section's tables by row and column, for moving as in a spreadsheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    /// Answer, row (counted through all tables), first grid column, grid columns covered.
    cells: Vec<(AnswerId, usize, usize, usize)>,
}

impl Grid {
    /// The grid of the printed bodies of some sections, in order.
    pub fn new<'a>(layouts: impl IntoIterator<Item = &'a Layout>) -> Self {
        let mut cells = Vec::new();
        let mut above = 0;
        for block in layouts.into_iter().flat_map(|layout| &layout.blocks) {
            let Block::Table { columns, rows } = block else { continue };
            for placed in place(rows, columns.len()).into_iter().flatten() {
                for part in &placed.cell.parts {
                    if let Part::Answer(id) = part {
                        let span = usize::from(placed.cell.span);
                        cells.push((AnswerId(id.clone()), above + placed.row, placed.column, span));
                    }
                }
            }
            above += rows.len();
        }
        Self { cells }
    }

    /// The next answer in that direction: in the same row for left and right, else in the nearest row that has
    /// one over the same columns.
    pub fn neighbour(&self, from: &AnswerId, to: Move) -> Option<&AnswerId> {
        let here = self.cells.iter().position(|cell| cell.0 == *from)?;
        let (_, row, column, span) = self.cells.get(here)?;
        let found = match to {
            Move::Left => self.cells[..here].last().filter(|cell| cell.1 == *row),
            Move::Right => self.cells.get(here + 1).filter(|cell| cell.1 == *row),
            Move::Up => {
                let over = self.cells[..here].iter().rev().filter(|cell| cell.1 < *row);
                nearest(over, *column, *span)
            }
            Move::Down => {
                let under = self.cells[here..].iter().filter(|cell| cell.1 > *row);
                nearest(under, *column, *span)
            }
        };
        found.map(|cell| &cell.0)
    }
}

type GridCell = (AnswerId, usize, usize, usize);

/// The first cell that stands over or under the given columns.
fn nearest<'a>(
    mut cells: impl Iterator<Item = &'a GridCell>,
    column: usize,
    span: usize,
) -> Option<&'a GridCell> {
    cells.find(|cell| cell.2 < column + span && column < cell.2 + cell.3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(span: u16, rows: u16, answer: Option<&str>) -> Cell {
        let parts = answer.map(|id| Part::Answer(id.into())).into_iter().collect();
        Cell { span, rows, head: answer.is_none(), parts }
    }

    /// A label over two rows beside two rows of two years, then a row over the whole width.
    fn rows() -> Vec<Row> {
        vec![
            Row { cells: vec![cell(1, 2, None), cell(1, 1, Some("a.2023")), cell(1, 1, Some("a.2024"))] },
            Row { cells: vec![cell(1, 1, Some("b.2023")), cell(1, 1, Some("b.2024"))] },
            Row { cells: vec![cell(1, 1, None), cell(2, 1, Some("c"))] },
        ]
    }

    fn grid() -> Grid {
        Grid::new([&Layout { blocks: vec![Block::Table { columns: vec![2, 1, 1], rows: rows() }] }])
    }

    fn go(from: &str, to: Move) -> Option<String> {
        grid().neighbour(&AnswerId(from.into()), to).map(|id| id.0.clone())
    }

    #[test]
    fn a_cell_from_above_pushes_the_next_row_to_the_right() {
        let rows = rows();
        let placed = place(&rows, 3);
        assert_eq!(placed[1].iter().map(|cell| cell.column).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(placed[2].iter().map(|cell| cell.column).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn a_remark_row_fills_what_the_label_beside_it_leaves_free() {
        let rows = rows();
        let placed = place(&rows, 3);
        assert_eq!(free_runs(&placed, 3, 0), [(1, 2)]);
        assert_eq!(free_runs(&placed, 3, 1), [(0, 3)]);
    }

    #[test]
    fn arrows_move_along_rows_and_columns_and_stop_at_the_edge() {
        assert_eq!(go("a.2024", Move::Down).as_deref(), Some("b.2024"));
        assert_eq!(go("b.2024", Move::Down).as_deref(), Some("c"));
        assert_eq!(go("c", Move::Up).as_deref(), Some("b.2024"));
        assert_eq!(go("a.2023", Move::Right).as_deref(), Some("a.2024"));
        assert_eq!(go("a.2024", Move::Right), None);
        assert_eq!(go("a.2023", Move::Up), None);
    }
}
