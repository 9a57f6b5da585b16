//! The hub's verdicts: whose a change is, whether they may make it, and what else an offer may hold.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use form_document::ledger::{BadSeal, Decision, Fault, Judgement};
use form_document::log::Reason;
use form_document::roster::Act;
use form_document::wire::{Offer, Seal, WireChange, WireClaim, WireHash};
use form_document::{ActorId, ChangeHash, Claim, Segment};
use support::company::{
    COMMERCE, DATA, LEAD, NOW, OBSERVER, REVIEWER, SCIENCE, STRANGER, agency_act, application, company,
    contributor, hub_act, key, public,
};
use support::desk::{Desk, assert_same};
use support::hub::Hub;
use support::verdict::{accepted, judge, one_refused, refusals};

#[test]
fn everybody_writes_where_they_may() {
    let chain = company();
    let allowed: [(u8, &[&str]); 4] = [
        (LEAD, &["basics.name", "basics.revenue.2023", "plan.goals?note"]),
        (COMMERCE, &["basics.name", "basics.phone", "basics.revenue.2023", "basics.name?note"]),
        (SCIENCE, &["plan.goals?note"]),
        (DATA, &["basics.revenue.2023", "basics.revenue.2025", "basics.revenue.2024?note"]),
    ];
    for (number, answers) in allowed {
        for answer in answers {
            let (mut hub, mut desk) = (Hub::new(&chain), Desk::new(number, &chain));
            desk.set(answer, "128");
            assert_eq!(accepted(&judge(&mut hub, &mut desk)), 1, "{number}: {answer}");
        }
    }
}

#[test]
fn nobody_writes_where_they_may_not() {
    let chain = company();
    let forbidden: [(u8, &[&str]); 5] = [
        (COMMERCE, &["plan.goals?note"]),
        (SCIENCE, &["basics.name", "basics.name?note"]),
        (DATA, &["basics.name", "basics.phone", "plan.goals?note"]),
        (REVIEWER, &["basics.name"]),
        (OBSERVER, &["basics.name"]),
    ];
    for (number, answers) in forbidden {
        for answer in answers {
            let (mut hub, mut desk) = (Hub::new(&chain), Desk::new(number, &chain));
            desk.set(answer, "128");
            one_refused(&mut hub, &mut desk, Reason::NotGranted);
            assert_eq!(hub.ledger.document.change_count(), 1, "nothing of it is applied");
        }
    }
    let (mut hub, mut desk) = (Hub::new(&chain), Desk::new(COMMERCE, &chain));
    desk.append("plan.goals", "字");
    one_refused(&mut hub, &mut desk, Reason::NotGranted);
}

#[test]
fn reviewers_comment_and_observers_do_not() {
    let chain = company();
    for number in [LEAD, COMMERCE, SCIENCE, REVIEWER] {
        let (mut hub, mut desk) = (Hub::new(&chain), Desk::new(number, &chain));
        let on = desk.comment(Some("plan.goals"), "请补充");
        desk.settle(&on, true);
        assert_eq!(accepted(&judge(&mut hub, &mut desk)), 2);
    }
    let (mut hub, mut desk) = (Hub::new(&chain), Desk::new(OBSERVER, &chain));
    desk.comment(None, "请补充");
    one_refused(&mut hub, &mut desk, Reason::NotGranted);
}

#[test]
fn what_builds_on_a_refused_change_is_refused_and_others_are_not() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut commerce, mut science) = (Desk::new(COMMERCE, &chain), Desk::new(SCIENCE, &chain));
    commerce.set("basics.name", "甲");
    commerce.set("plan.goals?note", "astray");
    commerce.set("basics.name", "乙");
    science.append("plan.goals", "目标");
    let (judgement, _) = hub.judge_all(&[&commerce.offer(), &science.offer()]);
    assert_eq!(judgement.faults, []);
    assert_eq!(accepted(&judgement), 2, "what came before, and another's");
    assert_eq!(refusals(&judgement), [Reason::NotGranted, Reason::BuildsOnRefused]);
    // Across offers too.
    commerce.set("basics.name", "丙");
    let judgement = hub.judge(&commerce.offer());
    assert_eq!((accepted(&judgement), refusals(&judgement)), (0, vec![Reason::BuildsOnRefused]));
    assert_eq!(judgement.faults, []);
}

