//! Values computed from other answers: shown and exported, never stored. Exact decimals.

use rust_decimal::Decimal;

use crate::answer::Answers;
use crate::definition::{Field, FieldKind, FormDefinition};
use crate::id::{AnswerId, FieldId};
use crate::number::{self, Number};
use crate::rule::Calculation;

/// Places that a calculated share is rounded to, halves away from zero: what the form asks of a figure
/// with a fraction (填报说明 2). Sums are exact.
const SHARE_SCALE: u32 = 2;

/// The value of a calculated field, in `column` where it has columns. `None` while an answer that it
/// needs is missing or no number, when the result is too large to be exact, or when the field is not
/// calculated.
pub fn value(
    form: &FormDefinition,
    field: &Field,
    column: Option<&str>,
    answers: &Answers,
) -> Option<String> {
    let FieldKind::Calculated { calculation } = &field.kind else {
        return None;
    };
    match calculation {
        Calculation::Sum { of } => {
            let sum = of.iter().try_fold(Decimal::ZERO, |sum, id| sum.checked_add(figure(id, answers)?))?;
            Some(number::spell(sum, SHARE_SCALE))
        }
        Calculation::ShareOf { of, percent } => {
            let whole = figure(&cell(form, of, column)?, answers)?;
            let percent = figure(&cell(form, percent, column)?, answers)?;
            let share = whole.checked_mul(percent)?.checked_div(Decimal::ONE_HUNDRED)?;
            Some(number::spell(number::round(share, SHARE_SCALE), SHARE_SCALE))
        }
        Calculation::Join { of } => {
            let texts: Vec<_> =
                of.iter().map(|id| answers.text(id).trim()).filter(|text| !text.is_empty()).collect();
            (!texts.is_empty()).then(|| texts.join(" "))
        }
    }
}

/// The answer of a field in the column, or its only answer where it has no columns.
fn cell(form: &FormDefinition, field: &FieldId, column: Option<&str>) -> Option<AnswerId> {
    let field = form.field(field)?;
    match column {
        Some(column) if field.columns.iter().any(|known| known == column) => Some(field.id.part(column)),
        _ if field.columns.is_empty() => Some(field.id.answer()),
        _ => None,
    }
}

/// A numeric answer; 无 adds nothing.
fn figure(id: &AnswerId, answers: &Answers) -> Option<Decimal> {
    match number::parse(answers.text(id)) {
        Ok(Number::Value(value)) => Some(value),
        Ok(Number::None) => Some(Decimal::ZERO),
        Err(_) => None,
    }
}
