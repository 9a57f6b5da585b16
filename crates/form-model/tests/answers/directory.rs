//! A directory's sums beside the form's figures, on the real form.

use form_model::answer::{AnswerValue, Answers};
use form_model::check::{Problem, check, rule_id};
use form_model::directory::{Agreement, Column, DirectoryTotals, Figure, Mapping, Unit, compare};
use form_model::evidence::{Attribute, EntryId, EvidenceFile, EvidenceKey, REMOVED};
use form_model::language::Language;

use crate::support::{form, id, sample};

/// What the sample's own figures would be as a directory's sums.
fn agreeing() -> DirectoryTotals {
    let answers = sample();
    let slot = form().directory_slot().unwrap();
    let figures = slot.directory.iter().map(|one| (one.total, answers.text(&one.answer).to_owned()));
    DirectoryTotals { errors: 0, figures: figures.collect() }
}

fn key(entry: u8, attribute: Attribute) -> EvidenceKey {
    let field = form().directory_slot().unwrap().field.clone();
    EvidenceKey { field, entry: EntryId::new([entry; 8]), attribute }
}

fn add(answers: &mut Answers, entry: u8, totals: &DirectoryTotals) {
    let file = EvidenceFile {
        name: format!("名录{entry}.xlsx"),
        sha256: format!("{entry:02x}").repeat(32),
        size: 10,
        kind: "text/csv".to_owned(),
    };
    answers.set(key(entry, Attribute::Facts).answer(), Some(file.stored()));
    answers.set(key(entry, Attribute::Order).answer(), Some(AnswerValue::Text(format!("{entry}"))));
    answers.set(key(entry, Attribute::Totals).answer(), Some(totals.stored()));
}

fn problems(answers: &Answers) -> Vec<Problem> {
    check(form(), answers).into_iter().filter(|problem| problem.rule == rule_id::DIRECTORY).collect()
}

#[test]
fn a_directory_that_agrees_raises_nothing_and_one_that_does_not_is_told_at_the_figure() {
    let mut answers = sample();
    add(&mut answers, 1, &agreeing());
    assert_eq!(check(form(), &answers), [], "also in places that the form rounds away");
    let mut totals = agreeing();
    totals.figures.insert(Figure::Revenue(2025), "531.474999".to_owned());
    totals.figures.insert(Figure::LittleGiants, "21".to_owned());
    add(&mut answers, 1, &totals);
    let found = problems(&answers);
    let [problem] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(problem.answer, id("cultivation.little_giants"));
    assert!(!problem.blocks(), "it asks a person and blocks nothing");
    let said = problem.sentence(form(), Language::Chinese);
    assert!(said.contains("填的是 23，佐证材料 1 的名录（名录1.xlsx）合计是 21。"), "{said}");
    let said = problem.sentence(form(), Language::English);
    assert!(
        said.contains("the form says 23; the directory in evidence 1 (名录1.xlsx) adds up to 21."),
        "{said}"
    );
}

#[test]
fn the_last_directory_that_stands_counts() {
    let mut answers = sample();
    add(&mut answers, 1, &agreeing());
    let mut totals = agreeing();
    totals.figures.insert(Figure::Smes, "1".to_owned());
    add(&mut answers, 2, &totals);
    assert_eq!(problems(&answers).len(), 1);
    let removed = Some(AnswerValue::Text(REMOVED.to_owned()));
    answers.set(key(2, Attribute::Removed).answer(), removed);
    assert_eq!(problems(&answers), []);
}

#[test]
fn a_confirmed_difference_is_open_again_when_either_side_changes() {
    let mut answers = sample();
    let mut totals = agreeing();
    let mut put = |answers: &mut Answers, smes: &str| {
        totals.figures.insert(Figure::Smes, smes.to_owned());
        add(answers, 1, &totals);
    };
    put(&mut answers, "1280");
    let (facet, value) = problems(&answers)[0].confirmation(&answers);
    answers.set(facet, Some(value));
    assert!(problems(&answers)[0].confirmed);
    put(&mut answers, "1281");
    assert!(!problems(&answers)[0].confirmed, "another sum");
    put(&mut answers, "1280");
    assert!(problems(&answers)[0].confirmed);
    answers.set(id("basics.sme_count"), Some(AnswerValue::Text("1287".to_owned())));
    assert!(!problems(&answers)[0].confirmed, "another figure");
}

#[test]
fn blanks_and_missing_columns_are_no_difference_and_none_is_nought() {
    let slot = form().directory_slot().unwrap();
    let mut answers = sample();
    answers.set(id("basics.sme_count"), None);
    answers.set(id("cultivation.single_champions"), Some(AnswerValue::Text("无".to_owned())));
    answers.set(id("cultivation.little_giants"), Some(AnswerValue::Text("无".to_owned())));
    let mut totals = agreeing();
    totals.figures.remove(&Figure::Foreign);
    totals.figures.insert(Figure::LittleGiants, "0".to_owned());
    let compared = compare(form(), slot, &answers, &totals);
    let agreement = |figure| compared.iter().find(|one| one.figure == figure).unwrap().agreement;
    assert_eq!(agreement(Figure::Smes), Agreement::Unfilled);
    assert_eq!(agreement(Figure::Foreign), Agreement::Absent);
    assert_eq!(agreement(Figure::Champions), Agreement::Differs, "无, and the directory has some");
    assert_eq!(agreement(Figure::LittleGiants), Agreement::Agrees);
    assert_eq!(agreement(Figure::Revenue(2023)), Agreement::Agrees);
}

#[test]
fn only_one_spelling_of_sums_is_stored() {
    let totals = agreeing();
    let AnswerValue::Text(stored) = totals.stored() else { panic!("sums are a text") };
    assert_eq!(DirectoryTotals::read(&stored), Some(totals));
    let faulty = [
        format!(" {stored}"),
        stored.replace("\"1286\"", "\"1,286\""),
        stored.replace("\"1286\"", "\"many\""),
        stored.replace("smes", "villages"),
        stored.replace("\"errors\":0", "\"errors\":-1"),
        stored.replace('1', &"1".repeat(4_096)),
    ];
    for faulty in faulty {
        assert_eq!(DirectoryTotals::read(&faulty), None, "{faulty}");
    }
}

#[test]
fn a_column_holds_one_thing_and_a_thing_stands_in_one_column() {
    let mut mapping = Mapping::default();
    mapping.assign(0, Some(Column::Name));
    mapping.assign(2, Some(Column::Revenue(2025)));
    assert_eq!(mapping.units[&Column::Revenue(2025)], Unit::TenThousandYuan);
    mapping.units.insert(Column::Revenue(2025), Unit::Yuan);
    mapping.assign(3, Some(Column::Revenue(2025)));
    assert_eq!((mapping.at(2), mapping.at(3)), (None, Some(Column::Revenue(2025))));
    assert_eq!(mapping.units[&Column::Revenue(2025)], Unit::Yuan, "a person said so");
    mapping.assign(3, Some(Column::Size));
    assert_eq!((mapping.units.len(), mapping.at(3)), (0, Some(Column::Size)));
    mapping.assign(0, None);
    assert_eq!(mapping.at(0), None);
}