#[test]
fn verdicts_stand_in_the_order_of_the_log_and_are_given_once() {
    let chain = company();
    let (mut hub, mut desk) = (Hub::new(&chain), Desk::new(COMMERCE, &chain));
    for value in ["甲", "乙", "丙"] {
        desk.set("basics.name", value);
    }
    let offer = desk.offer();
    let judgement = hub.judge(&offer);
    let hashes: Vec<_> = judgement.decisions.iter().map(Decision::item).collect();
    let expected: Vec<_> = (1..=3)
        .map(|seq| {
            form_document::log::Item::Accepted(desk.document().hash_at(desk.document().actor(), seq).unwrap())
        })
        .collect();
    assert_eq!(hashes, expected);
    assert_eq!(*hub.ledger.log(), support::hub::state(&hub.log));
    let before = *hub.ledger.log();
    assert_eq!(hub.judge(&offer), Judgement::default(), "again, and nothing new");
    assert_eq!(*hub.ledger.log(), before);
}

#[test]
fn a_change_waits_for_its_ancestors() {
    let chain = company();
    let (mut hub, mut desk) = (Hub::new(&chain), Desk::new(COMMERCE, &chain));
    desk.set("basics.name", "甲");
    desk.set("basics.name", "乙");
    let whole = desk.offer();
    let second = Offer { changes: whole.changes[1..].to_vec(), ..whole.clone() };
    // The first hash is nowhere, so the seal proves nothing; with it named, it does.
    let judgement = hub.judge(&second);
    assert!(matches!(
        judgement.faults[..],
        [Fault::Seal { bad: BadSeal::MissingChanges, .. }, Fault::Unproven(_)]
    ));
    let actor = desk.document().actor().clone();
    let hash = |seq| desk.document().hash_at(&actor, seq).unwrap();
    let seal = Seal { rest: Some(vec![WireHash(hash(1).0), WireHash(hash(2).0)]), ..whole.seals[0].clone() };
    let judgement = hub.judge(&Offer { seals: vec![seal], ..second });
    assert_eq!((judgement.faults, judgement.decisions), (vec![], vec![]));
    assert_eq!(judgement.waiting[0].missing, [hash(1)]);
    assert_eq!(accepted(&hub.judge(&whole)), 2, "and is judged with them");
}

#[test]
fn a_revoked_device_is_refused_also_through_a_colleague() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut lead, mut gone) = (Desk::new(LEAD, &chain), Desk::new(COMMERCE, &chain));
    let mut colleague = Desk::new(SCIENCE, &chain);
    gone.set("basics.name", "甲");
    colleague.append("plan.goals", "字");
    assert_eq!(colleague.take(&gone.bundle()).faults, []);
    assert_eq!(colleague.document().answers().text(&support::id("basics.name")), "甲", "not known as yet");
    lead.act(Act::Revoke { device: public(COMMERCE) }).unwrap();
    lead.sync(&mut hub);
    let judgement = hub.judge(&colleague.offer_all());
    assert_eq!((accepted(&judgement), refusals(&judgement)), (1, vec![Reason::Revoked]));
    let followed = colleague.pull(&hub);
    assert!(followed.recovery.is_some());
    assert_eq!(colleague.document().answers().text(&support::id("basics.name")), "");
    assert_same(&colleague, &hub);
    // Once it is known, a stick does not bring it in either.
    let mut other = Desk::new(DATA, lead.ledger.chain());
    let taken = other.take(&gone.bundle());
    assert_eq!((taken.merged.applied.len(), taken.merged.refused.len()), (0, 1));
}

