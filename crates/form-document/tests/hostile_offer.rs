//! Hostile changes by a member, signed like any other: they harm nobody, whether they come to the hub or on a
//! stick; and messages made to break whoever reads them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::num::NonZeroU64;

use automerge::legacy::{self, ElementId, Key, ObjectId, Op, OpType};
use automerge::{ActorId, Change, ExpandedChange, ObjType, ScalarValue};
use form_document::ledger::{Decision, Fault, OFFER_MAX_OPS, SEALS_EXTRA_MAX};
use form_document::log::Reason;
use form_document::wire::{
    self, BadMessage, Exchange, Hello, Offer, Page, Seal, Start, WireChange, WireClaim,
};
use form_document::{BadChunk, CHANGE_MAX_BYTES, Claim, Segment};
use support::company::{
    COMMERCE, DATA, LEAD, OBSERVER, SCIENCE, STRANGER, application, company, genesis, key, public,
};
use support::desk::Desk;
use support::hub::Hub;
use support::{Random, id};

/// What the victims have: a name, a phone number and two characters of the plan, all known to the attacker.
struct Ground {
    hub: Hub,
    desk: Desk,
    /// An honest change, to come with the hostile one.
    honest: Offer,
    claim: Claim,
    next_op: u64,
}

impl Ground {
    fn new() -> Self {
        let chain = company();
        let mut hub = Hub::new(&chain);
        let (mut lead, mut science) = (Desk::new(LEAD, &chain), Desk::new(SCIENCE, &chain));
        lead.set("basics.name", "甲市");
        lead.set("basics.phone", "010");
        lead.append("plan.goals", "目标");
        lead.comment(None, "好");
        lead.sync(&mut hub);
        science.pull(&hub);
        science.append("plan.measures", "措施");
        let mut desk = Desk::new(DATA, &chain);
        desk.pull(&hub);
        let claim = Claim::new(&application(), public(COMMERCE), [0; 16]);
        let last = lead.document().changes().pop().unwrap();
        let next_op = Change::try_from(&last[..]).unwrap().max_op() + 1;
        Self { honest: science.offer(), hub, desk, claim, next_op }
    }

    fn change(&self, operations: Vec<Op>) -> ExpandedChange {
        ExpandedChange {
            operations,
            actor_id: self.claim.actor.clone(),
            hash: None,
            seq: 1,
            start_op: NonZeroU64::new(self.next_op).unwrap(),
            time: 3,
            message: None,
            deps: self.hub.ledger.document.heads(),
            extra_bytes: Vec::new(),
            author: None,
        }
    }

    #[allow(clippy::unused_self, reason = "reads like the other names of the ground")]
    fn made(&self, named: &str) -> legacy::OpId {
        let change = Change::try_from(&genesis()[..]).unwrap().decode();
        let at = change
            .operations
            .iter()
            .position(|op| matches!((&op.key, &op.action), (Key::Map(key), OpType::Make(_)) if key == named));
        legacy::OpId::new(at.unwrap() as u64 + change.start_op.get(), &change.actor_id)
    }

    /// The lead's operations: name, phone, 目, 标, comment.
    fn victims(&self, index: u64) -> legacy::OpId {
        let lead = Claim::new(&application(), public(LEAD), [0; 16]).actor;
        legacy::OpId::new(self.next_op - 5 + index, &lead)
    }

    fn put(&self, object: &str, key: &str, value: &str, pred: Vec<legacy::OpId>) -> Op {
        Op {
            action: OpType::Put(ScalarValue::Str(value.into())),
            obj: ObjectId::Id(self.made(object)),
            key: Key::Map(key.into()),
            pred: pred.into(),
            insert: false,
        }
    }

    fn with(&self, action: OpType) -> Op {
        Op { action, ..self.put("basics", "name", "", vec![]) }
    }

