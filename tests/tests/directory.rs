//! A directory of enterprises, by the engine and by the command line, with workbooks read in a process of their own.

#![allow(clippy::unwrap_used)] // The file is nothing but checks.

use std::fs;
use std::path::Path;
use std::process::Command;

use form_client::directory::Directory as Table;
use form_client::evidence::prepare;
use form_model::check::{check, rule_id};
use form_model::command::Choice;
use form_model::directory::{Agreement, Column, Figure};
use form_model::error::ErrorCode;
use form_model::evidence::slots;
use huiqian_tests::directory::Directory;
use huiqian_tests::place::built_program;
use huiqian_tests::scene::{command_line, desk_with_application, workspace};
use huiqian_tests::team::Team;

const YEARS: [u16; 3] = [2023, 2024, 2025];
const MANY: Directory = Directory { count: 2_000 };

fn reader() -> Command {
    Command::new(built_program("huiqian").unwrap())
}

fn proposed(path: &Path) -> (Table, Choice) {
    let table = Table::at(&mut reader(), path).unwrap();
    let choice = table.propose(&YEARS).unwrap();
    (table, choice)
}

fn agreeing(directory: Directory) -> Vec<(String, String)> {
    directory.answers()
}

fn pairs(answers: &[(String, String)]) -> Vec<(&str, &str)> {
    answers.iter().map(|(answer, value)| (answer.as_str(), value.as_str())).collect()
}

#[test]
fn two_thousand_enterprises_agree_with_the_forms_figures_and_go_into_their_slot() {
    let answers = agreeing(MANY);
    let (desk, id) = desk_with_application(&pairs(&answers)).unwrap();
    let path = desk.folder().join("入驻企业名录.xlsx");
    MANY.write(&path).unwrap();
    let (table, choice) = proposed(&path);
    assert_eq!((choice.sheet, choice.mapping.first_row), (1, 4), "{choice:?}");
    let mut workspace = workspace(&desk.home()).unwrap();
    let ground = workspace.directory_ground(&id, None).unwrap();
    let look = table.look(&choice, ground.beside(), Default::default()).unwrap();
    assert_eq!((look.enterprises, look.fault_count), (2_000, 0), "{:?}", look.faults);
    assert!(look.rows.len() <= 12, "only the first rows are shown: {}", look.rows.len());
    let others: Vec<_> = look.compared.iter().filter(|one| one.agreement != Agreement::Agrees).collect();
    assert!(others.is_empty() && look.compared.len() == 12, "{others:#?}");

    let prepared = prepare(&workspace.blobs(), &path).unwrap();
    workspace.add_directory(&id, "1", &prepared, &look.totals).unwrap();
    let (form, answers) = workspace.answers(&id).unwrap();
    let slot = slots(&form, &answers).into_iter().next().unwrap();
    assert_eq!(
        slot.files[0].totals.as_ref().map(|totals| &totals.figures[&Figure::Enterprises][..]),
        Some("2000")
    );
    assert!(check(&form, &answers).iter().all(|problem| problem.rule != rule_id::DIRECTORY));
}

#[test]
fn text_in_either_encoding_gives_what_the_workbook_gives() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Directory { count: 60 };
    let (text, workbook) = (directory.csv(), folder.path().join("a.xlsx"));
    directory.write(&workbook).unwrap();
    let (table, choice) = proposed(&workbook);
    let totals = table.totals(&choice).unwrap();
    let gb = encoding_rs::GB18030.encode(&text).0.into_owned();
    for (name, bytes) in [("utf8.csv", text.into_bytes()), ("gb.csv", gb)] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let (table, choice) = proposed(&path);
        assert_eq!(table.totals(&choice).unwrap(), totals, "{name}");
    }
}

#[test]
fn a_corrected_directory_takes_the_place_of_the_earlier_one_in_one_step() {
    let (desk, id) = desk_with_application(&[]).unwrap();
    let mut workspace = workspace(&desk.home()).unwrap();
    let mut put = |name: &str, count: u32| {
        let path = desk.folder().join(name);
        // Written anew it would be another file: a workbook says when it was made.
        if !path.exists() {
            Directory { count }.write(&path).unwrap();
        }
        let (table, choice) = proposed(&path);
        let prepared = prepare(&workspace.blobs(), &path).unwrap();
        workspace.add_directory(&id, "1", &prepared, &table.totals(&choice).unwrap()).unwrap();
        let ground = workspace.directory_ground(&id, Some("1")).unwrap();
        let slot = slots(&ground.form, &ground.answers).into_iter().next().unwrap();
        let names = |entries: &[form_model::evidence::Entry]| {
            entries.iter().map(|entry| entry.file.name.clone()).collect::<Vec<_>>()
        };
        (names(&slot.files), names(&slot.removed))
    };
    assert_eq!(put("甲.xlsx", 10), (vec!["甲.xlsx".to_owned()], vec![]));
    assert_eq!(put("乙.xlsx", 11), (vec!["乙.xlsx".to_owned()], vec!["甲.xlsx".to_owned()]));
    assert_eq!(put("乙.xlsx", 11), (vec!["乙.xlsx".to_owned()], vec!["甲.xlsx".to_owned()]));
    workspace.undo(&id).unwrap();
    let ground = workspace.directory_ground(&id, Some("1")).unwrap();
    let slot = slots(&ground.form, &ground.answers).into_iter().next().unwrap();
    assert_eq!(slot.files[0].file.name, "甲.xlsx", "one step back");
}

