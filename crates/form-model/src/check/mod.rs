//! What is wrong with the answers of an application. Never blocks an edit; blocking problems block
//! finalising, cautions ask a person to confirm.
//!
//! Built-in rules, by id: see [`rule_id`]. Checks across fields come from the form package under ids of
//! their own ([`crate::rule::Rule`]).

mod cross;
mod directory;
mod field;
mod kind;
mod mark;
mod phone;
mod sentence;
mod subject;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

pub use cross::placeholders;
pub use subject::{short_label, subject};

use crate::answer::{AnswerValue, Answers};
use crate::definition::{Field, FormDefinition, Section};
use crate::evidence::{self, SlotState};
use crate::id::AnswerId;
use crate::language::Language;
use crate::rule::Severity;

/// The ids of the built-in rules.
pub mod rule_id {
    pub const REQUIRED: &str = "required";
    pub const NUMBER: &str = "number";
    pub const DECIMAL_PLACES: &str = "decimal_places";
    pub const WHOLE_NUMBER: &str = "whole_number";
    pub const MINIMUM: &str = "minimum";
    pub const MAXIMUM: &str = "maximum";
    pub const TOO_LONG: &str = "too_long";
    pub const DATE: &str = "date";
    pub const DATE_INCOMPLETE: &str = "date_incomplete";
    pub const PHONE: &str = "phone";
    pub const OPTION: &str = "option";
    pub const OTHER_TEXT: &str = "other_text";
    pub const CONFIRM: &str = "confirm";
    pub const UNREADABLE_CHARACTER: &str = "unreadable_character";
    pub const WRONG_KIND: &str = "wrong_kind";
    /// Caution: invisible marks that turn the direction of the text.
    pub const DIRECTION_MARK: &str = "direction_mark";
    /// Caution: an answer that may disqualify.
    pub const DISQUALIFYING: &str = "disqualifying";
    /// Caution: the form has no such answer.
    pub const UNKNOWN_ANSWER: &str = "unknown_answer";
    /// A slot of evidence that the answers call for is empty.
    pub const EVIDENCE: &str = "evidence";
    /// Caution: a directory among the evidence gives another figure.
    pub const DIRECTORY: &str = "directory";
    /// All of them.
    pub const ALL: [&str; 20] = [
        REQUIRED,
        NUMBER,
        DECIMAL_PLACES,
        WHOLE_NUMBER,
        MINIMUM,
        MAXIMUM,
        TOO_LONG,
        DATE,
        DATE_INCOMPLETE,
        PHONE,
        OPTION,
        OTHER_TEXT,
        CONFIRM,
        UNREADABLE_CHARACTER,
        WRONG_KIND,
        DIRECTION_MARK,
        DISQUALIFYING,
        UNKNOWN_ANSWER,
        EVIDENCE,
        DIRECTORY,
    ];
}

/// The value of a caution's facet when the answer is a flag.
const CONFIRMED_FLAG: &str = "true";

/// One thing that is wrong with one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where. For a multiple choice with nothing ticked: the field's own path, at which nothing is stored.
    pub answer: AnswerId,
    /// A built-in rule ([`rule_id`]) or the id of a rule of the form package.
    pub rule: String,
    /// Where the notice says so.
    pub clause: Option<String>,
    pub severity: Severity,
    /// A caution that a person has confirmed for the answer as it stands.
    pub confirmed: bool,
    /// Figures and texts of the sentence, the same in every language; long texts are cut.
    pub details: BTreeMap<String, String>,
}

impl Problem {
    /// Whether finalising has to wait for this.
    pub fn blocks(&self) -> bool {
        self.severity == Severity::Blocking
    }

    /// Whether something is not filled in yet, rather than filled in wrongly.
    pub fn is_missing(&self) -> bool {
        let rule = self.rule.as_str();
        // A 无 that is no answer here is filled in, wrongly; it comes with its text.
        matches!(rule, rule_id::CONFIRM | rule_id::EVIDENCE)
            || rule == rule_id::REQUIRED && !self.details.contains_key("text")
    }

    /// What to store, and where, to confirm this caution for the answer as it stands.
    pub fn confirmation(&self, answers: &Answers) -> (AnswerId, AnswerValue) {
        let value = AnswerValue::Text(confirmed_text(self, answers));
        (self.answer.with_facet(&self.rule), value)
    }

    /// What, where, what to do, and the notice's clause in brackets.
    pub fn sentence(&self, form: &FormDefinition, language: Language) -> String {
        sentence::sentence(self, form, language)
    }

    fn new(answer: AnswerId, rule: &str, severity: Severity) -> Self {
        Self {
            answer,
            rule: rule.to_owned(),
            clause: None,
            severity,
            confirmed: false,
            details: BTreeMap::new(),
        }
    }

    fn with(mut self, key: &str, value: impl fmt::Display) -> Self {
        self.details.insert(key.to_owned(), value.to_string());
        self
    }
}

