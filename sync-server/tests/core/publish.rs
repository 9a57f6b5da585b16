//! Taking an application in.

use form_document::key::PublicKey;
use sync_server::arbiter::{CheckedPublication, Published};
use sync_server::error::ErrorCode;

use crate::support::desk::Desk;
use crate::support::{TestCore, key};

#[test]
fn publishing_twice_is_harmless_and_only_members_see_the_application() {
    let mut hub = TestCore::new();
    let lead = Desk::lead(1);
    assert_eq!(lead.publish(&mut hub.core), Ok(Published::Created));
    assert_eq!(lead.publish(&mut hub.core), Ok(Published::Known));
    assert_eq!(hub.core.applications(&lead.device()), Ok(vec![lead.application.clone()]));
    assert_eq!(hub.core.applications(&key(9).public()), Ok(vec![]));
    let refused = hub.core.admit(&key(9).public(), &lead.application).unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotAMember);
}

#[test]
fn a_publication_must_name_this_hub_and_come_from_its_lead() {
    let mut hub = TestCore::new();
    let elsewhere = Desk::lead_at(1, [1; 16], key(201).public());
    assert_eq!(elsewhere.publish(&mut hub.core).unwrap_err().code, ErrorCode::PublicationRefused);
    let lead = Desk::lead(1);
    let checked = || CheckedPublication::check(&lead.application, lead.publication()).unwrap();
    let other: PublicKey = key(9).public();
    assert_eq!(hub.core.publish(&other, checked(), None).unwrap_err().code, ErrorCode::NotAMember);
}

#[test]
fn a_genesis_under_another_id_or_with_another_package_is_refused() {
    let (lead, other) = (Desk::lead(1), Desk::lead(2));
    let wrong_id = CheckedPublication::check(&other.application, lead.publication());
    assert_eq!(wrong_id.unwrap_err().code, ErrorCode::PublicationRefused);
    let mut altered = lead.publication();
    altered.package[0].content.push(b'\n');
    let wrong_package = CheckedPublication::check(&lead.application, altered);
    assert_eq!(wrong_package.unwrap_err().code, ErrorCode::PublicationRefused);
}
