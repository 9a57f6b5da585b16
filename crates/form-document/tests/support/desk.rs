//! A desk without a network or a disk: what a client does with its ledger.

use std::collections::{BTreeMap, BTreeSet};

use form_document::comment::{Comment, CommentId};
use form_document::key::SigningKey;
use form_document::ledger::{Followed, Ledger, LedgerParts, LogFault, SetAside, Taken};
use form_document::roster::{Act, RosterChain, RosterFault};
use form_document::wire::{self, Offer, Page, WireChange, WireClaim};
use form_document::{ActorId, ChangeHash, Claim, Document, SEGMENT_MAX_CHANGES, Segment};
use form_model::answer::AnswerValue;
use form_model::delta::{Delta, utf16_len};
use form_model::id::AnswerId;

use super::company::{LEAD, NOW, application, document, entries, key, public};
use super::hub::{Hub, keep};
use super::{id, text};

pub struct Desk {
    pub number: u8,
    pub key: SigningKey,
    pub ledger: Ledger,
    pub own: BTreeSet<ActorId>,
    /// Own segments and those of others.
    pub segments: Vec<Segment>,
    pub set_aside: Vec<SetAside>,
    pub time_ms: i64,
    /// How far own changes are signed.
    signed: BTreeMap<ActorId, u64>,
    nonce: u8,
}

impl Desk {
    /// A desk that has the roster and nothing else.
    pub fn new(number: u8, chain: &RosterChain) -> Self {
        let mut desk = Self::empty(number);
        for entry in entries(chain) {
            desk.ledger.chain_mut().append(entry, None).unwrap();
        }
        desk
    }

    /// A desk that has the genesis alone.
    pub fn empty(number: u8) -> Self {
        let key = key(number);
        let document = document(key.public(), [0; 16]);
        let mut ledger = Ledger::new(document, LedgerParts::new(&application(), public(LEAD)));
        let claim = Claim::new(&application(), key.public(), [0; 16]);
        let own = BTreeSet::from([claim.actor.clone()]);
        ledger.add_claim(claim);
        Self {
            number,
            key,
            ledger,
            own,
            segments: Vec::new(),
            set_aside: Vec::new(),
            time_ms: NOW,
            signed: BTreeMap::new(),
            nonce: 0,
        }
    }

    pub fn document(&self) -> &Document {
        &self.ledger.document
    }

    /// The desk's clock goes on.
    pub fn tick(&mut self) -> i64 {
        self.time_ms += 1_000;
        self.time_ms
    }

    /// Whether this changed anything.
    pub fn set(&mut self, answer: &str, value: &str) -> bool {
        self.put(&[(id(answer), text(value))])
    }

    /// Whether this changed anything.
    pub fn put(&mut self, values: &[(AnswerId, Option<AnswerValue>)]) -> bool {
        let time = self.tick();
        self.ledger.document.set(values, time).unwrap().is_some()
    }

    pub fn splice(&mut self, answer: &str, at: usize, delete: usize, insert: &str) -> bool {
        let time = self.tick();
        self.ledger.document.splice(&id(answer), &Delta::splice(at, delete, insert), time).unwrap().is_some()
    }

    /// Writes at a text's end.
    pub fn append(&mut self, answer: &str, insert: &str) {
        let end = utf16_len(self.ledger.document.text(&id(answer)).unwrap());
        self.splice(answer, end, 0, insert);
    }

    pub fn comment(&mut self, on: Option<&str>, words: &str) -> CommentId {
        let time = self.tick();
        let comment = Comment { on: on.map(id), to: Vec::new(), text: words.to_owned(), reply_to: None };
        self.ledger.document.comment(&comment, time).unwrap().unwrap().0
    }

    pub fn reply(&mut self, to: &CommentId, words: &str) -> CommentId {
        let time = self.tick();
        let comment =
            Comment { on: None, to: Vec::new(), text: words.to_owned(), reply_to: Some(to.clone()) };
        self.ledger.document.comment(&comment, time).unwrap().unwrap().0
    }

    pub fn settle(&mut self, comment: &CommentId, settled: bool) {
        let time = self.tick();
        self.ledger.document.settle(comment, settled, time).unwrap();
    }

    /// Takes a step of the roster, as a wish until the hub confirms it.
    pub fn act(&mut self, act: Act) -> Result<(), RosterFault> {
        self.sign();
        let time = self.tick();
        self.ledger.chain_mut().act(&self.key, act, time).map(|_| ())
    }

    /// Signs the own changes that no segment is about yet, with the roster that was known so far.
    pub fn sign(&mut self) {
        for actor in self.own.clone() {
            let mut first = self.signed.get(&actor).copied().unwrap_or(0) + 1;
            let last = self.document().last_seq(&actor);
            while first <= last {
                let end = last.min(first + SEGMENT_MAX_CHANGES as u64 - 1);
                let hashes = (first..=end).map(|seq| self.document().hash_at(&actor, seq).unwrap()).collect();
                let roster = self.ledger.chain().version();
                let segment = Segment::sign(&self.key, &application(), actor.clone(), first, hashes, roster);
                self.segments.push(segment);
                first = end + 1;
            }
            self.signed.insert(actor, last);
        }
    }

    /// One segment for all accepted changes of an own actor, in the place of several.
    pub fn consolidate(&mut self) -> Segment {
        let actor = self.document().actor().clone();
        let last = self.ledger.accepted(&actor);
        let hashes = (1..=last).map(|seq| self.document().hash_at(&actor, seq).unwrap()).collect();
        let roster = self.segments.iter().find(|segment| segment.actor == actor).unwrap().roster;
        Segment::sign(&self.key, &application(), actor, 1, hashes, roster)
    }

