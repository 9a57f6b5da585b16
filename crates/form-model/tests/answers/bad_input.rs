//! Bad input, case by case (`bad_input.json`): each is kept as typed and gives exactly one problem, by
//! one rule, at one answer, with a sentence that a person can act on.

use std::collections::BTreeSet;

use form_model::check::{Problem, check, rule_id};
use form_model::language::Language;
use serde::Deserialize;
use serde_json::Value;

use crate::support::{enter, form, sample};

/// How many cases there are at the least.
const FEWEST_CASES: usize = 60;

/// What is entered into the sample application, and the one problem that follows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// Answers as typed (see [`enter`]); `{ "repeat": [text, times] }` stands for a long text.
    typed: Value,
    answer: String,
    rule: String,
    /// Part of the Chinese sentence.
    says: String,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("bad_input.json")).unwrap()
}

fn problems(case: &Case) -> Vec<Problem> {
    let mut answers = sample();
    for (path, typed) in case.typed.as_object().unwrap() {
        enter(&mut answers, path, &written_out(typed));
    }
    check(form(), &answers)
}

fn written_out(typed: &Value) -> Value {
    let Some(repeat) = typed.get("repeat") else {
        return typed.clone();
    };
    let (text, times): (String, usize) = serde_json::from_value(repeat.clone()).unwrap();
    Value::String(text.repeat(times))
}

#[test]
fn each_gives_exactly_one_problem_by_its_rule_at_its_answer() {
    let mut failures = Vec::new();
    for case in cases() {
        let problems = problems(&case);
        let found: Vec<_> = problems.iter().map(|p| (p.answer.as_str(), p.rule.as_str())).collect();
        if found != [(case.answer.as_str(), case.rule.as_str())] {
            failures.push(format!("{}: {found:?}", case.name));
            continue;
        }
        let chinese = problems[0].sentence(form(), Language::Chinese);
        if !chinese.contains(&case.says) {
            failures.push(format!("{}: {chinese}", case.name));
        }
        for sentence in [chinese, problems[0].sentence(form(), Language::English)] {
            if sentence.contains(['{', '}']) || sentence.contains("rule.") {
                failures.push(format!("{}: a blank is left in: {sentence}", case.name));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_cases_are_many_differ_in_name_and_try_every_rule() {
    let cases = cases();
    assert!(cases.len() >= FEWEST_CASES, "only {} cases", cases.len());
    let names: BTreeSet<_> = cases.iter().map(|case| &case.name).collect();
    assert_eq!(names.len(), cases.len());
    let tried: BTreeSet<_> = cases.iter().map(|case| case.rule.as_str()).collect();
    // Of files no case can be typed: see the tests of evidence and of directories.
    let of_files = [rule_id::EVIDENCE, rule_id::DIRECTORY];
    let typed = rule_id::ALL.iter().filter(|rule| !of_files.contains(rule));
    let missing: Vec<_> = typed.filter(|rule| !tried.contains(*rule)).collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}

#[test]
fn only_cautions_leave_finalising_open() {
    let cautions = [rule_id::DIRECTION_MARK, rule_id::DISQUALIFYING, rule_id::UNKNOWN_ANSWER];
    for case in cases().iter().filter(|case| rule_id::ALL.contains(&case.rule.as_str())) {
        for problem in problems(case) {
            assert_eq!(problem.blocks(), !cautions.contains(&problem.rule.as_str()), "{}", case.name);
        }
    }
}
