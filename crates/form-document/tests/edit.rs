//! A replica's own edits: what is stored, what is refused, what is undone.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use form_document::{Document, EditError, Expected};
use form_model::answer::AnswerValue;
use form_model::delta::Delta;
use support::{form, id, replica, text};

fn splice(document: &mut Document, answer: &str, at: usize, delete: usize, insert: &str, time_ms: i64) {
    document.splice(&id(answer), &Delta::splice(at, delete, insert), time_ms).unwrap().expect("a change");
}

#[test]
fn edits_are_read_back_and_survive_a_save_and_a_tail() {
    let mut document = replica(1);
    let snapshot = document.save();
    let mut tail = Vec::new();
    let name = (id("basics.name"), text("示例市合作区"));
    let agreed = (id("basics.agreed"), Some(AnswerValue::Flag(true)));
    tail.push(document.set(&[name, agreed], 1_000).unwrap().unwrap().bytes);
    let delta = Delta::splice(0, 0, "一、目标😀");
    tail.push(document.splice(&id("plan.goals"), &delta, 2_000).unwrap().unwrap().bytes);
    let note = (id("plan.goals?note"), text("初稿"));
    tail.push(document.set(&[note], 3_000).unwrap().unwrap().bytes);

    let loaded =
        Document::load(&snapshot, &tail, document.application(), &form(), document.actor().clone()).unwrap();
    assert_eq!(loaded.heads(), document.heads());
    assert_eq!(loaded.answers(), document.answers());
    assert_eq!(loaded.answers().text(&id("plan.goals")), "一、目标😀");
    assert!(loaded.answers().flag(&id("basics.agreed")));
    let again =
        Document::load(&document.save(), &[], document.application(), &form(), document.actor().clone());
    assert_eq!(again.unwrap().answers(), document.answers());
}

#[test]
fn setting_what_stands_makes_no_change() {
    let mut document = replica(1);
    assert_eq!(document.set(&[(id("basics.name"), None)], 1).unwrap(), None);
    assert_eq!(document.set(&[(id("basics.name"), text(""))], 1).unwrap(), None);
    document.set(&[(id("basics.name"), text("甲"))], 1).unwrap().unwrap();
    assert_eq!(document.set(&[(id("basics.name"), text("甲"))], 2).unwrap(), None);
    assert_eq!(document.splice(&id("plan.goals"), &Delta::default(), 3).unwrap(), None);
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let mut document = replica(1);
    splice(&mut document, "plan.goals", 0, 0, "甲😀", 1);
    let heads = document.heads();
    let mut refused = |answer: &str, value| {
        document.set(&[(id("basics.phone"), text("1")), (id(answer), value)], 2).unwrap_err()
    };
    let wrong = |answer: &str, expected| EditError::WrongKind { answer: id(answer), expected };
    assert_eq!(
        refused("basics.nothing", text("x")),
        EditError::UnknownAnswer { answer: id("basics.nothing") }
    );
    assert_eq!(refused("genesis.form", text("x")), EditError::UnknownAnswer { answer: id("genesis.form") });
    let bad_facet = "basics.name?a?b";
    assert_eq!(refused(bad_facet, text("x")), EditError::UnknownAnswer { answer: id(bad_facet) });
    assert_eq!(refused("basics.agreed", text("x")), wrong("basics.agreed", Expected::Flag));
    assert_eq!(refused("basics.name", Some(AnswerValue::Flag(true))), wrong("basics.name", Expected::Text));
    assert_eq!(refused("plan.goals", text("x")), wrong("plan.goals", Expected::Prose));
    assert_eq!(refused("basics.name", text("a\0b")), EditError::BadCharacter { answer: id("basics.name") });
    let long = refused("basics.name", text(&"长".repeat(2_001)));
    assert_eq!(long, EditError::TooLong { answer: id("basics.name"), length: 2_001, limit: 2_000 });

    let mut refused = |answer: &str, delta| document.splice(&id(answer), &delta, 2).unwrap_err();
    let goals = || EditError::BadSplice { answer: id("plan.goals") };
    assert_eq!(refused("basics.name", Delta::splice(0, 0, "x")), wrong("basics.name", Expected::Value));
    assert_eq!(refused("plan.goals", Delta::splice(2, 0, "x")), goals(), "through a surrogate pair");
    assert_eq!(refused("plan.goals", Delta::splice(1, 1, "")), goals(), "half a surrogate pair");
    assert_eq!(refused("plan.goals", Delta::splice(9, 0, "x")), goals(), "beyond the end");
    let bad = EditError::BadCharacter { answer: id("plan.goals") };
    assert_eq!(refused("plan.goals", Delta::splice(0, 0, "\u{7}")), bad);
    let long = Delta::splice(0, 0, &"长".repeat(100_000));
    assert_eq!(
        refused("plan.goals", long),
        EditError::TooLong { answer: id("plan.goals"), length: 100_002, limit: 100_000 },
    );
    assert_eq!(document.heads(), heads);
    assert_eq!(document.text(&id("plan.goals")), Some("甲😀"));
}

#[test]
fn a_document_moves_between_threads() {
    let document = std::thread::spawn(|| replica(1)).join().unwrap();
    assert_eq!(document.change_count(), 1);
}
