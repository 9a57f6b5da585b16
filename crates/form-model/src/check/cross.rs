//! The form package's checks across fields. Where two answers disagree the problem is reported at one of
//! them: at the count (not the names), at the later column, at the answer that exceeds its limit.

use rust_decimal::Decimal;

use super::{Problem, is_relevant};
use crate::answer::Answers;
use crate::count::is_blank;
use crate::definition::{FormDefinition, Section};
use crate::id::{AnswerId, FieldId};
use crate::number::{self, NONE_WORD, Number};
use crate::rule::{Rule, Test};

/// What the message of a rule may name in braces, by its test. `{subject}` is the answer's short name
/// and `{other}` that of the answer it is compared with.
pub fn placeholders(test: &Test) -> &'static [&'static str] {
    match test {
        Test::NoNamesWhenZero { .. } => &["subject", "other", "names"],
        Test::NamesMatchCount { .. } => &["subject", "other", "count", "names"],
        Test::Jump { .. } => &["subject", "before", "after", "before_column", "column", "factor"],
        Test::AtMost { .. } => &["subject", "other", "text", "bound"],
    }
}

/// The problems that the form's rules find at answers of this section.
pub(super) fn problems(form: &FormDefinition, section: &Section, answers: &Answers) -> Vec<Problem> {
    form.rules.iter().flat_map(|rule| violations(form, section, rule, answers)).collect()
}

fn violations(form: &FormDefinition, section: &Section, rule: &Rule, answers: &Answers) -> Vec<Problem> {
    let of = |answer: &AnswerId| {
        let mut problem = Problem::new(answer.clone(), &rule.id, rule.severity);
        problem.clause.clone_from(&rule.clause);
        problem
    };
    let pair = match &rule.test {
        Test::Jump { field, factor } => {
            let here = field.section() == section.id;
            return if here { jumps(form, field, *factor, answers, of) } else { Vec::new() };
        }
        Test::NoNamesWhenZero { count, names } | Test::NamesMatchCount { count, names } => [count, names],
        Test::AtMost { answer, limit } => [answer, limit],
    };
    if pair[0].section() != section.id || !asked(form, &pair, answers) {
        return Vec::new();
    }
    let found = match &rule.test {
        Test::NoNamesWhenZero { count, names } => names_at_zero(count, names, answers, of),
        Test::NamesMatchCount { count, names } => names_mismatch(form, count, names, answers, of),
        Test::AtMost { answer, limit } => above(answer, limit, answers, of),
        Test::Jump { .. } => None,
    };
    found.into_iter().collect()
}

fn names_at_zero(
    count: &AnswerId,
    names: &AnswerId,
    answers: &Answers,
    of: impl Fn(&AnswerId) -> Problem,
) -> Option<Problem> {
    let given = name_count(answers.text(names));
    let zero = stated_count(count, answers) == Some(Decimal::ZERO);
    (zero && given > 0).then(|| of(count).with("other", names).with("names", given))
}

fn above(
    answer: &AnswerId,
    limit: &AnswerId,
    answers: &Answers,
    of: impl Fn(&AnswerId) -> Problem,
) -> Option<Problem> {
    let shown = |id| number::display(answers.text(id));
    let above = value(answer, answers)? > value(limit, answers)?;
    above.then(|| of(answer).with("other", limit).with("text", shown(answer)).with("bound", shown(limit)))
}

/// Neighbouring columns that differ by the factor or more; reported at the later one. Zero, negative and
/// missing figures have no ratio.
fn jumps(
    form: &FormDefinition,
    field: &FieldId,
    factor: Decimal,
    answers: &Answers,
    of: impl Fn(&AnswerId) -> Problem,
) -> Vec<Problem> {
    let Some(field) = form.field(field).filter(|field| is_relevant(field, answers)) else {
        return Vec::new();
    };
    let pairs = field.columns.iter().zip(field.columns.iter().skip(1));
    let jump = |(earlier, later): (&String, &String)| {
        let (from, to) = (field.id.part(earlier), field.id.part(later));
        let (before, after) = (value(&from, answers)?, value(&to, answers)?);
        (before > Decimal::ZERO && after > Decimal::ZERO && differs(before, after, factor)).then(|| {
            of(&to)
                .with("before", number::display(answers.text(&from)))
                .with("after", number::display(answers.text(&to)))
                .with("before_column", earlier)
                .with("column", later)
                .with("factor", factor.normalize())
        })
    };
    pairs.filter_map(jump).collect()
}

