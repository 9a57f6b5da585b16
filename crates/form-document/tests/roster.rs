//! Who takes part: every step of the roster, by those who may take it and by those who may not.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use form_document::key::{Purpose, SigningKey};
use form_document::roster::{Act, BadEntry, Entry, RosterChain, RosterFault, SignedEntry, hash_text};
use form_model::id::ApplicationId;
use form_model::member::{FormPart, Grant, Role};
use support::company::{
    COMMERCE, EXPIRES, HUB, LEAD, NOW, OBSERVER, RECOVERY, REVIEWER, SCIENCE, STRANGER, agency, agency_act,
    application, company, contributor, empty, enrolment, entries, found, founded, grant, hub_act, invite_act,
    invite_of, key, public,
};

fn act(chain: &mut RosterChain, signer: u8, act: Act) -> Result<(), RosterFault> {
    let before = (chain.version(), chain.newest().clone());
    let done = chain.act(&key(signer), act, NOW).map(|_| ());
    if done.is_err() {
        assert_eq!((chain.version(), chain.newest().clone()), before, "nothing has changed");
    }
    done
}

/// Every act that a lead alone may do.
fn leads() -> Vec<Act> {
    vec![
        hub_act(HUB),
        agency_act("customs", contributor(&["basics"])),
        Act::Remove { agency: agency("science") },
        invite_act(77, "commerce"),
        Act::Cancel { invite: public(66) },
        Act::Revoke { device: public(SCIENCE) },
        Act::HandOver { to: agency("commerce"), grant: contributor(&["basics"]), accept_until_ms: None },
        Act::Recovery { key: public(88) },
        Act::Epoch { number: 1, position: 3, log: "ab".repeat(32) },
    ]
}

#[test]
fn a_lead_may_do_every_act_of_a_lead_and_nobody_else_any() {
    for step in leads() {
        let mut chain = company();
        act(&mut chain, LEAD, invite_act(66, "science")).unwrap();
        for other in [COMMERCE, REVIEWER, OBSERVER, STRANGER, HUB, RECOVERY, 66] {
            assert_eq!(
                act(&mut chain, other, step.clone()),
                Err(RosterFault::NotAllowed),
                "{other}: {step:?}"
            );
        }
        assert_eq!(act(&mut chain, LEAD, step.clone()), Ok(()), "{step:?}");
    }
}

#[test]
fn the_device_that_the_genesis_names_founds_the_roster_once() {
    let mut chain = empty();
    assert_eq!(act(&mut chain, STRANGER, found()), Err(RosterFault::NotAllowed));
    assert_eq!(act(&mut chain, LEAD, hub_act(HUB)), Err(RosterFault::NotAllowed), "nothing comes before");
    act(&mut chain, LEAD, found()).unwrap();
    assert_eq!(act(&mut chain, LEAD, found()), Err(RosterFault::NotAllowed));
    let roster = chain.newest();
    assert!(roster.may_lead(&public(LEAD)));
    assert_eq!(roster.recovery.unwrap().key, public(RECOVERY));
}

#[test]
fn an_entry_takes_its_place_and_no_other() {
    let chain = company();
    let all = entries(&chain);
    let mut other = empty();
    let version = |found, expected| Err(RosterFault::Version { found, expected });
    assert_eq!(other.append(all[1].clone(), None), version(2, 1), "a gap");
    other.append(all[0].clone(), None).unwrap();
    assert_eq!(other.append(all[0].clone(), None), version(1, 2), "again");
    assert_eq!(other.append(all[2].clone(), None), version(3, 2), "a gap");
    // Another second entry: what comes third does not build on it.
    other.act(&key(LEAD), agency_act("other", Grant::default()), NOW).unwrap();
    assert_eq!(other.append(all[2].clone(), None), Err(RosterFault::OtherPast { version: 2 }));
    assert!(other.has(1, &all[0].hash()) && !other.has(2, &all[1].hash()) && !other.has(0, &[0; 32]));
    other.truncate(1);
    for entry in &all[1..] {
        other.append(entry.clone(), None).unwrap();
    }
    assert_eq!(other.newest(), chain.newest());
}

#[test]
fn an_entry_of_another_application_is_not_taken_in() {
    let mut chain = founded();
    let mut entry = chain.next(hub_act(HUB), NOW);
    entry.application = ApplicationId("0".repeat(64));
    let signed = entry.sign(&key(LEAD)).unwrap();
    assert_eq!(chain.append(signed, None), Err(RosterFault::OtherApplication));
}

