//! Files of evidence as answers: two replicas add, move and take out; nothing else than what replicas write is taken in.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use form_document::{Document, EditError, files_ever_named};
use form_model::answer::AnswerValue;
use form_model::evidence::{Attribute, Entry, EntryId, EvidenceFile, EvidenceKey, REMOVED, entries, placed};
use form_model::id::{AnswerId, FieldId};
use support::{Random, id, replica, sync, text};

/// Seeds of the random test.
const SEEDS: u64 = 60;

fn field() -> FieldId {
    FieldId("basics.revenue".to_owned())
}

fn key(entry: &EntryId, attribute: Attribute) -> AnswerId {
    EvidenceKey { field: field(), entry: entry.clone(), attribute }.answer()
}

fn slot(document: &Document) -> Vec<Entry> {
    entries(&document.answers(), &field())
}

/// Adds a file behind the first `at` of those that are there.
fn add(document: &mut Document, number: usize, at: usize) -> EntryId {
    let entry = EntryId::new(u64::try_from(number).unwrap().to_be_bytes());
    let file = EvidenceFile {
        name: format!("照片{number}.jpg"),
        sha256: format!("{number:064x}"),
        size: 1,
        kind: "image/jpeg".to_owned(),
    };
    let mut values = placed(&slot(document), at, &[key(&entry, Attribute::Order)]);
    values.push((key(&entry, Attribute::Facts), Some(file.stored())));
    document.set(&values, 1_000).unwrap().expect("a change");
    entry
}

fn put_at(document: &mut Document, moved: &Entry, at: usize) {
    let others: Vec<_> = slot(document).into_iter().filter(|entry| entry.id != moved.id).collect();
    let values = placed(&others, at, &[moved.answer(Attribute::Order)]);
    document.set(&values, 1_000).unwrap();
}

#[test]
fn files_added_moved_and_taken_out_by_two_who_do_not_meet_are_all_there_in_one_order() {
    for seed in 0..SEEDS {
        let mut random = Random(seed);
        let (mut a, mut b) = (replica(1), replica(2));
        let (mut number, mut removed) = (0, Vec::new());
        for _ in 0..4 {
            for document in [&mut a, &mut b] {
                for _ in 0..random.below(6) {
                    let there = slot(document);
                    let at = random.below(there.len() + 1);
                    match (random.below(3), there.get(at)) {
                        (0, Some(entry)) => {
                            let to = random.below(there.len());
                            put_at(document, entry, to);
                            assert_eq!(
                                slot(document)[to].id,
                                entry.id,
                                "seed {seed}: it stands where it was put"
                            );
                        }
                        (1, Some(entry)) => {
                            let out = (entry.answer(Attribute::Removed), text(REMOVED));
                            document.set(&[out], 1_000).unwrap();
                            removed.push(entry.id.clone());
                        }
                        _ => {
                            number += 1;
                            let entry = add(document, number, at);
                            assert_eq!(
                                slot(document)[at].id,
                                entry,
                                "seed {seed}: it stands where it was put"
                            );
                        }
                    }
                }
            }
            sync(&mut a, &mut b);
            assert_eq!(slot(&a), slot(&b), "seed {seed}");
        }
        let there = slot(&a);
        assert_eq!(there.len(), number, "seed {seed}: every file is there");
        for entry in there {
            assert_eq!(entry.removed, removed.contains(&entry.id), "seed {seed}: {entry:?}");
        }
    }
}

#[test]
fn two_captions_stand_side_by_side_and_meet_no_other_word_about_the_file() {
    let (mut a, mut b) = (replica(1), replica(2));
    let entry = add(&mut a, 1, 0);
    sync(&mut a, &mut b);
    a.set(&[(key(&entry, Attribute::Caption), text("签约现场"))], 2_000).unwrap();
    b.set(&[(key(&entry, Attribute::Caption), text("揭牌仪式"))], 3_000).unwrap();
    b.set(&[(key(&entry, Attribute::Place), text("示例市"))], 3_000).unwrap();
    sync(&mut a, &mut b);
    assert_eq!(a.standing(&key(&entry, Attribute::Caption)).conflict.len(), 2);
    assert_eq!(a.standing(&key(&entry, Attribute::Place)).conflict.len(), 0);
}

#[test]
fn two_who_move_one_file_find_it_at_one_place_and_nobody_has_to_pick() {
    let (mut a, mut b) = (replica(1), replica(2));
    let moved = add(&mut a, 1, 0);
    for number in 2..=4 {
        let end = slot(&a).len();
        add(&mut a, number, end);
    }
    sync(&mut a, &mut b);
    let entry = |document: &Document| slot(document).into_iter().find(|entry| entry.id == moved).unwrap();
    let (at_a, at_b) = (entry(&a), entry(&b));
    put_at(&mut a, &at_a, 3);
    put_at(&mut b, &at_b, 1);
    sync(&mut a, &mut b);
    assert_eq!(slot(&a), slot(&b));
    let place = key(&moved, Attribute::Order);
    for document in [&a, &b] {
        let standing = document.standing(&place);
        assert_eq!(standing.conflict, [], "nothing is lost, so nothing waits for a person");
        assert_eq!(standing.value, document.answers().get(&place).cloned());
    }
    let at = slot(&b).iter().position(|entry| entry.id == moved);
    assert!(matches!(at, Some(1 | 3)), "it stands where one of the two put it, not at {at:?}");
}

