//! Invites and the devices that they enrol.

use form_document::roster::Act;
use sync_server::error::ErrorCode;

use crate::support::desk::Desk;
use crate::support::{TestCore, key};

#[test]
fn an_invite_works_once_and_its_repetition_by_the_same_device_is_harmless() {
    let mut hub = TestCore::new();
    let mut lead = Desk::lead(1);
    lead.publish(&mut hub.core).unwrap();
    let invite = lead.invite("safety", "safety", 2, &mut hub.core);
    let invitation = hub.core.invitation(&invite.public(), None).unwrap();
    let (desk, entry) = Desk::accept(2, &invite, &invitation);
    let (_, second) = Desk::accept(3, &invite, &invitation);
    assert_eq!(hub.core.enrol(&invite.public(), &entry), Ok(desk.application.clone()));
    assert_eq!(hub.core.enrol(&invite.public(), &entry), Ok(desk.application.clone()));
    let moved = hub.core.enrol(&invite.public(), &second).unwrap_err();
    assert_eq!(moved.code, ErrorCode::RosterMoved);
    assert_eq!(hub.core.invitation(&invite.public(), None).unwrap_err().code, ErrorCode::InviteUsed);
    assert_eq!(hub.core.applications(&desk.device()), Ok(vec![desk.application.clone()]));
}

#[test]
fn an_expired_a_cancelled_and_an_unknown_invite_each_say_so() {
    let mut hub = TestCore::new();
    let mut lead = Desk::lead(1);
    lead.publish(&mut hub.core).unwrap();
    let cancelled = lead.invite("safety", "safety", 2, &mut hub.core);
    let expired = lead.invite("safety", "safety", 3, &mut hub.core);
    lead.act(Act::Cancel { invite: cancelled.public() });
    lead.sync(&mut hub.core).unwrap();
    let invitation = hub.core.invitation(&expired.public(), None).unwrap();
    let (_, late) = Desk::accept(3, &expired, &invitation);
    hub.wait_ms(2 * 86_400_000);
    let code = |key: &form_document::key::SigningKey, hub: &mut TestCore| {
        hub.core.invitation(&key.public(), None).unwrap_err().code
    };
    assert_eq!(code(&cancelled, &mut hub), ErrorCode::InviteCancelled);
    assert_eq!(code(&expired, &mut hub), ErrorCode::InviteExpired);
    assert_eq!(code(&key(50), &mut hub), ErrorCode::InviteUnknown);
    assert_eq!(hub.core.enrol(&expired.public(), &late).unwrap_err().code, ErrorCode::InviteExpired);
}

#[test]
fn the_enrolment_address_takes_enrolments_alone() {
    let mut hub = TestCore::new();
    let mut lead = Desk::lead(1);
    lead.publish(&mut hub.core).unwrap();
    let invite = lead.invite("safety", "safety", 2, &mut hub.core);
    let other = lead.act(Act::Cancel { invite: invite.public() });
    assert_eq!(hub.core.enrol(&invite.public(), &other).unwrap_err().code, ErrorCode::RosterRefused);
}
