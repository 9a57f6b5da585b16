//! A desk with too little room for a file: it says so and keeps nothing half, and the file comes when there is room.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use form_client::blob::DISK_RESERVE_BYTES;
use huiqian_tests::place::built_program;
use huiqian_tests::scene::command_line;
use huiqian_tests::small_disk::mounted;
use huiqian_tests::team::Team;

const SLOT: &str = "3";

/// Fits beside what a desk leaves free.
const SMALL_BYTES: usize = 1 << 20;
/// Does not.
const LARGE_BYTES: usize = 48 << 20;
/// The disk of the desk's files, in KiB.
fn files_kib() -> u32 {
    u32::try_from(DISK_RESERVE_BYTES >> 10).unwrap() + (16 << 10)
}

/// A text of that size under that name.
fn paper(folder: &Path, name: &str, bytes: usize) -> String {
    let path = folder.join(name);
    std::fs::write(&path, format!("{name}：证明材料。\n").repeat(bytes / 40)).unwrap();
    path.display().to_string()
}

/// The command line, with the desk's files on a small disk of their own.
fn on_small_disk(home: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let words = mounted(&home.join("blobs"), files_kib());
    let program: [OsString; 3] = [built_program("huiqian").unwrap().into(), "--home".into(), home.into()];
    let output = Command::new(&words[0]).args(&words[1..]).args(program).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

fn says(home: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    command_line(home, arguments).unwrap()
}

#[test]
fn what_finds_no_room_is_refused_by_name_and_the_rest_is_added() {
    let team = Team::new(&[]).unwrap();
    let (home, folder) = (team.colleague.home(), team.colleague.folder());
    let (small, large) = (paper(folder, "小.txt", SMALL_BYTES), paper(folder, "大.txt", LARGE_BYTES));
    let add = ["evidence", "add", &team.id.0, SLOT, &large, &small];
    let (code, said) = on_small_disk(&home, &add);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("本机磁盘空间不足，大.txt 没有存入"), "{said}");
    assert!(said.contains("已添加 小.txt"), "{said}");
    let listed = says(&home, &["evidence", "list", &team.id.0, SLOT]).1;
    assert!(!listed.contains("大.txt"), "nothing names what is not kept: {listed}");
    let (code, said) = says(&home, &add);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(says(&home, &["evidence", "verify", &team.id.0]).0, Some(0));
}

#[test]
fn a_file_that_finds_no_room_waits_at_the_hub() {
    let team = Team::new(&[]).unwrap();
    let large = paper(team.colleague.folder(), "大.txt", LARGE_BYTES);
    assert_eq!(says(&team.colleague.home(), &["evidence", "add", &team.id.0, SLOT, &large]).0, Some(0));
    team.colleague_syncs().unwrap();
    let (home, id) = (team.lead.home(), team.id.0.as_str());
    let (code, said) = on_small_disk(&home, &["evidence", "fetch", id]);
    assert_ne!(code, Some(0), "{said}");
    assert!(said.contains("本机磁盘空间不足，大.txt 没有存入"), "{said}");
    let (code, said) = says(&home, &["evidence", "fetch", id]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(says(&home, &["evidence", "verify", id]).0, Some(0));
}
