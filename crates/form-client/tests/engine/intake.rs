//! Files that are not what they seem, or change while they are read: told before they cost anything, and never half kept.

use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use form_client::blob::BlobFolder;
use form_client::evidence::prepare;
use form_model::answer::AnswerValue;
use form_model::command::Edit;
use form_model::error::ErrorCode;
use form_model::evidence::{Attribute, FILES_PER_SLOT_MAX, REMOVED};

use crate::evidence::{SLOT, add, kept, paper, write};
use crate::support::{desk, new_application};

#[cfg(unix)]
#[test]
fn pipes_devices_and_folders_are_refused_at_once_by_what_they_are() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let pipe = folder.path().join("照片.jpg");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let blobs = desk(home.path()).blobs();
    let begun = Instant::now();
    for (path, cause) in [
        (pipe.as_path(), "这是管道或设备，不是文件"),
        (Path::new("/dev/zero"), "这是管道或设备，不是文件"),
        (folder.path(), "这是一个文件夹"),
    ] {
        let refused = prepare(&blobs, path).unwrap_err();
        assert_eq!((refused.code, refused.details["cause"].as_str()), (ErrorCode::FileRefused, cause));
    }
    let mut desk = desk(tempfile::tempdir().unwrap().path());
    assert_eq!(desk.import_file(&pipe).unwrap_err().details["cause"], "这是管道或设备，不是文件");
    assert!(begun.elapsed() < Duration::from_secs(20), "a pipe would hold up whoever opens it");
}

#[cfg(unix)]
#[test]
fn a_file_of_holes_is_told_by_what_the_disk_holds_and_never_copied() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let blobs = desk(home.path()).blobs();
    // A photo's first bytes, and 3.9 GB of nothing.
    let path = write(
        folder.path(),
        "照片.jpg",
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00",
    );
    File::options().write(true).open(&path).unwrap().set_len(3_900 << 20).unwrap();
    let begun = Instant::now();
    let refused = prepare(&blobs, &path).unwrap_err();
    assert_eq!(refused.code, ErrorCode::FileRefused, "{refused}");
    assert!(refused.details["cause"].contains("3900 MB"), "{refused}");
    assert!(begun.elapsed() < Duration::from_secs(5), "nothing of it is read");
    assert_eq!(kept(home.path()), 0);
}

#[test]
fn a_large_program_is_refused_by_its_head_before_it_is_copied() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let blobs = desk(home.path()).blobs();
    let mut program = b"MZ\x90\x00".to_vec();
    program.resize(20 << 20, 7);
    let refused = prepare(&blobs, &write(folder.path(), "照片.jpg", &program)).unwrap_err();
    assert_eq!(refused.code, ErrorCode::FileRefused);
    assert!(!home.path().join("blobs/incoming").exists(), "no byte of it was copied");
}

#[test]
fn a_photo_too_large_to_be_shown_is_taken_in_with_a_word() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let blobs = desk(home.path()).blobs();
    let mut photo = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00".to_vec();
    photo.resize(129 << 20, 7);
    let taken = prepare(&blobs, &write(folder.path(), "大图.jpg", &photo)).unwrap();
    let told = taken.notices.iter().any(|notice| notice.details["cause"].contains("不能显示预览"));
    assert!(told, "{:?}", taken.notices);
}

/// A file that somebody writes to while it is read: after the first piece, `change` happens.
fn changed_while_read(change: impl Fn(&Path) + Send + 'static) -> (ErrorCode, usize) {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = write(folder.path(), "记录.txt", &paper(1, 48 << 20));
    let hour_ago = std::time::SystemTime::now() - Duration::from_secs(3_600);
    File::options().write(true).open(&path).unwrap().set_modified(hour_ago).unwrap();
    let incoming = home.path().join("blobs/incoming");
    let blobs = desk(home.path()).blobs();
    let writer = std::thread::spawn({
        let path = path.clone();
        move || {
            // The copy has begun when the first of it lies there.
            let begun = || {
                let entries = fs::read_dir(&incoming).into_iter().flatten().flatten();
                entries.filter_map(|entry| entry.metadata().ok()).any(|meta| meta.len() > 0)
            };
            while !begun() {
                std::thread::yield_now();
            }
            change(&path);
        }
    });
    let refused = prepare(&blobs, &path).unwrap_err();
    writer.join().unwrap();
    (refused.code, kept(home.path()))
}