#[test]
fn what_a_stranger_signs_is_nobodys() {
    let chain = company();
    let (mut hub, mut stranger) = (Hub::new(&chain), Desk::new(STRANGER, &chain));
    stranger.set("basics.name", "甲");
    let judgement = hub.judge(&stranger.offer());
    assert_eq!(judgement.decisions, []);
    let hash = stranger.document().heads()[0];
    let bad = Fault::Seal { index: 0, bad: BadSeal::UnknownActor };
    assert_eq!(judgement.faults, [Fault::UnknownDevice { index: 0 }, bad, Fault::Unproven(hash)]);
    assert_eq!(judgement.claims, []);
}

#[test]
fn of_two_changes_in_one_place_the_first_stands() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    // A copy of the desk writes as the same actor.
    let (mut desk, mut copy) = (Desk::new(COMMERCE, &chain), Desk::new(COMMERCE, &chain));
    desk.set("basics.name", "甲");
    copy.set("basics.name", "乙");
    copy.set("basics.phone", "010");
    assert_eq!(accepted(&judge(&mut hub, &mut desk)), 1);
    let judgement = judge_with_rest(&mut hub, &mut copy);
    assert_eq!(accepted(&judgement), 0);
    // Its desk gives way, by a new name.
    let actor = copy.document().actor().clone();
    copy.pull(&hub);
    assert_ne!(copy.document().actor(), &actor);
    assert_eq!(copy.document().answers().text(&support::id("basics.phone")), "010", "nothing is lost");
    copy.sync(&mut hub);
    desk.sync(&mut hub);
    assert_same(&copy, &hub);
    assert_same(&desk, &hub);
    assert_eq!(hub.ledger.document.standing(&support::id("basics.name")).conflict.len(), 2);
}

/// Judges a desk's work, every hash of its seals named.
fn judge_with_rest(hub: &mut Hub, desk: &mut Desk) -> Judgement {
    let offer = desk.offer();
    let seals = desk.segments.iter().map(|segment| segment.seal(0)).collect();
    hub.judge(&Offer { seals, ..offer })
}

#[test]
fn a_change_that_was_altered_or_is_anothers_is_nobodys_and_others_are_accepted() {
    let chain = company();
    let (mut commerce, mut science) = (Desk::new(COMMERCE, &chain), Desk::new(SCIENCE, &chain));
    commerce.set("basics.name", "甲");
    science.append("plan.goals", "字");
    let honest = science.offer();
    let victim = commerce.offer();
    let join = |changes: Vec<WireChange>, seals: Vec<Seal>| {
        let claims = [victim.claims.clone().unwrap(), honest.claims.clone().unwrap()].concat();
        Offer { changes, seals, claims: Some(claims), roster: None }
    };
    let unaffected = |offer: Offer| {
        let mut hub = Hub::new(&chain);
        let judgement = hub.judge(&offer);
        assert_eq!((accepted(&judgement), refusals(&judgement)), (1, vec![]), "{:?}", judgement.faults);
        assert_eq!(hub.ledger.document.text(&support::id("plan.goals")), Some("字"));
        judgement.faults
    };
    // Another value under the victim's name, with the victim's seal.
    let mut forger = Desk::new(COMMERCE, &chain);
    forger.set("basics.name", "乙");
    let forged = forger.offer().changes.remove(0);
    let seals = vec![victim.seals[0].clone(), honest.seals[0].clone()];
    let faults = unaffected(join(vec![forged.clone(), honest.changes[0].clone()], seals.clone()));
    assert!(matches!(faults[..], [Fault::Seal { index: 0, bad: BadSeal::Signature(_) }, Fault::Unproven(_)]));
    // Signed by the forger's own device.
    let actor = commerce.document().actor().clone();
    let hash = forger.document().heads()[0];
    let by_other = Segment::sign(&key(SCIENCE), &application(), actor, 1, vec![hash], chain.version());
    let faults = unaffected(join(
        vec![forged.clone(), honest.changes[0].clone()],
        vec![by_other.seal(2), honest.seals[0].clone()],
    ));
    assert!(matches!(faults[..], [Fault::Seal { index: 0, bad: BadSeal::Signature(_) }, Fault::Unproven(_)]));
    // Any bit of it.
    let WireChange(bytes) = &victim.changes[0];
    for at in (0..bytes.len()).step_by(7) {
        let mut altered = bytes.clone();
        altered[at] ^= 4;
        let faults = unaffected(join(vec![WireChange(altered), honest.changes[0].clone()], seals.clone()));
        assert!(!faults.is_empty());
    }
    // An altered copy in front of the change itself does not spoil it.
    let mut hub = Hub::new(&chain);
    let both = join(vec![forged, victim.changes[0].clone(), honest.changes[0].clone()], seals);
    let judgement = hub.judge(&both);
    assert_eq!(accepted(&judgement), 2, "{:?}", judgement.faults);
}

