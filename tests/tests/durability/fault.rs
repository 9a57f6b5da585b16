//! Writes and syncs that fail: a season of three desks and their hub is told again and again, each time with another
//! call of the system failing, a write because the disk is full, or a sync after the data was written. Whoever was
//! told so tries again; in the end everybody has the same, on the disk too.
//!
//! `HUIQIAN_FAULTS=n` tries that many; without it a few of each kind, by a seed (`HUIQIAN_SEED`).

use std::path::Path;
use std::process::{Command, Output};

use huiqian_tests::random::Random;
use huiqian_tests::wish::number;

/// Of each kind.
const FAULTS: usize = 12;
const SEED: u64 = 3;
const THREADS: usize = 2;

/// A call of the system, and how it fails.
struct Kind {
    call: &'static str,
    error: &'static str,
}

const KINDS: [Kind; 2] = [
    // Before anything persists.
    Kind { call: "pwrite64", error: "ENOSPC" },
    // After it was written; nobody knows whether it lasts.
    Kind { call: "fdatasync", error: "EIO" },
];

fn story(folder: &Path, strace: &[String]) -> Output {
    Command::new("strace")
        .args(strace)
        .arg(env!("CARGO_BIN_EXE_story"))
        .arg(folder)
        .output()
        .expect("strace is needed for this test: cargo xtask set-up installs it")
}

/// How many such calls there are before and after the story's start.
fn count(kind: &Kind) -> (usize, usize) {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("trace");
    let trace = format!("trace=write,{}", kind.call);
    let output = story(folder.path(), &["-e".into(), trace, "-o".into(), log.display().to_string()]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let empty = said.lines().last().unwrap().strip_prefix("ended; empty tables: ");
    assert_eq!(empty, Some(""), "the story writes to every table of a desk");
    let lines = std::fs::read_to_string(log).unwrap();
    let (before, after) = lines.split_once("\"started\\n\"").unwrap();
    let calls = |text: &str| text.matches(&format!("{}(", kind.call)).count();
    (calls(before), calls(after))
}

/// Has one call fail. Panics when something is lost by it.
fn fail_one(kind: &Kind, at: usize) {
    let folder = tempfile::tempdir().unwrap();
    let inject = format!("inject={}:error={}:when={at}", kind.call, kind.error);
    let trace = format!("trace={}", kind.call);
    let words = ["-e".into(), trace, "-e".into(), inject, "-o".into(), "/dev/null".into()];
    let output = story(folder.path(), &words);
    let said = String::from_utf8_lossy(&output.stdout);
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} number {at}: {said}{problem}", kind.call);
    for failure in said.lines().filter(|line| line.starts_with("failed: ")) {
        println!("{} number {at}: {failure}", kind.call);
    }
}

#[test]
fn whichever_write_or_sync_fails_nothing_is_lost_and_the_next_try_works() {
    let seed = number("HUIQIAN_SEED").unwrap_or(SEED);
    let faults = number("HUIQIAN_FAULTS").map_or(FAULTS, |faults| usize::try_from(faults).unwrap());
    println!("seed {seed}");
    let mut random = Random::new(seed);
    let mut cases = Vec::new();
    for kind in &KINDS {
        let (before, after) = count(kind);
        println!("{}: {after} calls", kind.call);
        if faults >= after {
            cases.extend((1..=after).map(|at| (kind, before + at)));
        } else {
            cases.extend((0..faults).map(|_| (kind, before + 1 + random.below(after))));
        }
    }
    std::thread::scope(|scope| {
        for part in 0..THREADS {
            let mine = cases.iter().skip(part).step_by(THREADS);
            scope.spawn(move || mine.for_each(|(kind, at)| fail_one(kind, *at)));
        }
    });
    println!("{} faults", cases.len());
}
