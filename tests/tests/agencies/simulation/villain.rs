//! A member whose device does what no program of ours does.

use std::io::{Read as _, Write as _};
use std::num::NonZeroU64;

use automerge::legacy::OpType;
use automerge::{Change, ChangeHash, ExpandedChange};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use form_document::bundle::{Bundle, MAGIC};
use form_document::key::PublicKey;
use form_document::roster::{Act, RosterChain};
use form_document::wire::{self, Exchange, Offer, WireChange, WireClaim};
use form_document::{Claim, Document, Segment, UnverifiedGenesis, change_hash};
use form_model::answer::AnswerValue;
use form_model::delta::Delta;
use form_model::id::AnswerId;
use form_model::member::{AgencyId, Grant, Role};

use super::desk::Desk;
use super::note;
use super::team::ROGUE_PART;
use super::world::{MARK, World};

/// The hostile member's agency.
pub const ROGUE: &str = "rogue";
/// The most that a stick of this world unpacks to, in bytes.
const STICK_MAX_BYTES: usize = 16 << 20;
/// Where it may not write.
const FORBIDDEN: &[&str] = &["a.name", "b.note", "c.note"];

/// The hostile member's desk, and how many actors it has made up.
#[derive(Debug)]
pub struct Villain {
    desk: Desk,
    actors: u8,
}

impl Villain {
    pub fn new(desk: Desk) -> Self {
        Self { desk, actors: 0 }
    }

    pub fn key(&self) -> PublicKey {
        self.desk.key
    }
}

/// A forger's document: it writes as an actor of its own, anywhere.
struct Forger {
    document: Document,
    claim: Claim,
    changes: Vec<Vec<u8>>,
    time_ms: i64,
}

impl Forger {
    fn set(&mut self, answer: &str, value: &str) {
        self.time_ms += 1;
        let values = [(AnswerId(answer.to_owned()), Some(AnswerValue::Text(value.to_owned())))];
        let made = self.document.set(&values, self.time_ms).unwrap();
        self.changes.extend(made.map(|made| made.bytes));
    }

    fn splice(&mut self, answer: &str, text: &str) {
        self.time_ms += 1;
        let delta = Delta::splice(0, 0, text);
        let made = self.document.splice(&AnswerId(answer.to_owned()), &delta, self.time_ms).unwrap();
        self.changes.extend(made.map(|made| made.bytes));
    }

    /// Alters the last change, and keeps it a change.
    fn alter(&mut self, how: impl FnOnce(&mut ExpandedChange)) {
        let Some(bytes) = self.changes.pop() else { return };
        let mut change = Change::from_bytes(bytes).unwrap().decode();
        change.hash = None;
        how(&mut change);
        self.changes.push(Change::from(change).raw_bytes().to_vec());
    }
}

impl World {
    /// The hostile member does something.
    pub fn attack(&mut self) {
        let Some(mut villain) = self.villain.take() else { return };
        self.keep_up(&mut villain);
        let kind = self.random.below(12);
        note(format!("{ROGUE} attacks in way {kind}"));
        match kind {
            8 => self.promote_itself(&mut villain),
            9 => self.say_two_things(&mut villain),
            10 => self.replay(&villain),
            11 => self.damage_stick(),
            _ => {
                let offer = self.forge(&mut villain, kind);
                self.hand_over(&mut villain, offer);
            }
        }
        self.villain = Some(villain);
    }

    /// Its own desk follows the hub like any other, as long as it is let.
    fn keep_up(&mut self, villain: &mut Villain) {
        let (id, key) = (self.id.clone(), villain.key());
        let workspace = &mut villain.desk.agency().workspace;
        if let Some(unchecked) = workspace.unchecked_start(&id).unwrap() {
            workspace.checked_start(&id, &unchecked.check().unwrap()).unwrap();
        }
        for _ in 0..10 {
            let exchange = Exchange { hello: workspace.hello(&id).unwrap(), offer: Offer::default() };
            let Ok(reply) = self.hub.core.exchange(&key, &id, exchange) else { return };
            if workspace.follow(&id, &reply.page).is_ok() && !reply.more {
                return;
            }
        }
    }

