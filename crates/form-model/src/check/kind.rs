//! Whether one answer suits the kind of its field. At most one problem an answer: the first that a
//! person has to mend.

use rust_decimal::Decimal;

use super::field::blocking;
use super::{Problem, mark, phone, rule_id};
use crate::count::characters;
use crate::date::{self, DateProblem};
use crate::definition::{Field, FieldKind, Unit};
use crate::id::AnswerId;
use crate::input::{NO, PROSE_MAX_CHARS, VALUE_MAX_CHARS, YES};
use crate::number::{self, Number, NumberProblem};
use crate::paste;
use crate::rule::Severity;

/// The problem of an answer that is not blank and not an allowed 无.
pub(super) fn problem(field: &Field, id: &AnswerId, text: &str) -> Option<Problem> {
    match &field.kind {
        FieldKind::Text { limit } => too_long(id, text, limit_or(*limit, VALUE_MAX_CHARS)),
        FieldKind::Prose { limit, .. } => too_long(id, text, limit_or(*limit, PROSE_MAX_CHARS)),
        FieldKind::Phone => (!phone::is_phone(text)).then(|| unsuitable(id, rule_id::PHONE, text)),
        FieldKind::Number { scale, min, max, unit } => number(id, text, *scale, *unit, (*min, *max)),
        FieldKind::Date { month_allowed } => date(id, text, *month_allowed),
        FieldKind::YesNo { disqualifying } => yes_no(id, text, disqualifying.as_deref()),
        FieldKind::Choice { options } => {
            (!options.iter().any(|option| option == text)).then(|| unsuitable(id, rule_id::OPTION, text))
        }
        FieldKind::Choices { .. } | FieldKind::Confirm | FieldKind::Calculated { .. } => None,
    }
}

/// A text of more characters than the limit.
pub(super) fn too_long(id: &AnswerId, text: &str, limit: usize) -> Option<Problem> {
    // A text of so few bytes can't be over; spares the counting in most cells.
    if text.len() <= limit {
        return None;
    }
    let count = characters(text);
    (count > limit).then(|| {
        blocking(id, rule_id::TOO_LONG).with("limit", limit).with("count", count).with("over", count - limit)
    })
}

fn limit_or(limit: Option<u32>, otherwise: usize) -> usize {
    limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(otherwise)
}

fn unsuitable(id: &AnswerId, rule: &str, text: &str) -> Problem {
    blocking(id, rule).with("text", mark::excerpt(text))
}

fn number(
    id: &AnswerId,
    text: &str,
    scale: u32,
    unit: Option<Unit>,
    (min, max): (Option<Decimal>, Option<Decimal>),
) -> Option<Problem> {
    let unsuitable = |rule| unsuitable(id, rule, text);
    let value = match number::parse(text) {
        Ok(Number::Value(value)) => value,
        Err(NumberProblem::TooManyDigits) => {
            return Some(unsuitable(rule_id::NUMBER).with("digits", number::MAX_DIGITS));
        }
        // 无 was dealt with where it is allowed.
        Ok(Number::None) | Err(NumberProblem::NotANumber | NumberProblem::Blank) => {
            let converted = unit.and_then(|unit| paste::convert(&paste::money(text)?, unit, None).ok());
            let problem = unsuitable(rule_id::NUMBER);
            return Some(match converted {
                Some(conversion) => problem.with("converted", conversion.rounded),
                None => problem,
            });
        }
    };
    let places = number::places(value);
    if places > scale {
        let rule = if scale == 0 { rule_id::WHOLE_NUMBER } else { rule_id::DECIMAL_PLACES };
        let suggestion = number::spell(number::round(value, scale), scale);
        let problem = unsuitable(rule).with("places", places).with("scale", scale);
        return Some(problem.with("suggestion", suggestion));
    }
    let bound = |rule, bound: Decimal| unsuitable(rule).with("bound", bound.normalize());
    match (min, max) {
        (Some(min), _) if value < min => Some(bound(rule_id::MINIMUM, min)),
        (_, Some(max)) if value > max => Some(bound(rule_id::MAXIMUM, max)),
        _ => None,
    }
}

fn date(id: &AnswerId, text: &str, month_allowed: bool) -> Option<Problem> {
    match date::parse(text) {
        Ok(date) if month_allowed || date.has_day() => None,
        Ok(_) => Some(unsuitable(id, rule_id::DATE_INCOMPLETE, text)),
        Err(DateProblem::NotADate | DateProblem::NoSuchDay) => Some(unsuitable(id, rule_id::DATE, text)),
    }
}

fn yes_no(id: &AnswerId, text: &str, disqualifying: Option<&str>) -> Option<Problem> {
    if ![YES, NO].contains(&text) {
        return Some(unsuitable(id, rule_id::OPTION, text));
    }
    (disqualifying == Some(text))
        .then(|| Problem::new(id.clone(), rule_id::DISQUALIFYING, Severity::Caution).with("value", text))
}
