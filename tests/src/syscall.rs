//! What a program asks of the system, as strace writes it down: whether a database's log is synced between the last
//! write to it and each acknowledgement.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

/// The command line that traces a program's writes, syncs and renames, and those of all its threads, to a file.
pub fn tracing(log: &Path) -> Vec<OsString> {
    let words = [
        "strace",
        "-f",
        "-y",
        "-e",
        "trace=write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync,/^rename",
        "-o",
    ];
    words.into_iter().map(OsString::from).chain([log.as_os_str().to_owned()]).collect()
}

/// Walks a trace. `log` is the name of the write-ahead log; `acknowledges` says which line is an acknowledgement.
/// Returns how many acknowledgements stood for writes that were synced before.
///
/// # Errors
/// The first line that acknowledges what is not synced yet.
pub fn check(trace: &str, log: &str, acknowledges: impl Fn(&str) -> bool) -> Result<usize, String> {
    let log = format!("{log}>");
    let (mut unsynced, mut synced_writes, mut acknowledgements) = (0_usize, 0_usize, 0);
    // A sync counts when it has ended: another thread's call may cut its line in two.
    let mut syncing: BTreeMap<&str, usize> = BTreeMap::new();
    for line in trace.lines() {
        let thread = line.split_whitespace().next().unwrap_or_default();
        let begun = line.ends_with("<unfinished ...>");
        if line.contains("sync resumed>") {
            let covered = syncing.remove(thread).unwrap_or_default();
            synced_writes += covered;
            unsynced -= covered;
        } else if line.contains(&log) && line.contains("sync(") {
            if begun {
                syncing.insert(thread, unsynced);
            } else {
                synced_writes += unsynced;
                unsynced = 0;
            }
        } else if line.contains(&log) && line.contains("write") {
            unsynced += 1;
        } else if acknowledges(line) {
            if unsynced > 0 {
                return Err(format!("acknowledged before the log was synced: {line}"));
            }
            if synced_writes > 0 {
                acknowledgements += 1;
                synced_writes = 0;
            }
        }
    }
    Ok(acknowledgements)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITE: &str = "1 pwrite64(4</h/a.db-wal>, \"x\", 1, 0) = 1\n";
    const SYNC: &str = "1 fdatasync(4</h/a.db-wal>) = 0\n";
    const TOLD: &str = "2 write(1<pipe>, \"told\", 4) = 4\n";

    fn walk(lines: &[&str]) -> Result<usize, String> {
        check(&lines.concat(), "a.db-wal", |line| line.contains("\"told"))
    }

    #[test]
    fn the_walk_finds_an_acknowledgement_that_came_too_early() {
        assert_eq!(walk(&[WRITE, SYNC, TOLD, WRITE, SYNC, TOLD]), Ok(2));
        assert!(walk(&[WRITE, TOLD, SYNC]).is_err());
        assert_eq!(walk(&[WRITE, SYNC, TOLD, TOLD]), Ok(1), "the second stands for nothing new");
    }

    #[test]
    fn a_sync_that_has_not_ended_is_none() {
        let (begun, ended) =
            ("1 fdatasync(4</h/a.db-wal> <unfinished ...>\n", "1 <... fdatasync resumed>) = 0\n");
        assert!(walk(&[WRITE, begun, TOLD, ended]).is_err());
        assert_eq!(walk(&[WRITE, begun, ended, TOLD]), Ok(1));
    }
}