#[test]
fn every_byte_of_an_entry_counts() {
    let mut chain = founded();
    let signed = chain.next(hub_act(HUB), NOW).sign(&key(LEAD)).unwrap();
    for at in 0..signed.content.len() {
        let mut altered = signed.clone();
        altered.content[at] ^= 1;
        assert!(matches!(chain.append(altered, None), Err(RosterFault::Bad(BadEntry::Signature(_)))), "{at}");
    }
    for at in 0..64 {
        let mut altered = signed.clone();
        altered.signature.0[at] ^= 1;
        assert!(matches!(chain.append(altered, None), Err(RosterFault::Bad(BadEntry::Signature(_)))), "{at}");
    }
    let mut other_key = signed.clone();
    other_key.key = public(COMMERCE);
    assert!(matches!(chain.append(other_key, None), Err(RosterFault::Bad(BadEntry::Signature(_)))));
    assert_eq!(chain.append(signed, None), Ok(()));
}

/// An entry of any bytes, well signed.
fn signed(content: &str, key: &SigningKey) -> SignedEntry {
    let content = content.as_bytes().to_vec();
    let signature = key.sign(Purpose::RosterEntry, &content);
    SignedEntry { content, key: key.public(), signature }
}

#[test]
fn an_entry_has_one_spelling_and_no_unknown_parts() {
    let mut chain = founded();
    let entry: Entry = chain.next(agency_act("customs", contributor(&["basics"])), NOW);
    let good = String::from_utf8(entry.sign(&key(LEAD)).unwrap().content).unwrap();
    let bad = |content: String| {
        assert_ne!(content, good);
        let appended = founded().append(signed(&content, &key(LEAD)), None);
        assert!(matches!(appended, Err(RosterFault::Bad(_))), "{content}: {appended:?}");
    };
    bad(good.replace("\"type\":\"agency\"", "\"type\":\"emperor\""));
    bad(good.replace("\"version\":2", "\"version\":2,\"more\":1"));
    bad(good.replace("\"mark\"", "\"more\":1,\"mark\""));
    bad(good.replace("\"role\"", "\"more\":1,\"role\""));
    bad(good.replace("\"version\":2", "\"version\":2,\"version\":2"));
    bad(good.replace("\"role\":\"contributor\"", "\"role\":\"contributor\",\"role\":\"lead\""));
    bad(good.replace("{\"basics\":null}", "{\"basics\":null,\"basics\":null}"));
    bad(good.replace("\"id\":\"customs\"", "\"id\":\"customs\",\"id\":\"customs\""));
    bad(good.replace("\"type\":\"agency\"", "\"type\":\"agency\",\"type\":\"agency\""));
    bad(good.replace("\"version\":2", "\"version\": 2"));
    bad(good.replace("customs", "\\u0063ustoms"));
    bad(format!("{good} "));
    bad(good.replace("\"time_ms\":", "\"time_ms\":1e"));
    bad("[".repeat(60_000));
    bad(format!("{}{}", "{\"act\":".repeat(5_000), "}".repeat(5_000)));
    bad(String::new());
    assert_eq!(chain.append(signed(&good, &key(LEAD)), None), Ok(()));
    let long = signed(&"x".repeat((64 << 10) + 1), &key(LEAD));
    assert!(matches!(long.read(), Err(BadEntry::TooLarge { .. })));
}

#[test]
fn an_invite_enrols_one_device_once() {
    let mut chain = founded();
    act(&mut chain, LEAD, agency_act("commerce", contributor(&["basics"]))).unwrap();
    act(&mut chain, LEAD, invite_act(50, "commerce")).unwrap();
    let enrol = |device| Act::Enrol(enrolment(50, device));
    act(&mut chain, 50, enrol(COMMERCE)).unwrap();
    assert_eq!(act(&mut chain, 50, enrol(SCIENCE)), Err(RosterFault::InviteUsed));
    let (device, of) = chain.newest().active(&public(COMMERCE)).unwrap();
    assert_eq!((device.since, of.grant.role), (4, Role::Contributor));
    assert_eq!(act(&mut chain, LEAD, Act::Cancel { invite: public(50) }), Err(RosterFault::InviteUsed));
}

