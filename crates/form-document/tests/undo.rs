//! Undo takes back what is mine and still there, and never what a colleague did.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use form_document::{Document, EditError, UNDO_GROUP_MS};
use form_model::delta::{Delta, utf16_len};
use support::{Random, id, replica, sync, text};

const GOALS: &str = "plan.goals";

/// Far enough apart to be steps of their own.
const STEP_MS: i64 = UNDO_GROUP_MS + 1;

fn splice(document: &mut Document, at: usize, delete: usize, insert: &str, time_ms: i64) {
    document.splice(&id(GOALS), &Delta::splice(at, delete, insert), time_ms).unwrap().expect("a change");
}

fn write(document: &mut Document, value: &str, time_ms: i64) {
    document.set(&[(id("basics.name"), text(value))], time_ms).unwrap().expect("a change");
}

fn goals(document: &Document) -> &str {
    document.text(&id(GOALS)).unwrap()
}

fn name(document: &Document) -> String {
    document.answers().text(&id("basics.name")).to_owned()
}

/// Undoes and checks that the reported delta is what happened.
fn undo(document: &mut Document) {
    let before = goals(document).to_owned();
    let undone = document.undo(0).unwrap().expect("something to undo");
    assert_eq!(undone.delta.unwrap_or_default().apply(&before).unwrap(), goals(document));
}

fn redo(document: &mut Document) {
    let before = goals(document).to_owned();
    let undone = document.redo(0).unwrap().expect("something to redo");
    assert_eq!(undone.delta.unwrap_or_default().apply(&before).unwrap(), goals(document));
}

#[test]
fn values_go_back_and_forth() {
    let mut document = replica(1);
    assert_eq!(document.undo(0).unwrap(), None);
    write(&mut document, "甲", 1);
    write(&mut document, "乙", 2);
    document.set(&[(id("basics.name"), None)], 3).unwrap().unwrap();
    for expected in ["乙", "甲", ""] {
        undo(&mut document);
        assert_eq!(name(&document), expected);
    }
    assert!(!document.can_undo());
    for expected in ["甲", "乙", ""] {
        redo(&mut document);
        assert_eq!(name(&document), expected);
    }
    assert!(!document.can_redo());
    undo(&mut document);
    assert_eq!(name(&document), "乙");
    write(&mut document, "丙", 4);
    assert!(!document.can_redo(), "a new edit ends what could be redone");
}

#[test]
fn a_pasted_block_is_undone_as_one() {
    let mut document = replica(1);
    let years = ["2023", "2024", "2025"].map(|year| id(&format!("basics.revenue.{year}")));
    document.set(&[(years[0].clone(), text("1.00"))], 1).unwrap().unwrap();
    let block: Vec<_> = years.iter().map(|year| (year.clone(), text("9.00"))).collect();
    document.set(&block, 2).unwrap().unwrap();
    undo(&mut document);
    let answers = document.answers();
    assert_eq!(years.map(|year| answers.text(&year).to_owned()), ["1.00", "", ""]);
}

#[test]
fn a_value_that_a_colleague_changed_or_disputes_is_not_undone() {
    let (mut a, mut b) = (replica(1), replica(2));
    write(&mut a, "甲", 1);
    write(&mut a, "乙", 2);
    sync(&mut a, &mut b);
    write(&mut b, "丙", 3);
    sync(&mut a, &mut b);
    let overtaken = EditError::UndoOvertaken { answer: id("basics.name") };
    assert_eq!(a.undo(4), Err(overtaken.clone()));
    assert_eq!(name(&a), "丙");
    write(&mut a, "丁", 5);
    write(&mut b, "戊", 6);
    sync(&mut a, &mut b);
    assert_eq!(a.undo(7), Err(overtaken), "in conflict: choosing is not undoing");
    assert_eq!(a.standing(&id("basics.name")).conflict.len(), 2);
}

#[test]
fn a_choice_is_not_undone_since_no_edit_makes_the_conflict_again() {
    let (mut a, mut b) = (replica(1), replica(2));
    write(&mut a, "甲", 1);
    write(&mut b, "乙", 2);
    sync(&mut a, &mut b);
    write(&mut a, "丙", 3);
    let overtaken = EditError::UndoOvertaken { answer: id("basics.name") };
    assert_eq!(a.undo(4), Err(overtaken));
    assert_eq!(name(&a), "丙");
}

#[test]
fn typing_is_undone_by_runs_and_pauses_end_a_run() {
    let mut document = replica(1);
    for (time_ms, (at, char)) in ["合", "作", "区"].iter().enumerate().enumerate() {
        splice(&mut document, at, 0, char, i64::try_from(time_ms).unwrap() * 300);
    }
    splice(&mut document, 3, 0, "好", 5_000);
    splice(&mut document, 0, 0, "新", 5_100);
    let expected = ["合作区好", "合作区", ""];
    for text in expected {
        undo(&mut document);
        assert_eq!(goals(&document), text);
    }
    for text in expected.iter().rev().skip(1).chain(&["新合作区好"]) {
        redo(&mut document);
        assert_eq!(&goals(&document), text);
    }
}