    /// What the hub has no verdict on yet of this desk's own.
    pub fn offer(&mut self) -> Offer {
        let own = self.own.clone();
        self.offer_of(|actor| own.contains(actor))
    }

    /// What the hub has no verdict on yet, as far as is known here; others' work as well.
    pub fn offer_all(&mut self) -> Offer {
        self.offer_of(|_| true)
    }

    fn offer_of(&mut self, wanted: impl Fn(&ActorId) -> bool) -> Offer {
        self.sign();
        let pending = self.document().changes_beyond(self.ledger.all_accepted());
        let pending: Vec<_> = pending.into_iter().filter(|(actor, _, _)| wanted(actor)).collect();
        self.pack(&pending, self.ledger.confirmed())
    }

    /// Everything, for a colleague.
    pub fn bundle(&mut self) -> Offer {
        self.sign();
        let all = self.document().changes_beyond(&BTreeMap::new());
        self.pack(&all, 0)
    }

    fn pack(&self, changes: &[(ActorId, u64, ChangeHash)], roster_after: u64) -> Offer {
        let mut ends: BTreeMap<&ActorId, (u64, u64)> = BTreeMap::new();
        for (actor, seq, _) in changes {
            ends.entry(actor).or_insert((*seq, *seq)).1 = *seq;
        }
        let seal = |segment: &Segment| {
            let (first, last) = ends.get(&segment.actor)?;
            let overlaps = segment.first_seq <= *last && segment.end_seq() > *first;
            overlaps.then(|| segment.seal(last + 1))
        };
        let bytes =
            |(_, _, hash): &(ActorId, u64, ChangeHash)| WireChange(self.document().change(hash).unwrap());
        let claims = ends.keys().filter_map(|actor| self.ledger.claim(actor)).map(WireClaim::from);
        Offer {
            changes: changes.iter().map(bytes).collect(),
            seals: self.segments.iter().filter_map(seal).collect(),
            claims: Some(claims.collect()),
            roster: Some(self.ledger.chain().entries_after(roster_after).to_vec()),
        }
    }

    pub fn have(&self) -> BTreeMap<ActorId, u64> {
        let document = self.document();
        document.actors().map(|actor| (actor.clone(), document.last_seq(actor))).collect()
    }

    pub fn follow(&mut self, page: &Page) -> Result<Followed, LogFault> {
        // What was written so far was written under the roster known so far.
        self.sign();
        let nonce = [self.nonce + 1; 16];
        let fresh = Claim::new(&application(), self.key.public(), nonce);
        let followed = self.ledger.follow(page, &fresh.actor, &self.own)?;
        keep(&mut self.segments, &followed.segments);
        if let Some(recovery) = &followed.recovery {
            self.set_aside.extend(recovery.set_aside.iter().cloned());
            self.own.insert(fresh.actor.clone());
            self.ledger.add_claim(fresh);
            self.nonce += 1;
        }
        for entry in &followed.displaced {
            if entry.key == self.key.public() {
                // Not every wish still makes sense.
                let _ = self.act(entry.read().unwrap().act);
            }
        }
        Ok(followed)
    }

    pub fn take(&mut self, offer: &Offer) -> Taken {
        self.sign();
        let offer: Offer = wire::decode(&wire::encode(offer)).unwrap();
        let taken = self.ledger.take(&offer);
        keep(&mut self.segments, &taken.segments);
        taken
    }

    /// Follows all that the hub has.
    pub fn pull(&mut self, hub: &Hub) -> Followed {
        let after = self.ledger.log().position;
        let page: Page = wire::decode(&wire::encode(&hub.page(after, &self.have()))).unwrap();
        match self.follow(&page) {
            // A copy of some device has made other changes in the places of those here.
            Err(LogFault::Head(_) | LogFault::Contradiction(_)) => {
                self.follow(&hub.page(after, &BTreeMap::new())).unwrap()
            }
            followed => followed.unwrap_or_else(|fault| panic!("desk {}: {fault}", self.number)),
        }
    }

    /// Hands own work over and follows.
    pub fn sync(&mut self, hub: &mut Hub) -> Followed {
        let offer: Offer = wire::decode(&wire::encode(&self.offer())).unwrap();
        hub.judge(&offer);
        self.pull(hub)
    }

    /// Hands over, and follows a hub that signs with another key from now on.
    pub fn sync_with_new_key(&mut self, hub: &mut Hub, number: u8) {
        hub.judge(&self.offer());
        hub.key = key(number);
        self.pull(hub);
    }

    /// The changes that the hub has not accepted.
    pub fn pending(&self) -> usize {
        self.document().changes_beyond(self.ledger.all_accepted()).len()
    }
}

/// That desk and hub have the same content.
#[track_caller]
pub fn assert_same(desk: &Desk, hub: &Hub) {
    let (here, there) = (desk.document(), &hub.ledger.document);
    assert_eq!(desk.ledger.log(), hub.ledger.log(), "desk {}", desk.number);
    assert_eq!(here.heads(), there.heads(), "desk {}", desk.number);
    assert_eq!(here.answers(), there.answers(), "desk {}", desk.number);
    assert_eq!(here.comments(), there.comments(), "desk {}", desk.number);
    assert_eq!(desk.ledger.chain().version(), hub.ledger.chain().version());
    assert_eq!(desk.ledger.all_accepted(), hub.ledger.all_accepted());
    let answers: BTreeSet<_> = there.answers().0.into_keys().collect();
    for answer in &answers {
        assert_eq!(here.standing(answer).value, there.standing(answer).value);
        let sides = |document: &Document| {
            document
                .standing(answer)
                .conflict
                .into_iter()
                .map(|side| (side.op, side.value))
                .collect::<Vec<_>>()
        };
        assert_eq!(sides(here), sides(there), "{answer}");
    }
}
