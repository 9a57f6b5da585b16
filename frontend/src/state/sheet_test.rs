//! What is called saved, what stays on the screen, and when problems are shown.

use std::collections::BTreeMap;
use std::path::Path;

use form_model::error::{ErrorCode, UserError};
use form_model::package::{self, PackageFiles};

use super::*;

const COUNT: &str = "openness.foreign_funded_enterprises.2023";

fn read(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.insert(name, std::fs::read(&path).unwrap());
        }
    }
}

/// The zone application, opened empty.
fn sheet() -> Sheet {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../forms/zone-application-2026");
    let mut files = BTreeMap::new();
    read(&root, &root, &mut files);
    Sheet::new(OpenedApplication {
        id: ApplicationId("0".repeat(64)),
        name: "示例".to_owned(),
        definition: package::load(&PackageFiles(files)).unwrap(),
        answers: Vec::new(),
        saved_ms: 1,
        undo: UndoState::default(),
        team: Team::default(),
        sync: SyncState::default(),
        present: Vec::new(),
        unread: 0,
        reread: Vec::new(),
    })
}

fn id(path: &str) -> AnswerId {
    AnswerId(path.to_owned())
}

fn acknowledged(answer: &str, text: &str, saved_ms: i64) -> Acknowledged {
    let state = AnswerState {
        answer: id(answer),
        value: Some(AnswerValue::Text(text.to_owned())),
        conflict: Vec::new(),
        revision: 0,
        changed: None,
    };
    Acknowledged {
        revision: 0,
        saved_ms,
        answers: vec![state],
        undo: UndoState { undo: true, redo: false },
        kept_apart: None,
    }
}

fn sent(edit: Option<Edit>) -> Values {
    match edit {
        Some(Edit::Set { values }) => values,
        other => panic!("{other:?} is no set of values"),
    }
}

#[test]
fn nothing_is_called_saved_before_it_is_acknowledged() {
    let mut sheet = sheet();
    assert_eq!(sheet.save_state(), SaveState::Saved(1));
    sheet.draft(&id(COUNT), "１２".into());
    assert_eq!(sheet.save_state(), SaveState::Saving, "typed and not committed");
    sheet.commit(&id(COUNT));
    assert_eq!(sheet.save_state(), SaveState::Saving, "committed and not sent");
    assert_eq!(
        sent(sheet.next_set()),
        [(id(COUNT), Some(AnswerValue::Text("12".into())))],
        "in the stored spelling"
    );
    assert_eq!(sheet.save_state(), SaveState::Saving, "sent and not acknowledged");
    sheet.set_acknowledged(acknowledged(COUNT, "12", 7));
    assert_eq!(sheet.save_state(), SaveState::Saved(7));
    assert!(sheet.undo.undo);
}

#[test]
fn one_step_is_on_its_way_at_a_time_and_a_later_value_is_not_shown_back() {
    let mut sheet = sheet();
    sheet.set(vec![(id(COUNT), Some(AnswerValue::Text("1".into())))]);
    sheet.set(vec![(id(COUNT), Some(AnswerValue::Text("2".into())))]);
    sent(sheet.next_set());
    assert!(sheet.next_set().is_none(), "the first is still on its way");
    sheet.set_acknowledged(acknowledged(COUNT, "1", 2));
    assert_eq!(sheet.shown(&id(COUNT)), "2", "the screen does not go back to the first value");
    assert_eq!(sent(sheet.next_set())[0].1, Some(AnswerValue::Text("2".into())));
}

#[test]
fn what_could_not_be_stored_stays_on_the_screen_and_goes_out_again() {
    let mut sheet = sheet();
    sheet.draft(&id(COUNT), "3".into());
    sheet.commit(&id(COUNT));
    sent(sheet.next_set());
    sheet.set_refused(&Failure::Told(UserError::new(ErrorCode::NotSaved)));
    assert_eq!(sheet.save_state(), SaveState::Failed(1));
    assert_eq!(sheet.shown(&id(COUNT)), "3");
    assert!(sheet.refusal(&id(COUNT)).is_some());
    sheet.retry();
    assert_eq!(sent(sheet.next_set()), [(id(COUNT), Some(AnswerValue::Text("3".into())))]);
    sheet.set_acknowledged(acknowledged(COUNT, "3", 9));
    assert_eq!(sheet.save_state(), SaveState::Saved(9));
}

#[test]
fn a_value_that_is_kept_apart_gives_way_to_the_stored_one_and_the_form_can_be_left() {
    let mut sheet = sheet();
    sheet.take(vec![from_colleague(COUNT, "5")]);
    sheet.draft(&id(COUNT), "57".into());
    sheet.commit(&id(COUNT));
    assert!(sheet.is_entered(&id(COUNT)));
    sent(sheet.next_set());
    let kept_apart = Some(UserError::new(ErrorCode::KeptApart));
    sheet.set_acknowledged(Acknowledged { kept_apart, ..acknowledged(COUNT, "5", 9) });
    assert_eq!(sheet.shown(&id(COUNT)), "5");
    assert!(!sheet.is_entered(&id(COUNT)) && sheet.first_refusal().is_none());
    assert_eq!(sheet.save_state(), SaveState::Saved(9));
}

#[test]
fn prose_that_is_kept_apart_gives_way_to_the_stored_text_and_the_form_can_be_left() {
    let mut sheet = sheet();
    let plan = id("plan.text");
    let prose = sheet.prose_mut(&plan).unwrap();
    prose.typed("合").unwrap();
    prose.next_splice().unwrap();
    prose.typed("合作").unwrap();
    prose.kept_apart(String::new(), 0).unwrap();
    assert_eq!(prose.text(), "作", "what was typed since is kept apart next");
    prose.next_splice().unwrap();
    prose.kept_apart(String::new(), 0).unwrap();
    assert_eq!(prose.text(), "");
    assert!(sheet.first_refusal().is_none());
    assert_eq!(sheet.save_state(), SaveState::Saved(1));
}

