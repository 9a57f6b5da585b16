//! Values that the form computes.

use form_model::answer::Answers;
use form_model::calculate::value;
use form_model::definition::{Field, FieldKind};
use form_model::id::FieldId;
use form_model::rule::Calculation;
use serde_json::json;

use crate::support::{enter, form, id, sample};

fn share(answers: &Answers, year: &str) -> Option<String> {
    let field = form().field(&FieldId::new("basics", "sme_revenue")).unwrap();
    value(form(), field, Some(year), answers)
}

fn calculated(calculation: Calculation) -> Field {
    let model = form().field(&FieldId::new("basics", "sme_revenue")).unwrap().clone();
    Field { kind: FieldKind::Calculated { calculation }, columns: Vec::new(), ..model }
}

#[test]
fn a_share_is_exact_and_rounded_to_two_places() {
    let mut answers = sample();
    enter(&mut answers, "basics.revenue.2025", &json!("128.51"));
    enter(&mut answers, "basics.sme_share.2025", &json!("64.25"));
    assert_eq!(share(&answers, "2025").as_deref(), Some("82.57"), "82.567675");
    enter(&mut answers, "basics.sme_share.2025", &json!("100"));
    assert_eq!(share(&answers, "2025").as_deref(), Some("128.51"));
    enter(&mut answers, "basics.revenue.2025", &json!("无"));
    assert_eq!(share(&answers, "2025").as_deref(), Some("0"));
}

#[test]
fn nothing_is_computed_from_what_is_missing_or_no_number() {
    let mut answers = sample();
    for typed in [json!(null), json!("约三"), json!("9".repeat(21))] {
        enter(&mut answers, "basics.sme_share.2025", &typed);
        assert_eq!(share(&answers, "2025"), None, "{typed}");
    }
    assert_eq!(share(&answers, "1999"), None);
    assert_eq!(value(form(), &form().sections[0].fields[0], None, &answers), None);
}

#[test]
fn a_product_too_large_is_none_not_wrong() {
    let mut answers = sample();
    enter(&mut answers, "basics.revenue.2025", &json!("9".repeat(20)));
    enter(&mut answers, "basics.sme_share.2025", &json!("9".repeat(20)));
    assert_eq!(share(&answers, "2025"), None);
}

#[test]
fn sums_and_joins_read_their_answers() {
    let mut answers = sample();
    let years = ["2023", "2024", "2025"];
    let of: Vec<_> = years.iter().map(|year| id(&format!("basics.revenue.{year}"))).collect();
    for (cell, figure) in of.iter().zip(["0.10", "0.20", "1,000"]) {
        enter(&mut answers, cell.as_str(), &json!(figure));
    }
    let sum = calculated(Calculation::Sum { of: of.clone() });
    assert_eq!(value(form(), &sum, None, &answers).as_deref(), Some("1000.30"));
    enter(&mut answers, of[1].as_str(), &json!(""));
    assert_eq!(value(form(), &sum, None, &answers), None, "blank while one is blank");

    enter(&mut answers, "cover.province", &json!("示例省"));
    enter(&mut answers, "cover.city", &json!("示例市"));
    let join = calculated(Calculation::Join { of: vec![id("cover.province"), id("cover.city")] });
    assert_eq!(value(form(), &join, None, &answers).as_deref(), Some("示例省 示例市"));
}