    /// The signed offer of a change, beside the honest one.
    fn offer(&self, change: ExpandedChange) -> Offer {
        let change = Change::from(change);
        self.offer_of(change.raw_bytes().to_vec(), change.seq(), change.hash())
    }

    fn offer_of(&self, bytes: Vec<u8>, seq: u64, hash: form_document::ChangeHash) -> Offer {
        let roster = self.hub.ledger.chain().version();
        let actor = self.claim.actor.clone();
        let segment = Segment::sign(&key(COMMERCE), &application(), actor, seq, vec![hash], roster);
        let mut offer = self.honest.clone();
        offer.changes.insert(0, WireChange(bytes));
        offer.seals.insert(0, segment.seal(seq));
        offer.claims.as_mut().unwrap().push(WireClaim::from(&self.claim));
        offer
    }

    /// The hub refuses the change for this reason, a desk leaves it out, and the honest one is taken by both.
    #[track_caller]
    fn refused(mut self, change: ExpandedChange, expected: Reason) {
        let hash = Change::from(change.clone()).hash();
        let offer = self.offer(change);
        let before = self.hub.ledger.document.answers();
        let judgement = self.hub.judge(&offer);
        let mut refused = Vec::new();
        for decision in &judgement.decisions {
            match decision {
                Decision::Refused { hash, reason, .. } => refused.push((*hash, *reason)),
                Decision::Accepted(change) => assert_ne!(change.hash, hash),
                Decision::Roster(_) => panic!("no roster step was offered"),
            }
        }
        assert_eq!(refused, [(hash, expected)], "{:?}", judgement.faults);
        let taken = self.desk.take(&offer);
        assert_eq!(taken.merged.refused.iter().map(|refused| refused.hash).collect::<Vec<_>>(), [Some(hash)]);
        self.only_the_honest(&before);
        // It goes on for everybody.
        self.desk.pull(&self.hub);
        self.desk.set("basics.revenue.2023", "128");
        self.desk.sync(&mut self.hub);
        support::desk::assert_same(&self.desk, &self.hub);
    }

    /// Nobody's change: no verdict, a fault, and the honest one is taken.
    #[track_caller]
    fn at_fault(mut self, offer: &Offer, expected: impl Fn(&Fault) -> bool) {
        let before = self.hub.ledger.document.answers();
        let judgement = self.hub.judge(offer);
        assert!(judgement.faults.iter().any(&expected), "{:?}", judgement.faults);
        assert!(matches!(judgement.decisions[..], [Decision::Accepted(_)]), "{:?}", judgement.faults);
        let taken = self.desk.take(offer);
        assert!(taken.faults.iter().any(&expected), "{:?}", taken.faults);
        self.only_the_honest(&before);
    }

    #[track_caller]
    fn only_the_honest(&self, before: &form_model::answer::Answers) {
        for document in [&self.hub.ledger.document, self.desk.document()] {
            assert_eq!(document.text(&id("plan.measures")), Some("措施"), "the honest change is there");
            let mut after = document.answers();
            after.set(id("plan.measures"), None);
            assert_eq!(&after, before, "and nothing else");
            assert_eq!(document.comments().len(), 1);
        }
    }
}

#[test]
fn the_same_made_honestly_is_accepted() {
    let mut ground = Ground::new();
    let change = ground.change(vec![ground.put("basics", "name", "乙市", vec![ground.victims(0)])]);
    let judgement = ground.hub.judge(&ground.offer(change));
    assert_eq!((judgement.decisions.len(), judgement.faults), (2, vec![]));
    assert_eq!(ground.hub.ledger.document.answers().text(&id("basics.name")), "乙市");
}

type Attack = fn(&Ground) -> ExpandedChange;

