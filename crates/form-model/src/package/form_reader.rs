//! Reads `form.toml`.

use super::draft::{Draft, FormPlan, Wanted};
use super::fault::{FaultKind, Place};
use super::source::start_of;
use super::table_reader::{Expected, Located, TableReader};
use crate::check::rule_id;
use crate::date;
use crate::definition::{Clause, EvidenceSlot};
use crate::directory::{Comparison, Figure};
use crate::id::{AnswerId, FieldId};
use crate::language::Language;

const FILE: &str = "form.toml";
/// Beginnings of texts that belong to no section.
const SECTIONS_RESERVED: [&str; 6] = ["form", "agency", "column", "evidence", "evidence_kind", "rule"];
const DATE: Expected = ("日期，例如 \"2026-08-15\"", "a date, such as \"2026-08-15\"");
const VERSION: Expected = ("三段版本号，例如 \"1.0.0\"", "three numbers, such as \"1.0.0\"");

/// What the form is and what it consists of; `None` when there is no `form.toml`.
pub(super) fn read(draft: &mut Draft<'_>) -> Option<FormPlan> {
    let table = draft.open(FILE, &start_of(FILE))?;
    draft.need("form.title", &table.place());
    let id = table.needed_text("id");
    let version = table.needed_text("version");
    if let Some(version) = &version {
        check_version(draft, version);
    }
    let name_answer = table.needed_text("name_answer");
    if let Some(answer) = &name_answer {
        draft.refer(answer, Wanted::Answer);
    }
    let deadline_answer = table.text("deadline_answer");
    if let Some(answer) = &deadline_answer {
        draft.refer(answer, Wanted::Date);
    }
    let plan = FormPlan {
        id: id.map(|id| id.value).unwrap_or_default(),
        version: version.map(|version| version.value).unwrap_or_default(),
        languages: languages(draft, &table),
        deadline: deadline(draft, &table),
        deadline_answer: deadline_answer.map(|answer| AnswerId(answer.value)),
        name_answer: AnswerId(name_answer.map(|answer| answer.value).unwrap_or_default()),
        agencies: agencies(draft, &table),
        sections: sections(draft, &table),
        evidence: evidence(draft, &table),
        clauses: clauses(draft, &table),
    };
    table.finish();
    Some(plan)
}

fn deadline(draft: &Draft<'_>, table: &TableReader<'_>) -> Option<String> {
    let deadline = table.text("deadline")?;
    let date = date::parse(&deadline.value).ok().filter(|date| date.has_day());
    if date.is_none_or(|date| date.to_string() != deadline.value) {
        let kind = FaultKind::WrongValue { key: "deadline".to_owned(), expected: DATE };
        draft.report(deadline.place, kind);
    }
    Some(deadline.value)
}

fn check_version(draft: &Draft<'_>, version: &Located<String>) {
    let parts: Vec<_> = version.value.split('.').map(str::parse::<u32>).collect();
    if parts.len() != 3 || parts.iter().any(Result::is_err) {
        let kind = FaultKind::WrongValue { key: "version".to_owned(), expected: VERSION };
        draft.report(version.place.clone(), kind);
    }
}

fn languages(draft: &Draft<'_>, table: &TableReader<'_>) -> Vec<Located<Language>> {
    let tags = needed_list(draft, table, "languages");
    tags.iter()
        .filter_map(|tag| {
            let language = Language::from_tag(&tag.value);
            if language.is_none() {
                let known = Language::ALL.map(|language| language.tag().to_owned()).to_vec();
                let word = tag.value.clone();
                let kind = FaultKind::UnknownWord { key: "languages".to_owned(), word, known };
                draft.report(tag.place.clone(), kind);
            }
            language.map(|value| Located { value, place: tag.place.clone() })
        })
        .collect()
}

fn agencies(draft: &mut Draft<'_>, table: &TableReader<'_>) -> Vec<String> {
    let agencies = needed_list(draft, table, "agencies");
    for agency in &agencies {
        draft.check_id(agency);
        draft.need(format!("agency.{}", agency.value), &agency.place);
    }
    agencies.into_iter().map(|agency| agency.value).collect()
}