#[test]
fn a_seal_says_exactly_what_was_signed() {
    let chain = company();
    let mut desk = Desk::new(COMMERCE, &chain);
    desk.set("basics.name", "甲");
    desk.set("basics.name", "乙");
    let offer = desk.offer();
    let good = &offer.seals[0];
    let (actor, first) = good.start.unwrap();
    let hash = WireHash([7; 32]);
    let mut other_actor = actor;
    other_actor.0[0] ^= 1;
    let mut signature = good.signature;
    signature.0[5] ^= 1;
    type Expected = fn(BadSeal) -> bool;
    let altered: Vec<(Seal, Expected)> = vec![
        (Seal { roster: good.roster - 1, ..good.clone() }, |bad| matches!(bad, BadSeal::Signature(_))),
        (Seal { count: 1, ..good.clone() }, |bad| matches!(bad, BadSeal::Signature(_))),
        (Seal { count: 3, ..good.clone() }, |bad| matches!(bad, BadSeal::MissingChanges)),
        (Seal { count: 0, ..good.clone() }, |bad| matches!(bad, BadSeal::Length)),
        (Seal { count: 4_097, ..good.clone() }, |bad| matches!(bad, BadSeal::Length)),
        (Seal { count: u64::MAX, ..good.clone() }, |bad| matches!(bad, BadSeal::Length)),
        (Seal { start: Some((actor, 2)), ..good.clone() }, |bad| matches!(bad, BadSeal::MissingChanges)),
        (Seal { start: Some((actor, 0)), ..good.clone() }, |bad| matches!(bad, BadSeal::Length)),
        (Seal { start: Some((actor, u64::MAX)), ..good.clone() }, |bad| {
            matches!(bad, BadSeal::MissingChanges)
        }),
        (Seal { start: Some((other_actor, first)), ..good.clone() }, |bad| {
            matches!(bad, BadSeal::UnknownActor)
        }),
        (Seal { signature, ..good.clone() }, |bad| matches!(bad, BadSeal::Signature(_))),
        (Seal { count: 3, rest: Some(vec![hash]), ..good.clone() }, |bad| {
            matches!(bad, BadSeal::Signature(_))
        }),
        (Seal { rest: Some(vec![hash; 3]), ..good.clone() }, |bad| matches!(bad, BadSeal::Length)),
    ];
    for (seal, expected) in altered {
        let judgement = Hub::new(&chain).judge(&Offer { seals: vec![seal.clone()], ..offer.clone() });
        assert_eq!(judgement.decisions, [], "{seal:?}");
        let [Fault::Seal { bad, .. }, ..] = judgement.faults[..] else { panic!("{:?}", judgement.faults) };
        assert!(expected(bad), "{seal:?}: {bad:?}");
    }
    let implicit = Seal { start: None, ..good.clone() };
    assert_eq!(accepted(&Hub::new(&chain).judge(&Offer { seals: vec![implicit], ..offer.clone() })), 2);
    // A segment for another application.
    let other = form_model::id::ApplicationId("0".repeat(64));
    let actor = ActorId::from(actor);
    let hashes: Vec<ChangeHash> = (1..=2).map(|seq| desk.document().hash_at(&actor, seq).unwrap()).collect();
    let foreign = Segment::sign(&key(COMMERCE), &other, actor, 1, hashes, chain.version());
    assert_eq!(foreign.verify(&other, &public(COMMERCE)), Ok(()));
    let judgement = Hub::new(&chain).judge(&Offer { seals: vec![foreign.seal(3)], ..offer });
    assert!(matches!(judgement.faults[0], Fault::Seal { bad: BadSeal::Signature(_), .. }));
}

