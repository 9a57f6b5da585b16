//! Who may write what, and whose a part is.

use form_model::member::Grant;

use super::*;

fn id(path: &str) -> AnswerId {
    AnswerId(path.to_owned())
}

/// An agency with a role and its parts, each with the day by which it is due.
pub fn member(name: &str, role: Role, parts: &[(&str, Option<&str>)]) -> AgencySummary {
    let parts = parts.iter().map(|(part, due)| (FormPart((*part).to_owned()), due.map(ToOwned::to_owned)));
    AgencySummary {
        id: AgencyId(name.to_owned()),
        name: name.to_owned(),
        mark: name.chars().take(1).collect(),
        colour: 0,
        grant: Grant { role, parts: parts.collect(), ..Grant::default() },
        removed: false,
    }
}

/// A lead, commerce with 三 due in October, science with 四 and one field of 三, a reviewer; seen by `me`.
pub fn team(me: &str) -> Team {
    Team {
        me: Some(AgencyId(me.to_owned())),
        active: true,
        agencies: vec![
            member("lead", Role::Lead, &[]),
            member("commerce", Role::Contributor, &[("openness", Some("2026-10-20"))]),
            member("science", Role::Contributor, &[("innovation", None), ("openness.exchanges", None)]),
            member("reader", Role::Reviewer, &[]),
        ],
        ..Team::default()
    }
}

fn names(agencies: &[&AgencySummary]) -> Vec<String> {
    agencies.iter().map(|agency| agency.name.clone()).collect()
}

#[test]
fn an_application_that_nobody_founded_is_open_to_its_desk() {
    let team = Team::default();
    assert!(may_write(&team, &id("plan.text")));
    assert!(!may_comment(&team) && !may_lead(&team));
}

#[test]
fn a_contributor_writes_its_parts_and_the_lead_everything() {
    assert!(may_write(&team("commerce"), &id("openness.export_growth.2023")));
    assert!(!may_write(&team("commerce"), &id("innovation.patent_growth")));
    assert!(may_write(&team("science"), &id("openness.exchanges.other")));
    assert!(!may_write(&team("science"), &id("openness.export_growth.2023")));
    assert!(may_write(&team("lead"), &id("innovation.patent_growth")) && may_lead(&team("lead")));
}

#[test]
fn a_reviewer_comments_and_writes_nothing() {
    let team = team("reader");
    assert!(may_comment(&team) && !may_write(&team, &id("openness.exchanges.other")));
}

#[test]
fn a_revoked_desk_and_a_removed_agency_only_read() {
    let mut revoked = team("commerce");
    revoked.active = false;
    let mut removed = team("commerce");
    removed.agencies[1].removed = true;
    let stranger = Team { me: None, ..team("commerce") };
    for team in [revoked, removed, stranger] {
        assert_eq!(standing(&team), Standing::Outside);
        assert!(!may_write(&team, &id("openness.export_growth.2023")) && !may_comment(&team));
    }
}

#[test]
fn a_part_that_nobody_was_given_is_the_leads() {
    let team = team("commerce");
    assert_eq!(names(&section_owners(&team, "plan")), ["lead"]);
    assert_eq!(names(&section_owners(&team, "openness")), ["commerce"]);
    assert_eq!(names(&owners(&team, &id("openness.exchanges.other"))), ["commerce", "science"]);
}

#[test]
fn single_fields_are_told_apart_from_their_section() {
    let team = team("lead");
    let fields = field_owners(&team, "openness");
    assert_eq!(fields.len(), 1);
    assert_eq!((fields[0].0.name.as_str(), fields[0].1[0].0.as_str()), ("science", "openness.exchanges"));
    assert!(field_owners(&team, "innovation").is_empty());
    assert_eq!(due(&team, "openness"), Some("2026-10-20"));
    assert_eq!(due(&team, "innovation"), None);
}

#[test]
fn a_lead_alone_has_no_colleagues() {
    let mut alone = team("lead");
    alone.agencies.truncate(1);
    assert!(!has_colleagues(&alone) && has_colleagues(&team("lead")));
    assert!(!has_colleagues(&Team::default()));
}
