//! What has to be done before a revision can be final.

use form_model::check::{self, Problem};
use form_model::definition::FormDefinition;
use form_model::id::AnswerId;
use form_model::member::{AgencyId, Step};
use serde::{Deserialize, Serialize};

use crate::canonical::NotCanonical;
use crate::digest::Sha256;
use crate::document::Document;
use crate::key::PublicKey;
use crate::roster::Roster;
use crate::sign_off::{Contents, SectionStanding, declaration};

/// One thing that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Obstacle {
    /// A problem of an answer that blocks.
    Problem { problem: Problem },
    /// Two values stand beside each other.
    Disputed { answer: AnswerId },
    /// An agency has not signed a section off as it stands; `step` is the next one that it lacks.
    Unsigned { section: String, agency: AgencyId, step: Step },
    /// The lead has not declared the whole as it stands.
    Undeclared,
    /// The hub does not have a file of evidence.
    FileMissing { sha256: Sha256, name: String },
    /// A device is known to hold changes that have not arrived. The lead may go on all the same, with a reason.
    Unsent { device: PublicKey, changes: u64 },
    /// Something here has not reached the hub.
    NotSynced { changes: u64 },
    /// The revision is final already.
    Closed { revision: u64 },
}

/// What the document itself shows to stand in the way, in the order in which people can do something about it.
///
/// # Errors
/// Never for a document as it is made here.
pub fn obstacles(
    document: &Document,
    definition: &FormDefinition,
    contents: &Contents,
    roster: &Roster,
) -> Result<Vec<Obstacle>, NotCanonical> {
    if roster.revision.is_closed() {
        return Ok(vec![Obstacle::Closed { revision: roster.revision.number }]);
    }
    let answers = document.answers();
    let problems = check::check(definition, &answers).into_iter().filter(Problem::blocks);
    let problems = problems.chain(check::missing_evidence(definition, &answers));
    let mut found: Vec<_> = problems.map(|problem| Obstacle::Problem { problem }).collect();
    found.extend(contents.disputed().map(|answer| Obstacle::Disputed { answer: answer.clone() }));
    let statements = document.statements();
    for section in definition.sections.iter().filter(|section| section.counted) {
        let standing = SectionStanding::of(&section.id, &statements, contents, roster)?;
        for (agency, step) in standing.agencies {
            let Some(step) = step else { continue };
            found.push(Obstacle::Unsigned { section: section.id.clone(), agency, step });
        }
    }
    if declaration(&statements, contents, roster)?.is_none() {
        found.push(Obstacle::Undeclared);
    }
    Ok(found)
}
