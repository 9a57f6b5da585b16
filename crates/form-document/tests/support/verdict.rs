//! What the hub says of a desk's work.

use form_document::ledger::{Decision, Judgement};
use form_document::log::Reason;

use super::desk::Desk;
use super::hub::Hub;

pub fn refusals(judgement: &Judgement) -> Vec<Reason> {
    let reason = |decision: &Decision| match decision {
        Decision::Refused { reason, .. } => Some(*reason),
        _ => None,
    };
    judgement.decisions.iter().filter_map(reason).collect()
}

pub fn accepted(judgement: &Judgement) -> usize {
    judgement.decisions.iter().filter(|decision| matches!(decision, Decision::Accepted(_))).count()
}

/// Judges the desk's work; nothing may be at fault.
#[track_caller]
pub fn judge(hub: &mut Hub, desk: &mut Desk) -> Judgement {
    let judgement = hub.judge(&desk.offer());
    assert_eq!(judgement.faults, []);
    assert_eq!(judgement.waiting, []);
    judgement
}

#[track_caller]
pub fn one_refused(hub: &mut Hub, desk: &mut Desk, reason: Reason) {
    let judgement = judge(hub, desk);
    assert_eq!((accepted(&judgement), refusals(&judgement)), (0, vec![reason]));
}
