//! Changes that no honest replica makes. Each breaks one rule; none may reach the document, and what comes
//! with it in one batch must not suffer, unless it builds on it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::num::NonZeroU64;

use automerge::legacy::{self, ElementId, Key, ObjectId, OpType};
use automerge::{ActorId, Change, ObjType, ScalarValue};
use form_document::{BadChunk, COUNTER_MAX, Malformed, Refusal};
use form_model::delta::Delta;
use support::scene::{Scene, decode};
use support::{id, text};

#[test]
fn the_same_made_honestly_is_applied() {
    let mut scene = Scene::new();
    let honest = scene.change(vec![
        scene.put("name", vec![scene.victims(0)]),
        scene.type_char(ElementId::Id(scene.victims(3))),
        scene.delete_char(scene.victims(2)),
    ]);
    let merged = scene.victim.merge(&[Change::from(honest).raw_bytes().to_vec()]);
    assert_eq!((merged.applied.len(), merged.refused), (1, vec![]));
    assert_eq!(scene.victim.answers().text(&id("basics.name")), "乙市");
    assert_eq!(scene.victim.text(&id("plan.goals")), Some("标新"));
}

#[test]
fn a_pred_of_another_object_is_refused() {
    let scene = Scene::new();
    // A value of the section replaces a character of the plan.
    let change = scene.change(vec![scene.put("name", vec![scene.victims(2)])]);
    assert!(matches!(scene.malformed(change), Malformed::PredElsewhere { .. }));
}

#[test]
fn a_pred_of_another_key_is_refused() {
    let scene = Scene::new();
    let change = scene.change(vec![scene.put("name", vec![scene.victims(1)])]);
    assert!(matches!(scene.malformed(change), Malformed::PredElsewhere { .. }));
}

#[test]
fn a_pred_that_does_not_exist_is_refused() {
    let scene = Scene::new();
    let missing = legacy::OpId::new(3_000, scene.victim.actor());
    let change = scene.change(vec![scene.put("name", vec![missing])]);
    assert!(matches!(scene.malformed(change), Malformed::NotInPast { .. }));
}

#[test]
fn a_pred_of_an_unknown_actor_is_refused() {
    let scene = Scene::new();
    let missing = legacy::OpId::new(3, &ActorId::from([0x77; 16]));
    let change = scene.change(vec![scene.put("name", vec![missing])]);
    assert!(matches!(scene.malformed(change), Malformed::NotInPast { .. }));
}

#[test]
fn a_pred_that_the_author_cannot_have_known_is_refused() {
    let mut scene = Scene::new();
    let later = scene.victim.set(&[(id("basics.name"), text("丙市"))], 4).unwrap().unwrap();
    let unseen = legacy::OpId::new(scene.next_op, &later.actor);
    let change = scene.change(vec![scene.put("name", vec![unseen])]);
    assert!(matches!(scene.malformed(change), Malformed::NotInPast { .. }));
}

#[test]
fn an_operation_that_replaces_itself_or_a_later_one_is_refused() {
    let scene = Scene::new();
    let own = legacy::OpId::new(scene.next_op, &scene.attacker);
    let change = scene.change(vec![scene.put("name", vec![own])]);
    assert!(matches!(scene.malformed(change), Malformed::NotInPast { .. }));
}

#[test]
fn an_element_of_another_text_is_refused() {
    let mut scene = Scene::new();
    scene.victim.splice(&id("plan.measures"), &Delta::splice(0, 0, "措"), 4).unwrap().unwrap();
    scene.deps = scene.victim.heads();
    let other = legacy::OpId::new(scene.next_op, scene.victim.actor());
    scene.next_op += 1;
    let change = scene.change(vec![scene.type_char(ElementId::Id(other))]);
    assert!(matches!(scene.malformed(change), Malformed::PredElsewhere { .. }));
}

#[test]
fn a_deletion_of_a_text_object_as_if_it_were_a_character_is_refused() {
    let scene = Scene::new();
    let change = scene.change(vec![scene.delete_char(scene.object("goals"))]);
    assert!(matches!(scene.malformed(change), Malformed::PredElsewhere { .. }));
}

#[test]
fn an_unknown_element_is_refused() {
    let scene = Scene::new();
    let missing = legacy::OpId::new(2_000, scene.victim.actor());
    let change = scene.change(vec![scene.type_char(ElementId::Id(missing))]);
    assert!(matches!(scene.malformed(change), Malformed::NotInPast { .. }));
}

