//! Files between desks: what is merged, what is shown, what is refused.

use crate::support::{answer, desk, new_application, set, splice, text_of, value_of};
use form_model::answer::AnswerValue;
use form_model::command::{Event, ExportFormat, ReadHistory, ReadThrough};
use form_model::error::ErrorCode;

/// Two desks with the same application.
struct Pair {
    _folders: [tempfile::TempDir; 2],
    a: form_client::workspace::Workspace,
    b: form_client::workspace::Workspace,
    id: form_model::id::ApplicationId,
}

fn pair() -> Pair {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let (mut a, mut b) = (desk(folders[0].path()), desk(folders[1].path()));
    let id = new_application(&mut a);
    splice(&mut a, &id, "plan.text", 0, "发展规划");
    let exported = a.export(&id, ExportFormat::Automerge).unwrap();
    assert!(b.import(&exported, "示例.automerge").unwrap().0.new);
    Pair { _folders: folders, a, b, id }
}

impl Pair {
    /// Each takes in what the other has.
    fn exchange(&mut self) -> (Vec<Event>, Vec<Event>) {
        let from_a = self.a.export(&self.id, ExportFormat::Automerge).unwrap();
        let from_b = self.b.export(&self.id, ExportFormat::Automerge).unwrap();
        let to_a = self.a.import(&from_b, "乙.automerge").unwrap().1;
        let to_b = self.b.import(&from_a, "甲.automerge").unwrap().1;
        (to_a, to_b)
    }
}

#[test]
fn prose_of_two_desks_merges_and_both_end_equal() {
    let mut pair = pair();
    splice(&mut pair.a, &pair.id, "plan.text", 0, "五年");
    splice(&mut pair.b, &pair.id, "plan.text", 4, "要可考核");
    let (to_a, _) = pair.exchange();
    assert!(matches!(&to_a[..], [Event::Patched { .. }]), "{to_a:?}");
    assert_eq!(text_of(&mut pair.a, &pair.id, "plan.text"), "五年发展规划要可考核");
    assert_eq!(text_of(&mut pair.b, &pair.id, "plan.text"), "五年发展规划要可考核");
    let a = pair.a.export(&pair.id, ExportFormat::Json).unwrap();
    assert_eq!(a, pair.b.export(&pair.id, ExportFormat::Json).unwrap());
}

#[test]
fn prose_that_two_people_rewrote_at_one_place_is_named_for_a_reader() {
    let mut pair = pair();
    for (desk, text) in [(&mut pair.a, "蓝图"), (&mut pair.b, "方案")] {
        let base = desk.state(&pair.id, &answer("plan.text")).unwrap().revision;
        let delta = form_model::delta::Delta::splice(2, 2, text);
        desk.edit(&pair.id, &form_model::command::Edit::Splice { answer: answer("plan.text"), base, delta })
            .unwrap();
    }
    let exported = pair.b.export(&pair.id, ExportFormat::Automerge).unwrap();
    let (imported, _) = pair.a.import(&exported, "乙.automerge").unwrap();
    let [overlap] = imported.overlaps.as_slice() else { panic!("{imported:?}") };
    assert_eq!(overlap.answer, answer("plan.text"));
    assert!(overlap.name.contains("发展规划"), "{}", overlap.name);
    // The mark stays until somebody has read it through, also over a new start.
    let opened = pair.a.open_application(&pair.id).unwrap();
    assert_eq!(opened.reread, [answer("plan.text")]);
    let read = ReadThrough { application: pair.id.clone(), answer: answer("plan.text") };
    assert_eq!(pair.a.read_through(&read).unwrap(), []);
    assert_eq!(pair.a.open_application(&pair.id).unwrap().reread, []);
}

#[test]
fn two_values_stand_side_by_side_until_a_person_picks_one_and_the_loser_stays_in_history() {
    let mut pair = pair();
    set(&mut pair.a, &pair.id, "basics.contact_phone", "0100-1111111");
    set(&mut pair.b, &pair.id, "basics.contact_phone", "0100-2222222");
    pair.exchange();
    let conflict = pair.a.state(&pair.id, &answer("basics.contact_phone")).unwrap().conflict;
    let mut sides: Vec<_> = conflict.iter().filter_map(|side| side.value.clone()).collect();
    sides.sort();
    let phone = |text: &str| AnswerValue::Text(text.into());
    assert_eq!(sides, [phone("0100-1111111"), phone("0100-2222222")]);
    assert!(conflict.iter().any(|side| side.stamp.own) && conflict.iter().any(|side| !side.stamp.own));

    set(&mut pair.a, &pair.id, "basics.contact_phone", "0100-2222222");
    pair.exchange();
    for desk in [&mut pair.a, &mut pair.b] {
        let state = desk.state(&pair.id, &answer("basics.contact_phone")).unwrap();
        assert_eq!((state.value, state.conflict.len()), (Some(phone("0100-2222222")), 0));
        let request =
            ReadHistory { application: pair.id.clone(), answer: Some(answer("basics.contact_phone")) };
        let entries = desk.history(&request).unwrap();
        let told = serde_json::to_string(&entries).unwrap();
        assert!(told.contains("0100-1111111"), "the loser is gone from {told}");
        assert_eq!(entries.iter().filter(|entry| entry.concurrent).count(), 2, "{entries:?}");
    }
}

