//! Whether a directory among the evidence gives the figures that the form states.

use super::{Problem, mark, rule_id};
use crate::answer::Answers;
use crate::definition::{EvidenceSlot, FormDefinition, Section};
use crate::directory::{Agreement, compare, standing};
use crate::evidence::entries;
use crate::rule::Severity;

/// The detail that holds the directory's sum.
pub(super) const TOTAL: &str = "total";

/// A caution at each answer of this section that the directory contradicts.
pub(super) fn problems(form: &FormDefinition, section: &Section, answers: &Answers) -> Vec<Problem> {
    let here = |slot: &&EvidenceSlot| {
        slot.directory.iter().any(|comparison| comparison.answer.section() == section.id)
    };
    form.evidence.iter().filter(here).flat_map(|slot| contradictions(form, section, slot, answers)).collect()
}

fn contradictions(
    form: &FormDefinition,
    section: &Section,
    slot: &EvidenceSlot,
    answers: &Answers,
) -> Vec<Problem> {
    let entries = entries(answers, &slot.field);
    let Some((entry, totals)) = standing(&entries) else { return Vec::new() };
    let compared = compare(form, slot, answers, totals).into_iter();
    let differing = compared.filter(|one| one.agreement == Agreement::Differs);
    let clause = form.clause_of_check(rule_id::DIRECTORY);
    differing
        .filter(|one| one.answer.section() == section.id)
        .map(|one| {
            let problem = Problem::new(one.answer, rule_id::DIRECTORY, Severity::Caution)
                .with("text", one.form)
                .with(TOTAL, one.directory)
                .with("number", slot.number)
                .with("file", mark::excerpt(&entry.file.name));
            Problem { clause: clause.map(str::to_owned), ..problem }
        })
        .collect()
}
