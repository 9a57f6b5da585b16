//! A device may sign the same changes twice, as one that was restored from an old copy does. Every change has its
//! verdict all the same.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use form_document::Segment;
use form_document::ledger::Decision;
use form_document::roster::RosterChain;
use form_document::wire::{Offer, WireChange, WireClaim};
use support::company::{COMMERCE, SCIENCE, application, company, key};
use support::desk::{Desk, assert_same};
use support::hub::Hub;
use support::id;

/// A desk with so many changes, and what hands over one of them with a segment from the first on.
fn desk_that_signs_twice(chain: &RosterChain, count: u64) -> (Desk, impl Fn(&Desk, u64, u64) -> Offer) {
    let mut desk = Desk::new(COMMERCE, chain);
    for number in 0..count {
        desk.set("basics.name", &format!("第{number}名"));
    }
    let actor = desk.document().actor().clone();
    let offer = move |desk: &Desk, last: u64, roster: u64| {
        let hashes: Vec<_> = (1..=last).map(|seq| desk.document().hash_at(&actor, seq).unwrap()).collect();
        let changes = hashes.iter().map(|hash| WireChange(desk.document().change(hash).unwrap()));
        let changes = changes.collect();
        let segment = Segment::sign(&key(COMMERCE), &application(), actor.clone(), 1, hashes, roster);
        let claim = desk.ledger.claim(&actor).unwrap();
        Offer {
            changes,
            seals: vec![segment.seal(last + 1)],
            claims: Some(vec![WireClaim::from(claim)]),
            ..Offer::default()
        }
    };
    (desk, offer)
}

#[test]
fn what_a_restored_desk_signed_a_second_time_gets_its_verdicts() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (desk, offer) = desk_that_signs_twice(&chain, 3);
    // The restored desk signs its first change again; a colleague has all three by stick, signed before.
    hub.judge(&offer(&desk, 1, chain.version()));
    let judgement = hub.judge(&offer(&desk, 3, chain.version() - 1));
    assert_eq!((judgement.decisions.len(), judgement.faults.len()), (2, 0));
    assert_eq!(hub.segments.len(), 2);
    let mut newcomer = Desk::empty(SCIENCE);
    newcomer.pull(&hub);
    assert_same(&newcomer, &hub);
}

#[test]
fn what_is_signed_over_and_over_is_refused_in_the_end_and_holds_nobody_up() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (desk, offer) = desk_that_signs_twice(&chain, 20);
    let mut colleague = Desk::new(SCIENCE, &chain);
    colleague.take(&offer(&desk, 20, 1));
    colleague.splice("plan.goals", 0, 0, "接着写");
    let verdicts = (1..=20).map(|last| {
        let judgement = hub.judge(&offer(&desk, last, last));
        assert_eq!(judgement.decisions.len(), 1, "change {last} has a verdict");
        matches!(judgement.decisions[0], Decision::Accepted(_))
    });
    let accepted = verdicts.take_while(|accepted| *accepted).count();
    assert!((4..20).contains(&accepted), "{accepted}");
    assert!(hub.segments.len() <= accepted);
    let offer = colleague.offer_all();
    hub.judge(&offer);
    colleague.pull(&hub);
    assert_eq!(colleague.pending(), 1, "written again");
    colleague.sync(&mut hub);
    assert_eq!(hub.ledger.document.text(&id("plan.goals")), Some("接着写"));
    assert_same(&colleague, &hub);
}
