//! The program's commands about its keys and its public log.

use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

use form_document::digest::Sha256;
use form_document::key::PublicKey;
use form_document::transparency::{Origin, SignedCheckpoint, check_consistency, check_inclusion};
use rustix::process::Signal;
use serde_json::Value;

use crate::program::{Running, program, run};

const PASSPHRASE: &str = "HUIQIAN_HUB_PASSPHRASE";

pub fn at(data: &Path, arguments: &[&str]) -> Output {
    run(arguments, &[("--data", data)])
}

/// Runs a command that is typed a root key, when it asks for one.
pub fn typed(data: &Path, arguments: &[&str], key: &str) -> Output {
    let mut command = program();
    command.args(arguments).arg("--data").arg(data);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // One that has ended already did not ask.
    let _ = child.stdin.take().unwrap().write_all(key.as_bytes());
    child.wait_with_output().unwrap()
}

/// What a command that ends well has said.
pub fn well(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap().trim_end().to_owned()
}

/// Why a command failed.
pub fn fails(output: &Output) -> String {
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A data folder in which a hub has served.
pub fn served() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    Running::start(folder.path()).signal(Signal::TERM);
    folder
}

/// The keys of the log: each with the entry from which on it signs, and from which on it counts for nothing.
pub fn keys(data: &Path) -> Vec<(String, u64, Option<u64>)> {
    let shown: Value = serde_json::from_str(&well(&at(data, &["keys", "show", "--json"]))).unwrap();
    let key = |one: &Value| {
        (one["key"].as_str().unwrap().to_owned(), one["from"].as_u64().unwrap(), one["revoked_from"].as_u64())
    };
    shown["keys"].as_array().unwrap().iter().map(key).collect()
}

/// The name of the log, and whoever signs it now.
pub fn signer(data: &Path) -> (Origin, PublicKey) {
    let shown: Value = serde_json::from_str(&well(&at(data, &["keys", "show", "--json"]))).unwrap();
    let origin = Origin::try_from(shown["origin"].as_str().unwrap().to_owned()).unwrap();
    (origin, keys(data).last().unwrap().0.parse().unwrap())
}

pub fn checkpoint(data: &Path) -> SignedCheckpoint {
    SignedCheckpoint(format!("{}\n", well(&at(data, &["log", "checkpoint"]))))
}

#[test]
fn a_rotated_key_signs_from_then_on_and_the_old_one_has_named_it() {
    let folder = served();
    let data = folder.path();
    let before = (keys(data), checkpoint(data));
    let next = well(&at(data, &["keys", "rotate"]));
    let after = keys(data);
    assert_eq!(after, [before.0[0].clone(), (next, 1, None)]);
    let (origin, key) = signer(data);
    let tree = checkpoint(data).verify(&origin, &key).unwrap();
    assert_eq!(tree.size, 2);
    let said: Value = serde_json::from_str(&well(&at(data, &["log", "prove", "--from", "1"]))).unwrap();
    let proof: Vec<Sha256> = serde_json::from_value(said["proof"].clone()).unwrap();
    check_consistency(before.1.read().unwrap().1, tree, &proof).unwrap();
    Running::start(data).signal(Signal::TERM);
    assert_eq!(keys(data), after, "a start changes no keys");
    let running = Running::start(data);
    assert!(fails(&at(data, &["keys", "rotate"])).contains("another hub is using"), "while it serves");
    running.signal(Signal::TERM);
}

#[test]
fn a_change_of_keys_that_was_cut_off_is_ended_by_the_next_start_as_the_log_says() {
    let folder = served();
    let data = folder.path();
    let (seal, next) = (data.join("seal.json"), data.join("seal.next.json"));
    let old = std::fs::read(&seal).unwrap();
    let old_keys = keys(data);
    let before = folder.path().join("before.db");
    well(&run(&["backup"], &[("--data", data), ("--out", &before)]));
    well(&at(data, &["keys", "rotate"]));
    let (new, new_keys) = (std::fs::read(&seal).unwrap(), keys(data));

    // Cut off when the log named the next key, before that took the other's place.
    std::fs::write(&next, &new).unwrap();
    std::fs::write(&seal, &old).unwrap();
    Running::start(data).signal(Signal::TERM);
    assert_eq!((keys(data), std::fs::read(&seal).unwrap()), (new_keys, new.clone()));
    assert!(!next.exists());

    // Cut off before the log named it.
    for rest in ["hub.db", "hub.db-wal", "hub.db-shm"] {
        let _ = std::fs::remove_file(data.join(rest));
    }
    std::fs::copy(&before, data.join("hub.db")).unwrap();
    std::fs::write(&next, &new).unwrap();
    std::fs::write(&seal, &old).unwrap();
    Running::start(data).signal(Signal::TERM);
    assert_eq!((keys(data), std::fs::read(&seal).unwrap()), (old_keys, old));
    assert!(!next.exists());
}

