//! Files of evidence on a desk: kept before they are named, found again, refused with a sentence, never lost.

use std::fs;
use std::path::{Path, PathBuf};

use form_client::blob::Soundness;
use form_client::evidence::{Prepared, pasted_name, prepare, prepare_bytes};
use form_client::folder::{DEPTH_MAX, FILES_MAX, files_in};
use form_client::hub::LocalDesk;
use form_client::watch::{Until, Watched, run};
use form_client::workspace::Workspace;
use form_model::answer::AnswerValue;
use form_model::command::{Edit, Transfer};
use form_model::error::ErrorCode;
use form_model::evidence::{Attribute, EvidenceFile, REMOVED, slots};
use form_model::id::ApplicationId;
use form_model::language::Language;

use crate::support::{desk, new_application};

pub const SLOT: &str = "3";
pub const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

pub fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// Text of about that many bytes, different by number.
pub fn paper(number: u8, length: usize) -> Vec<u8> {
    format!("第{number}份证明。").repeat(length / 16).into_bytes()
}

pub fn add(desk: &mut Workspace, id: &ApplicationId, path: &Path) -> Prepared {
    let prepared = prepare(&desk.blobs(), path).unwrap();
    desk.add_evidence(id, SLOT, std::slice::from_ref(&prepared)).unwrap();
    prepared
}

fn names(desk: &mut Workspace, id: &ApplicationId) -> Vec<String> {
    let (form, answers) = desk.answers(id).unwrap();
    let slot =
        slots(&form, &answers).into_iter().find(|state| state.slot.number.to_string() == SLOT).unwrap();
    slot.files.into_iter().map(|entry| entry.file.name).collect()
}

#[test]
fn a_file_is_kept_once_named_in_order_and_there_after_the_desk_was_closed() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (first, second) =
        (write(folder.path(), "签约.txt", &paper(1, 900)), write(folder.path(), "揭牌.txt", &paper(2, 900)));
    let mut one = desk(home.path());
    let id = new_application(&mut one);
    let kept = add(&mut one, &id, &first);
    add(&mut one, &id, &second);
    add(&mut one, &id, &first);
    drop(one);
    let mut one = desk(home.path());
    assert_eq!(names(&mut one, &id), ["签约.txt", "揭牌.txt"], "the same file stands there once");
    assert_eq!(one.blobs().look(&kept.file.sha256).unwrap(), Soundness::Sound);
    let states = one.blob_states(&id).unwrap();
    assert!(
        states.len() == 2 && states.iter().all(|state| state.here && state.transfer == Transfer::Unshared)
    );
    let copy = folder.path().join("另存.txt");
    one.blobs().copy_to(&kept.file, &copy).unwrap();
    assert_eq!(fs::read(&copy).unwrap(), paper(1, 900));
    fs::write(&copy, "别的").unwrap();
    one.blobs().copy_to(&kept.file, &copy).unwrap();
    assert_eq!(fs::read(&copy).unwrap(), paper(1, 900), "whoever names it was asked before");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "nothing half stays beside it");
}

#[test]
fn one_that_was_taken_out_comes_back_when_it_is_added_again() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = write(folder.path(), "签约.pdf", PDF);
    let mut desk = desk(home.path());
    let id = new_application(&mut desk);
    add(&mut desk, &id, &path);
    let entry = desk.find_evidence(&id, SLOT, "签约.pdf").unwrap();
    let removed = Some(AnswerValue::Text(REMOVED.to_owned()));
    desk.edit(&id, &Edit::Set { values: vec![(entry.answer(Attribute::Removed), removed)] }).unwrap();
    assert_eq!(names(&mut desk, &id), Vec::<String>::new());
    add(&mut desk, &id, &path);
    assert_eq!(
        desk.find_evidence(&id, SLOT, "1").unwrap().id,
        entry.id,
        "the same entry, with all that was said"
    );
}

#[test]
fn folders_are_walked_without_what_systems_leave_and_never_further_than_is_of_use() {
    let folder = tempfile::tempdir().unwrap();
    let card = folder.path().join("卡");
    let deep = (0..=DEPTH_MAX).fold(card.clone(), |folder, _| folder.join("层"));
    for folder in [card.join("DCIM/100"), card.join(".Trashes"), deep.clone()] {
        fs::create_dir_all(folder).unwrap();
    }
    for name in
        ["DCIM/100/2.jpg", "DCIM/100/1.jpg", "DCIM/.hidden.jpg", ".Trashes/old.jpg", "Thumbs.db", "说明.txt"]
    {
        write(&card, name, b"x");
    }
    write(&deep, "deep.jpg", b"x");
    let single = write(folder.path(), "单个.pdf", PDF);
    let found = files_in(&[card.clone(), single]);
    let names: Vec<_> = found.files.iter().map(|file| file.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["1.jpg", "2.jpg", "说明.txt", "单个.pdf"]);
    let codes: Vec<_> = found.left_out.iter().map(|error| error.code).collect();
    assert_eq!(codes, [ErrorCode::FolderTooDeep]);
    let many = folder.path().join("许多");
    fs::create_dir(&many).unwrap();
    for number in 0..=FILES_MAX {
        write(&many, &number.to_string(), b"");
    }
    let found = files_in(&[many]);
    assert_eq!((found.files.len(), found.left_out[0].code), (0, ErrorCode::FolderTooLarge));
}