#[test]
fn an_unknown_object_is_refused() {
    let scene = Scene::new();
    let mut op = scene.put("name", vec![]);
    op.obj = ObjectId::Id(legacy::OpId::new(999, scene.victim.actor()));
    let change = scene.change(vec![op]);
    assert!(matches!(scene.malformed(change), Malformed::UnknownObject { .. }));
}

#[test]
fn the_root_and_the_genesis_facts_are_not_written_to() {
    let scene = Scene::new();
    let mut op = scene.put("basics", vec![]);
    op.obj = ObjectId::Root;
    let change = scene.change(vec![op]);
    assert!(matches!(scene.malformed(change), Malformed::UnknownObject { .. }));

    let scene = Scene::new();
    let mut op = scene.put("lead", vec![]);
    op.obj = ObjectId::Id(scene.object("genesis"));
    let change = scene.change(vec![op]);
    assert!(matches!(scene.malformed(change), Malformed::GenesisFacts { .. }));
}

#[test]
fn answers_that_the_form_does_not_have_are_refused() {
    for key in ["nothing", "name?", "name?a?b", "goals", "revenue.2022"] {
        let scene = Scene::new();
        let change = scene.change(vec![scene.put(key, vec![])]);
        assert!(matches!(scene.malformed(change), Malformed::UnknownAnswer { .. }), "{key}");
    }
    // A text object must not be replaced by a value.
    let scene = Scene::new();
    let mut op = scene.put("goals", vec![scene.object("goals")]);
    op.obj = ObjectId::Id(scene.object("plan"));
    let change = scene.change(vec![op]);
    assert!(matches!(scene.malformed(change), Malformed::UnknownAnswer { .. }));
}

#[test]
fn objects_counters_marks_and_other_values_are_refused() {
    let actions = [
        OpType::Make(ObjType::Map),
        OpType::Make(ObjType::List),
        OpType::Make(ObjType::Text),
        OpType::Increment(1),
        OpType::MarkEnd(true),
        OpType::MarkBegin(legacy::MarkData { name: "bold".into(), value: ScalarValue::Null, expand: false }),
        OpType::Put(ScalarValue::Null),
        OpType::Put(ScalarValue::Boolean(true)),
        OpType::Put(ScalarValue::Int(5)),
        OpType::Put(ScalarValue::counter(5)),
        OpType::Put(ScalarValue::Bytes(vec![1])),
        OpType::Put(ScalarValue::Str("".into())),
        OpType::Put(ScalarValue::Str("a\0".into())),
        OpType::Put(ScalarValue::Str("长".repeat(2_001).into())),
        OpType::Delete,
    ];
    for action in actions {
        let scene = Scene::new();
        let mut op = scene.put("name", vec![]);
        op.action = action;
        scene.bad_action_of(op);
    }
    let scene = Scene::new();
    let mut op = scene.put("name", vec![]);
    op.insert = true;
    scene.bad_action_of(op);
}

#[test]
fn a_text_takes_single_characters_and_their_deletions_alone() {
    let first = |scene: &Scene| ElementId::Id(scene.victims(2));
    for value in ["", "两字", "\u{7}"] {
        let scene = Scene::new();
        let mut op = scene.type_char(first(&scene));
        op.action = OpType::Put(ScalarValue::Str(value.into()));
        scene.bad_action_of(op);
    }
    let scene = Scene::new();
    let mut overwrite = scene.type_char(first(&scene));
    (overwrite.insert, overwrite.pred) = (false, vec![scene.victims(2)].into());
    scene.bad_action_of(overwrite);
    let scene = Scene::new();
    let mut both = scene.type_char(first(&scene));
    both.pred = vec![scene.victims(2)].into();
    scene.bad_action_of(both);
    let scene = Scene::new();
    let mut other = scene.delete_char(scene.victims(2));
    other.pred = vec![scene.victims(3)].into();
    scene.bad_action_of(other);
    let scene = Scene::new();
    let mut nothing = scene.delete_char(scene.victims(2));
    nothing.pred = vec![].into();
    scene.bad_action_of(nothing);
    let scene = Scene::new();
    let mut map_key = scene.type_char(first(&scene));
    map_key.key = Key::Map("0".into());
    map_key.insert = false;
    scene.bad_action_of(map_key);
    for action in [OpType::Make(ObjType::Map), OpType::MarkEnd(false)] {
        let scene = Scene::new();
        let mut op = scene.type_char(first(&scene));
        op.action = action;
        scene.bad_action_of(op);
    }
}

