//! What the check says of whole applications, and how far they are.

use std::collections::BTreeSet;

use form_model::answer::{AnswerValue, Answers};
use form_model::check::{Problem, check, check_section, rule_id};
use form_model::definition::{Field, FieldKind};
use form_model::id::AnswerId;
use form_model::language::Language;
use form_model::progress::{SectionStatus, TotalProgress, progress, total};
use serde_json::json;

use crate::support::{enter, form, form_named, id, sample, sample_of, shipped};

#[test]
fn no_shipped_sample_has_a_problem_and_every_counted_section_is_complete() {
    for name in shipped() {
        let (form, answers) = (form_named(&name), sample_of(&name));
        let sentences: Vec<_> =
            check(&form, &answers).iter().map(|problem| problem.sentence(&form, Language::Chinese)).collect();
        assert!(sentences.is_empty(), "{name}:\n{}", sentences.join("\n"));
        for section in progress(&form, &answers) {
            if form.section(&section.section).is_some_and(|section| section.counted) {
                assert_eq!(section.status, SectionStatus::Complete, "{name}: {section:?}");
                assert_eq!(section.answered, section.required, "{name}: {section:?}");
            }
        }
    }
}

#[test]
fn every_shipped_form_lists_its_required_fields_when_it_is_empty() {
    for name in shipped() {
        let form = form_named(&name);
        let problems = check(&form, &Answers::default());
        assert!(!problems.is_empty() && problems.iter().all(Problem::is_missing), "{name}");
        for problem in problems {
            let sentence = problem.sentence(&form, Language::Chinese);
            assert!(!sentence.contains(problem.answer.as_str()), "{name}: no label in {sentence}");
        }
    }
}

#[test]
fn the_empty_form_lists_every_required_field_in_printed_order() {
    let problems = check(form(), &Answers::default());
    let expected: Vec<AnswerId> = form()
        .sections
        .iter()
        .filter(|section| section.counted)
        .flat_map(|section| &section.fields)
        // The core zone's name is asked only where there is one.
        .filter(|field| field.required && field.relevant.is_none())
        .flat_map(missing_at)
        .collect();
    let found: Vec<AnswerId> = problems.iter().map(|problem| problem.answer.clone()).collect();
    assert_eq!(found, expected);
    assert!(problems.iter().all(|problem| problem.is_missing() && problem.blocks()));
    let required = problems.iter().filter(|problem| problem.rule == rule_id::REQUIRED);
    assert!(required.clone().all(|problem| problem.clause.is_some()), "the notice asks for each");
}

/// Where the check misses a field that is left empty.
fn missing_at(field: &Field) -> Vec<AnswerId> {
    match field.kind {
        FieldKind::Choices { .. } | FieldKind::Prose { .. } => vec![field.id.answer()],
        _ => field.answers(),
    }
}

#[test]
fn the_empty_form_is_untouched() {
    let answers = Answers::default();
    for section in progress(form(), &answers) {
        assert_eq!(section.status, SectionStatus::Untouched, "{section:?}");
        assert_eq!((section.answered, section.problems), (0, 0), "{section:?}");
    }
    let TotalProgress { answered, required, problems } = total(form(), &answers);
    assert_eq!((answered, problems), (0, 0));
    assert!(required > 40, "{required}");
}

#[test]
fn a_row_counts_as_answered_when_all_its_years_are() {
    let mut answers = Answers::default();
    let openness = |answers: &Answers| {
        progress(form(), answers).into_iter().find(|section| section.section == "openness").unwrap()
    };
    for (year, answered) in [("2023", 0), ("2024", 0), ("2025", 1)] {
        enter(&mut answers, &format!("openness.overseas_offices.{year}"), &json!("3"));
        assert_eq!(openness(&answers).answered, answered, "{year}");
        assert_eq!(openness(&answers).status, SectionStatus::InProgress);
    }
    enter(&mut answers, "openness.overseas_offices.2025", &json!("三家"));
    assert_eq!(openness(&answers).status, SectionStatus::Problem);
    assert_eq!(openness(&answers).problems, 1);
}

#[test]
fn none_is_an_answer_where_nothing_applies() {
    let mut answers = sample();
    for year in ["2023", "2024", "2025"] {
        enter(&mut answers, &format!("openness.overseas_offices.{year}"), &json!("无"));
        enter(&mut answers, &format!("basics.revenue.{year}"), &json!(" 无 "));
    }
    enter(&mut answers, "innovation.overseas_rd_count", &json!("0"));
    enter(&mut answers, "innovation.overseas_rd_names", &json!("无"));
    enter(&mut answers, "openness.cooperation_mechanism", &json!("无"));
    assert_eq!(check(form(), &answers), []);
}

