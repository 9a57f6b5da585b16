//! Who may write what, and whose a part is. Plain reading of the team as the shell told it; the same grants are
//! judged again where changes are taken in.

use form_model::command::{AgencySummary, Team};
use form_model::id::AnswerId;
use form_model::member::{self, AgencyId, FormPart, Grant, Role};

/// As whom this desk takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// Nobody hands out parts yet: everything is open.
    Unfounded,
    /// This desk's agency.
    Member(&'a AgencySummary),
    /// Others take part; this desk does not, or no longer.
    Outside,
}

/// As whom this desk takes part.
pub fn standing(team: &Team) -> Standing<'_> {
    if team.agencies.is_empty() {
        return Standing::Unfounded;
    }
    match own_agency(team) {
        Some(own) if team.active && !own.removed => Standing::Member(own),
        _ => Standing::Outside,
    }
}

/// This desk's agency, also when it no longer takes part.
pub fn own_agency(team: &Team) -> Option<&AgencySummary> {
    agency(team, team.me.as_ref()?)
}

/// The agency of that id.
pub fn agency<'a>(team: &'a Team, id: &AgencyId) -> Option<&'a AgencySummary> {
    team.agencies.iter().find(|agency| agency.id == *id)
}

/// Whether nobody writes to the answer's section: the revision is final, and the section was not returned.
pub fn is_frozen(team: &Team, section: &str) -> bool {
    team.revision.frozen.iter().any(|frozen| frozen == section)
}

/// Whether this desk may write the answer.
pub fn may_write(team: &Team, answer: &AnswerId) -> bool {
    if is_frozen(team, answer.section()) {
        return false;
    }
    match standing(team) {
        Standing::Unfounded => true,
        Standing::Member(own) => own.grant.may_write(answer),
        Standing::Outside => false,
    }
}

/// Whether this desk may comment. Where nobody takes part there is nobody to comment for.
pub fn may_comment(team: &Team) -> bool {
    matches!(standing(team), Standing::Member(own) if own.grant.may_comment())
}

/// Whether this desk says who takes part.
pub fn may_lead(team: &Team) -> bool {
    matches!(standing(team), Standing::Member(own) if own.grant.may_lead())
}

/// Whether anybody else takes part: alone, nobody needs to be told whose a part is.
pub fn has_colleagues(team: &Team) -> bool {
    let devices = team.devices.iter().filter(|device| !device.revoked).count();
    active(team).count() > 1 || devices > 1
}

/// Agencies that take part, in the team's order.
pub fn active(team: &Team) -> impl Iterator<Item = &AgencySummary> {
    team.agencies.iter().filter(|agency| !agency.removed)
}

/// The agencies that lead.
pub fn leads(team: &Team) -> impl Iterator<Item = &AgencySummary> {
    active(team).filter(|agency| agency.grant.role == Role::Lead)
}

/// Whose an answer is: the contributors who write it, else the lead.
pub fn owners<'a>(team: &'a Team, answer: &AnswerId) -> Vec<&'a AgencySummary> {
    member::owners(granted(team), |grant| grant.may_write(answer))
}

/// Whose a section is: the contributors to whom all of it is given, else the lead.
pub fn section_owners<'a>(team: &'a Team, section: &str) -> Vec<&'a AgencySummary> {
    let whole = FormPart(section.to_owned());
    member::owners(granted(team), |grant| grant.parts.contains_key(&whole))
}

fn granted(team: &Team) -> impl Iterator<Item = (&AgencySummary, &Grant)> {
    active(team).map(|agency| (agency, &agency.grant))
}

/// Contributors who write single fields of a section, with those fields.
pub fn field_owners<'a>(team: &'a Team, section: &str) -> Vec<(&'a AgencySummary, Vec<&'a FormPart>)> {
    let fields = |agency: &'a AgencySummary| {
        let within = |part: &&FormPart| part.section() == section && part.0 != section;
        (agency, agency.grant.parts.keys().filter(within).collect::<Vec<_>>())
    };
    let contributors = active(team).filter(|agency| agency.grant.role == Role::Contributor);
    contributors.map(fields).filter(|(_, fields)| !fields.is_empty()).collect()
}

/// The earliest day by which a section is due from those who write it, `YYYY-MM-DD`.
pub fn due<'a>(team: &'a Team, section: &str) -> Option<&'a str> {
    let whole = FormPart(section.to_owned());
    let days = active(team).filter_map(|agency| agency.grant.parts.get(&whole)?.as_deref());
    days.min()
}

#[cfg(test)]
#[path = "rights_test.rs"]
pub mod tests;
