//! The checklist of evidence on the real form.

use form_model::answer::{AnswerValue, Answers};
use form_model::check::{missing_evidence, rule_id};
use form_model::definition::FormDefinition;
use form_model::evidence::{Attribute, EntryId, EvidenceFile, EvidenceKey, REMOVED, slots};
use form_model::id::FieldId;
use form_model::language::Language;

use crate::support::{form, id, sample};

fn key(field: &str, entry: u8, attribute: Attribute) -> EvidenceKey {
    EvidenceKey { field: FieldId(field.to_owned()), entry: EntryId::new([entry; 8]), attribute }
}

fn add(answers: &mut Answers, field: &str, entry: u8) {
    let file = EvidenceFile {
        name: "审计报告.pdf".to_owned(),
        sha256: format!("{entry:02x}").repeat(32),
        size: 10,
        kind: "application/pdf".to_owned(),
    };
    answers.set(key(field, entry, Attribute::Facts).answer(), Some(file.stored()));
}

#[test]
fn the_filled_sample_without_files_lacks_what_its_figures_call_for() {
    let problems = missing_evidence(form(), &sample());
    assert_eq!(problems.len(), form().evidence.len(), "the sample has no figure of 0");
    let first = &problems[0];
    assert!(first.blocks() && first.is_missing() && first.rule == rule_id::EVIDENCE);
    let sentence = first.sentence(form(), Language::Chinese);
    assert!(sentence.starts_with("佐证材料 1“"), "{sentence}");
    assert!(first.sentence(form(), Language::English).starts_with("Evidence 1, “"));
}

#[test]
fn a_file_fills_its_slot_until_it_is_taken_out() {
    let mut answers = sample();
    add(&mut answers, "basics.revenue", 1);
    let missing = |answers: &Answers| missing_evidence(form(), answers).len();
    assert_eq!(missing(&answers), form().evidence.len() - 1);
    answers.set(
        key("basics.revenue", 1, Attribute::Removed).answer(),
        Some(AnswerValue::Text(REMOVED.to_owned())),
    );
    assert_eq!(missing(&answers), form().evidence.len());
    assert_eq!(slots(form(), &answers)[0].removed.len(), 1);
}

#[test]
fn a_slot_lacks_a_kind_only_where_its_form_demands_that_kind() {
    let mut answers = sample();
    add(&mut answers, "basics.revenue", 1);
    let of_first = |form: &FormDefinition, answers: &Answers| {
        let problems = missing_evidence(form, answers).into_iter();
        problems.filter(|problem| problem.answer == id("basics.revenue")).collect::<Vec<_>>()
    };
    assert_eq!(of_first(form(), &answers), [], "填报说明 4: any of the kinds will do");
    let mut strict = form().clone();
    strict.evidence[0].demanded = vec!["third_party".to_owned()];
    let problems = of_first(&strict, &answers);
    let sentence = problems[0].sentence(&strict, Language::Chinese);
    assert!(sentence.contains("还缺：第三方机构出具的证明"), "{sentence}");
    let kind = key("basics.revenue", 1, Attribute::Kind).answer();
    answers.set(kind, Some(AnswerValue::Text("third_party".to_owned())));
    assert_eq!(of_first(&strict, &answers), []);
    let states = slots(&strict, &answers);
    assert_eq!((states[0].count_of("third_party"), states[0].count_of("")), (1, 0));
}

#[test]
fn what_says_that_there_is_nothing_calls_for_no_paper() {
    let mut answers = sample();
    let field = "openness.overseas_offices";
    let asked = |answers: &Answers| {
        let state = slots(form(), answers).into_iter().find(|state| state.slot.field.0 == field);
        state.unwrap().asked
    };
    for (figures, expected) in [(["无", "0", "0.00"], false), (["无", "1", "0"], true), (["", "", ""], true)]
    {
        for (year, figure) in ["2023", "2024", "2025"].into_iter().zip(figures) {
            let answer = id(&format!("{field}.{year}"));
            answers.set(answer, Some(AnswerValue::Text(figure.to_owned())));
        }
        assert_eq!(asked(&answers), expected, "{figures:?}");
    }
}