#[test]
fn gaps_and_repetitions_in_seq_are_refused() {
    for seq in [0, 2, 7, u64::MAX] {
        let scene = Scene::new();
        let mut change = scene.change(vec![scene.put("name", vec![])]);
        change.seq = seq;
        assert!(matches!(scene.malformed(change), Malformed::Seq { .. }), "{seq}");
    }
    let scene = Scene::new();
    let mut second_first = scene.change(vec![scene.put("name", vec![])]);
    second_first.actor_id = scene.victim.actor().clone();
    assert!(matches!(scene.malformed(second_first), Malformed::Seq { found: 1, expected: 3 }));
}

#[test]
fn a_second_change_that_does_not_build_on_the_first_is_refused() {
    let mut scene = Scene::new();
    let first = Change::from(scene.change(vec![scene.put("name", vec![scene.victims(0)])]));
    assert_eq!(scene.victim.merge(&[first.raw_bytes().to_vec()]).applied.len(), 1);
    // It re-uses the operation ids of the first.
    let mut second = scene.change(vec![scene.put("phone", vec![scene.victims(1)])]);
    second.seq = 2;
    assert_eq!(scene.malformed(second), Malformed::SkipsOwn);
}

#[test]
fn operations_that_start_elsewhere_than_after_the_past_are_refused() {
    for start in [1, u64::from(u32::MAX) - 1, COUNTER_MAX] {
        let scene = Scene::new();
        let mut change = scene.change(vec![scene.put("name", vec![])]);
        change.start_op = NonZeroU64::new(start).unwrap();
        assert!(matches!(scene.malformed(change), Malformed::StartOp { .. }), "{start}");
    }
    let scene = Scene::new();
    let mut change = scene.change(vec![scene.put("name", vec![])]);
    change.start_op = NonZeroU64::new(scene.next_op - 1).unwrap();
    assert!(matches!(scene.malformed(change), Malformed::StartOp { .. }));
    let scene = Scene::new();
    let mut change = scene.change(vec![scene.put("name", vec![])]);
    change.start_op = NonZeroU64::new(u64::from(u32::MAX) + 5).unwrap();
    assert!(matches!(scene.refused(change), Refusal::Chunk(BadChunk::Unreadable(_))));
}

#[test]
fn frames_that_no_replica_makes_are_refused() {
    let scene = Scene::new();
    let change = scene.change(vec![]);
    assert_eq!(scene.malformed(change), Malformed::Empty);

    let scene = Scene::new();
    let mut change = scene.change(vec![scene.put("name", vec![])]);
    change.deps = Vec::new();
    assert_eq!(scene.malformed(change), Malformed::NoDeps);

    let scene = Scene::new();
    let mut change = scene.change(vec![scene.put("name", vec![])]);
    change.actor_id = ActorId::from(&[1, 2, 3][..]);
    assert_eq!(scene.malformed(change), Malformed::BadActor);

    let scene = Scene::new();
    let mut change = scene.change(vec![scene.put("name", vec![])]);
    change.actor_id = decode(&scene.victim.changes()[0]).unwrap().actor_id().clone();
    assert_eq!(scene.malformed(change), Malformed::GenesisActor);

    let scene = Scene::new();
    let mut change = scene.change(vec![scene.put("name", vec![])]);
    change.message = Some("hello".to_owned());
    assert_eq!(scene.malformed(change), Malformed::Extras);

    let scene = Scene::new();
    let mut change = scene.change(vec![scene.put("name", vec![])]);
    change.extra_bytes = vec![1, 1, 7];
    assert_eq!(scene.malformed(change), Malformed::Extras);
}

#[test]
fn what_builds_on_a_refused_change_goes_with_it_and_nothing_else() {
    let mut scene = Scene::new();
    let mut bad = scene.change(vec![scene.put("nothing", vec![])]);
    let mut child = scene.change(vec![scene.put("name", vec![scene.victims(0)])]);
    bad.actor_id = ActorId::from([0xdd; 16]);
    let bad = Change::from(bad);
    child.deps = vec![bad.hash()];
    child.start_op = NonZeroU64::new(scene.next_op + 1).unwrap();
    let child = Change::from(child);
    let sibling = Change::from(scene.change(vec![scene.put("phone", vec![scene.victims(1)])]));
    let merged =
        scene.victim.merge(&[child, bad.clone(), sibling.clone()].map(|change| change.raw_bytes().to_vec()));
    assert_eq!(merged.applied.iter().map(|change| change.hash).collect::<Vec<_>>(), [sibling.hash()]);
    let reasons: Vec<_> = merged.refused.iter().map(|refused| (refused.index, &refused.reason)).collect();
    assert!(
        matches!(reasons.as_slice(), [(0, Refusal::BuildsOnRefused(hash)), (1, Refusal::Malformed(_))] if *hash == bad.hash()),
        "{reasons:?}"
    );
}