fn op_attacks() -> Vec<(&'static str, Attack)> {
    vec![
        ("replaces a section at the root", |ground| {
            let op =
                Op { obj: ObjectId::Root, ..ground.put("basics", "plan", "x", vec![ground.made("plan")]) };
            ground.change(vec![op])
        }),
        ("makes an object under a foreign parent", |ground| {
            let op = ground.put("plan", "goals", "", vec![ground.made("goals")]);
            ground.change(vec![Op { action: OpType::Make(ObjType::Text), ..op }])
        }),
        ("writes to an object of its own making", |ground| {
            let make = ground.with(OpType::Make(ObjType::Map));
            let own = legacy::OpId::new(ground.next_op, &ground.claim.actor);
            let put = Op { obj: ObjectId::Id(own), ..ground.put("basics", "x", "x", vec![]) };
            ground.change(vec![make, put])
        }),
        ("deletes another section's text", |ground| {
            let op = ground.put("plan", "goals", "", vec![ground.made("goals")]);
            ground.change(vec![Op { action: OpType::Delete, ..op }])
        }),
        ("marks", |ground| ground.change(vec![ground.with(OpType::MarkEnd(true))])),
        ("counts up", |ground| ground.change(vec![ground.with(OpType::Increment(1))])),
        ("inserts into a map as if it were a list", |ground| {
            let op = Op {
                key: Key::Seq(ElementId::Head),
                insert: true,
                ..ground.put("basics", "x", "字", vec![])
            };
            ground.change(vec![op])
        }),
        ("replaces a character of another section", |ground| {
            ground.change(vec![ground.put("basics", "name", "x", vec![ground.victims(2)])])
        }),
        ("replaces a value under another key", |ground| {
            ground.change(vec![ground.put("basics", "name", "x", vec![ground.victims(1)])])
        }),
        ("replaces a comment", |ground| {
            ground.change(vec![ground.put("basics", "name", "x", vec![ground.victims(4)])])
        }),
        ("replaces what does not exist", |ground| {
            let nobody = legacy::OpId::new(3, &ActorId::from([0x77; 16]));
            ground.change(vec![ground.put("basics", "name", "x", vec![nobody])])
        }),
        ("replaces what comes later", |ground| {
            let own = legacy::OpId::new(ground.next_op, &ground.claim.actor);
            ground.change(vec![ground.put("basics", "name", "x", vec![own])])
        }),
        ("writes to an object that does not exist", |ground| {
            let nowhere = ObjectId::Id(legacy::OpId::new(999, &ground.claim.actor));
            ground.change(vec![Op { obj: nowhere, ..ground.put("basics", "name", "x", vec![]) }])
        }),
        ("changes the genesis' facts", |ground| {
            ground.change(vec![ground.put("genesis", "lead", "x", vec![])])
        }),
        ("answers what nobody asked", |ground| {
            ground.change(vec![ground.put("basics", "nothing", "x", vec![])])
        }),
        ("says nothing", |ground| ground.change(vec![])),
    ]
}

fn frame_attacks() -> Vec<(&'static str, Attack)> {
    fn put(ground: &Ground) -> ExpandedChange {
        ground.change(vec![ground.put("basics", "name", "x", vec![])])
    }
    vec![
        ("is a second change without a first", |ground| ExpandedChange { seq: 2, ..put(ground) }),
        ("has the greatest number", |ground| ExpandedChange { seq: u64::MAX, ..put(ground) }),
        ("starts at 1", |ground| ExpandedChange { start_op: NonZeroU64::MIN, ..put(ground) }),
        ("starts near the end of counting", |ground| ExpandedChange {
            start_op: NonZeroU64::new(u64::from(u32::MAX) - 1).unwrap(),
            ..put(ground)
        }),
        ("starts too early", |ground| ExpandedChange {
            start_op: NonZeroU64::new(ground.next_op - 1).unwrap(),
            ..put(ground)
        }),
        ("builds on nothing", |ground| ExpandedChange { deps: Vec::new(), ..put(ground) }),
        ("carries a message", |ground| ExpandedChange { message: Some("hello".to_owned()), ..put(ground) }),
        ("carries extra bytes", |ground| ExpandedChange { extra_bytes: vec![1, 1, 7], ..put(ground) }),
    ]
}

