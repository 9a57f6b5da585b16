//! kill -9 leaves the page cache intact and so proves less than it seems to: the system calls must show that
//! the log is synced between the last write and each acknowledgement.

use std::process::Command;

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
