//! kill -9 leaves the page cache intact and so proves less than it seems to: the system calls must show that
//! the log is synced between the last write and each acknowledgement.

use std::process::Command;

const EDITS: usize = 200;

#[test]
fn the_log_is_synced_between_the_last_write_and_every_acknowledgement() {
    let home = tempfile::tempdir().unwrap();
    let log = home.path().join("trace");
    let status = Command::new("strace")
        .args(["-f", "-y", "-e", "trace=write,pwrite64,pwritev,fsync,fdatasync", "-o"])
        .arg(&log)
        .arg(env!("CARGO_BIN_EXE_typist"))
        .arg(home.path())
        .args(["7", &EDITS.to_string()])
        .status()
        .expect("strace is needed for this test: cargo xtask set-up installs it");
    assert!(status.success());
    let trace = std::fs::read_to_string(log).unwrap();
    assert_eq!(check(&trace), EDITS);
}

/// Walks the trace; returns how many acknowledgements it saw.
fn check(trace: &str) -> usize {
    let (mut unsynced, mut synced_writes, mut acknowledgements) = (0, 0, 0);
    for line in trace.lines() {
        if line.contains("huiqian.db-wal>") && line.contains("write") {
            unsynced += 1;
        } else if line.contains("huiqian.db-wal>") && line.contains("sync(") {
            synced_writes += unsynced;
            unsynced = 0;
        } else if line.contains("\"acknowledged ") {
            assert_eq!(unsynced, 0, "acknowledged before the log was synced: {line}");
            assert!(synced_writes > 0, "acknowledged without a write: {line}");
            synced_writes = 0;
            acknowledgements += 1;
        }
    }
    acknowledgements
}

#[test]
fn the_walk_finds_an_acknowledgement_that_came_too_early() {
    let early =
        "1 pwrite64(4</h/huiqian.db-wal>, \"x\", 1, 0) = 1\n1 write(1<pipe>, \"acknowledged 0\\n\", 15) = 15";
    assert!(std::panic::catch_unwind(|| check(early)).is_err());
}