    fn forger(&mut self, villain: &mut Villain) -> Forger {
        villain.actors += 1;
        let claim = Claim::new(&self.id, villain.key(), [villain.actors; 16]);
        let definition = villain.desk.agency().workspace.answers(&self.id).unwrap().0;
        let bytes = villain.desk.document(&self.id);
        let document = Document::load(&bytes, &[], &self.id, &definition, claim.actor.clone()).unwrap();
        let time_ms = i64::try_from(self.random.below(1 << 40)).unwrap();
        Forger { document, claim, changes: Vec::new(), time_ms }
    }

    fn seal(&self, villain: &mut Villain, forger: &Forger, roster: u64) -> Offer {
        let key = villain.desk.agency().workspace.device_key().unwrap();
        let hashes = forger.changes.iter().filter_map(|change| change_hash(change)).collect();
        let segment = Segment::sign(&key, &self.id, forger.claim.actor.clone(), 1, hashes, roster);
        Offer {
            changes: forger.changes.iter().cloned().map(WireChange).collect(),
            seals: vec![segment.seal(segment.end_seq())],
            claims: Some(vec![WireClaim::from(&forger.claim)]),
            roster: None,
        }
    }

    fn forge(&mut self, villain: &mut Villain, kind: usize) -> Offer {
        let mut forger = self.forger(villain);
        let answer = *self.random.pick(FORBIDDEN);
        let roster = *self.random.pick(&[0, 1, 3, 1_000]);
        match kind {
            0 => forger.set(answer, MARK),
            1 => forger.splice("b.plan", MARK),
            2 => {
                forger.set(ROGUE_PART, "allowed");
                forger.set(answer, MARK);
                forger.set(ROGUE_PART, "allowed, on what is not");
            }
            3 => {
                // In another's name: the claim is the other's, the signature is not.
                forger.set(answer, MARK);
                let victim = self.any_desk();
                forger.claim.device = self.desks[victim].key;
            }
            4 => {
                forger.splice("a.plan", MARK);
                let mut offer = self.seal(villain, &forger, roster);
                let bytes = &mut offer.changes[0].0;
                let at = self.random.below(bytes.len());
                bytes[at] ^= 1 << self.random.below(8);
                return offer;
            }
            5 => {
                forger.set(ROGUE_PART, "one");
                forger.set(ROGUE_PART, MARK);
                let how = self.random.below(6);
                forger.alter(|change| malform(change, how));
            }
            6 => {
                // Two values that each may be, and both at once.
                forger.set(ROGUE_PART, "allowed");
                forger.alter(|change| {
                    let one = change.operations[0].clone();
                    change.operations.push(one);
                });
            }
            _ => {
                forger.set(ROGUE_PART, "allowed");
                forger.splice("c.plan", MARK);
            }
        }
        self.seal(villain, &forger, roster)
    }

    /// To the hub, or on a stick.
    fn hand_over(&mut self, villain: &mut Villain, offer: Offer) {
        let (id, key) = (self.id.clone(), villain.key());
        if self.chance(50) {
            let hello = villain.desk.agency().workspace.hello(&id).unwrap();
            drop(self.hub.core.exchange(&key, &id, Exchange { hello, offer }));
        } else {
            self.put_on_stick(villain, offer);
        }
    }

    fn put_on_stick(&mut self, villain: &mut Villain, offer: Offer) {
        let bytes = villain.desk.agency().workspace.export_bundle(&self.id, false).unwrap();
        let mut bundle = unpack(&bytes);
        bundle.offer.changes.extend(offer.changes);
        bundle.offer.seals.extend(offer.seals);
        bundle.offer.claims.get_or_insert_default().extend(offer.claims.into_iter().flatten());
        bundle.offer.roster.get_or_insert_default().extend(offer.roster.into_iter().flatten());
        self.sticks.push(pack(&bundle));
    }