#[test]
fn an_invite_that_is_unknown_taken_back_or_expired_enrols_nobody() {
    let mut chain = founded();
    act(&mut chain, LEAD, agency_act("commerce", contributor(&["basics"]))).unwrap();
    let enrol = Act::Enrol(enrolment(50, COMMERCE));
    assert_eq!(act(&mut chain, 50, enrol.clone()), Err(RosterFault::UnknownInvite));
    assert_eq!(act(&mut chain, LEAD, Act::Cancel { invite: public(50) }), Err(RosterFault::UnknownInvite));
    act(&mut chain, LEAD, invite_act(50, "commerce")).unwrap();
    let entry = chain.next(enrol.clone(), NOW).sign(&key(50)).unwrap();
    let mut late = chain.clone();
    assert_eq!(late.append(entry.clone(), Some(EXPIRES + 1)), Err(RosterFault::InviteExpired));
    assert_eq!(late.append(entry.clone(), Some(EXPIRES)), Ok(()), "the hub's clock decides");
    let mut replica = chain.clone();
    assert_eq!(replica.append(entry, None), Ok(()), "a replica follows what the hub decided");
    act(&mut chain, LEAD, Act::Cancel { invite: public(50) }).unwrap();
    assert_eq!(act(&mut chain, 50, enrol), Err(RosterFault::InviteCancelled));
    // One for an agency that has been taken out meanwhile.
    act(&mut chain, LEAD, invite_act(51, "commerce")).unwrap();
    act(&mut chain, LEAD, Act::Remove { agency: agency("commerce") }).unwrap();
    let late = Act::Enrol(enrolment(51, COMMERCE));
    assert_eq!(act(&mut chain, 51, late), Err(RosterFault::InviteCancelled));
    assert_eq!(act(&mut chain, LEAD, invite_act(52, "commerce")), Err(RosterFault::UnknownAgency));
    assert_eq!(act(&mut chain, LEAD, invite_act(52, "nobody")), Err(RosterFault::UnknownAgency));
}

#[test]
fn nobody_enrols_a_key_that_they_do_not_hold() {
    let mut chain = founded();
    act(&mut chain, LEAD, agency_act("commerce", contributor(&["basics"]))).unwrap();
    act(&mut chain, LEAD, invite_act(50, "commerce")).unwrap();
    act(&mut chain, LEAD, invite_act(51, "commerce")).unwrap();
    let mut of_another = enrolment(50, COMMERCE);
    of_another.device = public(SCIENCE);
    assert_eq!(act(&mut chain, 50, Act::Enrol(of_another)), Err(RosterFault::NoPossession));
    let for_another = Act::Enrol(enrolment(50, COMMERCE));
    assert_eq!(act(&mut chain, 51, for_another), Err(RosterFault::NoPossession), "given for another invite");
    let known = Act::Enrol(enrolment(50, LEAD));
    assert_eq!(act(&mut chain, 50, known), Err(RosterFault::DeviceKnown));
}

#[test]
fn a_revoked_device_and_those_of_a_removed_agency_may_nothing() {
    let mut chain = company();
    act(&mut chain, LEAD, Act::Revoke { device: public(SCIENCE) }).unwrap();
    assert!(chain.newest().active(&public(SCIENCE)).is_none());
    assert_eq!(chain.newest().devices[&public(SCIENCE)].revoked, Some(chain.version()));
    let first = chain.version();
    act(&mut chain, LEAD, Act::Revoke { device: public(SCIENCE) }).unwrap();
    assert_eq!(chain.newest().devices[&public(SCIENCE)].revoked, Some(first), "the first time counts");
    act(&mut chain, LEAD, Act::Remove { agency: agency("commerce") }).unwrap();
    assert!(chain.newest().active(&public(COMMERCE)).is_none());
    assert_eq!(act(&mut chain, LEAD, Act::Remove { agency: agency("x") }), Err(RosterFault::UnknownAgency));
    let nobody = Act::Revoke { device: public(STRANGER) };
    assert_eq!(act(&mut chain, LEAD, nobody), Err(RosterFault::UnknownDevice));
    // Taking the agency in again does not bring its devices back.
    act(&mut chain, LEAD, agency_act("commerce", contributor(&["basics"]))).unwrap();
    assert!(chain.newest().active(&public(COMMERCE)).is_none());
}

