//! The packages that ship, and the samples beside them.

mod package_files;

use form_model::answer::Answers;
use form_model::check::{check, check_section};
use form_model::count::characters;
use form_model::definition::FormDefinition;
use form_model::id::AnswerId;
use form_model::input::normalise_value;
use form_model::language::Language;
use package_files::{files, shipped, shipped_ids, text};
use serde_json::Value;

fn sample(id: &str) -> Answers {
    let document: Value = serde_json::from_str(&text(id, "sample/answers.json"))
        .unwrap_or_else(|error| panic!("{id}: {error}"));
    assert_eq!(document["form"], id, "the sample names its form");
    serde_json::from_value(document["answers"].clone()).unwrap_or_else(|error| panic!("{id}: {error}"))
}

#[test]
fn every_shipped_package_loads_under_its_folders_name() {
    let ids = shipped_ids();
    assert!(ids.len() >= 2, "the zone application, and one of another domain");
    for id in ids {
        assert_eq!(shipped(&id).id, id, "a package's id is its folder's name");
    }
}

#[test]
fn companions_change_neither_hash_nor_definition() {
    for id in shipped_ids() {
        let with = files(&id);
        let mut without = with.clone();
        without.0.retain(|path, _| !path.starts_with("sample/") && !path.starts_with("notice/"));
        assert!(without.0.len() < with.0.len(), "{id} has a sample");
        assert_eq!(with.hash(), without.hash());
        let mut touched = without.clone();
        touched.0.entry("form.toml".to_owned()).or_default().push(b'\n');
        assert_ne!(touched.hash(), without.hash(), "a byte more is another package");
    }
}

#[test]
fn a_definition_travels_as_json_unchanged() {
    for id in shipped_ids() {
        let definition = shipped(&id);
        let json = serde_json::to_string(&definition).unwrap();
        let back: FormDefinition = serde_json::from_str(&json).unwrap();
        assert_eq!(back, definition);
    }
}

#[test]
fn every_sample_is_without_problems() {
    for id in shipped_ids() {
        let form = shipped(&id);
        let problems = check(&form, &sample(&id));
        let sentences: Vec<_> =
            problems.iter().map(|problem| problem.sentence(&form, Language::Chinese)).collect();
        assert!(sentences.is_empty(), "{id}: {sentences:#?}");
    }
}

#[test]
fn every_sample_answers_every_field_of_the_counted_sections() {
    for id in shipped_ids() {
        let form = shipped(&id);
        let answers = sample(&id);
        let counted = form.sections.iter().filter(|section| section.counted);
        for field in counted.flat_map(|section| &section.fields) {
            let stored = field.answers();
            let answered = stored.iter().filter(|answer| !answers.is_blank(answer)).count();
            let full = if field.columns.is_empty() { 1 } else { field.columns.len() };
            assert!(stored.is_empty() || answered >= full, "{id}: {} is not answered", field.id);
        }
    }
}

#[test]
fn every_sample_is_stored_as_it_is_written() {
    for id in shipped_ids() {
        let form = shipped(&id);
        for (answer, value) in sample(&id).0 {
            let field = form.field_of(&answer).unwrap_or_else(|| panic!("{id} has no {answer}"));
            assert_eq!(normalise_value(field, &answer, &value), value, "{answer}");
        }
    }
}

#[test]
fn the_zone_samples_plan_is_long_and_within_its_limit() {
    let answers = sample("zone-application-2026");
    let count = characters(answers.text(&AnswerId("plan.text".to_owned())));
    assert!((2_700..=3_000).contains(&count), "{count} characters");
}

#[test]
fn the_empty_zone_form_misses_every_required_field_and_nothing_else() {
    let form = shipped("zone-application-2026");
    let problems = check(&form, &Answers::default());
    assert!(problems.iter().all(form_model::check::Problem::is_missing));
    let required = form
        .sections
        .iter()
        .filter(|section| section.counted)
        .flat_map(|section| &section.fields)
        .filter(|field| field.required && field.relevant.is_none())
        .map(|field| field.columns.len().max(1))
        .sum::<usize>();
    assert_eq!(problems.len(), required);
    assert_eq!(check_section(&form, "recommendation", &Answers::default()).len(), 2, "opinion and date");
}
