//! Offers in, verdicts and pages out.

use form_document::log::Reason;
use form_document::roster::Act;
use form_document::wire::{Exchange, Left, Offer, PageEntry, StepFault, WireChange, WireHash};
use form_model::member::AgencyId;
use sync_server::arbiter::Ask;
use sync_server::error::ErrorCode;

use crate::support::TestCore;
use crate::support::desk::Desk;

/// A lead and a desk that may write the section `safety`.
fn pair() -> (TestCore, Desk, Desk) {
    let mut hub = TestCore::new();
    let mut lead = Desk::lead(1);
    lead.publish(&mut hub.core).unwrap();
    let desk = Desk::join(2, "safety", "safety", &mut lead, &mut hub.core);
    (hub, lead, desk)
}

#[test]
fn two_desks_see_each_others_work() {
    let (mut hub, mut lead, mut desk) = pair();
    lead.set("station.name", "南极站");
    desk.append("safety.waste", "运出");
    lead.sync(&mut hub.core).unwrap();
    desk.sync(&mut hub.core).unwrap();
    lead.sync(&mut hub.core).unwrap();
    assert_eq!(lead.text("safety.waste"), "运出");
    assert_eq!(desk.text("station.name"), "南极站");
    assert_eq!(lead.ledger.document.heads(), desk.ledger.document.heads());
}

#[test]
fn an_offer_made_twice_gets_one_verdict() {
    let (mut hub, mut lead, _) = pair();
    lead.sync(&mut hub.core).unwrap();
    lead.set("station.name", "南极站");
    let exchange = lead.exchange();
    let first = hub.core.exchange(&lead.device(), &lead.application, exchange.clone()).unwrap();
    let again = hub.core.exchange(&lead.device(), &lead.application, exchange).unwrap();
    assert_eq!(first, again, "the page, the head's time included, is the stored one");
}

#[test]
fn a_contributor_cannot_write_another_section_and_learns_why() {
    let (mut hub, mut lead, mut desk) = pair();
    desk.set("station.name", "别的名字");
    desk.append("safety.waste", "运出");
    let reply = desk.sync(&mut hub.core).unwrap();
    let refusals: Vec<_> = reply
        .page
        .entries
        .iter()
        .filter_map(|entry| match entry {
            PageEntry::Refused { reason, .. } => Some(*reason),
            _ => None,
        })
        .collect();
    assert_eq!(refusals, [Reason::NotGranted, Reason::BuildsOnRefused]);
    assert_eq!(desk.text("station.name"), "");
    lead.sync(&mut hub.core).unwrap();
    assert_eq!(lead.text("station.name"), "");
}

#[test]
fn a_revoked_device_is_turned_away() {
    let (mut hub, mut lead, mut desk) = pair();
    lead.sync(&mut hub.core).unwrap();
    lead.act(Act::Revoke { device: desk.device() });
    lead.sync(&mut hub.core).unwrap();
    assert_eq!(desk.sync(&mut hub.core).unwrap_err().code, ErrorCode::DeviceRevoked);
    assert_eq!(hub.core.applications(&desk.device()), Ok(vec![]));
}

#[test]
fn a_revoked_devices_change_through_a_colleague_is_refused() {
    let (mut hub, mut lead, mut desk) = pair();
    lead.sync(&mut hub.core).unwrap();
    desk.append("safety.waste", "运出");
    let offer = desk.offer();
    lead.act(Act::Revoke { device: desk.device() });
    lead.sync(&mut hub.core).unwrap();
    let exchange = Exchange { hello: lead.hello(), offer };
    let reply = hub.core.exchange(&lead.device(), &lead.application, exchange).unwrap();
    let refused = |entry: &PageEntry| matches!(entry, PageEntry::Refused { reason: Reason::Revoked, .. });
    assert!(reply.page.entries.iter().any(refused), "{:?}", reply.page.entries);
}

#[test]
fn one_round_serves_many_devices_and_a_bad_offer_harms_no_other() {
    let (mut hub, mut lead, mut desk) = pair();
    lead.sync(&mut hub.core).unwrap();
    lead.set("station.name", "南极站");
    desk.append("safety.waste", "运出");
    let garbage = Offer { changes: vec![WireChange(vec![7; 40])], ..Offer::default() };
    let (lead_device, desk_device) = (lead.device(), desk.device());
    let asks = vec![
        Ask { device: Some(desk_device), application: lead.application.clone(), offer: garbage },
        Ask { device: Some(lead_device), application: lead.application.clone(), offer: lead.offer() },
        Ask { device: Some(desk_device), application: lead.application.clone(), offer: desk.offer() },
    ];
    let round = hub.core.round(&asks);
    let faults: Vec<_> =
        round.answers.iter().map(|answer| answer.as_ref().unwrap().receipt.faults.len()).collect();
    assert_eq!(faults, [1, 0, 0]);
    assert_eq!(round.stretches.len(), 1);
    assert_eq!(round.stretches[0].records.len(), 2);
}

