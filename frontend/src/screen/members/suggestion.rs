//! What is offered for an agency that is taken in: its id, its mark, the sections that its kind usually fills.

use std::collections::BTreeMap;

use form_model::command::Team;
use form_model::definition::FormDefinition;
use form_model::member::{AgencyId, FormPart, Grant, Role};

/// What places end with, in names such as 示例市商务局.
const PLACE_ENDS: [char; 7] = ['省', '市', '区', '县', '州', '盟', '旗'];

/// A mark for a name: the first character after the place that nobody else has; of a Latin name its first letter.
pub fn mark(name: &str, taken: &[&str]) -> String {
    let name = name.trim();
    let characters: Vec<char> = name.chars().filter(|character| character.is_alphanumeric()).collect();
    let end = characters.iter().enumerate().skip(1).find(|(_, character)| PLACE_ENDS.contains(character));
    let own = end.map_or(&characters[..], |(at, _)| &characters[at + 1..]);
    let own = own.strip_prefix(&['级']).unwrap_or(own);
    let own = if own.len() < 2 { &characters[..] } else { own };
    let marks: Vec<String> = own.iter().map(|character| character.to_uppercase().collect()).collect();
    let free = marks.iter().find(|mark| !taken.contains(&mark.as_str()));
    free.or_else(|| marks.first()).cloned().unwrap_or_default()
}

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
    fn a_mark_is_taken_from_behind_the_place() {
        assert_eq!(mark("示例市商务局", &[]), "商");
        assert_eq!(mark("示例市市场监督管理局", &[]), "市");
        assert_eq!(mark("市场监管部门", &[]), "市");
        assert_eq!(mark("海关", &[]), "海");
        assert_eq!(mark("合作区运营管理机构", &[]), "运");
        assert_eq!(mark("customs office", &[]), "C");
        assert_eq!(mark("", &[]), "");
    }

    #[test]
    fn a_mark_that_is_taken_gives_way_to_the_next() {
        assert_eq!(mark("示例市商务局", &["商"]), "务");
    }

    #[test]
    fn a_second_agency_of_a_kind_gets_a_number() {
        assert_eq!(id("customs", &team("lead")).0, "customs");
        assert_eq!(id("commerce", &team("lead")).0, "commerce-2");
        assert_eq!(id("海关", &team("lead")).0, "agency-2");
    }
}