#[test]
fn deleting_in_either_direction_comes_back_in_order() {
    for (positions, together) in [([2, 1], true), ([1, 1], true), ([2, 1], false), ([1, 1], false)] {
        let mut document = replica(1);
        splice(&mut document, 0, 0, "一二三四", 0);
        for (step, at) in positions.into_iter().enumerate() {
            let pause = if together { 100 } else { STEP_MS };
            splice(&mut document, at, 1, "", STEP_MS * 2 + pause * i64::try_from(step).unwrap());
        }
        assert_eq!(goals(&document), "一四");
        undo(&mut document);
        if !together {
            assert_ne!(goals(&document), "一二三四");
            undo(&mut document);
        }
        assert_eq!(goals(&document), "一二三四", "{positions:?}, together: {together}");
        redo(&mut document);
        if !together {
            redo(&mut document);
        }
        assert_eq!(goals(&document), "一四", "{positions:?}, together: {together}");
        document.undo(0).unwrap();
        if !together {
            document.undo(0).unwrap();
        }
        undo(&mut document);
        assert_eq!(goals(&document), "", "the first typing is still mine to take back");
    }
}

#[test]
fn of_a_text_only_my_surviving_characters_go() {
    let (mut a, mut b) = (replica(1), replica(2));
    splice(&mut a, 0, 0, "目标：", 0);
    splice(&mut a, 3, 0, "建设示范区", STEP_MS);
    sync(&mut a, &mut b);
    splice(&mut b, 4, 1, "", 0);
    splice(&mut b, 5, 0, "（二期）", STEP_MS);
    sync(&mut a, &mut b);
    assert_eq!(goals(&a), "目标：建示（二期）范区");
    undo(&mut a);
    assert_eq!(goals(&a), "目标：（二期）", "what the colleague put in stays");
    redo(&mut a);
    assert_eq!(goals(&a), "目标：建示（二期）范区", "what the colleague took out stays out");
}

#[test]
fn a_deletion_comes_back_at_its_place_amid_a_colleagues_writing() {
    let (mut a, mut b) = (replica(1), replica(2));
    splice(&mut a, 0, 0, "甲乙丙丁", 0);
    sync(&mut a, &mut b);
    splice(&mut a, 1, 2, "", STEP_MS * 2);
    splice(&mut b, 0, 0, "前😀", 0);
    splice(&mut b, 7, 0, "后", STEP_MS);
    sync(&mut a, &mut b);
    undo(&mut a);
    assert_eq!(goals(&a), "前😀甲乙丙丁后");
    let (mut c, mut d) = (replica(1), replica(2));
    splice(&mut c, 0, 0, "甲乙", 0);
    sync(&mut c, &mut d);
    splice(&mut c, 0, 2, "", STEP_MS * 2);
    splice(&mut d, 1, 0, "中", 0);
    sync(&mut c, &mut d);
    assert_eq!(goals(&c), "中");
    undo(&mut c);
    assert_eq!(goals(&c), "甲中乙", "both sides of what was put between");
}

#[test]
fn nothing_left_to_take_back_is_said() {
    let (mut a, mut b) = (replica(1), replica(2));
    splice(&mut a, 0, 0, "草稿", 0);
    sync(&mut a, &mut b);
    splice(&mut b, 0, 2, "", 0);
    sync(&mut a, &mut b);
    assert!(a.can_undo());
    assert_eq!(a.undo(1), Err(EditError::UndoOvertaken { answer: id(GOALS) }));
    assert!(!a.can_undo(), "the step is forgotten");
}

#[test]
fn alone_undoing_everything_leads_back_through_every_text_and_redoing_forth() {
    let seed = std::env::var("SEED").map_or(42, |seed| seed.parse().unwrap());
    println!("SEED={seed}");
    let mut random = Random(seed);
    for round in 0..60 {
        let mut document = replica(1);
        let mut texts = vec![String::new()];
        for step in 0..25 {
            let now = goals(&document).to_owned();
            let chars: Vec<char> = now.chars().collect();
            let from = random.below(chars.len() + 1);
            let to = from + random.below((chars.len() - from).min(4) + 1);
            let width = |chars: &[char]| utf16_len(&chars.iter().collect::<String>());
            let insert = ["", "合作", "😀", "x"][random.below(4)];
            let delta = Delta::splice(width(&chars[..from]), width(&chars[from..to]), insert);
            if document.splice(&id(GOALS), &delta, step * STEP_MS).unwrap().is_some() {
                texts.push(goals(&document).to_owned());
            }
        }
        for _ in 0..3 {
            for text in texts.iter().rev().skip(1) {
                undo(&mut document);
                assert_eq!(goals(&document), text, "round {round}");
            }
            assert!(!document.can_undo());
            for text in texts.iter().skip(1) {
                redo(&mut document);
                assert_eq!(goals(&document), text, "round {round}");
            }
            assert!(!document.can_redo());
        }
    }
}