/// The problems of all counted sections in printed order, then the answers that the form does not know.
pub fn check(form: &FormDefinition, answers: &Answers) -> Vec<Problem> {
    let counted = form.sections.iter().filter(|section| section.counted);
    let mut problems: Vec<_> = counted.flat_map(|section| section_problems(form, section, answers)).collect();
    problems.extend(unknown_answers(form, answers));
    problems
}

/// A problem for each slot of evidence that the answers call for and that is empty, in printed order. Kept apart from
/// [`check`]: a section can be filled in before its papers are there.
pub fn missing_evidence(form: &FormDefinition, answers: &Answers) -> Vec<Problem> {
    let missing = evidence::slots(form, answers).into_iter().filter(SlotState::is_missing);
    missing
        .map(|state| {
            let clause = form.clause_of_check(rule_id::EVIDENCE).map(str::to_owned);
            let problem = Problem::new(state.slot.field.answer(), rule_id::EVIDENCE, Severity::Blocking)
                .with("slot", &state.slot.id)
                .with("number", state.slot.number);
            Problem { clause, ..problem }
        })
        .collect()
}

/// The problems of one section, counted or not, in printed order. Empty when there is no such section.
pub fn check_section(form: &FormDefinition, section: &str, answers: &Answers) -> Vec<Problem> {
    form.section(section).map_or_else(Vec::new, |section| section_problems(form, section, answers))
}

/// Whether the field is asked at all under these answers.
pub fn is_relevant(field: &Field, answers: &Answers) -> bool {
    field.relevant.as_ref().is_none_or(|condition| condition.holds(answers))
}

fn section_problems(form: &FormDefinition, section: &Section, answers: &Answers) -> Vec<Problem> {
    let relevant = section.fields.iter().filter(|field| is_relevant(field, answers));
    let mut problems: Vec<Problem> = relevant
        .flat_map(|field| {
            let found = field::problems(field, answers).into_iter();
            found.map(move |problem| Problem { clause: cited(form, field, &problem.rule), ..problem })
        })
        .collect();
    problems.extend(cross::problems(form, section, answers));
    problems.extend(directory::problems(form, section, answers));
    for problem in &mut problems {
        confirm(problem, answers);
    }
    let positions = positions(section);
    problems.sort_by_key(|problem| positions.get(&problem.answer.base()).copied());
    problems
}

/// The clause that the check itself rests on, or else the one that asks for the field. Faults of the
/// text itself rest on no clause.
fn cited(form: &FormDefinition, field: &Field, rule: &str) -> Option<String> {
    const OF_THE_TEXT: [&str; 3] =
        [rule_id::UNREADABLE_CHARACTER, rule_id::DIRECTION_MARK, rule_id::WRONG_KIND];
    let own = if OF_THE_TEXT.contains(&rule) { None } else { field.clause.as_deref() };
    form.clause_of_check(rule).or(own).map(str::to_owned)
}

/// Where each answer of the section is printed; a field's own path stands before its answers.
fn positions(section: &Section) -> BTreeMap<AnswerId, usize> {
    let ids = section.fields.iter().flat_map(|field| {
        let own = field.id.answer();
        let answers = field.answers();
        let stored_itself = answers.contains(&own);
        (!stored_itself).then_some(own).into_iter().chain(answers)
    });
    ids.enumerate().map(|(position, id)| (id, position)).collect()
}

/// A caution is confirmed while its facet equals what was confirmed: a later edit voids it.
fn confirm(problem: &mut Problem, answers: &Answers) {
    let facet = problem.answer.with_facet(&problem.rule);
    problem.confirmed = problem.severity == Severity::Caution
        && answers.get(&facet).is_some_and(|said| match said {
            AnswerValue::Text(text) => *text == confirmed_text(problem, answers),
            AnswerValue::Flag(_) => false,
        });
}

/// The answer's present text; where a directory's sum is confirmed beside it, both.
fn confirmed_text(problem: &Problem, answers: &Answers) -> String {
    let text = match answers.get(&problem.answer) {
        Some(AnswerValue::Text(text)) => text.clone(),
        Some(AnswerValue::Flag(_)) => CONFIRMED_FLAG.to_owned(),
        None => String::new(),
    };
    match problem.details.get(directory::TOTAL) {
        Some(total) => format!("{text} | {total}"),
        None => text,
    }
}

/// Answers at paths that the form does not have: nothing of them is printed or signed off, so a person
/// should know.
fn unknown_answers(form: &FormDefinition, answers: &Answers) -> Vec<Problem> {
    let known: BTreeSet<AnswerId> = form.fields().flat_map(Field::answers).collect();
    let asked = |id: &AnswerId| known.contains(&id.base()) || form.field_of(id).is_some();
    let unknown = answers.0.iter().filter(|(id, value)| !value.is_blank() && !asked(id));
    unknown
        .map(|(id, _)| {
            let mut problem = Problem::new(id.clone(), rule_id::UNKNOWN_ANSWER, Severity::Caution)
                .with("id", mark::excerpt(id.as_str()));
            confirm(&mut problem, answers);
            problem
        })
        .collect()
}
