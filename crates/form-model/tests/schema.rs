//! The JSON Schema of a form's answers: valid as a schema, true to the samples, strict towards the rest.

mod package_files;
mod schema_validator;

use std::collections::BTreeSet;

use form_model::definition::FormDefinition;
use form_model::schema::answers_schema;
use package_files::{shipped, shipped_ids, text};
use schema_validator::Validator;
use serde_json::{Value, json};

fn validator(form: &FormDefinition) -> Validator {
    Validator::new(answers_schema(form))
}

fn sample(id: &str) -> Value {
    serde_json::from_str(&text(id, "sample/answers.json")).unwrap_or_else(|error| panic!("{id}: {error}"))
}

fn zone() -> (Validator, Value) {
    let form = shipped("zone-application-2026");
    (validator(&form), sample("zone-application-2026"))
}

#[test]
fn every_sample_is_valid() {
    for id in shipped_ids() {
        let form = shipped(&id);
        let errors = validator(&form).errors(&sample(&id));
        assert!(errors.is_empty(), "{id}: {errors:#?}");
    }
}

#[test]
fn the_schema_has_every_stored_answer_and_no_other() {
    for id in shipped_ids() {
        let form = shipped(&id);
        let schema = answers_schema(&form);
        let properties = schema["properties"]["answers"]["properties"].as_object().unwrap();
        // As sets: in which order a JSON object lists its properties depends on how serde_json was built.
        let ids: BTreeSet<_> =
            form.fields().flat_map(form_model::definition::Field::answers).map(|id| id.0).collect();
        assert_eq!(properties.keys().cloned().collect::<BTreeSet<_>>(), ids);
        assert!(
            properties
                .values()
                .all(|schema| { schema["title"].as_str().is_some_and(|title| !title.is_empty()) })
        );
    }
}

#[test]
fn titles_are_the_forms_own_words_with_the_year() {
    let schema = answers_schema(&shipped("zone-application-2026"));
    let properties = &schema["properties"]["answers"]["properties"];
    assert_eq!(schema["title"], "中外中小企业合作区申报表");
    assert_eq!(
        properties["openness.foreign_funded_enterprises.2023"]["title"],
        "2023年合作区外资或合资企业数量"
    );
    assert_eq!(schema["$id"], "tag:huiqian,2026:form/zone-application-2026/1.1.0");
}

#[test]
fn a_whole_document_with_its_package_and_application_is_valid() {
    let (validator, mut document) = zone();
    document["package"] = json!(shipped("zone-application-2026").hash);
    document["application"] = json!("0123456789abcdef".repeat(4));
    assert!(validator.is_valid(&document));
    document["application"] = json!("draft");
    assert!(!validator.is_valid(&document));
}

#[test]
fn an_empty_form_and_blank_answers_are_valid() {
    let (validator, mut document) = zone();
    document["answers"] = json!({});
    assert!(validator.is_valid(&document));
    for answer in ["basics.revenue.2025", "basics.accidents", "declaration.date", "plan.text"] {
        document["answers"] = json!({ answer: "" });
        assert!(validator.is_valid(&document), "{answer} may be blank");
    }
}

#[test]
fn notes_and_confirmed_cautions_are_valid_and_other_facets_are_not() {
    let (validator, mut document) = zone();
    for (answer, valid) in [
        ("basics.revenue.2025?note", true),
        ("basics.revenue.2025?revenue_jump", true),
        ("basics.accidents?disqualifying", true),
        ("basics.revenue.2025?colour", false),
        ("basics.revenue.2025?", false),
    ] {
        document["answers"] = json!({ answer: "531.47" });
        assert_eq!(validator.is_valid(&document), valid, "{answer}");
    }
}

#[test]
fn what_is_said_about_files_is_valid_beside_the_fields_that_ask_for_them() {
    let (validator, mut document) = zone();
    for (answer, valid) in [
        ("basics.revenue?file.00112233445566aa", true),
        ("basics.revenue?file.00112233445566aa.caption", true),
        ("basics.revenue?file.00112233445566aa.colour", false),
        ("basics.revenue?file.00112233445566AA", false),
        ("cover.city?file.00112233445566aa", false),
    ] {
        document["answers"] = json!({ answer: "x" });
        assert_eq!(validator.is_valid(&document), valid, "{answer}");
    }
}

#[test]
fn what_an_answer_cannot_be_is_invalid() {
    let (validator, document) = zone();
    for (answer, value) in [
        ("basics.revenue.2026", json!("1")),
        ("basics.profit.2025", json!("1")),
        ("basics.revenue.2025", json!(531.47)),
        ("basics.revenue.2025", json!("531.475")),
        ("basics.revenue.2025", json!("-1")),
        ("basics.revenue.2025", json!("约531")),
        ("openness.foreign_funded_enterprises.2025", json!("112.5")),
        ("basics.accidents", json!("是")),
        ("basics.accidents", json!(false)),
        ("openness.exchanges.talent", json!("yes")),
        ("openness.exchanges.other_text", json!(true)),
        ("declaration.date", json!("2026-07")),
        ("declaration.date", json!("2026-13-01")),
        ("cover.operator_confirmed", json!("true")),
    ] {
        let mut document = document.clone();
        document["answers"][answer] = value.clone();
        assert!(!validator.is_valid(&document), "{answer} = {value}");
    }
}

#[test]
fn a_number_may_be_none_and_growth_may_be_negative() {
    let (validator, document) = zone();
    for (answer, value) in [
        ("innovation.overseas_rd_count", "无"),
        ("openness.export_growth.2023", "-3.25"),
        ("basics.revenue.2025", "531"),
        ("cover.application_date", "2026-07"),
    ] {
        let mut document = document.clone();
        document["answers"][answer] = json!(value);
        assert!(validator.is_valid(&document), "{answer} = {value}");
    }
}

#[test]
fn another_forms_document_is_invalid() {
    let (validator, mut document) = zone();
    document["form"] = json!("research-station-renewal");
    assert!(!validator.is_valid(&document));
}

#[test]
fn the_validator_refuses_a_schema_that_it_does_not_understand() {
    let refused = std::panic::catch_unwind(|| {
        Validator::new(json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "maxLength": 3 }))
    });
    assert!(refused.is_err(), "a keyword that is not checked must not pass unseen");
}
