//! A newcomer starts from the whole document and the log beside it, and believes it only after a second look.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeMap;

use form_document::ledger::{Ledger, LogFault, Logged, PageBuilder, StartFault, Started, verify_all};
use form_document::wire::{PageEntry, Start, WireChange};
use form_document::{ActorId, Claim};
use support::company::{
    COMMERCE, LEAD, REVIEWER, SCIENCE, agency_until, application, company, contributor, genesis, public,
};
use support::desk::{Desk, assert_same};
use support::form;
use support::hub::Hub;

/// An application in which three have written, one astray.
fn world() -> (Hub, Vec<Desk>) {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let mut desks: Vec<_> = [LEAD, COMMERCE, SCIENCE].map(|number| Desk::new(number, &chain)).into();
    for round in 0..3 {
        desks[1].set("basics.name", &format!("甲{round}"));
        desks[2].append("plan.goals", "目标。");
        desks[2].splice("plan.goals", 0, 1, "");
        desks[0].set("basics.name", &format!("乙{round}"));
        let on = desks[1].comment(Some("plan.goals"), "请补充");
        desks[1].settle(&on, true);
        desks[1].set("plan.goals?note", "astray");
        for desk in &mut desks {
            desk.sync(&mut hub);
        }
        desks[0].act(agency_until("commerce", contributor(&["basics"]), None)).unwrap();
        desks[0].sync(&mut hub);
    }
    for desk in &mut desks {
        desk.sync(&mut hub);
    }
    (hub, desks)
}

/// The compact start that the hub gives.
fn start_of(hub: &Hub) -> Start {
    let have = BTreeMap::new();
    let mut builder = PageBuilder::new(0, &have);
    for logged in &hub.log {
        match logged {
            Logged::Accepted { actor, seq, .. } => builder.push_accepted(actor, *seq),
            other => builder.push(other.clone()),
        }
    }
    let claims: Vec<Claim> = hub.ledger.claims().cloned().collect();
    let page = builder.finish(&hub.segments, &claims, hub.head());
    // The receiver has the changes in the document.
    let seals = hub.segments.iter().map(|segment| hub.ledger.seal(segment)).collect();
    Start { document: hub.ledger.document.save(), page: form_document::wire::Page { seals, ..page } }
}

fn begin(start: &Start) -> Result<(Ledger, Started), StartFault> {
    let actor = form_document::actor_id(&application(), &public(REVIEWER).0, &[0; 16]);
    Ledger::start(start, &genesis(), &form(), actor)
}

#[test]
fn a_newcomer_has_everything_at_once_and_believes_it_after_a_second_look() {
    let (mut hub, desks) = world();
    assert!(hub.log.iter().any(|logged| matches!(logged, Logged::Refused { .. })), "one wrote astray");
    let start = start_of(&hub);
    let (mut ledger, started) = begin(&start).unwrap();
    assert_eq!(started.accepted, *hub.ledger.all_accepted());
    let verified = verify_all(&start, &genesis(), &form()).unwrap();
    assert_eq!(verified.log, *hub.ledger.log());
    assert_eq!(verified.segments.len(), hub.segments.len());
    ledger.set_verified(&verified);
    assert_eq!(ledger.floor(&public(COMMERCE)), hub.ledger.floor(&public(COMMERCE)));
    let mut newcomer = Desk::empty(REVIEWER);
    newcomer.ledger = ledger;
    newcomer.segments = verified.segments;
    assert_same(&newcomer, &hub);
    // It goes on like everybody else.
    newcomer.ledger.add_claim(Claim::new(&application(), public(REVIEWER), [0; 16]));
    newcomer.comment(None, "收到");
    newcomer.sync(&mut hub);
    assert_same(&newcomer, &hub);
    drop(desks);
}

#[test]
fn a_document_that_lacks_or_adds_a_change_is_no_start() {
    let (hub, mut desks) = world();
    let mut start = start_of(&hub);
    desks[1].set("basics.phone", "010");
    start.document = desks[1].document().save();
    assert!(matches!(begin(&start), Err(StartFault::Other { .. })));
    let mut start = start_of(&hub);
    start.document = Desk::new(LEAD, &company()).document().save();
    assert!(matches!(begin(&start), Err(StartFault::Log(LogFault::Missing { .. }))));
}

#[test]
fn a_log_that_the_hub_did_not_sign_is_no_start() {
    let (hub, _) = world();
    let mut start = start_of(&hub);
    start.page.entries.swap(20, 21);
    assert!(begin(&start).is_err());
    let mut start = start_of(&hub);
    start.page.head.time_ms += 1;
    assert!(matches!(begin(&start), Err(StartFault::Log(LogFault::Head(_)))));
    let mut start = start_of(&hub);
    start.page.head.position = 0;
    assert!(begin(&start).is_err());
    let mut start = start_of(&hub);
    start.page.entries.clear();
    start.page.head.position = 0;
    assert!(begin(&start).is_err());
    let mut start = start_of(&hub);
    start.page.entries.push(PageEntry::Change(WireChange(genesis())));
    assert!(matches!(begin(&start), Err(StartFault::NotCompact)));
    let mut start = start_of(&hub);
    start.page.claims.pop();
    assert!(matches!(begin(&start), Err(StartFault::Unclaimed(_))));
    let mut start = start_of(&hub);
    start.document.truncate(100);
    assert!(matches!(begin(&start), Err(StartFault::Load(_))));
}

