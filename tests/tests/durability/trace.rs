//! kill -9 leaves the page cache intact and so proves less than it seems to: the system calls must show that
//! the log is synced between the last write and each acknowledgement.

use std::path::Path;
use std::process::Command;

use huiqian_tests::photo;
use huiqian_tests::place::built_program;
use huiqian_tests::scene::desk_with_application;
use huiqian_tests::syscall::{check, tracing};

const EDITS: usize = 200;

#[test]
fn the_log_is_synced_between_the_last_write_and_every_acknowledgement() {
    let home = tempfile::tempdir().unwrap();
    let log = home.path().join("trace");
    let words = tracing(&log);
    let status = Command::new(&words[0])
        .args(&words[1..])
        .arg(env!("CARGO_BIN_EXE_typist"))
        .arg(home.path())
        .args(["7", &EDITS.to_string()])
        .status()
        .expect("strace is needed for this test: cargo xtask set-up installs it");
    assert!(status.success());
    let trace = std::fs::read_to_string(log).unwrap();
    assert_eq!(check(&trace, "huiqian.db-wal", |line| line.contains("\"acknowledged ")), Ok(EDITS));
}

/// `huiqian evidence add` of one file, traced.
fn trace_of_adding(home: &Path, id: &str, file: &Path, log: &Path) -> String {
    let words = tracing(log);
    let status = Command::new(&words[0])
        .args(&words[1..])
        .arg(built_program("huiqian").unwrap())
        .arg("--home")
        .arg(home)
        .args(["evidence", "add", id, "3"])
        .arg(file)
        .stdout(std::process::Stdio::null())
        .status()
        .expect("strace is needed for this test: cargo xtask set-up installs it");
    assert!(status.success());
    std::fs::read_to_string(log).unwrap()
}

/// The numbers of a trace's lines, in the order in which the calls ended, that tell of such a call.
fn calls(trace: &str, call: &str, place: &str) -> Vec<usize> {
    let of = |(number, line): (usize, &str)| {
        let (name, about) = (line.contains(&format!("{call}(")), line.contains(place));
        (name && about && !line.contains("unfinished")).then_some(number)
    };
    trace.lines().enumerate().filter_map(of).collect()
}

#[test]
fn a_files_bytes_and_its_name_are_synced_before_the_log_holds_the_change_that_names_it() {
    let (desk, id) = desk_with_application(&[]).unwrap();
    let blobs = desk.home().join("blobs").display().to_string();
    let mut shelves = std::collections::BTreeSet::new();
    for number in 1..=6 {
        let file = desk.folder().join(format!("{number}.jpg"));
        photo::take(&file, number, (400, 300)).unwrap();
        let trace = trace_of_adding(&desk.home(), &id.0, &file, &desk.folder().join("trace"));
        let incoming = format!("{blobs}/incoming/");
        let bytes = calls(&trace, "write", &incoming);
        let synced = calls(&trace, "sync", &incoming);
        let renamed: Vec<_> = trace
            .lines()
            .enumerate()
            .filter(|(_, line)| line.contains("rename") && line.contains(&incoming))
            .collect();
        assert_eq!((synced.len(), renamed.len()), (1, 1), "{trace}");
        let (at, line) = renamed[0];
        // Where it went: BLOBS/ab/abcdef…
        let shelf = line.split(&format!("{blobs}/")).last().unwrap()[..2].to_owned();
        let folder = calls(&trace, "fsync", &format!("{blobs}/{shelf}>"));
        let log = calls(&trace, "write64", "huiqian.db-wal>");
        let log_synced = calls(&trace, "sync", "huiqian.db-wal>");
        let (first, last) = (bytes[0], *bytes.last().unwrap());
        assert!(last < synced[0] && synced[0] < at && at < folder[0], "bytes, sync, name, folder: {trace}");
        // Nobody knows the file's hash before its bytes are read: what the log gets after that may name it.
        let names: Vec<_> = log.iter().filter(|line| **line > first).collect();
        assert!(!names.is_empty() && names.iter().all(|line| **line > folder[0]), "{trace}");
        assert!(log_synced.iter().any(|line| line > names[0]), "{trace}");
        if shelves.insert(shelf) {
            let made = calls(&trace, "fsync", &format!("{blobs}>"));
            assert!(made.iter().any(|line| *line < at), "a new shelf's own name is durable, too: {trace}");
        }
    }
}
