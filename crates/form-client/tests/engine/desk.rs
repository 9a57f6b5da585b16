//! A desk over its whole life: real folders, real databases.

use std::fs;
use std::time::Duration;

use crate::support::{FORM, answer, desk, new_application, set, splice, text_of, value_of};
use form_client::surroundings::Surroundings;
use form_client::workspace::Workspace;
use form_model::answer::AnswerValue;
use form_model::command::{CreateApplication, Edit, ExportFormat, HistoryStep, ReadHistory, Settings};
use form_model::delta::Delta;
use form_model::error::ErrorCode;
use form_model::language::Language;

#[test]
fn an_edit_is_there_after_closing_and_opening_again() {
    let home = tempfile::tempdir().unwrap();
    let mut desk = desk(home.path());
    let id = new_application(&mut desk);
    set(&mut desk, &id, "cover.zone_name", "示例中外中小企业合作区");
    splice(&mut desk, &id, "plan.text", 0, "一、合作区基本概况");
    drop(desk);
    let mut desk = crate::support::desk(home.path());
    assert_eq!(value_of(&mut desk, &id, "cover.zone_name"), "示例中外中小企业合作区");
    assert_eq!(text_of(&mut desk, &id, "plan.text"), "一、合作区基本概况");
}

#[test]
fn a_compacted_application_holds_the_same_and_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let mut desk = desk(home.path());
    let id = new_application(&mut desk);
    for number in 0..20 {
        splice(&mut desk, &id, "plan.text", number, "字");
    }
    desk.compact(&id).unwrap();
    splice(&mut desk, &id, "plan.text", 20, "。");
    drop(desk);
    let mut desk = crate::support::desk(home.path());
    assert_eq!(text_of(&mut desk, &id, "plan.text"), format!("{}。", "字".repeat(20)));
}

#[test]
fn a_typed_number_is_kept_normalised_and_an_unreadable_one_as_typed() {
    let home = tempfile::tempdir().unwrap();
    let mut desk = desk(home.path());
    let id = new_application(&mut desk);
    for (typed, kept) in
        [("１２８．５", "128.50"), ("1,234.5", "1234.50"), ("128.505", "128.505"), ("约三亿", "约三亿")]
    {
        set(&mut desk, &id, "basics.revenue.2025", typed);
        assert_eq!(value_of(&mut desk, &id, "basics.revenue.2025"), kept);
    }
}

#[test]
fn a_second_program_is_told_that_the_folder_is_in_use() {
    let home = tempfile::tempdir().unwrap();
    let first = desk(home.path());
    let refused = Workspace::open(home.path(), Surroundings::without_keyring()).unwrap_err();
    assert_eq!(refused.code, ErrorCode::FolderInUse);
    assert!(refused.sentence(Language::Chinese).contains(&home.path().display().to_string()));
    drop(first);
    desk(home.path());
}

#[test]
fn when_writing_fails_the_edit_is_refused_and_everything_before_and_after_stands() {
    let home = tempfile::tempdir().unwrap();
    let mut desk = desk(home.path());
    let id = new_application(&mut desk);
    splice(&mut desk, &id, "plan.text", 0, "前");
    let blocker = rusqlite::Connection::open(home.path().join("huiqian.db")).unwrap();
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let edit = Edit::Splice { answer: answer("plan.text"), base: 1, delta: Delta::splice(1, 0, "后") };
    assert_eq!(desk.edit(&id, &edit).unwrap_err().code, ErrorCode::NotSaved);
    assert_eq!(text_of(&mut desk, &id, "plan.text"), "前");
    blocker.execute_batch("ROLLBACK").unwrap();
    desk.edit(&id, &edit).unwrap();
    assert_eq!(text_of(&mut desk, &id, "plan.text"), "前后");
}

#[test]
fn a_database_of_a_newer_program_is_refused_and_left_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    drop(desk(home.path()));
    let database = home.path().join("huiqian.db");
    let newer = rusqlite::Connection::open(&database).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    newer.pragma_update(None, "wal_checkpoint", "TRUNCATE").ok();
    drop(newer);
    let before = fs::read(&database).unwrap();
    let refused = Workspace::open(home.path(), Surroundings::without_keyring()).unwrap_err();
    assert_eq!(refused.code, ErrorCode::DatabaseNewer);
    assert_eq!(fs::read(&database).unwrap(), before);
}

