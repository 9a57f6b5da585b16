//! A hub restored from a backup takes its log back.

use sync_server::error::ErrorCode;
use sync_server::storage::sqlite::Sqlite;

use crate::support::TestCore;
use crate::support::desk::Desk;

#[test]
fn a_restored_hub_takes_back_what_a_client_knows_and_signs_nothing_that_contradicts_it() {
    let mut hub = TestCore::new();
    let mut lead = Desk::lead(1);
    lead.publish(&mut hub.core).unwrap();
    let mut desk = Desk::join(2, "safety", "safety", &mut lead, &mut hub.core);
    desk.append("safety.waste", "运出");
    desk.sync(&mut hub.core).unwrap();
    lead.sync(&mut hub.core).unwrap();
    let backup = hub.folder.path().join("backup.db");
    Sqlite::open_to_read(&hub.folder.path().join("hub.db")).unwrap().copy_to(&backup).unwrap();
    let known = lead.hello();
    desk.append("safety.waste", "回来");
    desk.set("station.name", "不行");
    desk.sync(&mut hub.core).unwrap();
    let (page, _) = hub.core.page(&lead.application, &known).unwrap();
    let newest = desk.ledger.log().position;

    let mut restored = TestCore::from_file(&backup);
    let behind = desk.sync(&mut restored.core).unwrap_err();
    assert_eq!(behind.code, ErrorCode::HubBehind);
    assert_eq!(behind.position, Some(known.after));
    let (position, _) = restored.core.adopt(&desk.device(), &desk.application, &page).unwrap();
    assert_eq!(position, newest);
    desk.sync(&mut restored.core).unwrap();
    lead.sync(&mut restored.core).unwrap();
    assert_eq!(lead.text("safety.waste"), "运出回来");
    assert_eq!(lead.ledger.log(), desk.ledger.log());
    let again = restored.core.adopt(&desk.device(), &desk.application, &page).unwrap();
    assert_eq!(again.0, newest, "handing it over twice is harmless");
}

#[test]
fn a_stretch_that_was_altered_or_goes_on_from_elsewhere_is_not_adopted() {
    let mut hub = TestCore::new();
    let mut lead = Desk::lead(1);
    lead.publish(&mut hub.core).unwrap();
    let mut desk = Desk::join(2, "safety", "safety", &mut lead, &mut hub.core);
    lead.sync(&mut hub.core).unwrap();
    let known = lead.hello();
    desk.append("safety.waste", "运出");
    desk.sync(&mut hub.core).unwrap();
    let (mut page, _) = hub.core.page(&lead.application, &known).unwrap();
    let before = hub.core.storage().head(&lead.application).unwrap();
    page.head.position += 1;
    let refused = hub.core.adopt(&lead.device(), &lead.application, &page).unwrap_err();
    assert_eq!(refused.code, ErrorCode::LogRefused);
    page.after += 7;
    let refused = hub.core.adopt(&lead.device(), &lead.application, &page).unwrap_err();
    assert_eq!(refused.code, ErrorCode::HubBehind);
    assert_eq!(hub.core.storage().head(&lead.application).unwrap(), before);
}