fn differs(a: Decimal, b: Decimal, factor: Decimal) -> bool {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    // A product beyond what a decimal holds is beyond any stored figure.
    small.checked_mul(factor).is_some_and(|threshold| large >= threshold)
}

fn names_mismatch(
    form: &FormDefinition,
    count: &AnswerId,
    names: &AnswerId,
    answers: &Answers,
    of: impl Fn(&AnswerId) -> Problem,
) -> Option<Problem> {
    // A count that is none at all is the matter of the number's own rules.
    let stated = stated_count(count, answers)
        .filter(|stated| !stated.is_sign_negative() && number::places(*stated) == 0)?;
    let text = answers.text(names);
    if is_blank(text) {
        return None; // Names that are not there yet are the matter of `required`.
    }
    let given = name_count(text);
    let zero_is_ruled = form.rules.iter().any(
        |rule| matches!(&rule.test, Test::NoNamesWhenZero { count: c, names: n } if c == count && n == names),
    );
    let differs = Decimal::from(given) != stated && !(zero_is_ruled && stated.is_zero());
    differs.then(|| of(count).with("other", names).with("count", stated.normalize()).with("names", given))
}

/// Whether the fields of all these answers are asked.
fn asked(form: &FormDefinition, ids: &[&AnswerId], answers: &Answers) -> bool {
    ids.iter().all(|id| form.field_of(id).is_some_and(|field| is_relevant(field, answers)))
}

fn value(id: &AnswerId, answers: &Answers) -> Option<Decimal> {
    match number::parse(answers.text(id)) {
        Ok(Number::Value(value)) => Some(value),
        _ => None,
    }
}

/// The count that is stated; 无 is none at all.
fn stated_count(id: &AnswerId, answers: &Answers) -> Option<Decimal> {
    match number::parse(answers.text(id)) {
        Ok(Number::Value(value)) => Some(value),
        Ok(Number::None) => Some(Decimal::ZERO),
        Err(_) => None,
    }
}

/// How many names a list holds: split at 、，；, ; and line ends outside brackets and quotes. 无 is none.
fn name_count(text: &str) -> usize {
    let mut depth = 0_usize;
    let names = text.split(|char: char| match char {
        '（' | '(' | '《' | '“' | '〔' | '【' => {
            depth += 1;
            false
        }
        '）' | ')' | '》' | '”' | '〕' | '】' => {
            depth = depth.saturating_sub(1);
            false
        }
        '\n' => {
            depth = 0; // A bracket left open ends with its line.
            true
        }
        '、' | '，' | '；' | ',' | ';' => depth == 0,
        _ => false,
    });
    let named = |name: &&str| {
        let name = name.trim().trim_end_matches(['。', '.', '等']);
        name.chars().any(char::is_alphanumeric) && name != NONE_WORD
    };
    names.filter(named).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_counted_as_a_reader_would() {
        assert_eq!(name_count("国家重点实验室、国家工程研究中心"), 2);
        assert_eq!(name_count("甲中心（2023年、2024年认定）；乙中心\n丙中心。"), 3);
        assert_eq!(name_count("甲, 乙; 丙，"), 3);
        assert_eq!(name_count("甲（未完\n乙、丙"), 3);
        assert_eq!(name_count("无"), 0);
        assert_eq!(name_count("无。"), 0);
        assert_eq!(name_count(" \n、"), 0);
    }

    #[test]
    fn a_jump_is_the_factor_or_more_either_way() {
        let figure = Decimal::from;
        assert!(differs(figure(12), figure(120), figure(10)));
        assert!(differs(figure(120), figure(12), figure(10)));
        assert!(!differs(figure(12), figure(119), figure(10)));
        assert!(!differs(Decimal::MAX, Decimal::MAX, figure(10)));
    }
}