    /// Signs a step of the roster that only a lead may take.
    fn promote_itself(&mut self, villain: &mut Villain) {
        let bundle = unpack(&villain.desk.agency().workspace.export_bundle(&self.id, false).unwrap());
        let root = UnverifiedGenesis::read(&bundle.genesis).unwrap().lead();
        let mut chain = RosterChain::new(self.id.clone(), root);
        for entry in bundle.offer.roster.into_iter().flatten() {
            chain.append(entry, None).unwrap();
        }
        let act = Act::Agency {
            id: AgencyId(ROGUE.to_owned()),
            name: ROGUE.to_owned(),
            mark: String::new(),
            grant: Grant { role: Role::Lead, ..Grant::default() },
            accept_until_ms: None,
        };
        let key = villain.desk.agency().workspace.device_key().unwrap();
        let entry = chain.next(act, 0).sign(&key).unwrap();
        let mut forger = self.forger(villain);
        forger.set("a.name", MARK);
        let mut offer = self.seal(villain, &forger, chain.version() + 1);
        offer.roster = Some(vec![entry]);
        self.hand_over(villain, offer);
    }

    /// Two changes in one place, one for the hub and one for a stick. Both may be.
    fn say_two_things(&mut self, villain: &mut Villain) {
        let mut one = self.forger(villain);
        villain.actors -= 1;
        let mut other = self.forger(villain);
        one.set(ROGUE_PART, "one thing");
        other.set(ROGUE_PART, "another thing");
        if self.chance(50) {
            one.set(ROGUE_PART, "one thing and more");
        }
        if self.chance(40) {
            // Or the same changes, signed as made under two rosters, and one of them to one alone.
            other.changes = one.changes.iter().take(1).cloned().collect();
        }
        let roster = u64::try_from(self.random.below(3)).unwrap() + 1;
        let (one, other) = (self.seal(villain, &one, 1), self.seal(villain, &other, roster));
        self.put_on_stick(villain, one);
        let (id, key) = (self.id.clone(), villain.key());
        let hello = villain.desk.agency().workspace.hello(&id).unwrap();
        drop(self.hub.core.exchange(&key, &id, Exchange { hello, offer: other }));
    }

    /// Hands over what another device had handed over, as its own.
    fn replay(&mut self, villain: &Villain) {
        if self.requests.is_empty() {
            return;
        }
        let exchange = self.random.pick(&self.requests).1.clone();
        drop(self.hub.core.exchange(&villain.key(), &self.id, exchange));
    }

    /// Alters a stick, and puts parts of two together.
    fn damage_stick(&mut self) {
        if self.sticks.is_empty() {
            return;
        }
        let mut bundle = unpack(self.random.pick::<Vec<u8>>(&self.sticks));
        let other = unpack(self.random.pick::<Vec<u8>>(&self.sticks));
        match self.random.below(4) {
            0 => bundle.pages.clear(),
            1 => bundle.pages.reverse(),
            2 => bundle.offer.seals = other.offer.seals,
            _ => {
                bundle.offer.changes.reverse();
                if let Some(change) = bundle.offer.changes.first_mut() {
                    let at = self.random.below(change.0.len());
                    change.0[at] ^= 1;
                }
            }
        }
        self.sticks.push(pack(&bundle));
    }
}

fn malform(change: &mut ExpandedChange, how: usize) {
    match how {
        0 => change.seq += 3,
        1 => change.start_op = NonZeroU64::new(u64::from(u32::MAX) - 1).unwrap(),
        2 => change.start_op = NonZeroU64::MIN,
        3 => change.deps.clear(),
        4 => change.deps.push(ChangeHash([7; 32])),
        _ => change.operations.iter_mut().for_each(|op| op.action = OpType::Increment(1)),
    }
}

fn unpack(bytes: &[u8]) -> Bundle {
    let mut content = Vec::new();
    DeflateDecoder::new(&bytes[MAGIC.len()..]).read_to_end(&mut content).unwrap();
    wire::decode_up_to(&content, STICK_MAX_BYTES).unwrap()
}

fn pack(bundle: &Bundle) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(MAGIC.to_vec(), Compression::fast());
    encoder.write_all(&wire::encode(bundle)).unwrap();
    encoder.finish().unwrap()
}
