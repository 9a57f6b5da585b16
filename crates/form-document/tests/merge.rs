//! Two and more replicas: prose interleaves, values stand side by side until someone chooses.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use form_document::{Document, Refusal, import};
use form_model::answer::AnswerValue;
use form_model::delta::{Delta, utf16_len};
use support::{Random, form, genesis, id, replica, sync, text};

fn write(document: &mut Document, answer: &str, value: &str, second: i64) {
    document.set(&[(id(answer), text(value))], second * 1_000).unwrap().expect("a change");
}

fn clear(document: &mut Document, answer: &str, second: i64) {
    document.set(&[(id(answer), None)], second * 1_000).unwrap().expect("a change");
}

fn splice(document: &mut Document, answer: &str, at: usize, delete: usize, insert: &str) {
    document.splice(&id(answer), &Delta::splice(at, delete, insert), 1).unwrap().expect("a change");
}

#[test]
fn prose_of_two_interleaves_and_patches_lead_there() {
    let (mut a, mut b) = (replica(1), replica(2));
    splice(&mut a, "plan.goals", 0, 0, "目标：建设合作区。措施：服务企业。");
    sync(&mut a, &mut b);
    splice(&mut a, "plan.goals", 3, 0, "全面");
    splice(&mut b, "plan.goals", 12, 0, "持续😀");
    let before = b.text(&id("plan.goals")).unwrap().to_owned();
    let (_, merged) = sync(&mut a, &mut b);
    assert_eq!(b.text(&id("plan.goals")), Some("目标：全面建设合作区。措施：持续😀服务企业。"));
    let [(answer, delta)] = merged.patched.as_slice() else { panic!("one text changed: {merged:?}") };
    assert_eq!(answer, &id("plan.goals"));
    assert_eq!(delta, &Delta::splice(3, 0, "全面"));
    assert_eq!(delta.apply(&before).unwrap(), b.text(answer).unwrap());
    assert_eq!(merged.changed, []);
    assert_eq!(merged.overlaps, [], "the two wrote in different places");
}

#[test]
fn rewritings_of_one_place_are_flagged_on_both_sides() {
    let (mut a, mut b) = (replica(1), replica(2));
    splice(&mut a, "plan.goals", 0, 0, "年产值达到一百亿元");
    splice(&mut a, "plan.measures", 0, 0, "措施");
    sync(&mut a, &mut b);
    splice(&mut a, "plan.goals", 5, 2, "两百");
    splice(&mut b, "plan.goals", 6, 1, "千");
    splice(&mut b, "plan.measures", 0, 0, "新");
    let (at_a, at_b) = sync(&mut a, &mut b);
    assert_eq!(at_a.overlaps, [id("plan.goals")]);
    assert_eq!(at_b.overlaps, [id("plan.goals")]);
    let (at_a, at_b) = sync(&mut a, &mut b);
    assert_eq!((at_a.overlaps, at_b.overlaps), (vec![], vec![]), "nothing new, nothing flagged again");
    splice(&mut b, "plan.goals", 5, 1, "三");
    assert_eq!(sync(&mut a, &mut b).0.overlaps, [], "made knowing of the other");
}

#[test]
fn concurrent_values_stand_side_by_side_until_one_is_chosen() {
    let (mut a, mut b) = (replica(1), replica(2));
    write(&mut a, "basics.phone", "010-1", 1);
    sync(&mut a, &mut b);
    write(&mut a, "basics.phone", "010-2", 2);
    write(&mut b, "basics.phone", "010-3", 3);
    let (merged, _) = sync(&mut a, &mut b);
    assert_eq!(merged.changed, [id("basics.phone")]);
    for document in [&a, &b] {
        let standing = document.standing(&id("basics.phone"));
        let mut sides: Vec<_> =
            standing.conflict.iter().map(|side| (side.time_ms, side.value.clone())).collect();
        sides.sort();
        assert_eq!(sides, [(2_000, text("010-2")), (3_000, text("010-3"))]);
        assert!(standing.conflict.iter().all(|side| side.before == text("010-1")), "what each replaced");
        assert_eq!(standing.conflict[0].value, standing.value, "the one that stands comes first");
        assert_eq!(Some(&standing.conflict[0].op), standing.made.as_ref().map(|(op, _)| op));
    }
    // Choosing the value that stands is a change of its own, which names both.
    let chosen = a.standing(&id("basics.phone")).value;
    let committed = a.set(&[(id("basics.phone"), chosen.clone())], 4).unwrap().expect("a choice is a change");
    let [row] = committed.history.as_slice() else { panic!("one row: {committed:?}") };
    let form_document::history::RowStep::Value { preds, before, after } = &row.step else { panic!() };
    assert_eq!((preds.len(), before.len(), after), (2, 2, &chosen));
    sync(&mut a, &mut b);
    for document in [&a, &b] {
        let standing = document.standing(&id("basics.phone"));
        assert_eq!((standing.conflict, standing.value), (vec![], chosen.clone()));
    }
    assert_eq!(a.set(&[(id("basics.phone"), chosen)], 5).unwrap(), None, "settled: nothing to choose");
}

