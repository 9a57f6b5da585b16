//! Well-formed is not yet lawful: whether a change's author may write where it writes.

use std::collections::BTreeSet;

use automerge::ScalarValue;
use automerge::legacy::{Op, OpType};
use form_model::id::{AnswerId, ApplicationId};
use form_model::member::{AgencyId, Grant};

use crate::key::PublicKey;
use crate::log::Reason;
use crate::object::{ObjectTable, Place};
use crate::raw::RawChange;
use crate::roster::{Roster, RosterChain};
use crate::sign_off::{StatementKey, Word};

/// Everything that a change's operations write to; overwritten and losing writes count like any other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Touched {
    pub(crate) answers: BTreeSet<AnswerId>,
    /// Whether it says something in the discussion.
    pub(crate) comments: bool,
    /// What it signs.
    pub(crate) words: Vec<Signed>,
}

/// A statement that a change makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    device: PublicKey,
    agency: AgencyId,
    word: Word,
}

impl Signed {
    fn of(op: &Op, application: &ApplicationId) -> Option<Self> {
        let OpType::Put(ScalarValue::Str(stored)) = &op.action else { return None };
        let (device, statement, _) = StatementKey::read(stored, application).ok()?;
        Some(Self { device, agency: statement.agency, word: statement.word })
    }

    /// Whether a device may say so: it speaks for itself and for its own agency.
    fn allowed(&self, by: &PublicKey, agency: &AgencyId, grant: &Grant) -> bool {
        let may = match &self.word {
            Word::Confirm { section, .. } => grant.may_sign(section),
            Word::Declare { .. } => grant.may_lead(),
            Word::Withdraw { .. } => grant.writes(),
        };
        self.device == *by && self.agency == *agency && may
    }
}

impl Touched {
    /// What a well-formed change writes to. Operations elsewhere are the well-formedness check's to refuse.
    pub(crate) fn of(raw: &RawChange, objects: &ObjectTable, application: &ApplicationId) -> Self {
        let mut touched = Self::default();
        for op in &raw.ops.operations {
            touched.answers.extend(objects.answer(op));
            match objects.place(op) {
                Some(Place::Discussion) => touched.comments = true,
                Some(Place::Statements) => touched.words.extend(Signed::of(op, application)),
                _ => {}
            }
        }
        touched
    }

    /// Whether it writes to what is final and was not returned. Comments go on.
    fn is_frozen(&self, roster: &Roster) -> bool {
        let revision = &roster.revision;
        let signed = |signed: &Signed| match &signed.word {
            Word::Confirm { section, .. } => revision.frozen.contains(section),
            Word::Declare { .. } | Word::Withdraw { .. } => revision.is_closed(),
        };
        self.answers.iter().any(|answer| revision.frozen.contains(answer.section()))
            || self.words.iter().any(signed)
    }

    fn allowed(&self, roster: &Roster, device: &PublicKey) -> bool {
        // A grant outlives the device's revocation here: whether it may act at all is asked apart.
        let Some(agency) = roster.devices.get(device).map(|device| &device.agency) else { return false };
        let Some(grant) = roster.agencies.get(agency).map(|agency| &agency.grant) else { return false };
        self.answers.iter().all(|answer| grant.may_write(answer))
            && (!self.comments || grant.may_comment())
            && self.words.iter().all(|signed| signed.allowed(device, agency, grant))
    }
}

/// Who judges, and what they can know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The hub, now: milliseconds since 1970-01-01 UTC.
    Hub(i64),
    /// A replica that does not know the hub's verdict: it leaves dates to the hub.
    Provisional,
    /// A replica that checks the hub's acceptance. It may know less of what a device had signed before than the
    /// hub did, so it asks whether there is any way in which the verdict can be right.
    Check,
}

/// Judges a change by its author's grant.
///
/// What the author may write by the newest roster is allowed. What it could write by the roster that it knew
/// (`known`) is allowed as long as the step that took it away lets such work still come in.
///
/// # Errors
/// The reason to refuse it.
pub(crate) fn judge(
    chain: &RosterChain,
    newest: u64,
    device: &PublicKey,
    known: u64,
    touched: &Touched,
    moment: Moment,
) -> Result<(), Reason> {
    let Some(roster) = chain.at(newest) else { return Err(Reason::NotGranted) };
    if roster.active(device).is_none() {
        return Err(if roster.devices.contains_key(device) { Reason::Revoked } else { Reason::NotGranted });
    }
    let held = if touched.is_frozen(roster) { Err(Reason::Held) } else { Ok(()) };
    if touched.allowed(roster, device) {
        return held;
    }
    let allowed_at = |version: u64| chain.at(version).is_some_and(|roster| touched.allowed(roster, device));
    let known = known.min(newest);
    if moment == Moment::Check {
        let late = |version: u64| {
            let lost = version.saturating_add(1);
            chain.accept_until_ms(lost).is_some() && allowed_at(version) && !allowed_at(lost)
        };
        return if (known..newest).any(late) { held } else { Err(Reason::NotGranted) };
    }
    if !allowed_at(known) {
        return Err(Reason::NotGranted);
    }
    // It may have been lost, given back and lost again: the work has to come in under each loss's date.
    let versions = known.saturating_add(1)..=newest;
    let mut losses =
        versions.filter(|version| !allowed_at(*version) && allowed_at(version.saturating_sub(1)));
    let open = |version| match (chain.accept_until_ms(version), moment) {
        (Some(until_ms), Moment::Hub(now_ms)) => now_ms <= until_ms,
        (until_ms, _) => until_ms.is_some(),
    };
    if losses.all(open) { held } else { Err(Reason::Reassigned) }
}