#[test]
fn equal_values_and_different_fields_are_no_conflict() {
    let mut pair = pair();
    set(&mut pair.a, &pair.id, "cover.city", "示例市");
    set(&mut pair.b, &pair.id, "cover.city", "示例市");
    set(&mut pair.a, &pair.id, "openness.export_growth.2023", "5.1");
    set(&mut pair.b, &pair.id, "openness.export_growth.2024", "6");
    pair.exchange();
    for desk in [&mut pair.a, &mut pair.b] {
        assert_eq!(desk.state(&pair.id, &answer("cover.city")).unwrap().conflict, []);
        assert_eq!(value_of(desk, &pair.id, "openness.export_growth.2023"), "5.10");
        assert_eq!(value_of(desk, &pair.id, "openness.export_growth.2024"), "6");
    }
}

#[test]
fn importing_twice_brings_nothing_new_and_everything_survives_a_restart() {
    let mut pair = pair();
    set(&mut pair.b, &pair.id, "cover.city", "示例市");
    let exported = pair.b.export(&pair.id, ExportFormat::Automerge).unwrap();
    assert_eq!(pair.a.import(&exported, "x").unwrap().0.changes, 1);
    assert_eq!(pair.a.import(&exported, "x").unwrap().0.changes, 0);
    pair.a.compact(&pair.id).unwrap();
    let folder = pair.a.folder().to_owned();
    drop(pair.a);
    assert_eq!(value_of(&mut desk(&folder), &pair.id, "cover.city"), "示例市");
}

#[test]
fn a_garbled_or_foreign_file_is_refused_and_changes_nothing() {
    let mut pair = pair();
    let sound = pair.a.export(&pair.id, ExportFormat::Automerge).unwrap();
    let mut flipped = sound.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x10;
    let foreign = {
        let mut document = automerge::AutoCommit::new();
        automerge::transaction::Transactable::put(&mut document, automerge::ROOT, "a", 1).unwrap();
        document.save()
    };
    let truncated = sound[..sound.len() - 7].to_vec();
    let cases = [vec![], b"{}".to_vec(), vec![0; 4_096], flipped, foreign, truncated];
    for (number, bytes) in cases.iter().enumerate() {
        let refused = pair.b.import(bytes, "坏文件.automerge").unwrap_err();
        assert_eq!(refused.code, ErrorCode::BadImport, "case {number}: {refused}");
    }
    assert_eq!(text_of(&mut pair.b, &pair.id, "plan.text"), "发展规划");
    assert_eq!(pair.b.summaries().unwrap().len(), 1);
}

#[test]
fn a_json_export_fills_another_application() {
    let mut pair = pair();
    set(&mut pair.a, &pair.id, "basics.revenue.2025", "128.5");
    let exported = pair.a.export(&pair.id, ExportFormat::Json).unwrap();
    let values = form_client::fill::parse(std::str::from_utf8(&exported).unwrap(), "x").unwrap();
    let other = new_application(&mut pair.b);
    pair.b.fill(&other, values).unwrap();
    assert_eq!(value_of(&mut pair.b, &other, "basics.revenue.2025"), "128.50");
    assert_eq!(text_of(&mut pair.b, &other, "plan.text"), "发展规划");
}

#[test]
fn ten_megabytes_pasted_into_a_field_are_refused_and_the_old_text_stands() {
    let mut pair = pair();
    let huge = "字".repeat(10 << 20);
    for at in ["plan.text", "cover.city"] {
        let value = (answer(at), Some(AnswerValue::Text(huge.clone())));
        let refused = pair.a.fill(&pair.id, vec![value]).unwrap_err();
        assert_eq!(refused.code, ErrorCode::TooLong);
    }
    assert_eq!(text_of(&mut pair.a, &pair.id, "plan.text"), "发展规划");
}

#[test]
fn odd_characters_have_clear_outcomes() {
    let mut pair = pair();
    // Emoji and right-to-left marks are kept; NUL is dropped; line ends are made one.
    for (typed, kept) in
        [("😀示例", "😀示例"), ("示\u{202e}例", "示\u{202e}例"), ("示\0例", "示例"), ("甲\r\n乙", "甲\n乙")]
    {
        pair.a.fill(&pair.id, vec![(answer("plan.text"), Some(AnswerValue::Text(typed.into())))]).unwrap();
        assert_eq!(text_of(&mut pair.a, &pair.id, "plan.text"), kept, "{typed:?}");
    }
    let raw = form_model::command::Edit::Splice {
        answer: answer("plan.text"),
        base: pair.a.state(&pair.id, &answer("plan.text")).unwrap().revision,
        delta: form_model::delta::Delta::splice(0, 0, "\0"),
    };
    assert_eq!(pair.a.edit(&pair.id, &raw).unwrap_err().code, ErrorCode::BadCharacter);
}