#[test]
fn equal_concurrent_values_are_no_conflict() {
    let (mut a, mut b) = (replica(1), replica(2));
    write(&mut a, "basics.name", "示例市", 1);
    write(&mut b, "basics.name", "示例市", 2);
    sync(&mut a, &mut b);
    let standing = a.standing(&id("basics.name"));
    assert_eq!((standing.value, standing.conflict), (text("示例市"), vec![]));
    assert_eq!(a.set(&[(id("basics.name"), text("示例市"))], 3).unwrap(), None);
    let (mut c, _) = (replica(3), ());
    write(&mut c, "basics.name", "另一市", 4);
    sync(&mut a, &mut c);
    assert_eq!(a.standing(&id("basics.name")).conflict.len(), 2, "two equal and one different: two sides");
}

#[test]
fn a_value_beside_a_concurrent_clearing_shows_both_sides() {
    let (mut a, mut b) = (replica(1), replica(2));
    write(&mut a, "basics.name", "甲", 1);
    sync(&mut a, &mut b);
    write(&mut a, "basics.name", "乙", 2);
    write(&mut a, "basics.name", "丙", 3);
    clear(&mut b, "basics.name", 4);
    let (at_a, at_b) = sync(&mut a, &mut b);
    for document in [&a, &b] {
        let standing = document.standing(&id("basics.name"));
        let sides: Vec<_> = standing.conflict.iter().map(|side| (side.value.clone(), side.time_ms)).collect();
        assert_eq!(sides, [(text("丙"), 3_000), (None, 4_000)]);
        assert_eq!(standing.conflict[1].before, text("甲"), "what the clearing took away");
    }
    // Opened again, the clearing is known once the history has told of it.
    let rows: Vec<_> = at_a.history.iter().chain(&at_b.history).filter(|row| row.clears()).collect();
    let actor = a.actor().clone();
    let mut loaded = Document::load(&a.save(), &[], a.application(), &form(), actor).unwrap();
    loaded.recall_clears(rows);
    assert_eq!(loaded.standing(&id("basics.name")), a.standing(&id("basics.name")));
    // Keeping the value settles it, and so does clearing.
    a.set(&[(id("basics.name"), text("丙"))], 5).unwrap().expect("a choice is a change");
    sync(&mut a, &mut b);
    assert_eq!(b.standing(&id("basics.name")).conflict, []);
    assert_eq!(b.standing(&id("basics.name")).value, text("丙"));
}

#[test]
fn a_clearing_of_what_the_other_never_saw_is_no_conflict() {
    let (mut a, mut b) = (replica(1), replica(2));
    write(&mut b, "basics.name", "误填", 1);
    clear(&mut b, "basics.name", 2);
    write(&mut a, "basics.name", "甲", 3);
    sync(&mut a, &mut b);
    assert_eq!(a.standing(&id("basics.name")).conflict, []);
    assert_eq!(b.standing(&id("basics.name")).value, text("甲"));
}

#[test]
fn choosing_settles_without_a_clearing_appearing() {
    let (mut a, mut b) = (replica(1), replica(2));
    write(&mut a, "basics.name", "甲", 1);
    write(&mut b, "basics.name", "乙", 2);
    sync(&mut a, &mut b);
    let chosen = a.standing(&id("basics.name")).value;
    a.set(&[(id("basics.name"), chosen)], 3).unwrap().unwrap();
    let (_, at_b) = sync(&mut a, &mut b);
    assert!(at_b.history.iter().all(|row| !row.clears()));
    assert_eq!(b.standing(&id("basics.name")).conflict, []);
}

#[test]
fn flags_merge_as_values_do() {
    let (mut a, mut b) = (replica(1), replica(2));
    a.set(&[(id("basics.agreed"), Some(AnswerValue::Flag(true)))], 1).unwrap().unwrap();
    b.set(&[(id("basics.agreed"), Some(AnswerValue::Flag(false)))], 2).unwrap().unwrap();
    sync(&mut a, &mut b);
    assert_eq!(a.standing(&id("basics.agreed")).conflict.len(), 2);
    assert_eq!(a.standing(&id("basics.agreed")), b.standing(&id("basics.agreed")));
}

