//! Whether statements hold, derived anew each time from what stands in the document.

use std::collections::BTreeMap;

use form_model::member::{self, AgencyId, Step};

use super::content::Contents;
use super::record::{MadeStatement, StatementId};
use super::statement::Word;
use crate::canonical::NotCanonical;
use crate::digest::Sha256;
use crate::key::PublicKey;
use crate::roster::Roster;

/// How a statement stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// What was signed is what stands.
    Holds,
    /// The section was changed since.
    Lapsed,
    /// Its agency took it back.
    Withdrawn { by: StatementId },
    /// The step before it does not hold, or was the same person's.
    OutOfOrder,
    /// Its agency no longer signs this section, or its device was revoked.
    NotTheirs,
}

/// A statement and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementStanding {
    pub made: MadeStatement,
    pub state: State,
}

/// How a section stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionStanding {
    /// All statements on the section, the newest last; lapsed and withdrawn ones among them.
    pub statements: Vec<StatementStanding>,
    /// The agencies that have to sign it, each with the next step that it lacks; `None` when it has signed.
    pub agencies: BTreeMap<AgencyId, Option<Step>>,
}

impl SectionStanding {
    /// Whether every agency that has to has signed.
    pub fn is_signed(&self) -> bool {
        self.agencies.values().all(Option::is_none)
    }
}

/// The agencies whose word a section needs: those to whom some of it was handed, else the lead.
pub fn required<'a>(roster: &'a Roster, section: &str) -> Vec<&'a AgencyId> {
    let agencies = roster.taking_part().map(|(id, agency)| (id, &agency.grant));
    member::owners(agencies, |grant| grant.parts.keys().any(|part| part.section() == section))
}

impl SectionStanding {
    /// The statement by which an agency has taken a step that holds.
    pub fn holding(&self, agency: &AgencyId, step: Step) -> Option<StatementId> {
        let taken = |one: &&StatementStanding| {
            one.state == State::Holds
                && one.made.statement.agency == *agency
                && matches!(&one.made.statement.word, Word::Confirm { step: found, .. } if *found == step)
        };
        self.statements.iter().rev().find(taken).map(|one| one.made.id)
    }

    /// Whether a person, on a device, has taken none of the steps that lead up to a statement: who prepares a section
    /// does not review it, and neither of them signs it off.
    pub fn is_another(&self, last: StatementId, device: &PublicKey, person: &str) -> bool {
        is_another(&self.statements, last, device, person)
    }

    /// How a section stands with these statements, by this roster.
    ///
    /// # Errors
    /// Never for contents as they are made here.
    pub fn of(
        section: &str,
        statements: &[MadeStatement],
        contents: &Contents,
        roster: &Roster,
    ) -> Result<Self, NotCanonical> {
        let content = contents.section_hash(section)?;
        let required = required(roster, section);
        let mut standing: Vec<StatementStanding> = Vec::new();
        for made in statements.iter().filter(|made| made.statement.section() == Some(section)) {
            let state = state(made, &content, &standing, statements, roster, &required);
            standing.push(StatementStanding { made: made.clone(), state });
        }
        let agencies =
            required.into_iter().map(|agency| (agency.clone(), missing(agency, &standing, roster)));
        Ok(Self { agencies: agencies.collect(), statements: standing })
    }
}

/// The lead's declaration that holds, if one does.
///
/// # Errors
/// Never for contents as they are made here.
pub fn declaration<'a>(
    statements: &'a [MadeStatement],
    contents: &Contents,
    roster: &Roster,
) -> Result<Option<&'a MadeStatement>, NotCanonical> {
    let whole = contents.hash()?;
    let holds = |made: &&MadeStatement| {
        matches!(&made.statement.word, Word::Declare { content } if *content == whole)
            && roster.may_lead(&made.device)
            && withdrawal(made, statements).is_none()
    };
    Ok(statements.iter().rev().find(holds))
}

fn state(
    made: &MadeStatement,
    section: &Sha256,
    earlier: &[StatementStanding],
    all: &[MadeStatement],
    roster: &Roster,
    required: &[&AgencyId],
) -> State {
    let Word::Confirm { step, content, after, .. } = &made.statement.word else { return State::OutOfOrder };
    if let Some(by) = withdrawal(made, all) {
        return State::Withdrawn { by };
    }
    if content != section {
        return State::Lapsed;
    }
    let agency = &made.statement.agency;
    let active = roster.active(&made.device).filter(|(device, _)| device.agency == *agency);
    let Some((_, theirs)) = active.filter(|_| required.contains(&agency)) else { return State::NotTheirs };
    let Some(before) = theirs.grant.step_before(*step) else { return State::Holds };
    let in_order = earlier.iter().any(|other| {
        Some(&other.made.id) == after.as_ref()
            && other.state == State::Holds
            && other.made.statement.agency == *agency
            && matches!(&other.made.statement.word, Word::Confirm { step, .. } if *step == before)
            && is_another(earlier, other.made.id, &made.device, &made.statement.person)
    });
    if in_order { State::Holds } else { State::OutOfOrder }
}

/// Whether a person has taken none of the steps that lead up to one. The device proves the person, so two names on one
/// device are one.
fn is_another(earlier: &[StatementStanding], last: StatementId, device: &PublicKey, person: &str) -> bool {
    // Two devices can sign the same words; what others built on is what holds.
    let holding = |id| earlier.iter().find(|other| other.made.id == id && other.state == State::Holds);
    let mut next = Some(last);
    while let Some(one) = next.and_then(holding) {
        let MadeStatement { device: by, statement, .. } = &one.made;
        if by == device || statement.person.trim() == person.trim() {
            return false;
        }
        next = match &statement.word {
            Word::Confirm { after, .. } => *after,
            Word::Declare { .. } | Word::Withdraw { .. } => None,
        };
    }
    true
}

/// The statement by which the same agency has taken another back.
pub fn withdrawal(made: &MadeStatement, all: &[MadeStatement]) -> Option<StatementId> {
    let takes_back = |other: &&MadeStatement| {
        other.statement.agency == made.statement.agency
            && matches!(&other.statement.word, Word::Withdraw { statement, .. } if *statement == made.id)
    };
    all.iter().find(takes_back).map(|other| other.id)
}

/// The next step that an agency lacks.
fn missing(agency: &AgencyId, standing: &[StatementStanding], roster: &Roster) -> Option<Step> {
    let holds = |step: Step| {
        standing.iter().any(|one| {
            one.state == State::Holds
                && one.made.statement.agency == *agency
                && matches!(&one.made.statement.word, Word::Confirm { step: found, .. } if *found == step)
        })
    };
    if holds(Step::Sign) {
        return None;
    }
    let grant = roster.agencies.get(agency).map(|agency| &agency.grant);
    let steps = grant.map(member::Grant::all_steps).unwrap_or_default();
    Some(steps.into_iter().find(|step| !holds(*step)).unwrap_or(Step::Sign))
}
