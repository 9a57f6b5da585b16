//! The cells around an anchor as they are printed, for a pasted block to land on.

use std::collections::BTreeMap;
use std::mem::discriminant;

use crate::definition::{AnswerKind, Field, FieldKind, FormDefinition, Section};
use crate::id::AnswerId;
use crate::layout::{Block, Part, Row};

/// The answer cells of one table, row by row, and where the anchor is among them.
pub(super) struct Grid {
    /// Only cells that hold a value; each row begins with its first such cell.
    pub rows: Vec<Vec<AnswerId>>,
    pub anchor_row: usize,
    pub anchor_column: usize,
}

impl Grid {
    /// The printed table around the anchor; where the anchor is not printed in a table, the section's
    /// fields with as many columns; the anchor alone when it is no value.
    pub fn around(form: &FormDefinition, anchor: &AnswerId) -> Self {
        let alone = || Self { rows: vec![vec![anchor.clone()]], anchor_row: 0, anchor_column: 0 };
        let Some(section) = form.section(anchor.section()) else {
            return alone();
        };
        printed(form, section, anchor).or_else(|| listed(section, anchor)).unwrap_or_else(alone)
    }
}

/// Rows of the printed table that have a cell of the anchor's kind where the anchor's cell begins.
fn printed(form: &FormDefinition, section: &Section, anchor: &AnswerId) -> Option<Grid> {
    section.layout.blocks.iter().find_map(|block| {
        let Block::Table { rows, .. } = block else {
            return None;
        };
        let places = places(form, rows);
        let (_, at) = places.iter().flatten().find(|(answer, _)| answer == anchor)?.clone();
        let kind = |answer: &AnswerId| form.field_of(answer).map(|field| discriminant(&field.kind));
        let wanted = kind(anchor);
        let aligned = places
            .into_iter()
            .filter(|row| row.iter().any(|(answer, column)| *column == at && kind(answer) == wanted));
        let rows = aligned.map(|row| row.into_iter().map(|(answer, _)| answer).collect()).collect();
        locate(rows, anchor)
    })
}

/// The value cells of a table by row, each with the grid column where it begins.
fn places(form: &FormDefinition, rows: &[Row]) -> Vec<Vec<(AnswerId, usize)>> {
    // Grid columns that cells of earlier rows still cover, with how many rows they reach down.
    let mut covered: BTreeMap<usize, u16> = BTreeMap::new();
    let mut places = Vec::with_capacity(rows.len());
    for row in rows {
        let mut column = 0;
        let mut found = Vec::new();
        let mut reaching = BTreeMap::new();
        for cell in &row.cells {
            while covered.contains_key(&column) {
                column += 1;
            }
            let answers = cell.parts.iter().filter_map(value_part);
            found.extend(
                answers.filter(|answer| is_value(form, answer)).map(|answer| (answer, column)).next(),
            );
            let end = column + usize::from(cell.span);
            reaching.extend((column..end).map(|column| (column, cell.rows)));
            column = end;
        }
        covered.extend(reaching);
        covered = covered
            .into_iter()
            .filter(|(_, rows)| *rows > 1)
            .map(|(column, rows)| (column, rows - 1))
            .collect();
        places.push(found);
    }
    places
}

fn value_part(part: &Part) -> Option<AnswerId> {
    match part {
        Part::Answer(answer) => Some(AnswerId(answer.clone())),
        Part::Text(_) | Part::Label(_) | Part::Evidence(_) | Part::Break => None,
    }
}

fn is_value(form: &FormDefinition, answer: &AnswerId) -> bool {
    form.answer_kind(answer) == Some(AnswerKind::Value)
}

/// The fields of the section that have the anchor's number of columns, one a row.
fn listed(section: &Section, anchor: &AnswerId) -> Option<Grid> {
    let own = section.fields.iter().find(|field| field.answers().contains(anchor))?;
    let alike =
        section.fields.iter().filter(|field| holds_values(field) && field.columns.len() == own.columns.len());
    locate(alike.map(Field::answers).collect(), anchor)
}

fn holds_values(field: &Field) -> bool {
    !matches!(
        field.kind,
        FieldKind::Prose { .. }
            | FieldKind::Choices { .. }
            | FieldKind::Confirm
            | FieldKind::Calculated { .. }
    )
}

fn locate(rows: Vec<Vec<AnswerId>>, anchor: &AnswerId) -> Option<Grid> {
    let position = |row: &Vec<AnswerId>| row.iter().position(|answer| answer == anchor);
    let (anchor_row, anchor_column) =
        rows.iter().enumerate().find_map(|(index, row)| Some((index, position(row)?)))?;
    Some(Grid { rows, anchor_row, anchor_column })
}
