//! What of a desk's files is thrown away, and what never is.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use form_client::blob::Soundness;
use form_client::evidence::{Prepared, prepare};
use form_client::workspace::Workspace;
use form_model::error::ErrorCode;

use crate::evidence::{SLOT, add, kept, paper, write};
use crate::support::{desk, new_application};

/// As if a file had lain there for so many days.
fn age(path: &Path, days: u64) {
    let then = SystemTime::now() - Duration::from_secs(days * 86_400);
    fs::File::options().write(true).open(path).unwrap().set_modified(then).unwrap();
}

fn age_all(desk: &Workspace, files: &[&Prepared]) {
    for file in files {
        age(&desk.blobs().path(&file.file.sha256), 40);
    }
}

fn state(desk: &Workspace, file: &Prepared) -> Soundness {
    desk.blobs().look(&file.file.sha256).unwrap()
}

#[test]
fn only_what_no_change_ever_named_is_thrown_away() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut desk = desk(home.path());
    let (id, other) = (new_application(&mut desk), new_application(&mut desk));
    let undone = add(&mut desk, &id, &write(folder.path(), "一.txt", &paper(1, 300)));
    desk.undo(&id).unwrap();
    let named = add(&mut desk, &id, &write(folder.path(), "二.txt", &paper(2, 300)));
    let of_other = add(&mut desk, &other, &write(folder.path(), "四.txt", &paper(4, 300)));
    // Kept, and then the power went before it was named.
    let orphan = prepare(&desk.blobs(), &write(folder.path(), "三.txt", &paper(3, 300))).unwrap();
    assert_eq!(desk.collect_garbage().unwrap().files, 0, "it may be under way");
    age_all(&desk, &[&undone, &named, &of_other, &orphan]);
    // What it has to read anew.
    desk.compact(&id).unwrap();
    drop(desk);
    let mut desk = crate::support::desk(home.path());
    let collected = desk.collect_garbage().unwrap();
    assert_eq!((collected.files, collected.bytes), (1, orphan.file.size));
    assert_eq!(state(&desk, &orphan), Soundness::Missing);
    assert_eq!(state(&desk, &named), Soundness::Sound);
    assert_eq!(state(&desk, &of_other), Soundness::Sound, "another application names it");
    assert_eq!(state(&desk, &undone), Soundness::Sound, "redo would name it again");
}

#[test]
fn an_unnamed_file_that_is_added_again_is_young() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut desk = desk(home.path());
    let path = write(folder.path(), "三.txt", &paper(3, 300));
    let orphan = prepare(&desk.blobs(), &path).unwrap();
    age_all(&desk, &[&orphan]);
    prepare(&desk.blobs(), &path).unwrap();
    assert_eq!(desk.collect_garbage().unwrap().files, 0);
    assert_eq!(state(&desk, &orphan), Soundness::Sound);
}

#[test]
fn nothing_is_named_whose_bytes_are_not_kept() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut desk = desk(home.path());
    let id = new_application(&mut desk);
    let file = prepare(&desk.blobs(), &write(folder.path(), "三.txt", &paper(3, 300))).unwrap();
    fs::remove_file(desk.blobs().path(&file.file.sha256)).unwrap();
    let refused = desk.add_evidence(&id, SLOT, &[file]).unwrap_err();
    assert_eq!(refused.code, ErrorCode::BlobMissing);
    assert!(desk.named_files(&id).unwrap().is_empty());
}

#[test]
fn halves_and_pictures_go_when_they_are_old_and_a_damaged_copy_when_a_sound_one_came() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut desk = desk(home.path());
    let id = new_application(&mut desk);
    let path = write(folder.path(), "一.txt", &paper(1, 300));
    let file = add(&mut desk, &id, &path);
    let blobs = home.path().join("blobs");
    let sha256 = &file.file.sha256;
    let place = |folder: &str, name: &str| {
        fs::create_dir_all(blobs.join(folder)).unwrap();
        let path = blobs.join(folder).join(name);
        fs::write(&path, "半").unwrap();
        path
    };
    let stick = place("partial", &format!("{sha256}-stick"));
    let picture = place("preview", &format!("{sha256}-small"));
    let foreign = place("damaged", &"b".repeat(64));
    // Both are of a file that is named, and damaged for want of a sound copy.
    desk.blobs().set_damaged_aside(sha256).unwrap();
    let damaged = blobs.join("damaged").join(sha256);
    for old in [&foreign, &damaged] {
        age(old, 40);
    }
    assert_eq!(desk.collect_garbage().unwrap().files, 1, "nothing names that one");
    assert!(damaged.exists() && stick.exists() && picture.exists() && !foreign.exists());
    add(&mut desk, &id, &path);
    for old in [&stick, &picture] {
        age(old, 100);
    }
    assert_eq!(desk.collect_garbage().unwrap().files, 3);
    assert_eq!(kept(home.path()), 1);
    assert_eq!(state(&desk, &file), Soundness::Sound);
}

#[test]
fn what_was_being_written_when_the_program_ended_goes_at_the_next_start() {
    let home = tempfile::tempdir().unwrap();
    drop(desk(home.path()));
    let incoming = home.path().join("blobs/incoming");
    fs::create_dir_all(&incoming).unwrap();
    fs::write(incoming.join(".tmpAbCdEf"), vec![0; 4_096]).unwrap();
    let running = desk(home.path());
    assert_eq!(kept(home.path()), 0);
    // Another start in the same folder takes nothing from the first.
    fs::create_dir_all(&incoming).unwrap();
    fs::write(incoming.join(".tmpGhIjKl"), "半").unwrap();
    let second = Workspace::open(home.path(), form_client::surroundings::Surroundings::without_keyring());
    assert!(second.is_err());
    assert_eq!(kept(home.path()), 1);
    drop(running);
}

#[test]
fn the_running_desk_collects_once_a_day() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut desk = desk(home.path());
    let orphan = |desk: &Workspace, number: u8| {
        let path = write(folder.path(), &format!("{number}.txt"), &paper(number, 300));
        let file = prepare(&desk.blobs(), &path).unwrap();
        age(&desk.blobs().path(&file.file.sha256), 40);
    };
    orphan(&desk, 1);
    assert_eq!(desk.collect_garbage_if_due().unwrap().files, 1);
    orphan(&desk, 2);
    assert_eq!(desk.collect_garbage_if_due().unwrap().files, 0, "that was today");
    assert_eq!(desk.collect_garbage().unwrap().files, 1);
}