fn sections(draft: &mut Draft<'_>, table: &TableReader<'_>) -> Vec<Located<String>> {
    let sections = needed_list(draft, table, "sections");
    for section in &sections {
        draft.check_id(section);
        draft.check_free(section, &SECTIONS_RESERVED);
        draft.need(format!("{}.title", section.value), &section.place);
    }
    sections
}

/// A list of ids that must be there, each once.
fn needed_list(draft: &Draft<'_>, table: &TableReader<'_>, key: &'static str) -> Vec<Located<String>> {
    let list = if table.need(key) { table.texts(key) } else { Vec::new() };
    draft.check_unique(&list);
    list
}

fn evidence(draft: &mut Draft<'_>, table: &TableReader<'_>) -> Vec<Located<EvidenceSlot>> {
    let mut slots = Vec::new();
    let mut ids = Vec::new();
    for slot in table.tables("evidence") {
        let place = slot.place();
        let id = slot.needed_text("id");
        let number = slot.need("number").then(|| slot.whole("number")).flatten();
        let field = slot.needed_text("field");
        if let Some(field) = &field {
            draft.refer(field, Wanted::Field);
        }
        let kinds = slot.texts("kinds");
        for kind in &kinds {
            draft.check_id(kind);
            draft.need(format!("evidence_kind.{}", kind.value), &kind.place);
        }
        let directory = directory(draft, &slot);
        slot.finish();
        let Some(id) = id else { continue };
        need_slot_texts(draft, &id.value, &place);
        ids.push(id.clone());
        let value = EvidenceSlot {
            id: id.value,
            number: number.unwrap_or_default(),
            field: FieldId(field.map(|field| field.value).unwrap_or_default()),
            kinds: kinds.into_iter().map(|kind| kind.value).collect(),
            directory,
        };
        slots.push(Located { value, place });
    }
    ids.iter().for_each(|id| draft.check_id(id));
    draft.check_unique(&ids);
    slots
}

/// Which figures of the form the slot's directory gives too.
fn directory(draft: &mut Draft<'_>, slot: &TableReader<'_>) -> Vec<Comparison> {
    let mut comparisons = Vec::new();
    let mut answers = Vec::new();
    for comparison in slot.tables("directory") {
        let answer = comparison.needed_text("answer");
        let total = comparison.needed_text("total").and_then(|total| figure(draft, &total));
        comparison.finish();
        if let Some(answer) = &answer {
            draft.refer(answer, Wanted::Number);
        }
        answers.extend(answer.clone());
        if let Some((answer, total)) = answer.zip(total) {
            comparisons.push(Comparison { answer: AnswerId(answer.value), total });
        }
    }
    draft.check_unique(&answers);
    comparisons
}

fn figure(draft: &Draft<'_>, total: &Located<String>) -> Option<Figure> {
    let figure = Figure::read(&total.value);
    if figure.is_none() {
        let (key, word) = ("total".to_owned(), total.value.clone());
        let kind = FaultKind::UnknownWord { key, word, known: Figure::known_names() };
        draft.report(total.place.clone(), kind);
    }
    figure
}

fn need_slot_texts(draft: &mut Draft<'_>, slot: &str, place: &Place) {
    draft.need(format!("evidence.{slot}.label"), place);
    draft.need(format!("evidence.{slot}.remark"), place);
}

fn clauses(draft: &mut Draft<'_>, table: &TableReader<'_>) -> Vec<Clause> {
    let mut citations = Vec::new();
    let mut clauses = Vec::new();
    for clause in table.tables("clause") {
        let citation = clause.needed_text("citation");
        let text = clause.needed_text("text");
        let checks = clause.texts("checks");
        for check in checks.iter().filter(|check| !rule_id::ALL.contains(&check.value.as_str())) {
            draft.report(
                check.place.clone(),
                FaultKind::UnknownWord {
                    key: "checks".to_owned(),
                    word: check.value.clone(),
                    known: rule_id::ALL.map(str::to_owned).to_vec(),
                },
            );
        }
        clause.finish();
        let (Some(citation), Some(text)) = (citation, text) else {
            continue;
        };
        draft.need(text.value.clone(), &text.place);
        citations.push(citation.clone());
        clauses.push(Clause {
            citation: citation.value,
            text: text.value,
            checks: checks.into_iter().map(|check| check.value).collect(),
        });
    }
    draft.check_unique(&citations);
    clauses
}
