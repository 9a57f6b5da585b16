//! The public log of a restored hub, by the program's own commands.

use std::path::{Path, PathBuf};

use form_document::transparency::SignedCheckpoint;
use rustix::process::Signal;

use crate::keys::{at, checkpoint, fails, keys, served, signer, typed, well};
use crate::program::{Running, program, put_keys, run};

/// A hub's copy on another machine, brought up to date.
fn mirror(running: &Running, copy: &Path) -> std::process::Output {
    run(&["log", "mirror", &running.url], &[("--out", copy)])
}

/// A hub that has rotated its key since its backup, restored; beside it a copy of its log as it was, and the root key's
/// text.
struct Restored {
    _folder: tempfile::TempDir,
    lost: PathBuf,
    data: PathBuf,
    copy: PathBuf,
    paper: String,
}

fn restored() -> Restored {
    let folder = tempfile::tempdir().unwrap();
    let at_place = |name: &str| folder.path().join(name);
    let (lost, data, copy, backup) =
        (at_place("lost"), at_place("data"), at_place("copy"), at_place("backup.db"));
    let running = Running::start(&lost);
    assert_eq!(well(&mirror(&running, &copy)), "1 entries");
    running.signal(Signal::TERM);
    let paper = well(&at(&lost, &["keys", "root", "--take-away"]));
    well(&run(&["backup"], &[("--data", &lost), ("--out", &backup)]));
    well(&at(&lost, &["keys", "rotate"]));
    let running = Running::start(&lost);
    assert_eq!(well(&mirror(&running, &copy)), "2 entries");
    running.signal(Signal::TERM);
    let restore = run(&["restore"], &[("--data", &data), ("--from", &backup)]);
    well(&restore);
    assert!(String::from_utf8(restore.stderr).unwrap().contains("log take"));
    put_keys(&lost, &data);
    Restored { _folder: folder, lost, data, copy, paper }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_hub_signs_again_when_a_copy_of_its_log_was_taken_in() {
    let Restored { lost, data, copy, .. } = restored();
    let running = Running::start(&data);
    let answer = reqwest::get(format!("{}/v1/log/checkpoint", running.url)).await.unwrap();
    assert_eq!(answer.status(), 503);
    let problem: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "log_incomplete", "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("sync-server log take"));
    running.signal(Signal::TERM);
    assert!(fails(&at(&data, &["keys", "rotate"])).contains("log take"));
    let doctor = well(&at(&data, &["doctor"]));
    assert!(doctor.contains("log take"), "{doctor}");
    let copied = copy.to_str().unwrap();
    let said = well(&at(&data, &["log", "take", copied]));
    assert_eq!(said, "2 entries, 1 of them new");
    assert_eq!((keys(&data), checkpoint(&data)), (keys(&lost), checkpoint(&lost)));
    let running = Running::start(&data);
    assert_eq!(well(&mirror(&running, &copy)), "2 entries", "whoever has seen it all sees it go on");
    running.signal(Signal::TERM);
    well(&at(&data, &["keys", "rotate"]));
    assert!(!well(&at(&data, &["doctor"])).contains("log take"));
}

#[test]
fn without_a_copy_the_root_key_has_the_log_begin_anew_under_another_name() {
    let Restored { lost, data, copy, paper, .. } = restored();
    let stranger = served();
    let others = well(&at(stranger.path(), &["keys", "root"]));
    let anew = |typed_key: &str| typed(&data, &["log", "begin-anew"], typed_key);
    assert!(fails(&anew(&others)).contains("another hub"));
    assert!(fails(&anew("nonsense")).contains("not typed as it stands"));
    let name = well(&anew(&paper));
    assert_eq!(name, format!("{}/2", signer(&lost).0));
    // The rotated key was named in what is lost, and its file is what was kept: the root key replaces it.
    assert!(fails(&run(&["serve", "--listen", "127.0.0.1:0"], &[("--data", &data)])).contains("names last"));
    well(&typed(&data, &["keys", "replace"], &paper));
    let running = Running::start(&data);
    let fork = fails(&mirror(&running, &copy));
    assert!(fork.contains("do not go on from the 2 of the copy"), "{fork}");
    let anew = copy.with_file_name("anew");
    assert_eq!(well(&mirror(&running, &anew)), "3 entries");
    running.signal(Signal::TERM);
    let (origin, key) = signer(&data);
    assert_eq!(origin.to_string(), name);
    let note = std::fs::read_to_string(anew.join("checkpoint")).unwrap();
    assert_eq!(SignedCheckpoint(note).verify(&origin, &key).unwrap().size, 3);
    well(&at(&data, &["doctor"]));
    assert!(fails(&at(&data, &["log", "take", copy.to_str().unwrap()])).contains("log here"));
}

#[test]
fn a_lost_signing_key_is_replaced_by_the_root_key_alone() {
    let folder = served();
    let data = folder.path();
    let (paper, before) = (well(&at(data, &["keys", "root", "--take-away"])), checkpoint(data));
    let (origin, old) = signer(data);
    let replace = |typed_key: &str| typed(data, &["keys", "replace"], typed_key);
    assert!(fails(&replace(&paper)).contains("is not lost"));
    std::fs::remove_file(data.join("seal.json")).unwrap();
    let said = fails(&run(&["serve", "--listen", "127.0.0.1:0"], &[("--data", data)]));
    assert!(said.contains("keys replace"), "{said}");
    assert!(fails(&replace("nonsense")).contains("not typed as it stands"));
    let stranger = served();
    assert!(fails(&replace(&well(&at(stranger.path(), &["keys", "root"])))).contains("another hub"));
    assert_eq!(keys(data).len(), 1, "a refusal changes nothing");
    let next = well(&replace(&paper.to_lowercase()));
    assert_eq!(keys(data), [(old.to_string(), 0, Some(1)), (next.clone(), 1, None)]);
    before.verify(&origin, &old).unwrap();
    let (same, key) = signer(data);
    assert_eq!((same, key.to_string()), (origin.clone(), next));
    checkpoint(data).verify(&origin, &key).unwrap();
    Running::start(data).signal(Signal::TERM);
    well(&at(data, &["keys", "rotate"]));
    well(&at(data, &["doctor"]));
}

#[test]
fn a_replacement_that_was_cut_off_is_ended_by_the_next_start() {
    let folder = served();
    let data = folder.path();
    let (seal, next) = (data.join("seal.json"), data.join("seal.next.json"));
    std::fs::remove_file(&seal).unwrap();
    well(&typed(data, &["keys", "replace"], ""));
    // As a kill leaves it when the log names the new key, before its file has the other's name.
    std::fs::rename(&seal, &next).unwrap();
    let named = keys(data);
    let mut start = program();
    start.env("RUST_LOG", "error");
    Running::start_by(start, data).signal(Signal::TERM);
    assert!(seal.exists() && !next.exists());
    assert_eq!(keys(data), named);
    // Cut off before the log named it.
    std::fs::rename(&seal, &next).unwrap();
    let other = served();
    std::fs::copy(other.path().join("seal.json"), &next).unwrap();
    let said = fails(&run(&["serve", "--listen", "127.0.0.1:0"], &[("--data", data)]));
    assert!(said.contains("seal.json is missing"), "{said}");
    assert!(!next.exists());
}