#[test]
fn the_last_lead_stays() {
    let mut chain = company();
    let last = |step| assert_eq!(act(&mut company(), LEAD, step), Err(RosterFault::LastLead));
    last(Act::Revoke { device: public(LEAD) });
    last(Act::Remove { agency: agency("lead") });
    last(agency_act("lead", contributor(&["basics"])));
    // An agency without a device that can act is no lead either.
    act(&mut chain, LEAD, agency_act("empty", Grant::default())).unwrap();
    let away = Act::HandOver { to: agency("empty"), grant: contributor(&[]), accept_until_ms: None };
    assert_eq!(act(&mut chain, LEAD, away), Err(RosterFault::LastLead));
}

#[test]
fn the_lead_is_handed_over_whole() {
    let mut chain = company();
    let stays =
        Act::HandOver { to: agency("commerce"), grant: grant(Role::Lead, &[]), accept_until_ms: None };
    assert!(matches!(act(&mut chain, LEAD, stays), Err(RosterFault::Content(_))));
    let to_itself = Act::HandOver { to: agency("lead"), grant: contributor(&[]), accept_until_ms: None };
    assert_eq!(act(&mut chain, LEAD, to_itself), Err(RosterFault::UnknownAgency));
    let over = Act::HandOver { to: agency("commerce"), grant: contributor(&["plan"]), accept_until_ms: None };
    act(&mut chain, LEAD, over).unwrap();
    assert!(chain.newest().may_lead(&public(COMMERCE)) && !chain.newest().may_lead(&public(LEAD)));
    assert_eq!(act(&mut chain, LEAD, hub_act(HUB)), Err(RosterFault::NotAllowed));
    act(&mut chain, COMMERCE, Act::Revoke { device: public(LEAD) }).unwrap();
}

#[test]
fn the_recovery_key_enrols_a_new_lead_and_is_spent() {
    let mut chain = company();
    let next = 201;
    let recover = |with: u8, device: u8, next: u8| Act::Recover {
        enrolment: enrolment(with, device),
        recovery: public(next),
    };
    assert_eq!(act(&mut chain, LEAD, recover(LEAD, STRANGER, next)), Err(RosterFault::NotAllowed));
    assert!(
        matches!(
            act(&mut chain, RECOVERY, recover(RECOVERY, STRANGER, RECOVERY)),
            Err(RosterFault::Content(_))
        ),
        "it would not be spent"
    );
    act(&mut chain, RECOVERY, recover(RECOVERY, STRANGER, next)).unwrap();
    assert!(chain.newest().may_lead(&public(STRANGER)));
    assert_eq!(act(&mut chain, RECOVERY, recover(RECOVERY, 10, 202)), Err(RosterFault::NotAllowed), "spent");
    act(&mut chain, STRANGER, Act::Revoke { device: public(LEAD) }).unwrap();
    act(&mut chain, next, recover(next, 10, 202)).unwrap();
    assert!(chain.newest().may_lead(&public(10)));
}

#[test]
fn the_recovery_key_brings_a_device_back_to_the_agency_that_kept_it() {
    let recover = || Act::Recover { enrolment: enrolment(RECOVERY, STRANGER), recovery: public(201) };
    let of_stranger = |chain: &RosterChain| chain.newest().devices[&public(STRANGER)].agency.clone();
    let mut chain = company();
    let of_lead = chain.newest().devices[&public(LEAD)].agency.clone();
    // It comes before the keeper's in every order.
    act(&mut chain, LEAD, agency_act("a", grant(Role::Lead, &[]))).unwrap();
    act(&mut chain, LEAD, invite_act(66, "a")).unwrap();
    act(&mut chain, 66, Act::Enrol(enrolment(66, 67))).unwrap();
    let mut handed_over = chain.clone();
    act(&mut chain, RECOVERY, recover()).unwrap();
    assert_eq!(of_stranger(&chain), of_lead);
    act(&mut handed_over, LEAD, agency_act(&of_lead.0, contributor(&[]))).unwrap();
    act(&mut handed_over, RECOVERY, recover()).unwrap();
    assert_eq!(of_stranger(&handed_over), agency("a"), "one that leads");
}