#[test]
fn malformed_changes_are_refused_as_such() {
    for (what, attack) in op_attacks().into_iter().chain(frame_attacks()) {
        println!("{what}");
        let ground = Ground::new();
        let change = attack(&ground);
        ground.refused(change, Reason::Malformed);
    }
}

#[test]
fn well_formed_changes_to_another_section_are_refused_as_not_granted() {
    let ground = Ground::new();
    let text = ObjectId::Id(ground.made("goals"));
    let first = ElementId::Id(ground.victims(2));
    let delete = Op {
        action: OpType::Delete,
        obj: text.clone(),
        key: Key::Seq(first.clone()),
        pred: vec![ground.victims(2)].into(),
        insert: false,
    };
    let insert = Op {
        action: OpType::Put(ScalarValue::Str("字".into())),
        obj: text,
        key: Key::Seq(first),
        pred: vec![].into(),
        insert: true,
    };
    let note = ground.put("plan", "goals?note", "x", vec![]);
    let own = ground.put("basics", "name", "x", vec![ground.victims(0)]);
    for ops in [vec![delete.clone()], vec![insert.clone()], vec![note.clone()], vec![own, note]] {
        let ground = Ground::new();
        let change = ground.change(ops);
        ground.refused(change, Reason::NotGranted);
    }
}