#[test]
fn bytes_that_are_no_raw_change_are_refused() {
    let mut scene = Scene::new();
    let mut good = Change::from(scene.change(vec![scene.put("name", vec![scene.victims(0)])]));
    let raw = good.raw_bytes().to_vec();
    let chunk = |merged: form_document::Merged| match merged.refused.into_iter().next().unwrap().reason {
        Refusal::Chunk(bad) => bad,
        other => panic!("{other}"),
    };
    for end in 0..raw.len() {
        let bad = chunk(scene.victim.merge(&[raw[..end].to_vec()]));
        assert!(matches!(bad, BadChunk::NotARawChange | BadChunk::Unreadable(_)), "cut at {end}: {bad}");
    }
    let mut longer = raw.clone();
    longer.push(0);
    assert!(matches!(chunk(scene.victim.merge(&[longer])), BadChunk::Unreadable(_)));
    for at in 0..raw.len() {
        for bit in 0..8 {
            let mut damaged = raw.clone();
            damaged[at] ^= 1 << bit;
            let merged = scene.victim.merge(&[damaged]);
            assert_eq!((merged.applied.len(), merged.waiting.len()), (0, 0), "byte {at}, bit {bit}");
        }
    }
    let document = scene.victim.save();
    assert_eq!(chunk(scene.victim.merge(&[document])), BadChunk::NotARawChange);
    let mut long = scene.change(vec![scene.put("name", vec![scene.victims(0)])]);
    long.operations[0].action = OpType::Put(ScalarValue::Str("长".repeat(1_000).into()));
    let compressed = Change::from(long).bytes().to_vec();
    assert_eq!(chunk(scene.victim.merge(&[compressed])), BadChunk::NotARawChange, "compressed");
    let huge = chunk(scene.victim.merge(&[vec![0; form_document::CHANGE_MAX_BYTES + 1]]));
    assert!(matches!(huge, BadChunk::TooLarge { .. }));
    assert_eq!(scene.victim.merge(&[good.bytes().to_vec()]).applied.len(), 1, "undamaged it is good");
}

/// The chunk of 77 characters typed at once, its actions written as two runs instead of one. Automerge
/// reads it, but would write it back otherwise.
fn otherwise_encoded(raw: &[u8]) -> Vec<u8> {
    let (content, run) = (&raw[11..], [0xcd, 0x00, 1]);
    let at = content.windows(3).rposition(|window| window == run).unwrap();
    let mut body = [&content[..at], &[0xcc, 0x00, 1, 1, 1], &content[at + 3..]].concat();
    let length = body.windows(2).position(|window| window == [66, 3]).unwrap() + 1;
    body[length] = 5;
    let (high, low) = (body.len() / 0x80, body.len() % 0x80);
    let (high, low) = (u8::try_from(high).unwrap(), u8::try_from(low).unwrap() | 0x80);
    let hashed = [&[1, low, high], body.as_slice()].concat();
    let hash = ring::digest::digest(&ring::digest::SHA256, &hashed);
    [&raw[..4], &hash.as_ref()[..4], &hashed].concat()
}

#[test]
fn another_encoding_of_the_same_operations_is_refused() {
    let mut scene = Scene::new();
    let mut third = support::replica(3);
    third.merge(&scene.victim.changes());
    let typed = Delta::splice(0, 0, &"字".repeat(77));
    let honest = third.splice(&id("plan.goals"), &typed, 3).unwrap().unwrap().bytes;
    let other = otherwise_encoded(&honest);
    let read = decode(&other).expect("Automerge reads it");
    assert_eq!(read.decode().operations, decode(&honest).unwrap().decode().operations);
    let merged = scene.victim.merge(&[other]);
    assert_eq!(merged.refused[0].reason, Refusal::Chunk(BadChunk::NotCanonical));
    assert_eq!(scene.victim.merge(&[honest]).applied.len(), 1);
}

#[test]
fn the_sections_of_a_change_are_those_of_its_objects() {
    let scene = Scene::new();
    let change =
        scene.change(vec![scene.put("name", vec![scene.victims(0)]), scene.delete_char(scene.victims(2))]);
    let bytes = Change::from(change).raw_bytes().to_vec();
    let sections = scene.victim.sections_of(&bytes).unwrap();
    assert_eq!(sections.into_iter().collect::<Vec<_>>(), ["basics", "plan"]);
    assert_eq!(scene.victim.sections_of(b"no change"), None);
}
