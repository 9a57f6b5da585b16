//! Agencies with real keys and a founded roster.

use std::collections::BTreeMap;

use form_document::key::{PublicKey, SigningKey};
use form_document::roster::{Act, Enrolment, RosterChain, SignedEntry};
use form_document::{Document, Genesis, NONCE_BYTES, actor_id, application_id};
use form_model::id::ApplicationId;
use form_model::member::{AgencyId, EvidenceAccess, FormPart, Grant, Role};

use super::form;

/// A moment in 2026, milliseconds since 1970-01-01 UTC; tests count on from here.
pub const NOW: i64 = 1_786_000_000_000;
/// When invites of the tests expire.
pub const EXPIRES: i64 = NOW + 1_000_000;

pub const LEAD: u8 = 1;
/// Writes `basics`.
pub const COMMERCE: u8 = 2;
/// Writes `plan`.
pub const SCIENCE: u8 = 3;
/// Writes `basics.revenue` alone.
pub const DATA: u8 = 4;
/// Comments.
pub const REVIEWER: u8 = 5;
/// Reads.
pub const OBSERVER: u8 = 6;
/// Enrolled by nobody.
pub const STRANGER: u8 = 9;
pub const HUB: u8 = 100;
pub const RECOVERY: u8 = 200;

/// The key pair of a device, an invite or the hub, by number.
pub fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32]).unwrap()
}

pub fn public(number: u8) -> PublicKey {
    key(number).public()
}

pub fn agency(name: &str) -> AgencyId {
    AgencyId(name.to_owned())
}

pub fn grant(role: Role, parts: &[&str]) -> Grant {
    let parts: BTreeMap<_, _> = parts.iter().map(|part| (FormPart((*part).to_owned()), None)).collect();
    Grant { role, parts, evidence: EvidenceAccess::All, ..Grant::default() }
}

pub fn contributor(parts: &[&str]) -> Grant {
    grant(Role::Contributor, parts)
}

pub fn genesis() -> Vec<u8> {
    Genesis::new(&form(), [7; 16], public(LEAD).0).unwrap().build(&form()).unwrap()
}

pub fn application() -> ApplicationId {
    application_id(&genesis()).unwrap()
}

/// An empty document for a device.
pub fn document(device: PublicKey, nonce: [u8; NONCE_BYTES]) -> Document {
    let actor = actor_id(&application(), &device.0, &nonce);
    Document::from_genesis(&genesis(), &form(), actor).unwrap()
}

pub fn found() -> Act {
    Act::Found {
        agency: agency("lead"),
        name: "合作区管委会".to_owned(),
        mark: "委".to_owned(),
        person: "林".to_owned(),
        device_name: "办公室".to_owned(),
        recovery: public(RECOVERY),
    }
}

pub fn agency_act(name: &str, grant: Grant) -> Act {
    agency_until(name, grant, None)
}

pub fn agency_until(name: &str, grant: Grant, accept_until_ms: Option<i64>) -> Act {
    Act::Agency {
        id: agency(name), name: format!("{name}局"), mark: "局".to_owned(), grant, accept_until_ms
    }
}

pub fn hub_act(number: u8) -> Act {
    Act::Hub { url: "https://hub.example".to_owned(), key: public(number) }
}

/// The key of an invite for a device.
pub fn invite_of(device: u8) -> u8 {
    device + 100
}

pub fn invite_act(invite: u8, agency_name: &str) -> Act {
    Act::Invite {
        key: public(invite),
        agency: agency(agency_name),
        person: "王".to_owned(),
        expires_ms: EXPIRES,
    }
}

pub fn enrolment(enrolling: u8, device: u8) -> Enrolment {
    Enrolment::new(&application(), &public(enrolling), &key(device), "王".to_owned(), "笔记本".to_owned())
}

/// The chain before its first entry.
pub fn empty() -> RosterChain {
    RosterChain::new(application(), public(LEAD))
}

/// The lead alone.
pub fn founded() -> RosterChain {
    let mut chain = empty();
    chain.act(&key(LEAD), found(), NOW).unwrap();
    chain
}

/// Takes an agency in, with one device.
pub fn add_member(chain: &mut RosterChain, device: u8, name: &str, grant: Grant) {
    let lead = key(LEAD);
    if !chain.newest().agencies.contains_key(&agency(name)) {
        chain.act(&lead, agency_act(name, grant), NOW).unwrap();
    }
    chain.act(&lead, invite_act(invite_of(device), name), NOW).unwrap();
    let enrol = Act::Enrol(enrolment(invite_of(device), device));
    chain.act(&key(invite_of(device)), enrol, NOW).unwrap();
}

/// The whole company, known to the hub.
pub fn company() -> RosterChain {
    let mut chain = founded();
    chain.act(&key(LEAD), hub_act(HUB), NOW).unwrap();
    add_member(&mut chain, COMMERCE, "commerce", contributor(&["basics"]));
    add_member(&mut chain, SCIENCE, "science", contributor(&["plan"]));
    add_member(&mut chain, DATA, "data", contributor(&["basics.revenue"]));
    add_member(&mut chain, REVIEWER, "province", grant(Role::Reviewer, &[]));
    add_member(&mut chain, OBSERVER, "audit", grant(Role::Observer, &[]));
    chain
}

pub fn entries(chain: &RosterChain) -> Vec<SignedEntry> {
    chain.entries_after(0).to_vec()
}
