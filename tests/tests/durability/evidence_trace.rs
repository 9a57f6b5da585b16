//! A desk keeps a file before it says that it has it: by the system calls, the bytes and the name are durable before the
//! log holds the change that names it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use huiqian_tests::photo;
use huiqian_tests::place::built_program;
use huiqian_tests::scene::desk_with_application;
use huiqian_tests::syscall::tracing;

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
        .stdout(Stdio::null())
        .status()
        .expect("strace is needed for this test: cargo xtask set-up installs it");
    assert!(status.success());
    fs::read_to_string(log).unwrap()
}

/// The numbers of a trace's lines that tell of such a call about such a place. One that another thread's call cuts in two
/// is left out: a test would miss it, and fail.
fn calls(trace: &str, call: &str, place: &str) -> Vec<usize> {
    let of = |(number, line): (usize, &str)| {
        let (name, about) = (line.contains(&format!("{call}(")), line.contains(place));
        (name && about && !line.contains("unfinished")).then_some(number)
    };
    trace.lines().enumerate().filter_map(of).collect()
}

/// The numbers of the lines that a file's way tells of.
struct Way {
    shelf: String,
    written: Vec<usize>,
    synced: usize,
    renamed: usize,
    folder_synced: usize,
}

impl Way {
    fn of(trace: &str, blobs: &str) -> Self {
        let incoming = format!("{blobs}/incoming/");
        let renames = trace.lines().enumerate();
        let renames = renames.filter(|(_, line)| line.contains("rename") && line.contains(&incoming));
        let (synced, renames): (_, Vec<_>) = (calls(trace, "sync", &incoming), renames.collect());
        assert_eq!((synced.len(), renames.len()), (1, 1), "{trace}");
        let (renamed, line) = renames[0];
        // Where it went: BLOBS/ab/abcdef…
        let shelf = line.split(&format!("{blobs}/")).last().unwrap()[..2].to_owned();
        let folder_synced = calls(trace, "fsync", &format!("{blobs}/{shelf}>"))[0];
        Self { shelf, written: calls(trace, "write", &incoming), synced: synced[0], renamed, folder_synced }
    }
}

#[test]
fn a_files_bytes_and_its_name_are_synced_before_the_log_holds_the_change_that_names_it() {
    let (desk, id) = desk_with_application(&[]).unwrap();
    let blobs = desk.home().join("blobs").display().to_string();
    let mut shelves = BTreeSet::new();
    for number in 1..=6 {
        let file = desk.folder().join(format!("{number}.jpg"));
        photo::take(&file, number, (400, 300)).unwrap();
        let trace = trace_of_adding(&desk.home(), &id.0, &file, &desk.folder().join("trace"));
        let Way { shelf, written, synced, renamed, folder_synced } = Way::of(&trace, &blobs);
        let in_order = [*written.last().unwrap(), synced, renamed, folder_synced];
        assert!(in_order.is_sorted(), "bytes, sync, name, folder are at {in_order:?}: {trace}");
        // Nobody knows the file's hash before its bytes are read: what the log gets after that may name it.
        let mut names = calls(&trace, "write64", "huiqian.db-wal>");
        names.retain(|line| *line > written[0]);
        assert!(!names.is_empty() && names.iter().all(|line| *line > folder_synced), "{trace}");
        let log_synced = calls(&trace, "sync", "huiqian.db-wal>");
        assert!(log_synced.iter().any(|line| line > names.last().unwrap()), "{trace}");
        if shelves.insert(shelf) {
            let made = calls(&trace, "fsync", &format!("{blobs}>"));
            assert!(
                made.iter().any(|line| *line < renamed),
                "a new shelf's own name is durable, too: {trace}"
            );
        }
    }
}