#[test]
fn a_file_that_grows_shrinks_or_is_rewritten_while_it_is_read_is_not_taken_in() {
    let grow = |path: &Path| File::options().append(true).open(path).unwrap().write_all(b"more").unwrap();
    let shrink = |path: &Path| File::options().write(true).open(path).unwrap().set_len(1_000).unwrap();
    let rewrite = |path: &Path| {
        let mut file = File::options().write(true).open(path).unwrap();
        file.write_all("另".as_bytes()).unwrap();
    };
    assert_eq!(changed_while_read(grow), (ErrorCode::FileChanged, 0));
    assert_eq!(changed_while_read(shrink), (ErrorCode::FileChanged, 0));
    assert_eq!(changed_while_read(rewrite), (ErrorCode::FileChanged, 0));
}

/// A disk or stick that fails in the middle.
struct Failing(u32);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(1).ok_or_else(|| io::Error::from(io::ErrorKind::PermissionDenied))?;
        buffer.fill(b'a');
        Ok(buffer.len())
    }
}

#[test]
fn a_source_that_fails_in_the_middle_leaves_nothing_behind() {
    let home = tempfile::tempdir().unwrap();
    let blobs = BlobFolder::of(home.path());
    let failed = blobs.receive(&mut Failing(3), "照片.jpg").unwrap_err();
    assert_eq!((failed.code, failed.details["cause"].as_str()), (ErrorCode::FileUnusable, "没有权限"));
    assert_eq!(kept(home.path()), 0);
}

#[test]
fn a_path_that_nobody_may_follow_is_told_by_its_own_cause() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let blobs = desk(home.path()).blobs();
    // Root may read everything; a path through a file leads nowhere for root, too.
    let through = write(folder.path(), "证明.pdf", b"%PDF-1.4").join("内.pdf");
    let refused = prepare(&blobs, &through).unwrap_err();
    assert_eq!(refused.code, ErrorCode::FileUnusable);
    assert!(refused.details["file"].contains("内.pdf"), "{refused}");
}

#[test]
fn room_that_is_promised_to_one_file_is_not_promised_to_another() {
    let home = tempfile::tempdir().unwrap();
    let blobs = BlobFolder::of(home.path());
    let free = fs4::available_space(home.path()).unwrap();
    let half = free / 2 + (64 << 20);
    let first = blobs.reserve(half, "一.zip").unwrap();
    let full = blobs.clone().reserve(half, "二.zip").unwrap_err();
    assert_eq!(full.code, ErrorCode::DiskFull);
    assert!(full.details["free"].parse::<u64>().unwrap() < free >> 20, "{full}");
    drop(first);
    let mut again = blobs.reserve(half, "二.zip").unwrap();
    again.written(half);
    blobs.reserve(half, "三.zip").unwrap();
}

#[test]
fn a_full_slot_says_so_before_anything_is_copied_and_what_was_taken_out_makes_room() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut desk = desk(home.path());
    let id = new_application(&mut desk);
    add(&mut desk, &id, &write(folder.path(), "一.txt", &paper(1, 300)));
    desk.slot_room(&id, SLOT, FILES_PER_SLOT_MAX - 1).unwrap();
    let full = desk.slot_room(&id, SLOT, FILES_PER_SLOT_MAX).unwrap_err();
    assert_eq!(full.code, ErrorCode::SlotFull);
    let entry = desk.find_evidence(&id, SLOT, "1").unwrap();
    let removed = Some(AnswerValue::Text(REMOVED.to_owned()));
    desk.edit(&id, &Edit::Set { values: vec![(entry.answer(Attribute::Removed), removed)] }).unwrap();
    desk.slot_room(&id, SLOT, FILES_PER_SLOT_MAX).unwrap();
}