#[test]
fn a_garbled_database_is_refused_left_as_it_was_and_its_readable_part_exported() {
    let home = tempfile::tempdir().unwrap();
    let mut writer = desk(home.path());
    let id = new_application(&mut writer);
    for number in 0..400 {
        splice(&mut writer, &id, "plan.text", number, "字");
    }
    // The history moves to pages of its own.
    writer.compact(&id).unwrap();
    splice(&mut writer, &id, "plan.text", 400, "末");
    drop(writer);
    let database = home.path().join("huiqian.db");
    let mut bytes = fs::read(&database).unwrap();
    garble_a_page_of_history(&mut bytes);
    fs::write(&database, &bytes).unwrap();

    let refused = Workspace::open(home.path(), Surroundings::without_keyring()).unwrap_err();
    assert_eq!(refused.code, ErrorCode::DatabaseDamaged, "{refused}");
    assert_eq!(fs::read(&database).unwrap(), bytes);
    let salvage = std::path::PathBuf::from(&refused.details["salvage"]);
    let exported = fs::read(salvage.join(format!("{id}.automerge"))).unwrap();

    let elsewhere = tempfile::tempdir().unwrap();
    let mut fresh = desk(elsewhere.path());
    fresh.import(&exported, "salvaged.automerge").unwrap();
    assert!(text_of(&mut fresh, &id, "plan.text").ends_with("字字末"));
}

/// The middle of a page that holds rows of history and no change.
fn garble_a_page_of_history(database: &mut [u8]) {
    const PAGE: usize = 4_096;
    const CHANGE: &[u8] = &[0x85, 0x6f, 0x4a, 0x83];
    const ROW: &[u8] = br#"{"t":{"i":[{"s":"#;
    let holds = |page: &[u8], what: &[u8]| page.windows(what.len()).any(|window| window == what);
    let page = database
        .chunks_mut(PAGE)
        .rev()
        .find(|page| holds(page, ROW) && !holds(page, CHANGE))
        .expect("no page with rows of history");
    page[..PAGE / 2].fill(0xa5);
}

#[test]
fn files_that_are_no_database_are_refused_and_left_as_they_were() {
    for content in [&b"not a database, but long enough to look at"[..], &[0; 5_000]] {
        let home = tempfile::tempdir().unwrap();
        let database = home.path().join("huiqian.db");
        fs::write(&database, content).unwrap();
        let refused = Workspace::open(home.path(), Surroundings::without_keyring());
        let code = refused.as_ref().err().map(|error| error.code);
        assert!(matches!(code, Some(ErrorCode::DatabaseDamaged)), "{code:?}");
        assert_eq!(fs::read(&database).unwrap(), content);
    }
}

#[test]
fn a_truncated_database_is_refused_and_left_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    let mut writer = desk(home.path());
    new_application(&mut writer);
    drop(writer);
    let database = home.path().join("huiqian.db");
    let whole = fs::read(&database).unwrap();
    fs::write(&database, &whole[..whole.len() / 2]).unwrap();
    let refused = Workspace::open(home.path(), Surroundings::without_keyring()).unwrap_err();
    assert_eq!(refused.code, ErrorCode::DatabaseDamaged);
    assert_eq!(fs::read(&database).unwrap(), whole[..whole.len() / 2]);
}

#[test]
fn history_tells_who_when_before_and_after() {
    let home = tempfile::tempdir().unwrap();
    let mut desk = desk(home.path());
    let settings = Settings {
        agency: "示例市商务局".into(),
        person: "王芳".into(),
        text_size: 100,
        ..Settings::default()
    };
    desk.save_settings(&settings).unwrap();
    let id = new_application(&mut desk);
    set(&mut desk, &id, "openness.foreign_funded_enterprises.2023", "12");
    set(&mut desk, &id, "openness.foreign_funded_enterprises.2023", "15");
    let request =
        ReadHistory { application: id, answer: Some(answer("openness.foreign_funded_enterprises.2023")) };
    let entries = desk.history(&request).unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0].stamp.author, "示例市商务局 王芳");
    assert!(entries[0].stamp.own && entries[0].stamp.time_ms > 0);
    let step = HistoryStep::Value {
        before: vec![AnswerValue::Text("12".into())],
        after: Some(AnswerValue::Text("15".into())),
    };
    assert_eq!(entries[0].what, step);
}

