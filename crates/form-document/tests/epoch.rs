//! A new epoch: a lead lets a hub go on that was restored from a backup, and the longer log is followed no more.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeMap;

use form_document::ledger::{Fault, LogFault, Logged};
use form_document::log::LogState;
use form_document::roster::{RosterFault, SignedEntry};
use form_document::wire::Offer;
use support::company::{COMMERCE, LEAD, NOW, SCIENCE, company, entries, key};
use support::desk::Desk;
use support::hub::Hub;

/// The lead's word that the log goes on from `place`.
fn epoch(hub: &Hub, place: &LogState) -> SignedEntry {
    hub.ledger.chain().next_epoch(place, NOW).sign(&key(LEAD)).unwrap()
}

fn open(hub: &mut Hub, entry: &SignedEntry) -> Vec<Fault> {
    hub.judge(&Offer { roster: Some(vec![entry.clone()]), ..Offer::default() }).faults
}

/// A hub that has lost what a desk was told to be accepted, and that desk.
fn lost() -> (Hub, Desk) {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let mut desk = Desk::new(COMMERCE, &chain);
    desk.set("basics.name", "甲");
    desk.sync(&mut hub);
    assert!(desk.ledger.log().position > chain.version());
    (Hub::new(&chain), desk)
}

#[test]
fn an_epoch_starts_where_the_log_ends_and_nowhere_else() {
    let (mut hub, _) = lost();
    let end = *hub.ledger.log();
    let other = LogState { hash: [7; 32], ..end };
    let before = LogState { position: end.position - 1, ..end };
    for place in [other, before] {
        let entry = epoch(&hub, &place);
        let faults = open(&mut hub, &entry);
        assert!(
            matches!(faults.as_slice(), [Fault::Roster { fault: RosterFault::EpochPlace, .. }]),
            "{faults:?}"
        );
    }
    let by_another = hub.ledger.chain().next_epoch(&end, NOW).sign(&key(SCIENCE)).unwrap();
    assert!(matches!(
        open(&mut hub, &by_another).as_slice(),
        [Fault::Roster { fault: RosterFault::NotAllowed, .. }]
    ));
    let entry = epoch(&hub, &end);
    assert_eq!(open(&mut hub, &entry), []);
    assert_eq!(hub.ledger.epoch(), 1);
}

#[test]
fn a_desk_goes_over_to_the_new_epoch_and_hands_over_again_what_was_lost() {
    let (mut hub, mut desk) = lost();
    assert!(!desk.ledger.follow_anew(hub.ledger.chain().entries_after(0)).unwrap(), "no lead has said so");
    let entry = epoch(&hub, &hub.ledger.log().clone());
    open(&mut hub, &entry);
    assert!(desk.ledger.follow_anew(hub.ledger.chain().entries_after(0)).unwrap());
    assert_eq!(desk.ledger.accepted(&desk.document().actor().clone()), 0);
    desk.sync(&mut hub);
    assert_eq!(desk.ledger.bound(), None);
    assert_eq!((desk.ledger.epoch(), desk.ledger.log()), (1, hub.ledger.log()));
    assert_eq!(desk.ledger.accepted(&desk.document().actor().clone()), 1);
    assert!(!desk.ledger.follow_anew(hub.ledger.chain().entries_after(0)).unwrap(), "it is known now");
}

#[test]
fn a_desk_believes_no_roster_that_the_members_have_not_signed() {
    let (mut hub, mut desk) = lost();
    let entry = epoch(&hub, &hub.ledger.log().clone());
    open(&mut hub, &entry);
    let mut entries = entries(hub.ledger.chain());
    entries.last_mut().unwrap().signature.0[0] ^= 1;
    let before = *desk.ledger.log();
    assert!(desk.ledger.follow_anew(&entries).is_err());
    entries.remove(0);
    assert!(desk.ledger.follow_anew(&entries).is_err());
    assert_eq!((*desk.ledger.log(), desk.ledger.bound()), (before, None));
}

/// A hub with one change of a desk's.
fn with(number: u8, words: &str) -> Hub {
    let chain = company();
    let (mut hub, mut desk) = (Hub::new(&chain), Desk::new(number, &chain));
    desk.append("plan.goals", words);
    desk.sync(&mut hub);
    hub
}

#[test]
fn a_log_that_misses_the_place_a_lead_has_named_is_not_followed() {
    let (_, mut desk) = lost();
    let mut named = with(SCIENCE, "目标");
    let entry = epoch(&named, &named.ledger.log().clone());
    assert_eq!(open(&mut named, &entry), []);
    assert!(desk.ledger.follow_anew(named.ledger.chain().entries_after(0)).unwrap());
    // The same key signs another log, with something else at the named place.
    let other = with(LEAD, "别的");
    assert_eq!(desk.follow(&other.page(0, &BTreeMap::new())).unwrap_err(), LogFault::Epoch);
    assert_eq!(desk.ledger.log().position, 0);
    desk.follow(&named.page(0, &BTreeMap::new())).unwrap();
    assert_eq!((desk.ledger.epoch(), desk.ledger.bound()), (1, None));
}

#[test]
fn an_epoch_that_stands_elsewhere_than_it_says_is_not_followed() {
    let mut hub = with(SCIENCE, "目标");
    let entry = epoch(&hub, &LogState { hash: [7; 32], ..*hub.ledger.log() });
    hub.log.push(Logged::Roster(entry));
    let mut desk = Desk::empty(COMMERCE);
    let page = hub.page(0, &BTreeMap::new());
    assert_eq!(desk.follow(&page).unwrap_err(), LogFault::Epoch);
}
