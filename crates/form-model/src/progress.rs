//! How far an application is, section by section.

use serde::{Deserialize, Serialize};

use crate::answer::Answers;
use crate::check::{Problem, check_section, is_relevant, rule_id};
use crate::count::is_blank;
use crate::definition::{Field, FieldKind, FormDefinition, Section};
use crate::id::AnswerId;
use crate::member::FormPart;

/// How far one section is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionProgress {
    /// The section's id.
    pub section: String,
    /// Required fields that are fully answered (a table row: in every column).
    pub answered: u32,
    /// Required fields that are asked under the present answers.
    pub required: u32,
    /// Blocking problems of what is filled in; what is still missing does not count.
    pub problems: u32,
    pub status: SectionStatus,
}

/// What the task list says of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionStatus {
    /// Nothing is filled in.
    Untouched,
    InProgress,
    /// All required fields are answered, and nothing is wrong.
    Complete,
    /// Something that is filled in must be mended.
    Problem,
}

/// How far a whole application is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalProgress {
    pub answered: u32,
    pub required: u32,
    pub problems: u32,
}

/// The progress of every section, counted or not, in printed order.
pub fn progress(form: &FormDefinition, answers: &Answers) -> Vec<SectionProgress> {
    form.sections.iter().map(|section| section_progress(form, section, answers)).collect()
}

/// The sum over the counted sections.
pub fn total(form: &FormDefinition, answers: &Answers) -> TotalProgress {
    let counted = form.sections.iter().filter(|section| section.counted);
    counted.map(|section| section_progress(form, section, answers)).fold(
        TotalProgress::default(),
        |sum, part| TotalProgress {
            answered: sum.answered + part.answered,
            required: sum.required + part.required,
            problems: sum.problems + part.problems,
        },
    )
}

/// How far a part is that was handed out: a section or one field.
pub fn part(form: &FormDefinition, answers: &Answers, part: &FormPart) -> TotalProgress {
    within(form, answers, part.section(), |answer| part.holds(answer))
}

/// How far that of a section is which lies in none of the parts.
pub fn rest(form: &FormDefinition, answers: &Answers, section: &str, parts: &[&FormPart]) -> TotalProgress {
    within(form, answers, section, |answer| !parts.iter().any(|part| part.holds(answer)))
}

fn within(
    form: &FormDefinition,
    answers: &Answers,
    section: &str,
    holds: impl Fn(&AnswerId) -> bool,
) -> TotalProgress {
    let Some(section) = form.section(section) else { return TotalProgress::default() };
    let mut problems = check_section(form, &section.id, answers);
    problems.retain(|problem| holds(&problem.answer));
    let asked = |field: &&Field| holds(&field.id.answer()) && is_asked(field, answers);
    let required: Vec<_> = section.fields.iter().filter(asked).collect();
    TotalProgress {
        answered: count(required.iter().filter(|field| is_answered(field, &problems)).count()),
        required: count(required.len()),
        problems: wrong(&problems),
    }
}

/// How many problems have to be mended.
fn wrong(problems: &[Problem]) -> u32 {
    count(problems.iter().filter(|problem| problem.blocks() && !problem.is_missing()).count())
}

fn section_progress(form: &FormDefinition, section: &Section, answers: &Answers) -> SectionProgress {
    let problems = check_section(form, &section.id, answers);
    let required: Vec<_> = section.fields.iter().filter(|field| is_asked(field, answers)).collect();
    let answered = count(required.iter().filter(|field| is_answered(field, &problems)).count());
    let required = count(required.len());
    let wrong = wrong(&problems);
    let touched =
        section.fields.iter().any(|field| field.answers().iter().any(|id| says_something(id, answers)));
    let status = match () {
        () if wrong > 0 => SectionStatus::Problem,
        () if !touched => SectionStatus::Untouched,
        () if answered == required => SectionStatus::Complete,
        () => SectionStatus::InProgress,
    };
    SectionProgress { section: section.id.clone(), answered, required, problems: wrong, status }
}

/// Whether a person has to answer the field.
fn is_asked(field: &Field, answers: &Answers) -> bool {
    let stored = !matches!(field.kind, FieldKind::Calculated { .. });
    stored && field.required && is_relevant(field, answers)
}

/// A required field is answered when the check neither misses nor refuses all of it.
fn is_answered(field: &Field, problems: &[Problem]) -> bool {
    let mut ids = field.answers();
    ids.push(field.id.answer());
    let unanswered = [rule_id::REQUIRED, rule_id::CONFIRM, rule_id::WRONG_KIND];
    !problems
        .iter()
        .any(|problem| unanswered.contains(&problem.rule.as_str()) && ids.contains(&problem.answer))
}

fn says_something(id: &AnswerId, answers: &Answers) -> bool {
    answers.flag(id) || !is_blank(answers.text(id))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