#[test]
fn a_workbook_that_asks_for_all_memory_and_what_is_no_table_are_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let fault = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        Table::at(&mut reader(), &path).unwrap_err()
    };
    let bytes = Directory { count: 3 }.workbook().unwrap();
    let bomb = rewritten(&bytes, |name, text| match name.ends_with("sharedStrings.xml") {
        true => text.replacen("uniqueCount=\"", "uniqueCount=\"1000000000", 1),
        false => text,
    });
    for (name, bytes) in [("a.xlsx", bomb), ("b.xlsx", bytes[..bytes.len() / 2].to_vec())] {
        let error = fault(name, &bytes);
        assert_eq!(error.code, ErrorCode::BadDirectory, "{error}");
        assert!(!error.sentence(Default::default()).contains('{'), "{error}");
    }
    assert_eq!(fault("c.csv", b"").code, ErrorCode::BadDirectory);
    assert_eq!(fault("d.xlsx", b"%PDF-1.4\n%%EOF").code, ErrorCode::BadDirectory);
    let missing = Table::at(&mut reader(), &folder.path().join("none.xlsx")).unwrap_err();
    assert_eq!(missing.code, ErrorCode::FileUnusable);
}

/// An archive of texts with its texts changed.
fn rewritten(bytes: &[u8], change: impl Fn(&str, String) -> String) -> Vec<u8> {
    use std::io::{Cursor, Read as _, Write as _};
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        writer.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(change(&name, text).as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_person_may_name_the_columns_and_a_table_without_a_heading_is_shown_as_it_lies() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("无表头.csv");
    fs::write(&path, "甲公司,小型,5\n乙公司,大型,7\n").unwrap();
    let table = Table::at(&mut reader(), &path).unwrap();
    assert_eq!(table.propose(&YEARS).unwrap_err().code, ErrorCode::BadDirectory);
    let mut choice = table.propose_on(0, &YEARS).unwrap();
    let (desk, id) = desk_with_application(&[]).unwrap();
    let ground = workspace(&desk.home()).unwrap().directory_ground(&id, None).unwrap();
    let look = table.look(&choice, ground.beside(), Default::default()).unwrap();
    assert!(!look.is_named() && look.enterprises == 0 && look.fault_count == 0);
    assert_eq!(look.rows[0].cells, ["甲公司", "小型", "5"]);
    choice.mapping.assign(0, Some(Column::Name));
    choice.mapping.assign(1, Some(Column::Size));
    let look = table.look(&choice, ground.beside(), Default::default()).unwrap();
    assert_eq!((look.enterprises, &look.totals.figures[&Figure::Smes][..]), (2, "1"));
    assert_eq!(table.propose_on(1, &YEARS).unwrap_err().code, ErrorCode::NoSuchSheet);
}

#[test]
fn a_colleague_who_has_only_synced_is_warned_of_what_the_leads_directory_contradicts() {
    let directory = Directory { count: 120 };
    let mut answers = directory.answers();
    let little = answers.iter_mut().find(|(answer, _)| answer == "cultivation.little_giants").unwrap();
    little.1 = "99".to_owned();
    let team = Team::new(&pairs(&answers)).unwrap();
    let path = team.lead.folder().join("入驻企业名录.xlsx");
    directory.write(&path).unwrap();
    let path = path.display().to_string();
    let (code, said) =
        command_line(&team.lead.home(), &["evidence", "directory", &team.id.0, &path, "--add"]).unwrap();
    assert_eq!(code, Some(1), "a figure differs: {said}");
    assert!(said.contains("[不一致] 专精特新“小巨人”企业") && said.contains("申报表 99，名录 3"), "{said}");
    team.lead_syncs().unwrap();
    team.colleague_syncs().unwrap();
    let (_, said) = command_line(&team.colleague.home(), &["check", &team.id.0]).unwrap();
    assert_eq!(said.matches("(directory)").count(), 1, "{said}");
    assert!(said.contains("名录（入驻企业名录.xlsx）合计是 3"), "{said}");
}
