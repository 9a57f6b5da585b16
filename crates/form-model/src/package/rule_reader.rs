//! Reads rules, conditions and calculations.

use rust_decimal::Decimal;

use super::draft::{Draft, FormPlan, Wanted};
use super::fault::FaultKind;
use super::field_reader::referred;
use super::table_reader::{Expected, TableReader};
use crate::check::rule_id;
use crate::condition::Condition;
use crate::id::{AnswerId, FieldId, NOTE_FACET};
use crate::rule::{Calculation, Rule, Severity, Test};

const TESTS: [&str; 4] = ["no_names_when_zero", "names_match_count", "jump", "at_most"];
const CALCULATIONS: [&str; 3] = ["sum", "share_of", "join"];
const FACTOR: Expected = ("大于 1 的数", "a number above 1");
const CONDITION: Expected = (
    "一个条件，例如 { answer = \"…\", is = \"yes\" }、{ ticked = \"…\" }、{ answered = \"…\" }、{ all = […] }、{ any = […] } 或 { not = {…} }",
    "one condition, such as { answer = \"…\", is = \"yes\" }, { ticked = \"…\" }, { answered = \"…\" }, { all = […] }, { any = […] } or { not = {…} }",
);

/// Reads a `[[rule]]` into the draft.
pub(super) fn read(draft: &mut Draft<'_>, form: &FormPlan, table: TableReader<'_>) {
    let place = table.place();
    let id = table.needed_text("id");
    let severity = table.needed_word("severity", &["blocking", "caution"]);
    let clause = clause(draft, form, &table);
    let test = table.need("test").then(|| table.table("test")).flatten();
    let test = test.and_then(|test| read_test(draft, test));
    table.finish();
    let Some(id) = id else { return };
    draft.check_id(&id);
    // A rule's id names the facet that confirms its caution, beside those of the built-in rules.
    draft.check_free(&id, &rule_id::ALL);
    draft.check_free(&id, &[NOTE_FACET]);
    draft.need(format!("rule.{}", id.value), &place);
    if let Some(first) = draft.rule_places.get(&id.value) {
        let kind = FaultKind::DuplicateId { id: id.value, first: first.clone() };
        return draft.report(id.place, kind);
    }
    draft.rule_places.insert(id.value.clone(), place);
    if let (Some(severity), Some(test)) = (severity, test) {
        let severity = match severity.value.as_str() {
            "blocking" => Severity::Blocking,
            _ => Severity::Caution,
        };
        draft.rules.push(Rule { id: id.value, severity, clause, test });
    }
}

/// The clause that a field or rule cites.
pub(super) fn clause(draft: &Draft<'_>, form: &FormPlan, table: &TableReader<'_>) -> Option<String> {
    let clause = table.text("clause")?;
    if !form.clauses.iter().any(|known| known.citation == clause.value) {
        draft.report(
            clause.place,
            FaultKind::UnknownWord {
                key: "clause".to_owned(),
                word: clause.value.clone(),
                known: form.clauses.iter().map(|known| known.citation.clone()).collect(),
            },
        );
    }
    Some(clause.value)
}

fn read_test(draft: &mut Draft<'_>, table: TableReader<'_>) -> Option<Test> {
    let kind = table.needed_word("type", &TESTS)?;
    let test = match kind.value.as_str() {
        "no_names_when_zero" => {
            names(draft, &table).map(|(count, names)| Test::NoNamesWhenZero { count, names })
        }
        "names_match_count" => {
            names(draft, &table).map(|(count, names)| Test::NamesMatchCount { count, names })
        }
        "jump" => jump(draft, &table),
        _ => {
            let answer = referred(draft, &table, "answer", Wanted::Number);
            let limit = referred(draft, &table, "limit", Wanted::Number);
            answer
                .zip(limit)
                .map(|(answer, limit)| Test::AtMost { answer: AnswerId(answer), limit: AnswerId(limit) })
        }
    };
    table.finish();
    test
}

fn jump(draft: &mut Draft<'_>, table: &TableReader<'_>) -> Option<Test> {
    let field = referred(draft, table, "field", Wanted::NumberRow);
    let factor = table.need("factor").then(|| table.decimal("factor")).flatten();
    if factor.is_some_and(|factor| factor <= Decimal::ONE) {
        table.report_wrong("factor", FACTOR);
    }
    let (field, factor) = field.zip(factor)?;
    Some(Test::Jump { field: FieldId(field), factor })
}

fn names(draft: &mut Draft<'_>, table: &TableReader<'_>) -> Option<(AnswerId, AnswerId)> {
    let count = referred(draft, table, "count", Wanted::Number);
    let names = referred(draft, table, "names", Wanted::Text);
    count.zip(names).map(|(count, names)| (AnswerId(count), AnswerId(names)))
}

/// Reads a condition.
pub(super) fn condition(draft: &mut Draft<'_>, table: TableReader<'_>) -> Option<Condition> {
    let condition = if table.has("answer") {
        let is = table.needed_text("is").map(|is| is.value);
        let wanted = is.clone().map_or(Wanted::Answer, Wanted::Is);
        let answer = referred(draft, &table, "answer", wanted);
        answer.zip(is).map(|(answer, is)| Condition::Is { answer: AnswerId(answer), is })
    } else if table.has("ticked") {
        let ticked = referred(draft, &table, "ticked", Wanted::Flag);
        ticked.map(|ticked| Condition::Ticked { ticked: AnswerId(ticked) })
    } else if table.has("answered") {
        let answered = referred(draft, &table, "answered", Wanted::Answer);
        answered.map(|answered| Condition::Answered { answered: AnswerId(answered) })
    } else if table.has("all") {
        Some(Condition::All { all: conditions(draft, table.tables("all")) })
    } else if table.has("any") {
        Some(Condition::Any { any: conditions(draft, table.tables("any")) })
    } else if table.has("not") {
        let not = table.table("not").and_then(|not| condition(draft, not));
        not.map(|not| Condition::Not { not: Box::new(not) })
    } else {
        let kind = FaultKind::WrongValue { key: "relevant".to_owned(), expected: CONDITION };
        table.report(table.place(), kind);
        return None;
    };
    table.finish();
    condition
}

fn conditions(draft: &mut Draft<'_>, tables: Vec<TableReader<'_>>) -> Vec<Condition> {
    tables.into_iter().filter_map(|table| condition(draft, table)).collect()
}

/// Reads the `calculation` of a calculated field.
pub(super) fn calculation(draft: &mut Draft<'_>, field: &TableReader<'_>) -> Option<Calculation> {
    let table = field.need("calculation").then(|| field.table("calculation")).flatten()?;
    let kind = table.needed_word("type", &CALCULATIONS)?;
    let calculation = match kind.value.as_str() {
        "sum" => Some(Calculation::Sum { of: answers(draft, &table, || Wanted::Number) }),
        "share_of" => {
            let of = referred(draft, &table, "of", Wanted::NumberField);
            let percent = referred(draft, &table, "percent", Wanted::NumberField);
            of.zip(percent)
                .map(|(of, percent)| Calculation::ShareOf { of: FieldId(of), percent: FieldId(percent) })
        }
        _ => Some(Calculation::Join { of: answers(draft, &table, || Wanted::Answer) }),
    };
    table.finish();
    calculation
}

fn answers(draft: &mut Draft<'_>, table: &TableReader<'_>, wanted: fn() -> Wanted) -> Vec<AnswerId> {
    let answers = table.texts("of");
    for answer in &answers {
        draft.refer(answer, wanted());
    }
    answers.into_iter().map(|answer| AnswerId(answer.value)).collect()
}
