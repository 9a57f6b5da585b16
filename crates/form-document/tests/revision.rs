//! Revisions: what is final is closed to everybody, and what was returned is open to its owners again.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeSet;

use form_document::log::Reason;
use form_document::roster::{Act, ReturnReason, RosterChain, RosterFault};
use form_model::member::Step;
use support::company::{COMMERCE, LEAD, NOW, REVIEWER, SCIENCE, company, key};
use support::desk::{Desk, assert_same};
use support::hub::Hub;
use support::signing::digest;
use support::verdict::{accepted, judge, one_refused, refusals};

fn sections(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn finalise(revision: u64) -> Act {
    Act::Finalise { revision, manifest: digest("manifest"), sections: sections(&["basics", "plan"]) }
}

fn give_back(revision: u64, names: &[&str]) -> Act {
    let reasons = vec![ReturnReason { on: None, text: "请核对2025年数据".to_owned() }];
    Act::Return { revision, sections: sections(names), reasons }
}

fn step(chain: &mut RosterChain, number: u8, act: Act) -> Result<(), RosterFault> {
    chain.act(&key(number), act, NOW).map(drop)
}

#[test]
fn revisions_count_by_one_and_only_a_final_one_is_returned() {
    let mut chain = company();
    assert_eq!(chain.newest().revision.current(), 1);
    assert!(step(&mut chain, LEAD, give_back(1, &["plan"])).is_err(), "nothing is final yet");
    assert!(step(&mut chain, LEAD, finalise(2)).is_err());
    assert_eq!(step(&mut chain, COMMERCE, finalise(1)), Err(RosterFault::NotAllowed));
    step(&mut chain, LEAD, finalise(1)).unwrap();
    assert!(chain.newest().revision.is_closed());
    assert!(step(&mut chain, LEAD, finalise(2)).is_err(), "it was not returned");
    assert_eq!(step(&mut chain, COMMERCE, give_back(1, &["plan"])), Err(RosterFault::NotAllowed));
    assert!(step(&mut chain, REVIEWER, give_back(1, &["elsewhere"])).is_err());
    step(&mut chain, REVIEWER, give_back(1, &["plan"])).unwrap();
    let revision = &chain.newest().revision;
    assert_eq!((revision.current(), revision.is_closed()), (2, false));
    assert_eq!(*revision.frozen, sections(&["basics"]));
    step(&mut chain, LEAD, finalise(2)).unwrap();
    assert_eq!(chain.newest().revision.number, 2);
}

#[test]
fn edits_of_what_is_final_are_held_and_comments_go_on() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut lead, mut commerce, mut science) =
        (Desk::new(LEAD, &chain), Desk::new(COMMERCE, &chain), Desk::new(SCIENCE, &chain));
    science.append("plan.goals", "目标");
    science.sync(&mut hub);
    // Both go on, unaware of each other.
    commerce.set("basics.name", "甲");
    science.append("plan.goals", "。");
    science.sign_off("science", "王", "plan", Step::Sign, None);
    science.comment(Some("plan.goals"), "已改");
    lead.act(finalise(1)).unwrap();
    lead.sync(&mut hub);
    one_refused(&mut hub, &mut commerce, Reason::Held);
    let judgement = judge(&mut hub, &mut science);
    assert_eq!(refusals(&judgement)[..2], [Reason::Held, Reason::BuildsOnRefused]);
    for desk in [&mut lead, &mut commerce, &mut science] {
        desk.sync(&mut hub);
        // What does not hang on the refused work is handed over again.
        desk.sync(&mut hub);
    }
    for desk in [&mut lead, &mut commerce, &mut science] {
        desk.pull(&hub);
        assert_same(desk, &hub);
    }
    assert_eq!(commerce.set_aside.len(), 1, "it is kept, and shown to whoever wrote it");
    assert_eq!(commerce.set_aside[0].reason, Reason::Held);
    assert_eq!(science.document().comments().len(), 1, "the comment came again without what it hung on");
    // Given back, the section is its owners' again; the other one stays closed.
    let mut reviewer = Desk::new(REVIEWER, &chain);
    reviewer.pull(&hub);
    reviewer.act(give_back(1, &["plan"])).unwrap();
    reviewer.sync(&mut hub);
    for desk in [&mut commerce, &mut science] {
        desk.pull(&hub);
    }
    science.append("plan.goals", "!");
    assert_eq!(accepted(&judge(&mut hub, &mut science)), 1);
    commerce.set("basics.name", "乙");
    one_refused(&mut hub, &mut commerce, Reason::Held);
}

#[test]
fn a_desk_notices_a_hub_that_accepts_what_is_final() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut lead, mut commerce) = (Desk::new(LEAD, &chain), Desk::new(COMMERCE, &chain));
    lead.act(finalise(1)).unwrap();
    // The hub forgets the step while it judges, and puts it before the change in its log all the same.
    commerce.set("basics.name", "甲");
    hub.judge(&commerce.offer());
    let change = hub.log.pop().unwrap();
    let mut honest = Hub::new(&chain);
    honest.judge(&lead.offer());
    hub.log = honest.log;
    hub.log.push(change);
    hub.ledger = honest.ledger;
    let state = support::hub::state(&hub.log);
    let head = hub.sign(&state);
    let mut page = hub.page(lead.ledger.log().position, &lead.have());
    page.head = head;
    assert!(lead.follow(&page).is_err());
}
