//! A directory (名录) as evidence: a table of enterprises whose columns add up to figures of the form.
//!
//! Which figure of the form stands for which sum of the directory is said by the form package
//! ([`crate::definition::EvidenceSlot::directory`]). Whoever reads the table stores its sums beside the file
//! ([`DirectoryTotals`]), so every desk and the hub can compare without it.

mod column;
mod figure;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::answer::{AnswerValue, Answers};
use crate::check::is_relevant;
use crate::definition::{EvidenceSlot, FieldKind, FormDefinition};
use crate::evidence::Entry;
use crate::id::AnswerId;
use crate::number::{self, Number};

pub use column::{Column, Unit, column_letters, column_of_letters};
pub use figure::Figure;

/// Places of a stored sum: revenues in 亿元 are exact to the yuan. The form's figures have fewer; sums are rounded to
/// them when they are compared, once.
pub const TOTAL_PLACES: u32 = 8;

/// Longest text of stored sums, in bytes: a form of ten years has three of 40 bytes for each.
const STORED_MAX_BYTES: usize = 4_096;

/// A figure of the form that a directory gives too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// A number of the form.
    pub answer: AnswerId,
    /// What it must be.
    pub total: Figure,
}

/// Where the columns of a sheet are, and from which row on its enterprises.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The first row of enterprises, from 0.
    pub first_row: usize,
    /// Which column of the sheet, from 0, holds what.
    pub columns: BTreeMap<Column, usize>,
    /// The unit of each revenue.
    pub units: BTreeMap<Column, Unit>,
}

impl Mapping {
    /// Says what a column of the sheet holds, or that it holds nothing that counts. What it held before goes, and so
    /// does the other column that held the same.
    pub fn assign(&mut self, index: usize, column: Option<Column>) {
        let units = &mut self.units;
        self.columns.retain(|known, at| {
            let stays = *at != index;
            if !stays && Some(*known) != column {
                units.remove(known);
            }
            stays
        });
        if let Some(column) = column {
            self.columns.insert(column, index);
            if matches!(column, Column::Revenue(_)) {
                self.units.entry(column).or_default();
            }
        }
    }

    /// What a column of the sheet holds.
    pub fn at(&self, index: usize) -> Option<Column> {
        self.columns.iter().find(|(_, at)| **at == index).map(|(column, _)| *column)
    }
}

/// What a directory adds up to, as it is stored beside its file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectoryTotals {
    /// How many cells could not be read; they are not in the sums.
    pub errors: u32,
    /// Exact decimals of at most [`TOTAL_PLACES`]; a figure for which the directory has no column is missing.
    pub figures: BTreeMap<Figure, String>,
}

impl DirectoryTotals {
    /// As it is stored.
    pub fn stored(&self) -> AnswerValue {
        // Texts and a number: serde_json has nothing to refuse.
        AnswerValue::Text(serde_json::to_string(self).unwrap_or_default())
    }

    /// Reads what is stored: one spelling only.
    pub fn read(stored: &str) -> Option<Self> {
        if stored.len() > STORED_MAX_BYTES {
            return None;
        }
        let totals: Self = serde_json::from_str(stored).ok()?;
        let exact = |text: &String| number::canonical(text, 0).is_ok_and(|spelled| spelled == *text);
        (totals.figures.values().all(exact) && totals.stored().as_text() == stored).then_some(totals)
    }

    fn value(&self, figure: Figure) -> Option<Decimal> {
        self.figures.get(&figure).and_then(|text| value(text))
    }
}

/// How a figure of the form and the directory's sum stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// They are the same, rounded to the form's places.
    Agrees,
    Differs,
    /// The form says nothing yet, or no number.
    Unfilled,
    /// The directory has no such column.
    Absent,
}

/// One figure of the form beside the directory's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    pub answer: AnswerId,
    pub figure: Figure,
    /// What the form says, as it is shown; empty when nothing.
    pub form: String,
    /// The directory's sum in the form's places, as it is shown; empty when it has none.
    pub directory: String,
    pub agreement: Agreement,
}

/// Holds the sums of a directory against the form's figures, in the form package's order. Figures that are not asked
/// for are left out.
pub fn compare(
    form: &FormDefinition,
    slot: &EvidenceSlot,
    answers: &Answers,
    totals: &DirectoryTotals,
) -> Vec<Compared> {
    let asked = |comparison: &&Comparison| {
        form.field_of(&comparison.answer).is_some_and(|field| is_relevant(field, answers))
    };
    slot.directory
        .iter()
        .filter(asked)
        .map(|comparison| compared(form, comparison, answers, totals))
        .collect()
}

fn compared(
    form: &FormDefinition,
    comparison: &Comparison,
    answers: &Answers,
    totals: &DirectoryTotals,
) -> Compared {
    let scale = match form.field_of(&comparison.answer).map(|field| &field.kind) {
        Some(FieldKind::Number { scale, .. }) => *scale,
        _ => 0,
    };
    let text = answers.text(&comparison.answer);
    let total = totals.value(comparison.total).map(|total| number::round(total, scale));
    let agreement = match (total, value(text)) {
        (None, _) => Agreement::Absent,
        (Some(_), None) => Agreement::Unfilled,
        (Some(total), Some(stated)) if total == stated => Agreement::Agrees,
        (Some(_), Some(_)) => Agreement::Differs,
    };
    Compared {
        answer: comparison.answer.clone(),
        figure: comparison.total,
        form: number::display(text),
        directory: total.map(|total| number::display(&number::spell(total, scale))).unwrap_or_default(),
        agreement,
    }
}

/// The number that a figure states; 无 states that there is nothing.
fn value(text: &str) -> Option<Decimal> {
    match number::parse(text) {
        Ok(Number::Value(value)) => Some(value),
        Ok(Number::None) => Some(Decimal::ZERO),
        Err(_) => None,
    }
}

/// The directory that counts: of those that stand in the slot, the last one in order.
pub fn standing(entries: &[Entry]) -> Option<(&Entry, &DirectoryTotals)> {
    let read = entries.iter().rev().filter(|entry| !entry.removed);
    read.filter_map(|entry| Some((entry, entry.totals.as_ref()?))).next()
}
