//! Changes that no honest replica makes, and honest-looking ones to another's part; each well signed.

use std::num::NonZeroU64;

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpType};
use automerge::{ChangeHash, ExpandedChange, ObjType, ScalarValue};
use form_document::log::Reason;
use form_document::wire::PageEntry;

use crate::ground::Ground;

type Operations = fn(&Ground) -> Vec<Op>;
type Frame = fn(ExpandedChange) -> ExpandedChange;

/// A value of the villain's own part, as a start for worse.
fn own(ground: &Ground) -> Op {
    ground.put("openness", "export_growth.2025", "1", vec![])
}

/// A character of the lead's text, where it stands, and the text.
fn inside_a_foreign_text(ground: &Ground, action: OpType, insert: bool) -> Op {
    let text = ground.object(&["plan", "text"]);
    let character = ground.newest_in(&text);
    let pred = if insert { vec![] } else { vec![character.clone()] };
    Op { action, obj: ObjectId::Id(text), key: Key::Seq(ElementId::Id(character)), pred: pred.into(), insert }
}

/// Operations, and why a change of them is refused.
fn operations() -> Vec<(&'static str, Operations, Reason)> {
    use Reason::{Malformed, NotGranted};
    vec![
        (
            "replaces a section at the root",
            |g| {
                let pred = vec![g.object(&["plan"])];
                vec![Op { obj: ObjectId::Root, ..g.put("plan", "plan", "x", pred) }]
            },
            Malformed,
        ),
        (
            "makes a nested object under a foreign parent",
            |g| {
                let op = g.put("plan", "text", "", vec![g.object(&["plan", "text"])]);
                vec![Op { action: OpType::Make(ObjType::Map), ..op }]
            },
            Malformed,
        ),
        (
            "makes a nested object in its own part",
            |g| vec![Op { action: OpType::Make(ObjType::Map), ..own(g) }],
            Malformed,
        ),
        (
            "deletes a foreign text whole",
            |g| {
                let op = g.put("plan", "text", "", vec![g.object(&["plan", "text"])]);
                vec![Op { action: OpType::Delete, ..op }]
            },
            Malformed,
        ),
        (
            "deletes a character of a foreign text",
            |g| vec![inside_a_foreign_text(g, OpType::Delete, false)],
            NotGranted,
        ),
        (
            "inserts into a foreign text",
            |g| vec![inside_a_foreign_text(g, OpType::Put(ScalarValue::Str("字".into())), true)],
            NotGranted,
        ),
        (
            "writes a foreign value",
            |g| {
                let pred = vec![g.newest_in(&g.object(&["cover"]))];
                vec![g.put("cover", "zone_name", "x", pred)]
            },
            NotGranted,
        ),
        (
            "writes its own value and a foreign one",
            |g| vec![own(g), g.put("cover", "zone_name", "x", vec![])],
            NotGranted,
        ),
        ("marks", |g| vec![Op { action: OpType::MarkEnd(true), ..own(g) }], Malformed),
        ("counts up", |g| vec![Op { action: OpType::Increment(1), ..own(g) }], Malformed),
        (
            "puts a counter",
            |g| vec![Op { action: OpType::Put(ScalarValue::counter(1)), ..own(g) }],
            Malformed,
        ),
        (
            "inserts into a section as if it were a list",
            |g| vec![Op { key: Key::Seq(ElementId::Head), insert: true, ..own(g) }],
            Malformed,
        ),
        (
            "replaces a foreign value by a crafted pred",
            |g| {
                let pred = vec![g.newest_in(&g.object(&["cover"]))];
                vec![g.put("openness", "export_growth.2025", "x", pred)]
            },
            Malformed,
        ),
        (
            "replaces a foreign character by a crafted pred",
            |g| {
                let pred = vec![g.newest_in(&g.object(&["plan", "text"]))];
                vec![g.put("openness", "export_growth.2025", "x", pred)]
            },
            Malformed,
        ),
        ("changes the genesis' facts", |g| vec![g.put("genesis", "lead", "x", vec![])], Malformed),
        ("answers what nobody asked", |g| vec![g.put("openness", "nothing", "x", vec![])], Malformed),
        ("says nothing", |_| vec![], Malformed),
    ]
}

/// Frames of an otherwise honest change.
fn frames() -> Vec<(&'static str, Frame)> {
    vec![
        ("leaves a gap in its numbers", |c| ExpandedChange { seq: 3, ..c }),
        ("has the greatest number", |c| ExpandedChange { seq: u64::MAX, ..c }),
        ("starts at 1", |c| ExpandedChange { start_op: NonZeroU64::MIN, ..c }),
        ("starts near the end of counting", |c| {
            let start_op = NonZeroU64::new(u64::from(u32::MAX) - 1).unwrap();
            ExpandedChange { start_op, ..c }
        }),
        ("builds on nothing", |c| ExpandedChange { deps: Vec::new(), ..c }),
        ("carries a message", |c| ExpandedChange { message: Some("x".to_owned()), ..c }),
        ("carries extra bytes", |c| ExpandedChange { extra_bytes: vec![1, 1, 7], ..c }),
    ]
}

/// What a person is told of it.
fn sentence(reason: Reason) -> &'static str {
    match reason {
        Reason::Malformed => "这处修改的内容不合规范",
        _ => "这一栏现在不由您的单位填写",
    }
}

async fn is_refused(ground: &mut Ground, what: &str, operations: Vec<Op>, frame: Frame, reason: Reason) {
    let mut forged = ground.change(operations);
    forged.change = frame(forged.change);
    let (offer, hash) = ground.offer(&forged);
    let before = ground.science.answers();
    let imported = ground.by_file(&ground.science, &offer);
    assert_eq!(imported.refused, 1, "{what}: {:?}", imported.reasons);
    assert_eq!(imported.reasons, [sentence(reason)], "{what}, by file");
    assert_eq!(ground.science.answers(), before, "{what}, by file");
    let reply = ground.hand_over(offer).await.unwrap();
    assert_eq!(reply.receipt.faults, [] as [String; 0], "{what}");
    let verdicts: Vec<_> = reply
        .page
        .entries
        .iter()
        .map(|entry| match entry {
            PageEntry::Refused { hash, reason } => (ChangeHash::from(*hash), *reason),
            other => panic!("{what}: {other:?}"),
        })
        .collect();
    assert_eq!(verdicts, [(hash, reason)], "{what}, at the hub");
    ground.goes_on().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_change_that_may_not_be_is_refused_for_its_own_reason_by_hub_and_by_file() {
    let mut ground = Ground::new().await;
    for (what, operations, reason) in operations() {
        let operations = operations(&ground);
        is_refused(&mut ground, what, operations, |change| change, reason).await;
    }
    for (what, frame) in frames() {
        let operations = vec![own(&ground)];
        is_refused(&mut ground, what, operations, frame, Reason::Malformed).await;
    }
    let honest = ground.change(vec![own(&ground)]);
    let (offer, _) = ground.offer(&honest);
    let reply = ground.hand_over(offer).await.unwrap();
    assert!(matches!(reply.page.entries[..], [PageEntry::Change(_)]), "the same made honestly is accepted");
    ground.goes_on().await;
    ground.hub.stop().unwrap();
    ground.hub.examine().unwrap();
}
