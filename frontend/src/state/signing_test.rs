//! When a sign-off counts as lapsed.

use form_model::command::AgencySigning;
use form_model::member::{AgencyId, Step};

use super::*;

fn statement(agency: &str, own: bool, state: StatementState) -> StatementSummary {
    StatementSummary {
        id: format!("{agency}-{state:?}"),
        agency: AgencyId(agency.to_owned()),
        agency_name: agency.to_owned(),
        person: "李娜".to_owned(),
        title: String::new(),
        remark: String::new(),
        time_ms: 0,
        step: Some(Step::Sign),
        state,
        reason: String::new(),
        own,
    }
}

fn section(next: Option<Step>, statements: Vec<StatementSummary>) -> SectionSigning {
    let agency = |name: &str, own| AgencySigning {
        agency: AgencyId(name.to_owned()),
        name: name.to_owned(),
        next,
        own,
    };
    SectionSigning { section: "openness".to_owned(), agencies: vec![agency("commerce", true)], statements }
}

#[test]
fn a_change_after_the_sign_off_is_told_once() {
    let signed = section(None, vec![statement("commerce", true, StatementState::Holds)]);
    let lapsed = section(Some(Step::Sign), vec![statement("commerce", true, StatementState::Lapsed)]);
    let whole = |section: &SectionSigning| Signing { sections: vec![section.clone()], ..Signing::default() };
    assert!(!own_lapsed(&signed) && own_lapsed(&lapsed) && any_lapsed(&lapsed));
    assert_eq!(newly_lapsed(&whole(&signed), &whole(&lapsed)), ["openness"]);
    assert!(newly_lapsed(&whole(&lapsed), &whole(&lapsed)).is_empty());
    assert_eq!(newly_lapsed(&Signing::default(), &whole(&lapsed)), ["openness"], "told at the next start");
}

#[test]
fn what_was_signed_again_or_taken_back_has_not_lapsed() {
    let again = section(
        None,
        vec![
            statement("commerce", true, StatementState::Lapsed),
            statement("commerce", true, StatementState::Holds),
        ],
    );
    let withdrawn = section(Some(Step::Sign), vec![statement("commerce", true, StatementState::Withdrawn)]);
    assert!(!own_lapsed(&again) && !any_lapsed(&again));
    assert!(!own_lapsed(&withdrawn) && !any_lapsed(&withdrawn));
}

#[test]
fn anothers_lapsed_sign_off_is_shown_and_is_no_news_of_ours() {
    let theirs = section(Some(Step::Sign), vec![statement("commerce", false, StatementState::Lapsed)]);
    assert!(any_lapsed(&theirs) && !own_lapsed(&theirs));
}
