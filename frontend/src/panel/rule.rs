//! What an answer must be like, in words, from its definition.

use form_model::definition::{Field, FieldKind, Unit};
use form_model::language::Language;
use form_model::number;

use crate::text;

/// The rules of a field, one a line.
pub fn lines(field: &Field, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    let presence = if field.required { &text::RULE_REQUIRED } else { &text::RULE_OPTIONAL };
    lines.push(presence.of(language).to_owned());
    if field.required && field.none_allowed {
        lines.push(text::RULE_NONE.of(language).to_owned());
    }
    lines.extend(kind_lines(&field.kind, language));
    if !field.printed {
        lines.push(text::RULE_UNPRINTED.of(language).to_owned());
    }
    lines
}

fn kind_lines(kind: &FieldKind, language: Language) -> Vec<String> {
    match kind {
        FieldKind::Text { limit } | FieldKind::Prose { limit, .. } => limit
            .iter()
            .map(|limit| text::RULE_LIMIT.fill(language, &[("limit", &number::display(&limit.to_string()))]))
            .collect(),
        FieldKind::Number { scale, min, max, unit } => {
            let mut lines = vec![match scale {
                0 => text::RULE_WHOLE.of(language).to_owned(),
                scale => text::RULE_SCALE.fill(language, &[("scale", &scale.to_string())]),
            }];
            lines.extend(match (min, max) {
                (Some(min), Some(max)) => Some(
                    text::RULE_BETWEEN
                        .fill(language, &[("min", &min.to_string()), ("max", &max.to_string())]),
                ),
                (Some(min), None) => Some(text::RULE_MINIMUM.fill(language, &[("min", &min.to_string())])),
                (None, Some(max)) => Some(text::RULE_MAXIMUM.fill(language, &[("max", &max.to_string())])),
                (None, None) => None,
            });
            lines.extend(
                unit.map(|unit| text::RULE_UNIT.fill(language, &[("unit", unit_word(unit, language))])),
            );
            lines
        }
        FieldKind::Date { month_allowed } => {
            let rule = if *month_allowed { &text::RULE_MONTH } else { &text::RULE_DAY };
            vec![rule.of(language).to_owned()]
        }
        FieldKind::Choice { .. } => vec![text::RULE_ONE.of(language).to_owned()],
        FieldKind::Choices { .. } => vec![text::RULE_SEVERAL.of(language).to_owned()],
        FieldKind::Calculated { .. } => vec![text::RULE_CALCULATED.of(language).to_owned()],
        FieldKind::Phone | FieldKind::YesNo { .. } | FieldKind::Confirm => Vec::new(),
    }
}

/// The unit as the form writes it.
pub fn unit_word(unit: Unit, language: Language) -> &'static str {
    match unit {
        Unit::HundredMillionYuan => text::UNIT_HUNDRED_MILLION.of(language),
        Unit::TenThousandYuan => text::UNIT_TEN_THOUSAND.of(language),
        Unit::Percent => "%",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_says_its_decimals_its_bounds_and_its_unit() {
        let kind = FieldKind::Number {
            scale: 2,
            min: Some(0.into()),
            max: Some(100.into()),
            unit: Some(Unit::Percent),
        };
        let lines = kind_lines(&kind, Language::Chinese);
        assert_eq!(lines.len(), 3);
        assert!(lines[1].contains('0') && lines[1].contains("100"), "{lines:?}");
    }
}
