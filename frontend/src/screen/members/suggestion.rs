//! What is offered for an agency that is taken in: its id, the sections that its kind usually fills.

use std::collections::BTreeMap;

use form_model::command::Team;
use form_model::definition::FormDefinition;
use form_model::member::{AgencyId, FormPart, Grant, Role};

/// An id that no agency of the team has: the kind's, or with a number behind it.
pub fn id(kind: &str, team: &Team) -> AgencyId {
    let is_free = |id: &AgencyId| team.agencies.iter().all(|agency| agency.id != *id);
    let plain = AgencyId(kind.to_owned());
    if plain.is_valid() && is_free(&plain) {
        return plain;
    }
    let base = if plain.is_valid() { kind } else { "agency" };
    let numbered = (2..).map(|number: u32| AgencyId(format!("{base}-{number}")));
    numbered.into_iter().find(is_free).unwrap_or(plain)
}

/// A contributor of the sections that this kind of agency usually fills.
pub fn grant(definition: &FormDefinition, kind: &str) -> Grant {
    let usual = definition.sections.iter().filter(|section| section.owner == kind);
    let parts: BTreeMap<_, _> = usual.map(|section| (FormPart(section.id.clone()), None)).collect();
    Grant { role: Role::Contributor, parts, ..Grant::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::rights::tests::team;

    #[test]
    fn a_second_agency_of_a_kind_gets_a_number() {
        assert_eq!(id("customs", &team("lead")).0, "customs");
        assert_eq!(id("commerce", &team("lead")).0, "commerce-2");
        assert_eq!(id("海关", &team("lead")).0, "agency-2");
    }
}