#[test]
fn undo_and_redo_are_new_edits_and_survive_a_restart() {
    let home = tempfile::tempdir().unwrap();
    let mut writer = desk(home.path());
    let id = new_application(&mut writer);
    set(&mut writer, &id, "cover.city", "示例市");
    set(&mut writer, &id, "cover.city", "样例市");
    let (undone, events) = writer.undo(&id).unwrap();
    assert_eq!(undone.answer, Some(answer("cover.city")));
    assert_eq!(events.len(), 1);
    assert_eq!(value_of(&mut writer, &id, "cover.city"), "示例市");
    writer.redo(&id).unwrap();
    writer.undo(&id).unwrap();
    drop(writer);
    assert_eq!(value_of(&mut desk(home.path()), &id, "cover.city"), "示例市");
}

#[test]
fn a_new_application_takes_over_what_an_earlier_one_answered() {
    let home = tempfile::tempdir().unwrap();
    let mut desk = desk(home.path());
    let earlier = new_application(&mut desk);
    set(&mut desk, &earlier, "cover.city", "示例市");
    splice(&mut desk, &earlier, "plan.text", 0, "发展定位");
    let request = CreateApplication { form: FORM.into(), name: "再报".into(), copy_from: Some(earlier) };
    let id = desk.create(&request).unwrap();
    assert_eq!(value_of(&mut desk, &id, "cover.city"), "示例市");
    assert_eq!(text_of(&mut desk, &id, "plan.text"), "发展定位");
}

#[test]
fn the_home_screen_tells_progress_also_after_a_restart() {
    let home = tempfile::tempdir().unwrap();
    let mut writer = desk(home.path());
    let id = new_application(&mut writer);
    let before = writer.summaries().unwrap().remove(0);
    set(&mut writer, &id, "cover.zone_name", "示例合作区");
    let after = writer.summaries().unwrap().remove(0);
    assert_eq!((after.name.as_str(), after.answered), ("示例合作区", before.answered + 1));
    drop(writer);
    assert_eq!(desk(home.path()).summaries().unwrap(), vec![after]);
}

#[test]
#[cfg(unix)]
fn the_device_key_is_readable_by_its_owner_only_and_stays_the_same() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    drop(desk(home.path()));
    let file = home.path().join("device.key");
    let key = fs::read(&file).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    drop(desk(home.path()));
    assert_eq!(fs::read(&file).unwrap(), key);
}

#[test]
fn a_form_package_in_the_data_folder_can_be_filled_and_outlives_the_file() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("forms/zone-application-2026");
    crate::support::copy_package(FORM, &folder);
    let messages = folder.join("messages/en.toml");
    let text = fs::read_to_string(&messages).unwrap();
    fs::write(&messages, format!("{text}\n# A comment makes it another package.\n")).unwrap();
    let mut writer = desk(home.path());
    assert!(writer.form_faults().is_empty(), "{:?}", writer.form_faults());
    let id = new_application(&mut writer);
    set(&mut writer, &id, "cover.city", "示例市");
    drop(writer);
    fs::remove_dir_all(home.path().join("forms")).unwrap();
    assert_eq!(value_of(&mut desk(home.path()), &id, "cover.city"), "示例市");
}

#[test]
fn a_faulty_form_package_is_reported_and_hides_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("forms/broken");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("form.toml"), "id = \"broken\"\nversion = 3\n").unwrap();
    let desk = desk(home.path());
    assert_eq!(desk.form_faults().len(), 1);
    assert!(desk.form_faults()[0].sentence(Language::Chinese).contains("form.toml"));
}

#[test]
fn a_copied_data_folder_takes_a_fresh_actor_and_merges_back() {
    let home = tempfile::tempdir().unwrap();
    let mut original = desk(home.path());
    let id = new_application(&mut original);
    splice(&mut original, &id, "plan.text", 0, "原");
    drop(original);
    let copy = tempfile::tempdir().unwrap();
    // A file system may give times in coarse steps; copies made later than that differ.
    std::thread::sleep(Duration::from_millis(20));
    crate::support::copy_folder(home.path(), copy.path());
    let (mut original, mut copied) = (desk(home.path()), desk(copy.path()));
    splice(&mut original, &id, "plan.text", 1, "本");
    splice(&mut copied, &id, "plan.text", 0, "副");
    let exported = copied.export(&id, ExportFormat::Automerge).unwrap();
    let (imported, _) = original.import(&exported, "副本.automerge").unwrap();
    assert_eq!((imported.new, imported.changes), (false, 1));
    let merged = text_of(&mut original, &id, "plan.text");
    assert!(merged.contains("原本") && merged.contains('副'), "{merged}");
}