#[test]
fn typing_back_to_what_is_stored_sends_nothing() {
    let mut sheet = sheet();
    sheet.set(vec![(id(COUNT), Some(AnswerValue::Text("5".into())))]);
    sent(sheet.next_set());
    sheet.set_acknowledged(acknowledged(COUNT, "5", 2));
    sheet.draft(&id(COUNT), "56".into());
    sheet.draft(&id(COUNT), "5".into());
    sheet.commit(&id(COUNT));
    assert!(sheet.next_set().is_none());
    assert_eq!(sheet.save_state(), SaveState::Saved(2));
}

#[test]
fn problems_wait_until_the_field_is_left_and_blanks_until_somebody_checks() {
    let mut sheet = sheet();
    assert!(sheet.problems_of(&id(COUNT)).is_empty(), "blank, and nobody asked");
    sheet.draft(&id(COUNT), "1.5".into());
    sheet.commit(&id(COUNT));
    assert!(sheet.problems_of(&id(COUNT)).is_empty(), "still being typed into");
    sheet.typing = None;
    assert_eq!(sheet.problems_of(&id(COUNT)).len(), 1);
    sheet.blanks_shown = true;
    assert!(!sheet.problems_of(&id("openness.foreign_funded_enterprises.2024")).is_empty());
}

#[test]
fn prose_is_unsaved_from_the_first_character_to_its_acknowledgement() {
    let mut sheet = sheet();
    let plan = id("plan.text");
    let prose = sheet.prose_mut(&plan).unwrap();
    prose.typed("合").unwrap();
    let (base, _) = prose.next_splice().unwrap();
    assert_eq!((base, sheet.save_state()), (0, SaveState::Saving));
    sheet.prose_mut(&plan).unwrap().acknowledged(1).unwrap();
    assert_eq!(sheet.save_state(), SaveState::Saved(1));
    sheet.settle_prose(&plan);
    assert_eq!(sheet.answers().text(&plan), "合");
}

fn from_colleague(answer: &str, text: &str) -> AnswerState {
    let stamp = Stamp { author: "李红".to_owned(), agency: None, own: false, time_ms: 5 };
    AnswerState {
        answer: id(answer),
        value: Some(AnswerValue::Text(text.to_owned())),
        conflict: Vec::new(),
        revision: 0,
        changed: Some(stamp),
    }
}

#[test]
fn what_a_colleague_puts_under_my_typing_leaves_my_text_and_is_told() {
    let mut sheet = sheet();
    sheet.draft(&id(COUNT), "12".into());
    sheet.take_foreign(vec![from_colleague(COUNT, "15")]);
    assert_eq!(sheet.shown(&id(COUNT)), "12", "what is being typed stays");
    assert!(sheet.overtaken(&id(COUNT)).is_none(), "nobody is interrupted while typing");
    sheet.commit(&id(COUNT));
    sheet.typing = None;
    assert_eq!(sent(sheet.next_set()), [(id(COUNT), Some(AnswerValue::Text("12".into())))]);
    let theirs = sheet.overtaken(&id(COUNT)).and_then(|overtaken| overtaken.value.clone());
    assert_eq!(theirs, Some(AnswerValue::Text("15".into())));
    sheet.forget_overtaken(&id(COUNT));
    assert!(sheet.overtaken(&id(COUNT)).is_none());
}

#[test]
fn a_colleagues_value_that_crosses_mine_on_its_way_is_told_too() {
    let mut sheet = sheet();
    sheet.set(vec![(id(COUNT), Some(AnswerValue::Text("1".into())))]);
    sent(sheet.next_set());
    sheet.take_foreign(vec![from_colleague(COUNT, "2")]);
    assert_eq!(sheet.shown(&id(COUNT)), "1");
    assert!(sheet.overtaken(&id(COUNT)).is_some());
}

#[test]
fn the_same_value_from_a_colleague_is_nothing_to_tell() {
    let mut sheet = sheet();
    sheet.draft(&id(COUNT), "１２".into());
    sheet.take_foreign(vec![from_colleague(COUNT, "12")]);
    assert!(sheet.arrived(&id(COUNT)).is_none());
    sheet.typing = None;
    sheet.commit(&id(COUNT));
    assert!(sheet.overtaken(&id(COUNT)).is_none());
}

#[test]
fn what_comes_in_mid_composition_is_told_when_the_composition_replaces_it() {
    let mut sheet = sheet();
    let name = "cover.zone_name";
    sheet.composing = Some(id(name));
    sheet.take_foreign(vec![from_colleague(name, "甲合作区")]);
    sheet.composing = None;
    assert!(sheet.overtaken(&id(name)).is_none(), "the composition came to nothing, and theirs stands");
    sheet.draft(&id(name), "乙合作区".into());
    sheet.commit(&id(name));
    sheet.typing = None;
    assert!(sheet.overtaken(&id(name)).is_some());
}

#[test]
fn what_others_change_says_nothing_of_this_desks_own_saving() {
    let mut sheet = sheet();
    sheet.take_foreign(vec![from_colleague(COUNT, "2")]);
    assert_eq!(sheet.last_own_ms, None);
    sheet.set(vec![(id(COUNT), None)]);
    sent(sheet.next_set());
    sheet.set_acknowledged(acknowledged(COUNT, "", 9));
    assert_eq!(sheet.last_own_ms, Some(9));
}