#[test]
fn comments_that_no_replica_writes_are_refused() {
    let actor = Claim::new(&application(), public(COMMERCE), [0; 16]).actor;
    let lead = Claim::new(&application(), public(LEAD), [0; 16]).actor;
    let (own, good) = (format!("{actor}-1"), r#"{"text":"好"}"#);
    let long = format!(r#"{{"text":"{}"}}"#, "长".repeat(2_001));
    let many = format!(r#"{{"to":[{}],"text":"好"}}"#, vec![r#""a""#; 33].join(","));
    let deep = format!("{}1{}", "[".repeat(2_000), "]".repeat(2_000));
    let bad: Vec<(&str, &str)> = vec![
        (&own, ""),
        (&own, "好"),
        (&own, r#"{"text":""}"#),
        (&own, r#"{"text":"a\u0000b"}"#),
        (&own, r#"{"text":"好","on":"basics.nothing"}"#),
        (&own, r#"{"text":"好","to":["海关"]}"#),
        (&own, r#"{"text":"好","reply_to":"somewhere"}"#),
        (&own, &long),
        (&own, &many),
        (&own, &deep),
    ];
    for (key, value) in bad {
        let ground = Ground::new();
        let change = ground.change(vec![ground.put("discussion", key, value, vec![])]);
        println!("{key} {}", value.chars().take(40).collect::<String>());
        ground.refused(change, Reason::Malformed);
    }
    let keys = [
        String::new(),
        "note".to_owned(),
        format!("{actor}-01"),
        format!("{actor}-2"),
        format!("{}-1", actor.to_string().to_uppercase()),
        format!("{lead}-4"),
        format!("{own}?settled?settled"),
    ];
    for key in keys {
        let ground = Ground::new();
        let change = ground.change(vec![ground.put("discussion", &key, good, vec![])]);
        println!("{key}");
        ground.refused(change, Reason::Malformed);
    }
    // Another's comment overwritten, deleted, or settled before it was made.
    let theirs = format!("{lead}-4");
    let ground = Ground::new();
    let change = ground.change(vec![ground.put("discussion", &theirs, good, vec![ground.victims(4)])]);
    ground.refused(change, Reason::Malformed);
    let ground = Ground::new();
    let delete = ground.put("discussion", &theirs, "", vec![ground.victims(4)]);
    let change = ground.change(vec![Op { action: OpType::Delete, ..delete }]);
    ground.refused(change, Reason::Malformed);
    for early in [format!("{lead}-5?settled"), format!("{lead}-0?settled"), format!("{own}?settled")] {
        let ground = Ground::new();
        let settle = ground.put("discussion", &early, "", vec![]);
        let change = ground.change(vec![Op { action: OpType::Put(ScalarValue::Boolean(true)), ..settle }]);
        println!("{early}");
        ground.refused(change, Reason::Malformed);
    }
    let mut ground = Ground::new();
    let settle = ground.put("discussion", &format!("{theirs}?settled"), "", vec![]);
    let change = ground.change(vec![Op { action: OpType::Put(ScalarValue::Boolean(true)), ..settle }]);
    assert_eq!(ground.hub.judge(&ground.offer(change)).decisions.len(), 2, "what is known can be settled");
    assert!(ground.hub.ledger.document.comments()[0].settled);
}

#[test]
fn what_is_no_raw_change_is_a_fault() {
    type Chunk = (fn(&Ground) -> Vec<u8>, fn(&BadChunk) -> bool);
    let chunks: [Chunk; 5] = [
        (|ground| ground.hub.ledger.document.save(), |bad| *bad == BadChunk::NotARawChange),
        (
            |ground| {
                let long = "长".repeat(1_000);
                let change =
                    ground.change(vec![ground.put("basics", "name", &long, vec![ground.victims(0)])]);
                Change::from(change).bytes().to_vec()
            },
            |bad| *bad == BadChunk::NotARawChange,
        ),
        (|_| vec![0; CHANGE_MAX_BYTES + 1], |bad| matches!(bad, BadChunk::TooLarge { .. })),
        (|_| Vec::new(), |bad| *bad == BadChunk::NotARawChange),
        (
            |ground| {
                let change = ground.change(vec![ground.put("basics", "name", "x", vec![ground.victims(0)])]);
                let mut bytes = Change::from(change).raw_bytes().to_vec();
                bytes.truncate(30);
                bytes
            },
            |bad| matches!(bad, BadChunk::Unreadable(_)),
        ),
    ];
    for (chunk, expected) in chunks {
        let ground = Ground::new();
        let offer = ground.offer_of(chunk(&ground), 1, form_document::ChangeHash([7; 32]));
        ground.at_fault(&offer, |fault| matches!(fault, Fault::Change { index: 0, bad } if expected(bad)));
    }
}

#[test]
fn a_change_by_an_actor_that_its_device_cannot_have_is_nobodys() {
    let ground = Ground::new();
    let mut change = ground.change(vec![ground.put("basics", "name", "x", vec![ground.victims(0)])]);
    change.actor_id = Claim::new(&application(), public(LEAD), [9; 16]).actor;
    let offer = ground.offer(change);
    ground.at_fault(&offer, |fault| matches!(fault, Fault::Unproven(_)));
    // A device that signs another's next change as if it were its own.
    let ground = Ground::new();
    let mut change = ground.change(vec![ground.put("basics", "name", "x", vec![ground.victims(0)])]);
    (change.actor_id, change.seq) = (Claim::new(&application(), public(LEAD), [0; 16]).actor, 5);
    let offer = ground.offer(change);
    ground.at_fault(&offer, |fault| matches!(fault, Fault::Unproven(_)));
    // Another application's actor, and a stranger's.
    for claim in [
        Claim::new(&form_model::id::ApplicationId("0".repeat(64)), public(COMMERCE), [0; 16]),
        Claim::new(&application(), public(STRANGER), [0; 16]),
    ] {
        let mut ground = Ground::new();
        ground.claim = claim;
        let change = ground.change(vec![ground.put("basics", "name", "x", vec![ground.victims(0)])]);
        let offer = ground.offer(change);
        ground.at_fault(&offer, |fault| matches!(fault, Fault::Unproven(_)));
    }
}

#[test]
fn a_replay_changes_nothing() {
    let mut ground = Ground::new();
    let change = ground.change(vec![ground.put("basics", "name", "乙市", vec![ground.victims(0)])]);
    let offer = ground.offer(change);
    ground.hub.judge(&offer);
    let log = *ground.hub.ledger.log();
    for _ in 0..3 {
        assert!(ground.hub.judge(&offer).decisions.is_empty());
    }
    assert_eq!(*ground.hub.ledger.log(), log);
    ground.desk.pull(&ground.hub);
    let heads = ground.desk.document().heads();
    let taken = ground.desk.take(&offer);
    assert_eq!((taken.merged.applied, taken.faults), (vec![], vec![]));
    assert_eq!(ground.desk.document().heads(), heads);
}

/// A change's bytes with some of its content changed and its checksum right.
fn mutated(raw: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = raw.to_vec();
    for _ in 0..=random.below(3) {
        let at = 9 + random.below(bytes.len() - 9);
        bytes[at] = match random.below(4) {
            0 => bytes[at] ^ (1 << random.below(8)),
            1 => 0xff,
            2 => 0x7f,
            _ => u8::try_from(random.below(256)).unwrap(),
        };
    }
    let hash = ring::digest::digest(&ring::digest::SHA256, &bytes[8..]);
    bytes[4..8].copy_from_slice(&hash.as_ref()[..4]);
    bytes
}

#[test]
fn mutated_changes_well_signed_break_nothing() {
    let mut random = Random(11);
    let chain = company();
    let mut lead = Desk::new(LEAD, &chain);
    lead.set("basics.name", "甲市");
    lead.append("plan.goals", "目标目标");
    lead.splice("plan.goals", 1, 2, "新");
    lead.comment(None, "好");
    let changes = lead.document().changes();
    for round in 0..1_500 {
        let raw = &changes[1 + random.below(changes.len() - 1)];
        let bytes = mutated(raw, &mut random);
        let mut hub = Hub::new_unlogged(&chain);
        let known = changes[1..].iter().take_while(|known| *known != raw).cloned().collect::<Vec<_>>();
        hub.ledger.document.merge(&known);
        let before = hub.ledger.document.answers();
        let hash = form_document::ChangeHash(
            ring::digest::digest(&ring::digest::SHA256, &bytes[8..]).as_ref().try_into().unwrap(),
        );
        let (claim, seq) = (Claim::new(&application(), public(LEAD), [0; 16]), known.len() as u64 + 1);
        let segment =
            Segment::sign(&key(LEAD), &application(), claim.actor.clone(), seq, vec![hash], chain.version());
        let offer = Offer {
            changes: vec![WireChange(bytes)],
            seals: vec![segment.seal(seq)],
            claims: Some(vec![WireClaim::from(&claim)]),
            roster: None,
        };
        let judgement = hub.ledger.judge(&offer, 0);
        let accepted = judgement.decisions.iter().any(|decision| matches!(decision, Decision::Accepted(_)));
        if !accepted {
            assert_eq!(hub.ledger.document.answers(), before, "round {round}");
        }
        // Whatever became of it: it saves, loads, and goes on.
        let document = &hub.ledger.document;
        let saved = document.save();
        let actor = document.actor().clone();
        let mut loaded =
            form_document::Document::load(&saved, &[], &application(), &support::form(), actor).unwrap();
        assert_eq!(loaded.heads(), document.heads(), "round {round}");
        loaded.set(&[(id("basics.phone"), support::text("010"))], 1).unwrap();
    }
}

/// The deletion of a whole text, which takes few bytes.
fn sweeping(desk: &mut Desk, length: usize) -> Vec<u8> {
    desk.append("plan.goals", &"字".repeat(length));
    desk.splice("plan.goals", 0, length, "");
    desk.document().changes().pop().unwrap()
}

#[test]
fn an_offer_unpacks_to_so_much_and_no_more() {
    let chain = company();
    let mut desk = Desk::new(SCIENCE, &chain);
    let length = 90_000;
    let small = sweeping(&mut desk, length);
    assert!(small.len() < 400, "{} bytes stand for {length} operations", small.len());
    let mut hub = Hub::new(&chain);
    let most = usize::try_from(OFFER_MAX_OPS).unwrap() / length;
    let offer = Offer { changes: vec![WireChange(small); 10_000], ..Offer::default() };
    let judgement = hub.judge(&offer);
    assert!(judgement.faults.contains(&Fault::TooMuch { index: most }), "the rest is not unpacked");
}

#[test]
fn an_offer_has_so_many_seals_and_no_more() {
    let chain = company();
    let mut desk = Desk::new(SCIENCE, &chain);
    desk.append("plan.goals", "字");
    let mut offer = desk.offer();
    let mut bad = offer.seals[0].clone();
    bad.signature.0[0] ^= 1;
    // The honest one comes first; those beyond the limit are not looked at.
    offer.seals.resize(40_000, bad);
    let judgement = Hub::new(&chain).judge(&offer);
    assert_eq!(judgement.decisions.len(), 1);
    let too_many =
        |fault: &&Fault| matches!(fault, Fault::Seal { bad: form_document::ledger::BadSeal::TooMany, .. });
    assert_eq!(judgement.faults.iter().filter(too_many).count(), 40_000 - 1 - SEALS_EXTRA_MAX);
}

#[test]
fn messages_made_to_break_their_reader_are_errors() {
    fn all_fail(bytes: &[u8]) {
        assert!(wire::decode::<Offer>(bytes).is_err());
        assert!(wire::decode::<Page>(bytes).is_err());
        assert!(wire::decode::<Exchange>(bytes).is_err());
        assert!(wire::decode::<Hello>(bytes).is_err());
        assert!(wire::decode::<Seal>(bytes).is_err());
        assert!(wire::decode::<Start>(bytes).is_err());
    }
    let huge = [0xff; 8];
    for head in [0x5b, 0x7b, 0x9b, 0xbb] {
        // A length of 2⁶⁴ − 1, at once and one place further in.
        all_fail(&[&[head][..], &huge].concat());
        all_fail(&[&[0x84, head][..], &huge].concat());
        all_fail(&[&[0x84, 0x81, head][..], &huge].concat());
        all_fail(&[&[0x84, 0x80, 0x80, head][..], &huge].concat());
        // 2⁴⁰, which would still be too much to set aside for.
        all_fail(&[0x84, head, 0, 0, 1, 0, 0, 0, 0, 0]);
    }
    for nested in [0x81, 0x9f, 0xa1, 0xbf, 0xc1, 0xd8] {
        all_fail(&vec![nested; 1 << 20]);
        // In a place that this program does not know, where it passes over what stands there.
        let mut later = vec![0x85, 0x80, 0x80, 0xf6, 0xf6];
        later.extend(std::iter::repeat_n(nested, 1 << 20));
        assert!(wire::decode::<Offer>(&later).is_err());
    }
    all_fail(&[]);
    assert!(matches!(
        wire::decode::<Offer>(&vec![0; wire::MESSAGE_MAX_BYTES + 1]),
        Err(BadMessage::TooLarge { .. })
    ));
    let ground = Ground::new();
    let good = wire::encode(&ground.honest);
    for end in 0..good.len() {
        assert!(wire::decode::<Offer>(&good[..end]).is_err(), "cut at {end}");
    }
    assert_eq!(wire::decode::<Offer>(&[&good[..], &[0]].concat()), Err(BadMessage::Trailing));
    assert_eq!(wire::decode::<Offer>(&good).as_ref(), Ok(&ground.honest));
    let mut random = Random(5);
    for _ in 0..3_000 {
        let mut altered = good.clone();
        for _ in 0..=random.below(4) {
            let at = random.below(altered.len());
            altered[at] = u8::try_from(random.below(256)).unwrap();
        }
        if let Ok(offer) = wire::decode::<Offer>(&altered) {
            let mut desk = Desk::empty(OBSERVER);
            desk.ledger.take(&offer);
        }
    }
}