#[test]
fn a_longer_segment_takes_the_place_of_those_it_covers_and_none_cuts_through() {
    let chain = company();
    let (mut hub, mut desk) = (Hub::new(&chain), Desk::new(COMMERCE, &chain));
    for value in ["甲", "乙", "丙", "丁"] {
        desk.set("basics.name", value);
        desk.sync(&mut hub);
    }
    assert_eq!(hub.segments.len(), 4);
    let long = desk.consolidate();
    let seal_only = |segment: &Segment| Offer { seals: vec![segment.seal(5)], ..Offer::default() };
    let judgement = hub.judge(&seal_only(&long));
    assert_eq!((judgement.segments.len(), judgement.decisions.len()), (1, 0));
    assert_eq!(hub.segments, std::slice::from_ref(&long));
    assert_eq!(hub.judge(&seal_only(&long)), Judgement::default(), "again, and nothing new");
    let actor = desk.document().actor().clone();
    let hash = |seq| desk.document().hash_at(&actor, seq).unwrap();
    let segment = |first: u64, last: u64, roster| {
        let hashes = (first..=last).map(hash).collect();
        Segment::sign(&key(COMMERCE), &application(), actor.clone(), first, hashes, roster)
    };
    let bad = |judgement: Judgement| match judgement.faults[..] {
        [Fault::Seal { bad, .. }, ..] => bad,
        _ => panic!("{judgement:?}"),
    };
    assert_eq!(bad(hub.judge(&seal_only(&segment(2, 3, chain.version())))), BadSeal::CutsThrough);
    // Nor does one say later that the device had known another roster.
    let later = segment(1, 4, chain.version() - 1);
    assert_eq!(bad(hub.judge(&seal_only(&later))), BadSeal::OtherRoster);
    // A newcomer is content with the long one.
    let mut newcomer = Desk::empty(SCIENCE);
    newcomer.pull(&hub);
    assert_same(&newcomer, &hub);
    assert_eq!(newcomer.segments, [long]);
}

#[test]
fn a_segment_that_names_changes_which_never_came_spoils_nothing() {
    let chain = company();
    let (mut hub, mut desk) = (Hub::new(&chain), Desk::new(COMMERCE, &chain));
    desk.set("basics.name", "甲");
    desk.set("basics.name", "乙");
    let offer = desk.offer();
    let actor = desk.document().actor().clone();
    let hash = |seq| desk.document().hash_at(&actor, seq).unwrap();
    let sign = |first, hashes: Vec<ChangeHash>| {
        Segment::sign(&key(COMMERCE), &application(), actor.clone(), first, hashes, chain.version())
    };
    let promise = sign(1, vec![hash(1), ChangeHash([7; 32])]);
    let first =
        Offer { changes: vec![offer.changes[0].clone()], seals: vec![promise.seal(2)], ..offer.clone() };
    assert_eq!(accepted(&hub.judge(&first)), 1);
    let whole = sign(1, vec![hash(1), hash(2)]);
    let second = Offer { changes: vec![offer.changes[1].clone()], seals: vec![whole.seal(3)], ..offer };
    assert_eq!(accepted(&hub.judge(&second)), 1);
    for length in [1, 2, usize::MAX] {
        let mut newcomer = Desk::empty(SCIENCE);
        while newcomer.ledger.log().position < hub.ledger.log().position {
            newcomer.follow(&hub.page_of(newcomer.ledger.log().position, length, &newcomer.have())).unwrap();
        }
        assert_same(&newcomer, &hub);
    }
}