#[test]
fn removed_by_one_and_put_back_by_another_waits_for_a_person() {
    let (mut a, mut b) = (replica(1), replica(2));
    let entry = add(&mut a, 1, 0);
    let removed = key(&entry, Attribute::Removed);
    a.set(&[(removed.clone(), text(REMOVED))], 2_000).unwrap();
    sync(&mut a, &mut b);
    assert_eq!(a.standing(&removed).conflict, []);
    a.set(&[(removed.clone(), None)], 3_000).unwrap();
    // The other one puts it back, too, and thinks better of it.
    b.set(&[(removed.clone(), None)], 3_000).unwrap();
    b.set(&[(removed.clone(), text(REMOVED))], 4_000).unwrap();
    sync(&mut a, &mut b);
    for document in [&a, &b] {
        let sides: Vec<_> = document.standing(&removed).conflict;
        assert_eq!(sides.len(), 2, "{sides:?}");
        assert_eq!((&sides[0].op.actor, sides[0].value.is_some()), (b.actor(), true), "{sides:?}");
        assert_eq!((&sides[1].op.actor, sides[1].value.is_none()), (a.actor(), true), "{sides:?}");
    }
    a.set(&[(removed.clone(), None)], 5_000).unwrap();
    sync(&mut a, &mut b);
    for document in [&a, &b] {
        assert_eq!(document.standing(&removed).conflict, []);
        assert!(!slot(document)[0].removed);
    }
}

#[test]
fn a_file_is_of_one_of_the_kinds_that_its_slot_takes() {
    let mut document = replica(1);
    let entry = add(&mut document, 1, 0);
    document.set(&[(key(&entry, Attribute::Kind), text("third_party"))], 2_000).unwrap();
    assert_eq!(slot(&document)[0].kind, "third_party");
    assert!(document.set(&[(key(&entry, Attribute::Kind), text("self_declaration"))], 2_000).is_err());
}

#[test]
fn adding_is_undone_in_one_step_and_done_again() {
    let mut document = replica(1);
    add(&mut document, 1, 0);
    document.undo(2_000).unwrap().expect("a step");
    assert_eq!(slot(&document), []);
    document.redo(3_000).unwrap().expect("a step");
    assert_eq!(slot(&document).len(), 1);
}

#[test]
fn what_no_replica_says_about_a_file_is_not_stored() {
    let mut document = replica(1);
    let entry = add(&mut document, 1, 0);
    let facts = slot(&document)[0].file.stored().as_text().to_owned();
    let bad = [
        (Attribute::Facts, "{}".to_owned()),
        (Attribute::Facts, facts.replace("照片1.jpg", "../照片1.jpg")),
        (Attribute::Facts, facts.replace("照片1.jpg", "a\u{202e}gpj.exe")),
        (Attribute::Facts, facts.replace("\"size\":1", "\"size\":0")),
        (Attribute::Facts, facts.replace("\"size\":1", "\"size\":1.0")),
        (Attribute::Facts, facts.replace("image/jpeg", "image")),
        (Attribute::Facts, format!(" {facts}")),
        (Attribute::Order, "i0".to_owned()),
        (Attribute::Order, "z".repeat(1_000)),
        (Attribute::Removed, "maybe".to_owned()),
        (Attribute::Kind, "Third party".to_owned()),
        (Attribute::Caption, "长".repeat(501)),
    ];
    for (attribute, said) in bad {
        let values = [(key(&entry, attribute), Some(AnswerValue::Text(said.clone())))];
        assert!(document.set(&values, 2_000).is_err(), "{attribute:?} {said}");
    }
    for answer in [
        "basics.name?file.00112233445566aa",
        "basics.revenue?file.0011",
        "basics.revenue?file.00112233445566aa.x",
    ] {
        let refused = document.set(&[(id(answer), text("x"))], 2_000).unwrap_err();
        assert!(matches!(refused, EditError::UnknownAnswer { .. }), "{answer}: {refused:?}");
    }
    assert_eq!(slot(&document).len(), 1);
}

#[test]
fn a_document_names_its_files_with_their_authors_and_its_changes_all_that_ever_were() {
    let (mut a, mut b) = (replica(1), replica(2));
    let first = add(&mut a, 1, 0);
    add(&mut b, 2, 0);
    sync(&mut a, &mut b);
    let taken_out = [(key(&first, Attribute::Removed), text(REMOVED))];
    b.set(&taken_out, 2_000).unwrap().expect("a change");
    let names = |number: usize| format!("{number:064x}");
    let named = b.evidence();
    assert_eq!(named.len(), 2, "one that was taken out can be put back");
    for (number, author) in [(1, a.actor()), (2, b.actor())] {
        let file = named.iter().find(|file| file.sha256 == names(number)).unwrap();
        assert_eq!((&file.field, &file.by), (&field(), author));
    }
    // Somebody writes other facts over it: the changes still tell.
    let other =
        EvidenceFile { name: "a.pdf".into(), sha256: names(3), size: 1, kind: "application/pdf".into() };
    b.set(&[(key(&first, Attribute::Facts), Some(other.stored()))], 3_000).unwrap().expect("a change");
    assert!(b.evidence().iter().all(|file| file.sha256 != names(1)));
    let changes = b.changes();
    let ever = files_ever_named(changes.iter().map(Vec::as_slice));
    assert_eq!(ever, [names(1), names(2), names(3)].into());
}