#[test]
fn full_width_digits_and_dates_in_words_are_taken_in() {
    let mut answers = sample();
    enter(&mut answers, "basics.revenue.2025", &json!("１２８．５"));
    enter(&mut answers, "basics.sme_share.2025", &json!("６４．２５％"));
    enter(&mut answers, "cover.application_date", &json!("２０２６年７月"));
    enter(&mut answers, "declaration.date", &json!("二〇二六年七月十日"));
    assert_eq!(answers.text(&id("basics.revenue.2025")), "128.50");
    assert_eq!(answers.text(&id("basics.sme_share.2025")), "64.25");
    assert_eq!(answers.text(&id("cover.application_date")), "2026-07");
    assert_eq!(answers.text(&id("declaration.date")), "2026-07-10");
    assert_eq!(check(form(), &answers), []);
}

#[test]
fn a_plan_on_attached_paper_need_not_be_written() {
    let mut answers = sample();
    enter(&mut answers, "plan.text", &json!(null));
    enter(&mut answers, "plan.text.attached", &json!(true));
    assert_eq!(check(form(), &answers), []);
    let plan = progress(form(), &answers).into_iter().find(|part| part.section == "plan").unwrap();
    assert_eq!(plan.status, SectionStatus::Complete);
}

#[test]
fn a_field_that_does_not_apply_is_not_checked() {
    let mut answers = sample();
    enter(&mut answers, "basics.core_zone", &json!("no"));
    enter(&mut answers, "basics.core_zone_name", &json!("名".repeat(2_001)));
    assert_eq!(check(form(), &answers), []);
    enter(&mut answers, "basics.core_zone", &json!("yes"));
    assert_eq!(check(form(), &answers).len(), 1);
}

#[test]
fn a_confirmed_caution_stays_confirmed_until_the_answer_changes() {
    let mut answers = sample();
    enter(&mut answers, "basics.revenue.2024", &json!("120"));
    enter(&mut answers, "basics.revenue.2025", &json!("1200000"));
    let caution = &check(form(), &answers)[0];
    assert!(!caution.blocks() && !caution.confirmed);

    let (facet, value) = caution.confirmation(&answers);
    assert_eq!(facet, id("basics.revenue.2025?revenue_jump"));
    answers.set(facet, Some(value));
    assert!(check(form(), &answers)[0].confirmed);

    enter(&mut answers, "basics.revenue.2025", &json!("1200001"));
    assert!(!check(form(), &answers)[0].confirmed, "a later edit voids the confirmation");
}

#[test]
fn the_provinces_opinion_is_outside_the_citys_check() {
    let mut answers = sample();
    enter(&mut answers, "recommendation.*", &json!(null));
    assert_eq!(check(form(), &answers), []);
    let opinion = check_section(form(), "recommendation", &answers);
    assert!(opinion.iter().any(|problem| problem.rule == rule_id::REQUIRED));
    assert_eq!(check_section(form(), "no such section", &answers), []);
}

#[test]
fn problems_stand_in_printed_order_whatever_their_rules() {
    let mut answers = sample();
    enter(&mut answers, "cover.operator_confirmed", &json!(false));
    enter(&mut answers, "basics.revenue.2023", &json!("1"));
    enter(&mut answers, "basics.sme_share.2023", &json!("x"));
    enter(&mut answers, "innovation.measures", &json!(""));
    enter(&mut answers, "zzz", &json!("x"));
    let problems = check(form(), &answers);
    let order: Vec<_> = problems.iter().map(|problem| problem.answer.as_str()).collect();
    assert_eq!(
        order,
        [
            "cover.operator_confirmed",
            "basics.revenue.2024",
            "basics.sme_share.2023",
            "innovation.measures",
            "zzz"
        ]
    );
}

#[test]
fn a_problem_travels_as_json() {
    let mut answers = sample();
    answers.set(id("basics.revenue.2025"), Some(AnswerValue::Text("128.505".to_owned())));
    let problem = check(form(), &answers).remove(0);
    let json = serde_json::to_value(&problem).unwrap();
    assert_eq!(json["answer"], "basics.revenue.2025");
    assert_eq!(json["severity"], "blocking");
    assert_eq!(json["details"]["suggestion"], "128.51");
    assert_eq!(serde_json::from_value::<Problem>(json).unwrap(), problem);
}

#[test]
fn the_rules_messages_fill_only_blanks_that_there_are() {
    for rule in &form().rules {
        let known: BTreeSet<_> = form_model::check::placeholders(&rule.test).iter().collect();
        for language in &form().languages {
            let text = form().text(*language, &format!("rule.{}", rule.id)).to_owned();
            for blank in text.split('{').skip(1) {
                let name = blank.split('}').next().unwrap();
                assert!(known.contains(&name), "rule.{}: {{{name}}} in {}", rule.id, language.tag());
            }
        }
    }
}