#[test]
fn offers_of_several_are_judged_together_and_answered_apart() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut commerce, mut science) = (Desk::new(COMMERCE, &chain), Desk::new(SCIENCE, &chain));
    commerce.set("basics.name", "甲");
    science.take(&commerce.bundle());
    science.append("plan.goals", "字");
    science.append("plan.goals", "字");
    let on_another = science.offer();
    let bad = Offer { changes: vec![WireChange(vec![1, 2, 3])], ..Offer::default() };
    let (judgement, outcomes) = hub.judge_all(&[&on_another, &bad, &commerce.offer()]);
    assert_eq!(accepted(&judgement), 3, "one builds on what comes in another's offer");
    assert_eq!(outcomes.iter().map(|outcome| outcome.faults.len()).collect::<Vec<_>>(), [0, 1, 0]);
    let (judgement, outcomes) = hub.judge_all(&[&on_another, &on_another]);
    assert_eq!((judgement.decisions, outcomes.len()), (vec![], 2));
    commerce.pull(&hub);
    assert_same(&commerce, &hub);
}

#[test]
fn a_claim_counts_when_its_device_signs_with_it() {
    let chain = company();
    let (mut hub, mut desk) = (Hub::new(&chain), Desk::new(COMMERCE, &chain));
    desk.set("basics.name", "甲");
    let mut offer = desk.offer();
    // Anybody can claim anything in the name of another.
    let junk = (0..200).map(|nonce| WireClaim { device: public(SCIENCE), nonce: [nonce; 16] });
    offer.claims.as_mut().unwrap().splice(0..0, junk);
    let judgement = hub.judge(&offer);
    assert_eq!((judgement.faults, judgement.claims.len()), (vec![], 1));
    assert_eq!(hub.ledger.claims().count(), 1);
}

#[test]
fn a_device_writes_as_so_many_actors_and_no_more() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    for number in 0..=form_document::ledger::DEVICE_ACTORS_MAX {
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&number.to_be_bytes());
        hub.ledger.add_claim(Claim::new(&application(), public(COMMERCE), nonce));
    }
    let mut desk = Desk::new(COMMERCE, &chain);
    desk.ledger.document = support::company::document(public(COMMERCE), [9; 16]);
    let claim = Claim::new(&application(), public(COMMERCE), [9; 16]);
    desk.own.insert(claim.actor.clone());
    desk.ledger.add_claim(claim);
    desk.set("basics.name", "甲");
    let judgement = hub.judge(&desk.offer());
    assert_eq!(judgement.decisions, []);
    assert_eq!(judgement.faults[0], Fault::TooManyActors { index: 0 });
}

#[test]
fn roster_steps_of_an_offer_come_before_its_changes_and_stop_at_the_first_fault() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut lead, mut desk) = (Desk::new(LEAD, &chain), Desk::new(SCIENCE, &chain));
    lead.act(agency_act("science", contributor(&["plan", "basics"]))).unwrap();
    desk.take(&lead.bundle());
    desk.set("basics.name", "甲");
    // The desk hands the lead's own entry over with its work.
    let judgement = judge(&mut hub, &mut desk);
    assert!(matches!(judgement.decisions[..], [Decision::Roster(_), Decision::Accepted(_)]));
    let mut forged = Desk::new(SCIENCE, hub.ledger.chain()).offer();
    let mut other = chain.clone();
    let lead_key = key(LEAD);
    other.act(&lead_key, hub_act(7), NOW).unwrap();
    other.act(&lead_key, hub_act(8), NOW).unwrap();
    forged.roster = Some(other.entries_after(chain.version()).to_vec());
    let judgement = hub.judge(&forged);
    assert!(matches!(judgement.faults[..], [Fault::Roster { index: 0, .. }]), "{:?}", judgement.faults);
    assert_eq!(judgement.decisions, []);
}