#[test]
fn changes_that_come_too_early_wait_and_are_taken_later() {
    let (mut a, mut b) = (replica(1), replica(2));
    write(&mut a, "basics.name", "甲", 1);
    write(&mut a, "basics.name", "乙", 2);
    write(&mut a, "basics.phone", "010", 3);
    let changes = a.changes()[1..].to_vec();
    let early = b.merge(&changes[1..]);
    assert_eq!((early.applied.len(), early.waiting.len(), early.refused.len()), (0, 2, 0));
    assert_eq!(b.change_count(), 1, "nothing lingers in the document");
    assert_eq!(early.waiting[1].missing, [early.waiting[0].hash]);
    let bytes: Vec<_> =
        early.waiting.into_iter().map(|waiting| waiting.bytes).chain([changes[0].clone()]).collect();
    let merged = b.merge(&bytes);
    assert_eq!((merged.applied.len(), merged.waiting.len()), (3, 0));
    assert_eq!(merged.applied.iter().map(|change| change.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(b.heads(), a.heads());
    assert_eq!(b.merge(&changes), form_document::Merged::default(), "what is here is passed over");
}

#[test]
fn an_exported_document_is_imported_change_by_change() {
    let (mut a, mut b) = (replica(1), replica(2));
    write(&mut a, "basics.name", "甲", 1);
    splice(&mut a, "plan.goals", 0, 0, "目标");
    let imported = import::read(&a.save()).unwrap();
    assert_eq!(imported.genesis, genesis());
    let merged = b.merge(&imported.changes);
    assert_eq!(merged.applied.len(), 2);
    assert_eq!(b.answers(), a.answers());
    let bytes = a.save();
    for end in [0, 1, 8, bytes.len() / 2, bytes.len() - 1] {
        assert!(import::read(&bytes[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn another_applications_changes_are_not_taken_in() {
    let mut a = replica(1);
    let genesis = form_document::Genesis::new(&form(), [8; 16], [9; 32]).unwrap().build(&form()).unwrap();
    let merged = a.merge(std::slice::from_ref(&genesis));
    assert!(matches!(merged.refused[0].reason, Refusal::Malformed(_)), "{merged:?}");
}

#[test]
fn replicas_converge_whatever_they_do_and_in_whatever_order_it_arrives() {
    let seed = std::env::var("SEED").map_or(20_260_815, |seed| seed.parse().unwrap());
    println!("SEED={seed}");
    let mut random = Random(seed);
    for round in 0..20 {
        let mut replicas: Vec<_> = (1..=3).map(replica).collect();
        for time_ms in 0..60 {
            let at = random.below(3);
            act(&mut replicas[at], &mut random, time_ms);
            if random.below(6) == 0 {
                let (from, to) = (random.below(3), random.below(3));
                let mut changes = replicas[from].changes();
                for index in (1..changes.len()).rev() {
                    changes.swap(index, random.below(index + 1));
                }
                let before = replicas[to].text(&id("plan.goals")).unwrap().to_owned();
                let merged = replicas[to].merge(&changes);
                assert_eq!((merged.refused, merged.waiting), (vec![], vec![]), "round {round}");
                let after = replicas[to].text(&id("plan.goals")).unwrap();
                let delta = merged.patched.into_iter().find(|(answer, _)| answer == &id("plan.goals"));
                let delta = delta.map(|(_, delta)| delta).unwrap_or_default();
                assert_eq!(delta.apply(&before).unwrap(), after, "round {round}");
            }
        }
        let [a, b, c] = replicas.as_mut_slice() else { panic!() };
        sync(a, b);
        sync(b, c);
        sync(a, c);
        for answer in ["basics.name", "basics.phone"] {
            assert_eq!(a.standing(&id(answer)), b.standing(&id(answer)), "round {round}");
            assert_eq!(a.standing(&id(answer)), c.standing(&id(answer)), "round {round}");
        }
        let actor = a.actor().clone();
        let loaded = Document::load(&a.save(), &[], a.application(), &form(), actor).unwrap();
        assert_eq!(loaded.answers(), c.answers());
        assert_eq!(loaded.text(&id("plan.goals")), c.text(&id("plan.goals")));
    }
}

fn act(document: &mut Document, random: &mut Random, time_ms: i64) {
    let value = ["甲", "乙", "丙", ""][random.below(4)];
    match random.below(8) {
        0 | 1 => drop(document.set(&[(id("basics.name"), text(value))], time_ms).unwrap()),
        2 => drop(document.set(&[(id("basics.phone"), text(value))], time_ms).unwrap()),
        3 => drop(document.undo(time_ms)),
        4 => drop(document.redo(time_ms)),
        _ => {
            let now = document.text(&id("plan.goals")).unwrap().to_owned();
            let chars: Vec<char> = now.chars().collect();
            let from = random.below(chars.len() + 1);
            let to = from + random.below((chars.len() - from).min(4) + 1);
            let width = |chars: &[char]| utf16_len(&chars.iter().collect::<String>());
            let insert = ["", "合作", "😀", "x"][random.below(4)];
            let delta = Delta::splice(width(&chars[..from]), width(&chars[from..to]), insert);
            drop(document.splice(&id("plan.goals"), &delta, time_ms).unwrap());
        }
    }
}
