//! Well-formed is not yet lawful: whether a change's author may write where it writes.

use std::collections::BTreeSet;

use form_model::id::AnswerId;

use crate::key::PublicKey;
use crate::log::Reason;
use crate::object::{ObjectTable, Place};
use crate::raw::RawChange;
use crate::roster::{Roster, RosterChain};

/// Everything that a change's operations write to; overwritten and losing writes count like any other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Touched {
    pub(crate) answers: BTreeSet<AnswerId>,
    /// Whether it says something in the discussion.
    pub(crate) comments: bool,
}

impl Touched {
    /// What a well-formed change writes to. Operations elsewhere are the well-formedness check's to refuse.
    pub(crate) fn of(raw: &RawChange, objects: &ObjectTable) -> Self {
        let mut touched = Self::default();
        for op in &raw.ops.operations {
            touched.answers.extend(objects.answer(op));
            touched.comments |= matches!(objects.place(op), Some(Place::Discussion));
        }
        touched
    }

    fn allowed(&self, roster: &Roster, device: &PublicKey) -> bool {
        // A grant outlives the device's revocation here: whether it may act at all is asked apart.
        let agency = roster.devices.get(device).and_then(|device| roster.agencies.get(&device.agency));
        let Some(grant) = agency.map(|agency| &agency.grant) else { return false };
        self.answers.iter().all(|answer| grant.may_write(answer)) && (!self.comments || grant.may_comment())
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
    if touched.allowed(roster, device) {
        return Ok(());
    }
    let allowed_at = |version: u64| chain.at(version).is_some_and(|roster| touched.allowed(roster, device));
    let known = known.min(newest);
    if moment == Moment::Check {
        let late = |version: u64| {
            let lost = version.saturating_add(1);
            chain.accept_until_ms(lost).is_some() && allowed_at(version) && !allowed_at(lost)
        };
        return if (known..newest).any(late) { Ok(()) } else { Err(Reason::NotGranted) };
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
    if losses.all(open) { Ok(()) } else { Err(Reason::Reassigned) }
}