#[test]
fn epochs_count_by_one() {
    let mut chain = company();
    let epoch = |number| Act::Epoch { number, position: 1, log: "ab".repeat(32) };
    assert!(matches!(act(&mut chain, LEAD, epoch(2)), Err(RosterFault::Content(_))));
    act(&mut chain, LEAD, epoch(1)).unwrap();
    assert!(matches!(act(&mut chain, LEAD, epoch(1)), Err(RosterFault::Content(_))));
    assert_eq!(chain.newest().epoch, 1);
}

#[test]
fn names_addresses_and_grants_have_limits() {
    let mut chain = company();
    let content = |chain: &mut RosterChain, step: Act| {
        let done = act(chain, LEAD, step.clone());
        assert!(matches!(done, Err(RosterFault::Content(_))), "{step:?}: {done:?}");
    };
    let named = |name: &str, mark: &str| Act::Agency {
        id: agency("x"),
        name: name.to_owned(),
        mark: mark.to_owned(),
        grant: Grant::default(),
        accept_until_ms: None,
    };
    content(&mut chain, named("", "局"));
    content(&mut chain, named(" ", "局"));
    content(&mut chain, named(&"长".repeat(101), "局"));
    content(&mut chain, named("a\u{7}", "局"));
    content(&mut chain, named("名", "三个字"));
    for id in ["", "海关", "A", "a b", &"x".repeat(33)] {
        content(&mut chain, agency_act(id, Grant::default()));
    }
    for url in ["", "ftp://x", "hub.example", "https://a b", &format!("https://{}", "x".repeat(500))] {
        content(&mut chain, Act::Hub { url: url.to_owned(), key: public(HUB) });
    }
    let mut grant = contributor(&["basics"]);
    grant.parts.insert(FormPart("basics".to_owned()), Some("soon".to_owned()));
    content(&mut chain, agency_act("x", grant.clone()));
    grant.parts.insert(FormPart("basics".to_owned()), Some("2026-08-15".to_owned()));
    act(&mut chain, LEAD, agency_act("x", grant.clone())).unwrap();
    grant.parts.insert(FormPart("p".repeat(131)), None);
    content(&mut chain, agency_act("x", grant.clone()));
    grant.parts = (0..513).map(|number| (FormPart(format!("p{number}")), None)).collect();
    content(&mut chain, agency_act("x", grant));
    let used = Act::Invite {
        key: public(COMMERCE),
        agency: agency("commerce"),
        person: String::new(),
        expires_ms: EXPIRES,
    };
    content(&mut chain, used);
    content(&mut chain, invite_act(invite_of(COMMERCE), "commerce"));
}

#[test]
fn agencies_devices_and_invites_are_counted() {
    let mut chain = founded();
    let many = |what| Err(RosterFault::TooMany(what));
    for number in 0..63 {
        act(&mut chain, LEAD, agency_act(&format!("a{number}"), Grant::default())).unwrap();
    }
    assert_eq!(act(&mut chain, LEAD, agency_act("more", Grant::default())), many("agencies"));
    let wide = |number: u16| {
        let mut seed = [0xcc; 32];
        seed[..2].copy_from_slice(&number.to_be_bytes());
        SigningKey::from_seed(&seed).unwrap()
    };
    for number in 0..1_024 {
        let invite = Act::Invite {
            key: wide(number).public(),
            agency: agency("a0"),
            person: String::new(),
            expires_ms: EXPIRES,
        };
        chain.act(&key(LEAD), invite, NOW).unwrap();
    }
    assert_eq!(act(&mut chain, LEAD, invite_act(77, "a0")), many("invites"));
    let enrol = |number: u16| {
        let device = wide(10_000 + number);
        Act::Enrol(form_document::roster::Enrolment::new(
            &application(),
            &wide(number).public(),
            &device,
            "王".to_owned(),
            "笔记本".to_owned(),
        ))
    };
    for number in 0..511 {
        chain.act(&wide(number), enrol(number), NOW).unwrap();
    }
    assert_eq!(chain.act(&wide(511), enrol(511), NOW).map(|_| ()), many("devices"));
    assert_eq!(chain.newest().devices.len(), 512);
}

#[test]
fn a_version_names_its_entry() {
    let chain = company();
    for (version, entry) in (1..).zip(entries(&chain)) {
        let read = entry.read().unwrap();
        assert_eq!(read.version, version);
        assert_eq!(read.previous, hash_text(&chain.at(version - 1).unwrap().hash));
        assert!(chain.knows(&entry.hash()));
    }
    assert!(!chain.knows(&[0; 32]));
}
