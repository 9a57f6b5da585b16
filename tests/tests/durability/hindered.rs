//! A desk that hears its hub and cannot keep what it hears: its person is told what is the matter, and not that the
//! line is down.

use std::time::Duration;

use form_model::command::{Link, SyncState};
use form_model::error::{ErrorCode, UserError};
use form_model::language::Language;
use huiqian_tests::hub::HubProcess;
use huiqian_tests::loopback::LoopbackDesk;
use huiqian_tests::wait::{PATIENCE, until};
use rusqlite::Connection;

/// Long enough for the loop to try again, twice.
const SOME_TRIES: Duration = Duration::from_secs(4);

fn hindrance(state: SyncState) -> Option<UserError> {
    match state.link {
        Link::Hindered { error } => Some(error),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_hub_says_and_this_disk_does_not_take_is_told_as_trouble_here_and_made_good() {
    let mut hub = HubProcess::start().unwrap();
    let desks = LoopbackDesk::team_of(hub.url()).await.unwrap();
    let (lead, science) = (&desks[0], &desks[2]);
    let syncing = science.stay_in_step();
    let is = async |what: &str, link: fn(SyncState) -> bool| {
        let told = async || Ok(link(science.sync_state()).then_some(()));
        until(what, PATIENCE, told).await.unwrap();
    };
    is("the line to stand", |state| state.link == Link::Live).await;
    // Another program writes there and does not come to an end.
    let blocker = Connection::open(science.home().join("huiqian.db")).unwrap();
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    lead.set("cover.zone_name", "示例合作区");
    lead.sync().await.unwrap();
    is("the person to be told", |state| hindrance(state).is_some()).await;
    tokio::time::sleep(SOME_TRIES).await;
    let error = hindrance(science.sync_state()).expect("the tries between do not hide it");
    assert_eq!(error.code, ErrorCode::NewsNotSaved);
    let said = error.sentence(Language::Chinese);
    assert!(said.starts_with("协同中心的新内容没有存入本机磁盘：") && !said.contains("{cause}"), "{said}");
    assert_eq!(science.text("cover.zone_name"), "");
    blocker.execute_batch("ROLLBACK").unwrap();
    science.wake.now.notify_one();
    is("the line to stand again", |state| state.link == Link::Live).await;
    assert_eq!(science.text("cover.zone_name"), "示例合作区");
    syncing.abort();
    hub.stop().unwrap();
}