#[test]
fn a_passphrase_opens_the_signing_key_and_nothing_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut locked = program();
    locked.env(PASSPHRASE, "口令 一二三");
    Running::start_by(locked, &data).signal(Signal::TERM);
    assert_eq!(keys(&data).len(), 1, "what is public needs none");
    let said = fails(&run(&["serve", "--listen", "127.0.0.1:0"], &[("--data", &data)]));
    assert!(said.contains(PASSPHRASE), "{said}");
    assert!(fails(&at(&data, &["keys", "rotate"])).contains(PASSPHRASE));
    let (good, bad) = (folder.path().join("good"), folder.path().join("bad"));
    std::fs::write(&good, "口令 一二三\n").unwrap();
    std::fs::write(&bad, "口令\n").unwrap();
    let rotate = |file: &Path| run(&["keys", "rotate"], &[("--data", &data), ("--passphrase-file", file)]);
    assert!(fails(&rotate(&bad)).contains("does not open"));
    assert_eq!(keys(&data).len(), 1);
    well(&rotate(&good));
    assert_eq!(keys(&data).len(), 2);
    assert!(fails(&at(&data, &["keys", "rotate"])).contains(PASSPHRASE), "the next key is locked as well");
}

#[test]
fn the_root_key_leaves_for_its_paper_and_takes_keys_back_from_there() {
    let folder = served();
    let data = folder.path();
    let paper = well(&at(data, &["keys", "root"]));
    assert_eq!(well(&at(data, &["keys", "root", "--take-away"])), paper);
    assert!(!data.join("root-key.txt").exists());
    assert!(fails(&at(data, &["keys", "root"])).contains("taken away"));
    Running::start(data).signal(Signal::TERM);
    let first = keys(data)[0].0.clone();
    let revoke = |key: &str, more: &[&str]| typed(data, &[&["keys", "revoke"], more].concat(), key);
    assert!(fails(&revoke("nonsense", &[])).contains("not typed as it stands"));
    let stranger = served();
    let others = well(&at(stranger.path(), &["keys", "root"]));
    assert!(fails(&revoke(&others, &[])).contains("another hub"));
    assert!(!revoke(&paper, &["--key", &"7".repeat(64)]).status.success(), "a key that the log never had");
    assert_eq!(keys(data).len(), 1);
    let next = well(&revoke(&paper.to_lowercase(), &["--position", "1"]));
    assert_eq!(keys(data), [(first, 0, Some(1)), (next, 1, None)]);
    Running::start(data).signal(Signal::TERM);
    let (origin, key) = signer(data);
    checkpoint(data).verify(&origin, &key).unwrap();
    assert!(at(data, &["doctor"]).status.success());
}

#[test]
fn a_witness_signs_a_checkpoint_and_the_hub_keeps_that() {
    let (hub, witness) = (served(), served());
    let note = checkpoint(hub.path());
    let file = hub.path().join("note");
    let cosign = |text: &str| {
        std::fs::write(&file, text).unwrap();
        run(&["log", "cosign"], &[("--checkpoint", &file), ("--data", witness.path())])
    };
    assert!(!cosign("nothing").status.success());
    let cosigned = SignedCheckpoint(format!("{}\n", well(&cosign(&note.0))));
    let ((origin, key), (name, witnesses)) = (signer(hub.path()), signer(witness.path()));
    cosigned.verify(&origin, &key).unwrap();
    cosigned.check_signature(&name, &witnesses).unwrap();
    assert!(note.check_signature(&name, &witnesses).is_err());
    let keep = |note: &SignedCheckpoint| {
        std::fs::write(&file, &note.0).unwrap();
        run(&["log", "keep"], &[("--checkpoint", &file), ("--data", hub.path())])
    };
    assert!(fails(&keep(&checkpoint(witness.path()))).contains("not the newest checkpoint"));
    well(&keep(&cosigned));
    assert_eq!(checkpoint(hub.path()), cosigned);
    Running::start(hub.path()).signal(Signal::TERM);
    assert_eq!(checkpoint(hub.path()), cosigned, "a start keeps it");
}

#[test]
fn the_log_proves_its_entries_by_number_and_names_what_it_has_not() {
    let folder = served();
    well(&at(folder.path(), &["keys", "rotate"]));
    let said: Value =
        serde_json::from_str(&well(&at(folder.path(), &["log", "prove", "--entry", "1"]))).unwrap();
    let proof: Vec<Sha256> = serde_json::from_value(said["proof"].clone()).unwrap();
    let leaf: Sha256 = said["leaf_hash"].as_str().unwrap().parse().unwrap();
    let (_, tree) = SignedCheckpoint(said["checkpoint"].as_str().unwrap().to_owned()).read().unwrap();
    check_inclusion(tree, 1, form_document::transparency::NodeHash(leaf.0), &proof).unwrap();
    for unknown in ["9", &"0".repeat(64), "x"] {
        fails(&at(folder.path(), &["log", "prove", "--entry", unknown]));
    }
    fails(&at(folder.path(), &["log", "prove", "--from", "9"]));
    fails(&at(folder.path(), &["log", "prove"]));
}

#[test]
fn a_hub_does_not_make_another_seal_beside_a_log_that_was_signed() {
    let folder = served();
    let (data, kept) = (folder.path(), folder.path().join("kept"));
    std::fs::rename(data.join("seal.json"), &kept).unwrap();
    let said = fails(&run(&["serve", "--listen", "127.0.0.1:0"], &[("--data", data)]));
    assert!(said.contains("seal.json is missing"), "{said}");
    assert!(!data.join("seal.json").exists());
    std::fs::rename(&kept, data.join("seal.json")).unwrap();
    Running::start(data).signal(Signal::TERM);
}
