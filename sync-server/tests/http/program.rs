//! The program itself: started, backed up, examined, restored, stopped.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::client::Client;
use crate::support::desk::Desk;
use crate::support::key;

pub fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sync-server"));
    program.env("RUST_LOG", "warn");
    program
}

pub fn run(arguments: &[&str], paths: &[(&str, &Path)]) -> Output {
    let mut command = program();
    command.args(arguments);
    for (name, path) in paths {
        command.arg(name).arg(path);
    }
    command.output().unwrap()
}

pub struct Running {
    pub child: Child,
    pub url: String,
    pub hub: form_document::key::PublicKey,
}

impl Running {
    pub fn start(data: &Path) -> Self {
        Self::start_by(program(), data)
    }

    /// One that takes new applications with an admission code alone.
    fn start_closed(data: &Path) -> Self {
        let mut program = program();
        program.env("HUIQIAN_HUB_OPEN", "false");
        Self::start_by(program, data)
    }

    pub fn start_by(program: Command, data: &Path) -> Self {
        Self::start_as(program, data, "127.0.0.1:0")
    }

    /// One at an address that it had before.
    pub fn start_at(data: &Path, address: &str) -> Self {
        Self::start_as(program(), data, address)
    }

    fn start_as(mut program: Command, data: &Path, address: &str) -> Self {
        let mut child = program
            .args(["serve", "--listen", address, "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let hub = ready["hub"].as_str().unwrap().parse().unwrap();
        Self { child, url: ready["url"].as_str().unwrap().to_owned(), hub }
    }

    pub fn signal(mut self, signal: Signal) -> std::process::ExitStatus {
        let id = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(id, signal).unwrap();
        self.child.wait().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_hub_has_all_that_it_acknowledged_and_a_stopped_one_ends_well() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = Running::start(folder.path());
    let mut lead = Desk::lead_at(1, [1; 16], running.hub);
    Client::new(&running.url, key(1)).await.publish(&lead, None).await.unwrap();
    for round in 0..5 {
        let client = Client::new(&running.url, key(1)).await;
        lead.set("station.name", &format!("站 {round}"));
        client.sync(&mut lead).await.unwrap();
        let position = lead.ledger.log().position;
        running.signal(Signal::KILL);
        running = Running::start(folder.path());
        let client = Client::new(&running.url, key(1)).await;
        client.sync(&mut lead).await.unwrap();
        assert_eq!(lead.ledger.log().position, position);
    }
    assert!(running.signal(Signal::TERM).success());
}

/// Puts the keys that were kept apart beside a restored database.
pub fn put_keys(from: &Path, to: &Path) {
    for name in ["hub.key", "seal.json"] {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_serving_hub_restores_and_the_doctor_finds_both_well() {
    let folder = tempfile::tempdir().unwrap();
    let (data, backup) = (folder.path().join("data"), folder.path().join("backup.db"));
    let running = Running::start(&data);
    let mut lead = Desk::lead_at(1, [1; 16], running.hub);
    let client = Client::new(&running.url, key(1)).await;
    client.publish(&lead, None).await.unwrap();
    lead.set("station.name", "南极站");
    client.sync(&mut lead).await.unwrap();
    assert!(run(&["backup"], &[("--data", &data), ("--out", &backup)]).status.success());
    let again = run(&["backup"], &[("--data", &data), ("--out", &backup)]);
    assert!(!again.status.success(), "a backup is never overwritten");
    let doctor = run(&["doctor"], &[("--data", &data)]);
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
    let shown = run(&["keys", "show"], &[("--data", &data)]);
    assert_eq!(
        String::from_utf8(shown.stdout).unwrap().lines().next(),
        Some(running.hub.to_string().as_str())
    );
    assert!(!run(&["restore"], &[("--data", &data), ("--from", &backup)]).status.success());
    running.signal(Signal::TERM);
    let restored = folder.path().join("restored");
    assert!(run(&["restore"], &[("--data", &restored), ("--from", &backup)]).status.success());
    let keyless = run(&["serve", "--listen", "127.0.0.1:0"], &[("--data", &restored)]);
    assert!(!keyless.status.success(), "without its key the hub does not start");
    put_keys(&data, &restored);
    assert!(run(&["doctor"], &[("--data", &restored)]).status.success());
    let running = Running::start(&restored);
    let client = Client::new(&running.url, key(1)).await;
    lead.set("station.name", "另一站");
    let before = lead.ledger.log().position;
    client.sync(&mut lead).await.unwrap();
    assert!(lead.ledger.log().position > before, "the only device has shown what it knows");
    running.signal(Signal::TERM);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_a_log_that_was_altered() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path());
    let mut lead = Desk::lead_at(1, [1; 16], running.hub);
    let client = Client::new(&running.url, key(1)).await;
    client.publish(&lead, None).await.unwrap();
    for name in ["甲", "乙", "丙"] {
        lead.set("station.name", name);
        client.sync(&mut lead).await.unwrap();
    }
    running.signal(Signal::TERM);
    let database = rusqlite::Connection::open(folder.path().join("hub.db")).unwrap();
    database.execute("DELETE FROM log WHERE position = (SELECT max(position) FROM log)", []).unwrap();
    drop(database);
    let doctor = run(&["doctor"], &[("--data", folder.path())]);
    assert!(!doctor.status.success());
    let said = String::from_utf8(doctor.stdout).unwrap();
    assert!(said.contains(&lead.application.0), "{said}");
}

#[test]
fn two_hubs_do_not_share_a_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path());
    let second = run(&["serve", "--listen", "127.0.0.1:0"], &[("--data", folder.path())]);
    assert!(!second.status.success());
    running.signal(Signal::TERM);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_gives_lists_and_takes_back_the_codes_of_a_closed_hub() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let admin = |action: &str, code: &[&str]| {
        let output = run(&[&["admin", action], code].concat(), &[("--data", &data)]);
        (output.status.success(), String::from_utf8(output.stdout).unwrap().trim().to_owned())
    };
    assert!(!admin("admissions", &[]).0, "a folder without a hub is named as one");
    assert!(!data.exists(), "and looking at it makes none");
    let (given, first) = admin("admit", &[]);
    let (_, second) = admin("admit", &[]);
    assert!(given && first.len() == 32 && first != second);
    let running = Running::start_closed(&data);
    let lead = Desk::lead_at(1, [1; 16], running.hub);
    let client = Client::new(&running.url, key(1)).await;
    assert!(client.publish(&lead, None).await.is_err(), "the hub is closed");

    let (_, list) = admin("admissions", &[]);
    assert_eq!(list.lines().filter(|line| line.ends_with("  open")).count(), 2, "{list}");
    assert!(!list.contains(&first), "the codes themselves are not kept");
    assert!(admin("cancel", &[&second]).0, "by the code");
    assert!(client.publish(&lead, Some(&second)).await.is_err(), "it was taken back");
    client.publish(&lead, Some(&first)).await.unwrap();

    let (_, list) = admin("admissions", &[]);
    assert_eq!(list.lines().count(), 1);
    assert!(list.ends_with("  used"), "{list}");
    let number = list.split(' ').next().unwrap();
    assert!(!admin("cancel", &[number]).0, "what was used is not taken back");
    assert!(!admin("cancel", &["0000"]).0 && !admin("cancel", &[""]).0);
    let (_, third) = admin("admit", &[]);
    let (_, list) = admin("admissions", &[]);
    let number = list.lines().find(|line| line.ends_with("open")).unwrap().split(' ').next().unwrap();
    assert!(admin("cancel", &[number]).0, "by its number in the list");
    assert!(client.publish(&lead, Some(&third)).await.is_ok(), "a known application needs no code");
    running.signal(Signal::TERM);
}

/// A hub that serves an application, its data folder, and a backup of it.
async fn backed_up(folder: &Path) -> (Running, PathBuf, PathBuf) {
    let (data, backup) = (folder.join("data"), folder.join("backup.db"));
    let running = Running::start(&data);
    let lead = Desk::lead_at(1, [1; 16], running.hub);
    Client::new(&running.url, key(1)).await.publish(&lead, None).await.unwrap();
    assert!(run(&["backup"], &[("--data", &data), ("--out", &backup)]).status.success());
    (running, data, backup)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_failed_or_was_cut_off_does_not_stand_in_the_way_of_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let (running, data, backup) = backed_up(folder.path()).await;
    running.signal(Signal::TERM);
    let restored = folder.path().join("restored");
    let restore =
        |from: &Path| run(&["restore"], &[("--data", &restored), ("--from", from)]).status.success();
    let (damaged, empty) = (folder.path().join("damaged.db"), folder.path().join("empty.db"));
    std::fs::write(&damaged, "no database").unwrap();
    std::fs::write(&empty, "").unwrap();
    for bad in [&damaged, &empty, &folder.path().join("nowhere.db")] {
        assert!(!restore(bad), "{}", bad.display());
    }
    // As a kill in the middle leaves it.
    for left in ["hub.partial", "hub.partial-wal"] {
        std::fs::write(restored.join(left), "half").unwrap();
    }
    assert!(restore(&backup));
    put_keys(&data, &restored);
    assert!(run(&["doctor"], &[("--data", &restored)]).status.success());
    let names: Vec<_> =
        std::fs::read_dir(&restored).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().contains("partial")), "{names:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_on_the_machine_reads_what_the_hub_keeps() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = tempfile::tempdir().unwrap();
    let (running, data, backup) = backed_up(folder.path()).await;
    let kept = |folder: &Path| {
        assert_eq!(mode(folder), 0o700);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let expected = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode(&path), expected, "{}", path.display());
        }
    };
    kept(&data);
    assert_eq!(mode(&backup), 0o600);
    running.signal(Signal::TERM);
    // Somebody made it readable, and so are those of older hubs: the next start takes that back.
    let database = data.join("hub.db");
    std::fs::set_permissions(&database, PermissionsExt::from_mode(0o644)).unwrap();
    let doctor = run(&["doctor"], &[("--data", &data)]);
    let said = String::from_utf8_lossy(&doctor.stdout);
    assert!(!doctor.status.success() && said.contains("hub.db may be read by others"), "{said}");
    Running::start(&data).signal(Signal::TERM);
    kept(&data);
    let restored = folder.path().join("restored");
    std::fs::set_permissions(&backup, PermissionsExt::from_mode(0o644)).unwrap();
    assert!(run(&["restore"], &[("--data", &restored), ("--from", &backup)]).status.success());
    kept(&restored);
}

#[test]
fn a_line_that_anybody_can_read_is_refused_unless_it_is_guarded_or_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let refused = run(&["serve", "--listen", "0.0.0.0:0"], &[("--data", &folder.path().join("data"))]);
    assert!(!refused.status.success());
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(["tls", "behind_proxy", "plain_http"].iter().all(|way| said.contains(way)), "{said}");
    assert!(!folder.path().join("data").exists(), "nothing was made");
}

#[test]
fn a_log_in_a_file_has_no_colours() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let mut program = program();
    program.env("RUST_LOG", "info").stderr(std::fs::File::create(&file).unwrap());
    let running = Running::start_by(program, &folder.path().join("data"));
    running.signal(Signal::TERM);
    let log = std::fs::read_to_string(&file).unwrap();
    assert!(log.contains("stopping"), "{log}");
    assert!(!log.contains('\u{1b}'), "{log:?}");
}
