//! The manifest of a document: the same bytes at the lead's desk and at the hub.

use std::collections::BTreeMap;

use form_model::definition::FormDefinition;

use super::manifest::{
    MANIFEST_FORMAT, Manifest, ManifestAgency, ManifestDevice, ManifestForm, ManifestRoster, Override,
};
use crate::canonical::NotCanonical;
use crate::digest::Sha256;
use crate::document::Document;
use crate::envelope::Envelope;
use crate::roster::Roster;
use crate::sign_off::{Contents, SectionStanding, Sides, State, declaration};

/// What a manifest says that its document does not: the lead's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// By the lead's clock, milliseconds since 1970-01-01 UTC.
    pub made_ms: i64,
    pub overrides: Vec<Override>,
}

/// The manifest of a document as it stands, under a roster.
///
/// Where an answer is disputed, none of its values is in it: such a document has obstacles and is not made final.
///
/// # Errors
/// Never for a document as it is made here.
pub fn build(
    document: &Document,
    definition: &FormDefinition,
    contents: &Contents,
    roster: &Roster,
    facts: Facts,
) -> Result<Manifest, NotCanonical> {
    let answers = contents.answers.iter().filter_map(|(answer, sides)| match sides {
        Sides::One(value) => Some((answer.clone(), value.clone())),
        Sides::Many(_) => None,
    });
    let mut heads: Vec<Sha256> = document.heads().iter().map(|head| Sha256(head.0)).collect();
    heads.sort_unstable();
    let mut overrides = facts.overrides;
    overrides.sort();
    Ok(Manifest {
        format: MANIFEST_FORMAT,
        application: document.application().clone(),
        name: document.answers().text(&definition.name_answer).to_owned(),
        revision: roster.revision.current(),
        previous: roster.revision.manifest,
        form: ManifestForm {
            id: definition.id.clone(),
            version: definition.version.clone(),
            package: definition.hash.clone(),
        },
        made_ms: facts.made_ms,
        heads,
        answers: answers.collect(),
        evidence: contents.evidence.clone(),
        statements: holding(document, definition, contents, roster)?,
        roster: members(roster),
        overrides,
    })
}

/// The statements that hold, by section, and the declaration.
fn holding(
    document: &Document,
    definition: &FormDefinition,
    contents: &Contents,
    roster: &Roster,
) -> Result<Vec<Envelope>, NotCanonical> {
    let statements = document.statements();
    let mut holding = Vec::new();
    for section in definition.sections.iter().filter(|section| section.counted) {
        let standing = SectionStanding::of(&section.id, &statements, contents, roster)?.statements;
        let held = standing.into_iter().filter(|one| one.state == State::Holds);
        holding.extend(held.map(|one| one.made.envelope));
    }
    holding.extend(declaration(&statements, contents, roster)?.map(|made| made.envelope.clone()));
    Ok(holding)
}

fn members(roster: &Roster) -> ManifestRoster {
    let agencies = roster.taking_part().map(|(id, agency)| {
        let parts = agency.grant.parts.keys().cloned().collect();
        (id.clone(), ManifestAgency { name: agency.name.clone(), role: agency.grant.role, parts })
    });
    let devices: BTreeMap<_, _> = roster
        .devices
        .keys()
        .filter_map(|key| {
            let (device, _) = roster.active(key)?;
            Some((*key, ManifestDevice { agency: device.agency.clone(), person: device.person.clone() }))
        })
        .collect();
    ManifestRoster {
        version: roster.version,
        hash: Sha256(roster.hash),
        agencies: agencies.collect(),
        devices,
    }
}
