//! Who is to write what, while a lead is changing it: sections by agencies, before it is saved.

use std::collections::BTreeMap;

use form_model::command::{AgencySummary, Team};
use form_model::member::{AgencyId, FormPart, Grant, Role};

use crate::state::rights;

/// What an agency has of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Share {
    Nothing,
    /// Single fields of it.
    Fields(Vec<FormPart>),
    Whole,
}

/// By when a section is due from those who write in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nobody writes in it, or no day was set.
    Open,
    Day(String),
    /// One day from one, another from the other.
    Several,
}

/// Grants that differ from the team's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft(BTreeMap<AgencyId, Grant>);

impl Draft {
    /// The agency's grant as it is to be.
    pub fn grant<'a>(&'a self, agency: &'a AgencySummary) -> &'a Grant {
        self.0.get(&agency.id).unwrap_or(&agency.grant)
    }

    /// Sets what an agency is to have; what it has already is no change.
    pub fn set(&mut self, agency: &AgencySummary, grant: Grant) {
        if grant == agency.grant {
            self.0.remove(&agency.id);
        } else {
            self.0.insert(agency.id.clone(), grant);
        }
    }

    /// Gives the agency a part, or takes it.
    pub fn toggle(&mut self, agency: &AgencySummary, part: &FormPart) {
        let mut grant = self.grant(agency).clone();
        toggle(&mut grant, part);
        self.set(agency, grant);
    }

    /// Changes what the agency does.
    pub fn set_role(&mut self, agency: &AgencySummary, role: Role) {
        let grant = Grant { role, ..self.grant(agency).clone() };
        self.set(agency, grant);
    }

    /// By when the section is due.
    pub fn due(&self, team: &Team, section: &str) -> Due {
        let grants = contributors(team, self).map(|agency| self.grant(agency));
        let days = grants.flat_map(|grant| &grant.parts).filter(|(part, _)| part.section() == section);
        let mut days: Vec<Option<&String>> = days.map(|(_, due)| due.as_ref()).collect();
        days.sort();
        days.dedup();
        match days[..] {
            [] | [None] => Due::Open,
            [Some(day)] => Due::Day(day.clone()),
            _ => Due::Several,
        }
    }

    /// Sets the day for everybody who writes in the section.
    pub fn set_due(&mut self, team: &Team, section: &str, due: Option<&str>) {
        let writing: Vec<_> = contributors(team, self).cloned().collect();
        for agency in writing {
            let mut grant = self.grant(&agency).clone();
            for (_, day) in grant.parts.iter_mut().filter(|(part, _)| part.section() == section) {
                *day = due.map(ToOwned::to_owned);
            }
            self.set(&agency, grant);
        }
    }

    /// The agencies whose grants change, with what they are to have.
    pub fn changes<'a>(&'a self, team: &'a Team) -> Vec<(&'a AgencySummary, &'a Grant)> {
        team.agencies.iter().filter_map(|agency| Some((agency, self.0.get(&agency.id)?))).collect()
    }

    /// Whether somebody loses something: then the question is until when they may still hand it in.
    pub fn narrows(&self, team: &Team) -> bool {
        self.changes(team).iter().any(|(agency, grant)| narrows(&agency.grant, grant))
    }
}

fn contributors<'a>(team: &'a Team, draft: &'a Draft) -> impl Iterator<Item = &'a AgencySummary> {
    rights::active(team).filter(|agency| draft.grant(agency).role == Role::Contributor)
}

/// What a grant has of a section.
pub fn share(grant: &Grant, section: &str) -> Share {
    let within: Vec<_> = grant.parts.keys().filter(|part| part.section() == section).cloned().collect();
    if within.iter().any(|part| part.0 == section) {
        Share::Whole
    } else if within.is_empty() {
        Share::Nothing
    } else {
        Share::Fields(within)
    }
}