#[tokio::test]
async fn a_card_is_taken_once_what_is_known_is_skipped_and_what_is_no_evidence_is_told() {
    let (home, card) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut one = desk(home.path());
    let id = new_application(&mut one);
    let known = write(card.path(), "1.pdf", PDF);
    add(&mut one, &id, &known);
    let entry = one.find_evidence(&id, SLOT, "1").unwrap();
    let removed = (entry.answer(Attribute::Removed), Some(AnswerValue::Text(REMOVED.to_owned())));
    one.edit(&id, &Edit::Set { values: vec![removed] }).unwrap();
    write(card.path(), "2.txt", &paper(2, 900));
    write(card.path(), "3.exe", b"MZ\x90\0 no evidence");
    let slot = one.open_slot(&id, SLOT).unwrap().id;
    let folder = card.path().to_owned();
    let watched = Watched { application: id.clone(), slot, folder, since_ms: 1 };
    one.remember_watch(Some(&watched)).unwrap();
    drop(one);

    let mut one = desk(home.path());
    assert_eq!(one.remembered_watch().as_ref(), Some(&watched), "it survives a new start");
    one.begin_watch(&watched);
    let local = LocalDesk::new(one);
    run(local.clone(), watched.clone(), Until::AllTaken).await.unwrap();
    let told = local.with(|desk| Ok(desk.watch_of(&id))).unwrap().unwrap();
    assert_eq!((told.added, told.known, told.refused, told.waiting), (1, 1, 1, 0), "{told:?}");
    assert_eq!(told.refusals[0].code, ErrorCode::FileRefused);
    let found = local.with(|desk| Ok(names(desk, &id))).unwrap();
    assert_eq!(found, ["2.txt"], "what a person took out does not come back by itself");

    // Once a person has ended it, nothing more is taken.
    write(card.path(), "4.txt", &paper(4, 900));
    local.with(|desk| Ok(desk.end_watch())).unwrap();
    run(local.clone(), watched, Until::Ended).await.unwrap();
    assert_eq!(local.with(|desk| Ok(names(desk, &id))).unwrap().len(), 1);
}

#[test]
fn a_pasted_picture_is_kept_under_a_name_that_tells_its_moment() {
    let home = tempfile::tempdir().unwrap();
    let mut one = desk(home.path());
    let id = new_application(&mut one);
    let name = pasted_name("image/png", 1_780_000_000_000, Language::Chinese);
    assert!(name.starts_with("粘贴的图片 2026-") && name.ends_with(".png"), "{name}");
    assert!(prepare_bytes(&one.blobs(), b"#!/bin/sh\nrm -rf ~\n", &name).is_err(), "its bytes are looked at");
    let prepared = prepare_bytes(&one.blobs(), PDF, "说明.pdf").unwrap();
    one.add_evidence(&id, SLOT, &[prepared]).unwrap();
    assert_eq!(names(&mut one, &id), ["说明.pdf"]);
}

#[test]
fn what_is_no_evidence_is_refused_by_its_own_reason_and_nothing_is_kept() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let desk = desk(home.path());
    let blobs = desk.blobs();
    let large = folder.path().join("录像.mp4");
    fs::File::create(&large).unwrap().set_len(5 << 30).unwrap();
    for (path, code) in [
        (write(folder.path(), "空.pdf", b""), ErrorCode::EmptyFile),
        (
            write(folder.path(), "照片.jpg", b"MZ\x90\x00 this program cannot be run in DOS mode"),
            ErrorCode::FileRefused,
        ),
        (write(folder.path(), "说明.pdf", b"#!/bin/sh\nrm -rf /\n"), ErrorCode::FileRefused),
        (large, ErrorCode::FileTooLarge),
        (folder.path().join("没有.pdf"), ErrorCode::FileUnusable),
        (folder.path().to_owned(), ErrorCode::FileRefused),
    ] {
        let refused = prepare(&blobs, &path).unwrap_err();
        assert_eq!(refused.code, code, "{}: {refused}", path.display());
        assert!(refused.details["file"].chars().count() > 1, "it names the file: {refused}");
    }
    assert_eq!(kept(home.path()), 0, "nothing stayed behind");
}

/// How many files lie in a desk's folder of evidence, whole or half.
pub fn kept(home: &Path) -> usize {
    fn count(folder: &Path) -> usize {
        let Ok(entries) = fs::read_dir(folder) else { return 0 };
        let of = |path: PathBuf| if path.is_dir() { count(&path) } else { 1 };
        entries.map(|entry| of(entry.unwrap().path())).sum()
    }
    count(&home.join("blobs"))
}

#[test]
fn a_damaged_copy_is_noticed_set_aside_and_mended_by_adding_the_file_again() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = write(folder.path(), "签约.txt", &paper(1, 900));
    let mut desk = desk(home.path());
    let id = new_application(&mut desk);
    let EvidenceFile { sha256, name, .. } = add(&mut desk, &id, &path).file;
    let blobs = desk.blobs();
    let mut bytes = fs::read(blobs.path(&sha256)).unwrap();
    bytes[450] ^= 1;
    fs::write(blobs.path(&sha256), bytes).unwrap();
    assert_eq!(blobs.look(&sha256).unwrap(), Soundness::Damaged);
    assert_eq!(blobs.open(&sha256, &name).unwrap_err().code, ErrorCode::BlobDamaged);
    add(&mut desk, &id, &path);
    assert_eq!(blobs.look(&sha256).unwrap(), Soundness::Sound);
    fs::remove_file(blobs.path(&sha256)).unwrap();
    assert_eq!(blobs.open(&sha256, &name).unwrap_err().code, ErrorCode::BlobMissing);
}
