//! A store that fails before or after it persists.

use form_document::wire::PageEntry;
use sync_server::error::ErrorCode;
use sync_server::storage::StorageError;
use sync_server::storage::sqlite::Sqlite;

use crate::support::desk::Desk;
use crate::support::faulty::{Faulty, Plan};
use crate::support::{TestCore, key};

fn faulty() -> (TestCore, Plan, Desk) {
    let plan = Plan::default();
    let given = plan.clone();
    let mut hub = TestCore::over(|inner| Box::new(Faulty { inner, plan: given }));
    let mut lead = Desk::lead(1);
    lead.publish(&mut hub.core).unwrap();
    lead.sync(&mut hub.core).unwrap();
    (hub, plan, lead)
}

#[test]
fn a_restart_keeps_everything() {
    let mut hub = TestCore::new();
    let mut lead = Desk::lead(1);
    lead.publish(&mut hub.core).unwrap();
    let mut desk = Desk::join(2, "safety", "safety", &mut lead, &mut hub.core);
    desk.append("safety.waste", "运出");
    desk.set("station.name", "不行");
    desk.sync(&mut hub.core).unwrap();
    let mut hub = hub.restarted();
    lead.set("station.name", "南极站");
    lead.sync(&mut hub.core).unwrap();
    assert_eq!(lead.text("safety.waste"), "运出");
    desk.sync(&mut hub.core).unwrap();
    assert_eq!(desk.text("station.name"), "南极站");
    assert_eq!(lead.ledger.log(), desk.ledger.log());
}

#[test]
fn a_store_that_fails_before_it_persists_acknowledges_nothing_and_the_next_try_works() {
    let (mut hub, plan, mut lead) = faulty();
    let before = *lead.ledger.log();
    lead.set("station.name", "南极站");
    plan.fail_before_it_persists();
    let failed = lead.sync(&mut hub.core).unwrap_err();
    assert_eq!(failed.code, ErrorCode::StorageFailed);
    plan.work();
    let head = hub.core.storage().head(&lead.application).unwrap().unwrap();
    assert_eq!(head.state, before, "nothing was stored");
    lead.sync(&mut hub.core).unwrap();
    assert_eq!(lead.ledger.log().position, before.position + 1);
}

#[test]
fn a_store_that_fails_after_it_persisted_gives_the_stored_verdicts_on_the_next_try() {
    let (mut hub, plan, mut lead) = faulty();
    let before = *lead.ledger.log();
    lead.set("station.name", "南极站");
    plan.fail_after_it_persisted();
    assert_eq!(lead.sync(&mut hub.core).unwrap_err().code, ErrorCode::StorageFailed);
    plan.work();
    let stored = hub.core.storage().head(&lead.application).unwrap().unwrap();
    let reply = lead.sync(&mut hub.core).unwrap();
    assert_eq!(reply.page.head, stored.head, "no second verdict");
    assert_eq!(lead.ledger.log().position, before.position + 1);
    assert!(matches!(reply.page.entries.as_slice(), [PageEntry::Accepted { count: 1, .. }]));
}

#[test]
fn a_failed_fold_leaves_the_log_as_it_was() {
    let (mut hub, plan, mut lead) = faulty();
    lead.set("station.name", "南极站");
    lead.sync(&mut hub.core).unwrap();
    plan.fail_before_it_persists();
    hub.core.fold(&lead.application).unwrap_err();
    plan.fail_after_it_persisted();
    hub.core.fold(&lead.application).unwrap_err();
    plan.work();
    lead.set("station.name", "另一站");
    lead.sync(&mut hub.core).unwrap();
    let mut desk = Desk::join(2, "safety", "safety", &mut lead, &mut hub.core);
    desk.sync(&mut hub.core).unwrap();
    assert_eq!(desk.text("station.name"), "另一站");
}

#[test]
fn a_newer_database_is_refused_and_left_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.db");
    drop(Sqlite::open(&path).unwrap());
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    connection.pragma_update(None, "journal_mode", "delete").unwrap();
    drop(connection);
    let before = std::fs::read(&path).unwrap();
    let refused = Sqlite::open(&path).unwrap_err();
    assert!(matches!(refused, StorageError::Newer { found: 99, .. }), "{refused}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_database_of_another_hub_is_refused() {
    let hub = TestCore::new();
    let path = hub.folder.path().join("hub.db");
    let sqlite = Sqlite::open(&path).unwrap();
    let clock = sync_server::clock::Clock::system();
    let refused = sync_server::arbiter::Core::new(Box::new(sqlite), key(7).into(), clock, 1).unwrap_err();
    assert!(refused.to_string().contains("another") || refused.to_string().contains("key file"), "{refused}");
}