/// Gives or takes a part. A whole section takes the place of its fields; the day that the section had stays.
pub fn toggle(grant: &mut Grant, part: &FormPart) {
    if grant.parts.remove(part).is_some() {
        return;
    }
    let whole = FormPart(part.section().to_owned());
    let due =
        grant.parts.iter().find(|(other, _)| other.section() == whole.0).and_then(|(_, due)| due.clone());
    if *part == whole {
        grant.parts.retain(|other, _| other.section() != whole.0);
    } else {
        grant.parts.remove(&whole);
    }
    grant.parts.insert(part.clone(), due);
}

/// Whether something that could be written before can no longer be.
pub fn narrows(before: &Grant, after: &Grant) -> bool {
    let covers = |part: &FormPart| {
        after.parts.contains_key(part) || after.parts.contains_key(&FormPart(part.section().to_owned()))
    };
    match (before.role, after.role) {
        (Role::Reviewer | Role::Observer, _) | (_, Role::Lead) => false,
        (Role::Lead, _) => true,
        (Role::Contributor, Role::Contributor) => !before.parts.keys().all(covers),
        (Role::Contributor, Role::Reviewer | Role::Observer) => !before.parts.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::rights::tests::{member, team};

    fn part(path: &str) -> FormPart {
        FormPart(path.to_owned())
    }

    #[test]
    fn a_section_is_whole_in_fields_or_not_the_agencys() {
        let team = team("lead");
        let share_of = |at: usize, section| share(&team.agencies[at].grant, section);
        assert_eq!(share_of(1, "openness"), Share::Whole);
        assert_eq!(share_of(2, "openness"), Share::Fields(vec![part("openness.exchanges")]));
        assert_eq!(share_of(2, "plan"), Share::Nothing);
    }

    #[test]
    fn giving_a_section_takes_the_place_of_its_fields() {
        let team = team("lead");
        let mut draft = Draft::default();
        draft.toggle(&team.agencies[2], &part("openness"));
        assert_eq!(share(draft.grant(&team.agencies[2]), "openness"), Share::Whole);
        draft.toggle(&team.agencies[2], &part("openness.exchanges"));
        let fields = Share::Fields(vec![part("openness.exchanges")]);
        assert_eq!(share(draft.grant(&team.agencies[2]), "openness"), fields);
    }

    #[test]
    fn what_is_put_back_is_no_change() {
        let team = team("lead");
        let mut draft = Draft::default();
        draft.toggle(&team.agencies[2], &part("services"));
        assert_eq!(draft.changes(&team).len(), 1);
        draft.toggle(&team.agencies[2], &part("services"));
        assert!(draft.changes(&team).is_empty());
    }

    #[test]
    fn only_taking_something_away_asks_for_a_last_day() {
        let team = team("lead");
        let mut more = Draft::default();
        more.toggle(&team.agencies[1], &part("services"));
        assert!(!more.narrows(&team));
        let mut less = Draft::default();
        less.toggle(&team.agencies[1], &part("openness"));
        assert!(less.narrows(&team));
        let mut reader = Draft::default();
        reader.set_role(&team.agencies[1], Role::Reviewer);
        assert!(reader.narrows(&team));
        let fields = member("x", Role::Contributor, &[("openness.exchanges", None)]).grant;
        let whole = member("x", Role::Contributor, &[("openness", None)]).grant;
        assert!(!narrows(&fields, &whole) && narrows(&whole, &fields));
    }

    #[test]
    fn a_day_is_set_for_everybody_who_writes_in_the_section() {
        let team = team("lead");
        let mut draft = Draft::default();
        assert_eq!(draft.due(&team, "openness"), Due::Several, "commerce has a day, science has none");
        draft.set_due(&team, "openness", Some("2026-11-01"));
        assert_eq!(draft.due(&team, "openness"), Due::Day("2026-11-01".to_owned()));
        assert_eq!(draft.changes(&team).len(), 2);
        assert_eq!(draft.due(&team, "plan"), Due::Open);
    }
}