#[test]
fn a_hello_beyond_the_log_or_of_another_log_is_told_so() {
    let (mut hub, mut lead, _) = pair();
    lead.sync(&mut hub.core).unwrap();
    let mut exchange = lead.exchange();
    exchange.hello.after += 5;
    let behind = hub.core.exchange(&lead.device(), &lead.application, exchange.clone()).unwrap_err();
    assert_eq!(behind.code, ErrorCode::HubBehind);
    assert_eq!(behind.position, Some(lead.ledger.log().position));
    exchange.hello.after = 1;
    let forked = hub.core.exchange(&lead.device(), &lead.application, exchange).unwrap_err();
    assert_eq!(forked.code, ErrorCode::LogForked);
}

#[test]
fn an_entry_that_moves_the_application_to_another_hub_is_not_taken_in() {
    let (mut hub, mut lead, _) = pair();
    lead.sync(&mut hub.core).unwrap();
    let key = crate::support::key(201).public();
    lead.act(Act::Hub { url: "https://other.example".to_owned(), key });
    let exchange = lead.exchange();
    let step = exchange.offer.roster.as_ref().unwrap()[0].hash();
    let reply = hub.core.exchange(&lead.device(), &lead.application, exchange).unwrap();
    assert_eq!(reply.receipt.faults.len(), 1);
    let told = Left::Step { entry: WireHash(step), why: StepFault::OtherHub };
    assert_eq!(reply.receipt.left, [told], "the desk is told which step it was");
    assert!(reply.page.entries.is_empty());
}

#[test]
fn a_long_log_comes_in_pages_that_a_new_desk_follows_folded_or_not() {
    let (mut hub, mut lead, mut desk) = pair();
    for round in 0..6 {
        for _ in 0..30 {
            lead.append("safety.waste", &"字".repeat(20));
            lead.set("station.name", &format!("{round} {}", lead.ledger.document.change_count()));
        }
        lead.sync(&mut hub.core).unwrap();
        if round % 2 == 0 {
            hub.core.fold(&lead.application).unwrap();
        }
    }
    lead.act(Act::Agency {
        id: AgencyId("other".to_owned()),
        name: "其他".to_owned(),
        mark: "他".to_owned(),
        grant: Default::default(),
        accept_until_ms: None,
    });
    lead.sync(&mut hub.core).unwrap();
    let mut hub = hub.restarted();
    desk.sync(&mut hub.core).unwrap();
    assert_eq!(desk.ledger.document.heads(), lead.ledger.document.heads());
    assert_eq!(desk.ledger.log(), lead.ledger.log());
    // The states in between, computed as a follower computes them.
    for after in [1, 5, 40, 100, lead.ledger.log().position - 1] {
        let mut hello = desk.hello();
        hello.after = after;
        let known = hub.core.page(&lead.application, &hello).unwrap_err();
        assert_eq!(known.code, ErrorCode::LogForked, "the newest hash is not that of place {after}");
    }
}

#[test]
fn a_consolidating_segment_takes_the_place_of_the_short_ones() {
    let (mut hub, mut lead, mut desk) = pair();
    desk.sync(&mut hub.core).unwrap();
    for _ in 0..5 {
        desk.append("safety.waste", "运");
        desk.sync(&mut hub.core).unwrap();
    }
    assert_eq!(hub.core.storage().segments(&desk.application).unwrap().len(), 5);
    let offer = Offer { seals: vec![desk.consolidate()], ..Offer::default() };
    let exchange = Exchange { hello: desk.hello(), offer };
    let reply = hub.core.exchange(&desk.device(), &desk.application, exchange).unwrap();
    assert_eq!(reply.receipt.faults, Vec::<String>::new());
    assert_eq!(hub.core.storage().segments(&desk.application).unwrap().len(), 1);
    lead.sync(&mut hub.core).unwrap();
    assert_eq!(lead.text("safety.waste"), "运运运运运");
}