#[test]
fn the_second_look_finds_a_change_that_nobody_signed() {
    let (hub, _) = world();
    let mut start = start_of(&hub);
    start.page.seals.pop();
    assert!(begin(&start).is_ok(), "the first look does not ask");
    assert!(matches!(verify_all(&start, &genesis(), &form()), Err(StartFault::Log(LogFault::Fault(_)))));
    let mut start = start_of(&hub);
    start.page.seals[0].roster += 1;
    assert!(verify_all(&start, &genesis(), &form()).is_err());
}

#[test]
fn the_second_look_finds_a_change_that_its_author_may_not_make() {
    let chain = company();
    let mut honest = Hub::new(&chain);
    let mut commerce = Desk::new(COMMERCE, &chain);
    commerce.append("plan.goals", "占");
    // A hub that does not look: it takes the lead's rights for everybody's.
    let offer = commerce.offer();
    assert!(matches!(honest.judge(&offer).decisions[..], [form_document::ledger::Decision::Refused { .. }]));
    let mut careless = Hub::new(&chain);
    let bytes = offer.changes[0].0.clone();
    careless.ledger.document.merge(std::slice::from_ref(&bytes));
    careless.log.push(Logged::Accepted { actor: commerce.document().actor().clone(), seq: 1, bytes });
    careless.segments.clone_from(&commerce.segments);
    let mut start = start_of(&careless);
    start.page.head = careless.sign(&support::hub::state(&careless.log));
    start.page.claims = commerce.ledger.claims().map(Into::into).collect();
    assert!(begin(&start).is_ok(), "the first look does not ask");
    let found = verify_all(&start, &genesis(), &form());
    assert!(matches!(found, Err(StartFault::Log(LogFault::Forbidden { .. }))), "{found:?}");
}

/// `cargo test --release -p form-document --test start -- --ignored --nocapture`
#[test]
#[ignore = "measures; takes a minute"]
#[allow(clippy::disallowed_methods, reason = "it measures")]
fn measure_a_start_with_100_000_changes() {
    use std::time::Instant;
    const CHANGES: usize = 100_000;
    const AUTHORS: usize = 4;
    let chain = company();
    let mut hub = Hub::new(&chain);
    // Four that type at once, in turns of some length, in a prose text and in values.
    let mut desks: Vec<Desk> = (0..AUTHORS).map(|_| Desk::new(LEAD, &chain)).collect();
    for (at, desk) in desks.iter_mut().enumerate() {
        restart(desk, u8::try_from(at).unwrap());
    }
    let mut random = support::Random(1);
    let mut log: Vec<(ActorId, u64)> = Vec::new();
    for desk in &mut desks {
        for _ in 0..CHANGES / AUTHORS {
            if random.below(10) == 0 {
                desk.set("basics.name", &format!("甲{}", random.below(1_000_000)));
            } else {
                let length = desk.document().text(&support::id("plan.goals")).unwrap().chars().count();
                let delete = random.below(2).min(length);
                desk.splice("plan.goals", random.below(length - delete + 1), delete, "字");
            }
            let actor = desk.document().actor().clone();
            log.push((actor.clone(), desk.document().last_seq(&actor)));
        }
    }
    let all: Vec<Vec<u8>> =
        desks.iter().flat_map(|desk| desk.document().changes().into_iter().skip(1)).collect();
    let begun = Instant::now();
    hub.ledger.document.merge(&all);
    println!("merging {} changes: {:?}", all.len(), begun.elapsed());
    // Turns of five keystrokes.
    log.sort_by_key(|(actor, seq)| (seq / 5, actor.clone(), *seq));
    let bytes: BTreeMap<_, _> = all
        .into_iter()
        .map(|bytes| (automerge::Change::try_from(&bytes[..]).unwrap(), bytes))
        .map(|(change, bytes)| ((change.actor_id().clone(), change.seq()), bytes))
        .collect();
    for (actor, seq) in log {
        let bytes = bytes[&(actor.clone(), seq)].clone();
        hub.log.push(Logged::Accepted { actor, seq, bytes });
    }
    for desk in &mut desks {
        desk.sign();
        hub.segments.append(&mut desk.segments);
    }
    let mut start = start_of(&hub);
    start.page.seals = hub.segments.iter().map(|segment| segment.seal(segment.end_seq())).collect();
    start.page.head = hub.sign(&support::hub::state(&hub.log));
    start.page.claims = desks.iter().flat_map(|desk| desk.ledger.claims()).map(Into::into).collect();
    let encoded = form_document::wire::encode(&start);
    println!("start: {} bytes, of which document {}", encoded.len(), start.document.len());
    for _ in 0..3 {
        let begun = Instant::now();
        let loaded = automerge::Automerge::load(&start.document).unwrap();
        let load = begun.elapsed();
        drop(loaded);
        let begun = Instant::now();
        let started = begin(&start).unwrap();
        let first = begun.elapsed();
        drop(started);
        let begun = Instant::now();
        let verified = verify_all(&start, &genesis(), &form()).unwrap();
        let second = begun.elapsed();
        println!(
            "load {load:?}; start {first:?}; verify_all {second:?}; {} segments",
            verified.segments.len()
        );
    }
}

/// Makes the desk write as another actor of its device.
fn restart(desk: &mut Desk, nonce: u8) {
    let claim = Claim::new(&application(), desk.key.public(), [nonce; 16]);
    desk.own.insert(claim.actor.clone());
    desk.ledger.document =
        form_document::Document::from_genesis(&genesis(), &form(), claim.actor.clone()).unwrap();
    desk.ledger.add_claim(claim);
}
