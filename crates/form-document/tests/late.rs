//! Rights that are taken while their work is under way: what is late, and what still counts.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use form_document::Segment;
use form_document::log::Reason;
use form_document::roster::Act;
use form_document::wire::Offer;
use form_model::member::Role;
use support::company::{
    COMMERCE, LEAD, NOW, OBSERVER, SCIENCE, add_member, agency, agency_act, agency_until, application,
    company, contributor, grant, key, public,
};
use support::desk::{Desk, assert_same};
use support::hub::Hub;
use support::verdict::{accepted, judge, one_refused, refusals};

#[test]
fn late_work_comes_in_until_its_date() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut lead, mut desk) = (Desk::new(LEAD, &chain), Desk::new(COMMERCE, &chain));
    desk.set("basics.name", "甲");
    let early = desk.offer();
    desk.set("basics.name", "乙");
    let late = desk.offer();
    lead.act(agency_until("commerce", contributor(&["plan"]), Some(NOW + 100))).unwrap();
    lead.sync(&mut hub);
    hub.now_ms = NOW + 100;
    assert_eq!(accepted(&hub.judge(&early)), 1, "on the last moment");
    hub.now_ms = NOW + 101;
    assert_eq!(refusals(&hub.judge(&late)), [Reason::Reassigned]);
    desk.pull(&hub);
    desk.set("basics.name", "丙");
    hub.now_ms = NOW;
    one_refused(&mut hub, &mut desk, Reason::NotGranted);
}

#[test]
fn without_a_date_late_work_is_refused_and_a_right_given_later_counts() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut lead, mut desk) = (Desk::new(LEAD, &chain), Desk::new(COMMERCE, &chain));
    desk.set("basics.name", "甲");
    lead.act(agency_act("commerce", contributor(&["plan"]))).unwrap();
    lead.sync(&mut hub);
    one_refused(&mut hub, &mut desk, Reason::Reassigned);
    let mut other = Desk::new(SCIENCE, &chain);
    other.set("basics.name", "乙");
    lead.act(agency_act("science", contributor(&["plan", "basics.name"]))).unwrap();
    lead.sync(&mut hub);
    assert_eq!(accepted(&judge(&mut hub, &mut other)), 1, "made before the right was given");
}

#[test]
fn a_device_cannot_know_less_than_it_has_signed_with_before() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut lead, mut desk) = (Desk::new(LEAD, &chain), Desk::new(COMMERCE, &chain));
    lead.act(agency_until("commerce", contributor(&["plan"]), Some(NOW + 1_000_000))).unwrap();
    lead.sync(&mut hub);
    let old = desk.ledger.chain().version();
    desk.pull(&hub);
    desk.append("plan.goals", "字");
    desk.sync(&mut hub);
    assert_eq!(hub.ledger.floor(&public(COMMERCE)), old + 1);
    // It says that it had not heard of the step that took `basics` away.
    desk.set("basics.name", "甲");
    let mut offer = desk.offer();
    let actor = desk.document().actor().clone();
    let hash = desk.document().hash_at(&actor, 2).unwrap();
    let back_dated = Segment::sign(&key(COMMERCE), &application(), actor, 2, vec![hash], old);
    offer.seals = vec![back_dated.seal(3)];
    assert_eq!(refusals(&hub.judge(&offer)), [Reason::NotGranted]);
}

#[test]
fn within_one_offer_too_the_order_of_the_log_decides_what_a_device_knew() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let mut lead = Desk::new(LEAD, &chain);
    lead.act(agency_until("commerce", contributor(&["plan"]), Some(NOW + 1_000_000))).unwrap();
    lead.sync(&mut hub);
    let old = chain.version();
    let mut desk = Desk::new(COMMERCE, &chain);
    let actor = desk.document().actor().clone();
    desk.set("basics.name", "甲");
    desk.append("plan.goals", "字");
    desk.set("basics.name", "乙");
    let hash = |seq| desk.document().hash_at(&actor, seq).unwrap();
    let seal = |seq, roster| {
        Segment::sign(&key(COMMERCE), &application(), actor.clone(), seq, vec![hash(seq)], roster)
            .seal(seq + 1)
    };
    let seals = vec![seal(1, old), seal(2, old + 1), seal(3, old)];
    let offer = Offer { seals, ..desk.offer() };
    let judgement = hub.judge(&offer);
    assert_eq!((accepted(&judgement), refusals(&judgement)), (2, vec![Reason::NotGranted]));
    // Whoever follows comes to the same, wherever the pages are cut.
    let mut reader = Desk::empty(OBSERVER);
    while reader.ledger.log().position < hub.ledger.log().position {
        let page = hub.page_of(reader.ledger.log().position, 1, &reader.have());
        reader.follow(&page).unwrap();
    }
    assert_same(&reader, &hub);
}

#[test]
fn a_grant_of_a_removed_agency_and_a_handed_over_lead_count_no_longer() {
    let mut chain = company();
    add_member(&mut chain, 8, "lead", grant(Role::Lead, &[]));
    let mut hub = Hub::new(&chain);
    let (mut lead, mut desk) = (Desk::new(LEAD, &chain), Desk::new(COMMERCE, &chain));
    desk.set("basics.name", "甲");
    lead.act(Act::Remove { agency: agency("commerce") }).unwrap();
    lead.sync(&mut hub);
    one_refused(&mut hub, &mut desk, Reason::Revoked);
    let mut former = Desk::new(8, hub.ledger.chain());
    lead.act(Act::HandOver {
        to: agency("science"),
        grant: contributor(&["basics.name"]),
        accept_until_ms: None,
    })
    .unwrap();
    lead.sync(&mut hub);
    former.set("basics.name", "乙");
    former.set("basics.phone", "010");
    let judgement = judge(&mut hub, &mut former);
    assert_eq!((accepted(&judgement), refusals(&judgement)), (1, vec![Reason::Reassigned]));
}

#[test]
fn work_is_late_when_the_time_of_any_of_several_losses_is_over() {
    let chain = company();
    for (last, expected) in [(Some(NOW + 1), None), (None, Some(Reason::Reassigned))] {
        let mut hub = Hub::new(&chain);
        let (mut lead, mut desk) = (Desk::new(LEAD, &chain), Desk::new(COMMERCE, &chain));
        desk.set("basics.name", "甲");
        // Taken with time to hand in, given back, and taken once more.
        lead.act(agency_until("commerce", contributor(&["plan"]), Some(NOW + 1))).unwrap();
        lead.act(agency_act("commerce", contributor(&["basics"]))).unwrap();
        lead.act(agency_until("commerce", contributor(&["plan"]), last)).unwrap();
        lead.sync(&mut hub);
        let judgement = judge(&mut hub, &mut desk);
        assert_eq!(refusals(&judgement), Vec::from_iter(expected), "{last:?}");
    }
}
