//! The history tells who changed what from what to what, from rows alone.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use form_document::history::{COALESCE_MS, Entry, HistoryRow, entries};
use form_document::{Committed, Document};
use form_model::answer::AnswerValue;
use form_model::command::HistoryStep;
use form_model::delta::Delta;
use support::{id, replica, sync, text};

fn set(document: &mut Document, value: &str, time_ms: i64) -> Vec<HistoryRow> {
    rows(document.set(&[(id("basics.name"), text(value))], time_ms).unwrap())
}

fn splice(document: &mut Document, at: usize, delete: usize, insert: &str, time_ms: i64) -> Vec<HistoryRow> {
    rows(document.splice(&id("plan.goals"), &Delta::splice(at, delete, insert), time_ms).unwrap())
}

fn rows(committed: Option<Committed>) -> Vec<HistoryRow> {
    committed.expect("a change").history
}

fn values(entry: &Entry) -> (Vec<&str>, Option<&str>) {
    let HistoryStep::Value { before, after } = &entry.step else { panic!("{entry:?}") };
    (before.iter().map(AnswerValue::as_text).collect(), after.as_ref().map(AnswerValue::as_text))
}

fn prose(entry: &Entry) -> (&str, &str) {
    let HistoryStep::Prose { inserted, deleted } = &entry.step else { panic!("{entry:?}") };
    (inserted, deleted)
}

#[test]
fn a_value_has_a_before_and_an_after() {
    let mut document = replica(1);
    let mut all = set(&mut document, "甲", 1_000);
    all.extend(set(&mut document, "乙", 2_000));
    all.extend(set(&mut document, "", 3_000));
    all.extend(set(&mut document, "丙", 4_999));
    all.reverse();
    let entries = entries(&all);
    let told: Vec<_> = entries.iter().map(values).collect();
    let expected = [(vec![], Some("甲")), (vec!["甲"], Some("乙")), (vec!["乙"], None), (vec![], Some("丙"))];
    assert_eq!(told, expected);
    assert!(entries.iter().all(|entry| entry.author == *document.actor() && !entry.concurrent));
    assert_eq!(
        entries.iter().map(|entry| entry.time_ms).collect::<Vec<_>>(),
        [1_000, 2_000, 3_000, 4_000],
        "in whole seconds"
    );
}

#[test]
fn a_conflict_and_the_choice_stay_in_the_history() {
    let (mut a, mut b) = (replica(1), replica(2));
    let mut all = set(&mut a, "甲", 1);
    sync(&mut a, &mut b);
    all.extend(set(&mut a, "乙", 2));
    let at_b = set(&mut b, "丙", 3);
    let (merged, _) = sync(&mut a, &mut b);
    assert_eq!(merged.history, at_b, "the author and the receiver write the same rows");
    all.extend(merged.history);
    all.extend(set(&mut a, "丁", 4_000));
    let entries = entries(&all);
    let concurrent: Vec<_> =
        entries.iter().map(|entry| (values(entry).1.unwrap(), entry.concurrent)).collect();
    assert!(concurrent.contains(&("乙", true)) && concurrent.contains(&("丙", true)), "{concurrent:?}");
    assert_eq!((concurrent[0], concurrent[3]), (("甲", false), ("丁", false)));
    assert_eq!(entries[3].time_ms, 4_000, "a choice is dated as any other change");
    let mut replaced = values(&entries[3]).0;
    replaced.sort_unstable();
    assert_eq!(replaced, ["丙", "乙"], "the choice names both");
}

#[test]
fn typing_is_told_in_one_piece_and_what_never_remained_is_left_out() {
    let mut document = replica(1);
    let mut all = splice(&mut document, 0, 0, "合", 0);
    all.extend(splice(&mut document, 1, 0, "作x", 1_000));
    all.extend(splice(&mut document, 2, 1, "", 2_000));
    all.extend(splice(&mut document, 2, 0, "区", 3_000));
    all.extend(splice(&mut document, 0, 0, "新", 4_000));
    let told = entries(&all);
    assert_eq!(told.iter().map(prose).collect::<Vec<_>>(), [("新合作区", "")]);
    assert_eq!(told[0].time_ms, 4_000);

    let later = COALESCE_MS + 1_000;
    all.extend(splice(&mut document, 3, 1, "", later));
    all.extend(splice(&mut document, 2, 1, "", later + 1_000));
    all.extend(splice(&mut document, 0, 1, "旧", later + 2_000));
    let told = entries(&all);
    assert_eq!(prose(&told[1]), ("旧", "作区 … 新"), "backspacing reads in the text's order");
    assert_eq!(told.len(), 2);
}

#[test]
fn another_authors_typing_in_between_ends_an_entry() {
    let (mut a, mut b) = (replica(1), replica(2));
    let mut all = splice(&mut a, 0, 0, "一", 0);
    sync(&mut a, &mut b);
    all.extend(splice(&mut b, 1, 0, "二", 1_000));
    let (merged, _) = sync(&mut a, &mut b);
    let [row] = merged.history.as_slice() else { panic!() };
    assert_eq!(row.op.actor, *b.actor());
    all.extend(splice(&mut a, 1, 1, "三", 2_000));
    let told = entries(&all);
    assert_eq!(told.iter().map(prose).collect::<Vec<_>>(), [("一", ""), ("二", ""), ("三", "二")]);
}

#[test]
fn rows_of_a_merge_resolve_what_was_deleted_long_ago_and_within_the_batch() {
    let (mut a, mut b) = (replica(1), replica(2));
    splice(&mut a, 0, 0, "一二三四五", 0);
    sync(&mut a, &mut b);
    let mut expected = splice(&mut a, 1, 2, "", 1);
    expected.extend(splice(&mut a, 1, 0, "😀x", 2));
    expected.extend(splice(&mut a, 1, 3, "", 3));
    splice(&mut b, 1, 1, "", 4);
    let (_, at_b) = sync(&mut a, &mut b);
    assert_eq!(at_b.history, expected);
}

#[test]
fn rows_survive_json() {
    let mut document = replica(1);
    let mut all = set(&mut document, "甲", 1);
    all.extend(set(&mut document, "", 2));
    all.extend(splice(&mut document, 0, 0, "合作", 3));
    all.extend(splice(&mut document, 1, 1, "x", 4));
    let json = serde_json::to_string(&all).unwrap();
    assert_eq!(serde_json::from_str::<Vec<HistoryRow>>(&json).unwrap(), all);
    assert_eq!(all.iter().filter(|row| row.clears()).count(), 1);
}
