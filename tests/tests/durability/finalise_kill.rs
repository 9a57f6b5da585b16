//! kill -9 of the hub at the steps of making a revision final, by the command line as a lead uses it: afterwards the
//! revision is either not final and nowhere in the log, or it is final and logged, and signed by the next start. Asking
//! again ends well, the receipt proves it, and the log goes on from the one that was seen before.
//!
//! Every sync of the hub is hit, and some of its writes, by a seed (`HUIQIAN_SEED`); `HUIQIAN_STRIDE=1` hits them all.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use form_document::digest::Sha256;
use form_document::key::PublicKey;
use form_document::roster::Act;
use form_document::transparency::{Known, Receipt, SignedCheckpoint, Tree, check_consistency};
use huiqian_tests::hub::{HUB, HubProcess};
use huiqian_tests::loopback::copy_of;
use huiqian_tests::place::built_program;
use huiqian_tests::process::{Group, is_running, terminate};
use huiqian_tests::random::Random;
use huiqian_tests::scene::{command_line, only_application};
use huiqian_tests::signed_off::{SignedOff, well};
use huiqian_tests::wait::{PATIENCE, until_blocking};
use huiqian_tests::wish::number;
use serde_json::Value;
use sync_server::storage::Storage as _;
use sync_server::storage::sqlite::Sqlite;

const SEED: u64 = 11;
/// Of so many writes in a row about two are hit.
const STRIDE: usize = 8;
/// More calls than making a revision final takes; a test that never survives has failed.
const CALLS_MAX: usize = 500;

/// A lead's desk and its hub.
struct Scene {
    signed: SignedOff,
    root: PublicKey,
    /// The log as the newest receipt proved it.
    seen: Option<Tree>,
}

impl Scene {
    fn new() -> Self {
        let signed = SignedOff::new();
        let root = keys(&signed.hub)["root"].as_str().unwrap().parse().unwrap();
        Self { signed, root, seen: None }
    }

    fn says(&self, arguments: &[&str]) -> String {
        well(self.signed.home.path(), arguments)
    }

    /// Makes the next revision final while the hub is killed at its call of that number; whether it was.
    fn finalise_killed(&mut self, call: &str, at: usize) -> bool {
        let served = self.signed.hub.process().unwrap();
        let killer = Killer::attach(served, call, at);
        let (code, said) = command_line(self.signed.home.path(), &["finalise", &self.signed.id]).unwrap();
        if is_running(served) {
            assert_eq!(code, Some(0), "{said}");
            killer.leave();
            return false;
        }
        assert_ne!(code, Some(0), "the hub was killed at {call} {at}, and all is said to be well: {said}");
        drop(killer);
        self.signed.hub.kill().unwrap();
        true
    }

    /// How far the dead hub has come: whether the newest step closes the revision. Then the log has it, and otherwise
    /// not.
    fn is_whole(&self) -> bool {
        let copy = copy_of(&self.signed.hub.data());
        let stored = Sqlite::open_to_read(&copy.path().join("hub.db")).unwrap();
        let id = only_application(self.signed.home.path()).unwrap();
        let roster = stored.roster(&id).unwrap();
        let acts: Vec<Act> = roster.iter().map(|entry| entry.read().unwrap().act).collect();
        let closed = acts.iter().filter(|act| matches!(act, Act::Finalise { .. })).count();
        let logged = stored.seal_size().unwrap() - stored.seal_keys().unwrap().len() as u64;
        assert_eq!(closed as u64, logged, "what is closed is logged, and the other way round");
        let returned = acts.iter().filter(|act| matches!(act, Act::Return { .. })).count();
        closed > returned
    }

    /// The newest receipt, verified; its log goes on from the one before.
    fn check_receipt(&mut self, revision: u64) {
        let text = self.says(&["receipt", &self.signed.id, "--revision", &revision.to_string()]);
        let receipt = Receipt::read(text.trim().as_bytes()).unwrap();
        let known = Known { revision: Some(revision), ..Known::default() };
        let proven = receipt.verify(&self.root, &known).unwrap();
        let (_, newest) =
            SignedCheckpoint(administer(&self.signed.hub, &["log", "checkpoint"])).read().unwrap();
        assert_eq!(newest, proven.tree);
        if let Some(seen) = self.seen {
            let said = administer(&self.signed.hub, &["log", "prove", "--from", &seen.size.to_string()]);
            let said: Value = serde_json::from_str(&said).unwrap();
            let proof: Vec<Sha256> = serde_json::from_value(said["proof"].clone()).unwrap();
            check_consistency(seen, newest, &proof).unwrap();
            assert_eq!(newest.size, seen.size + 1, "a revision is logged once");
        }
        self.seen = Some(newest);
    }
}

/// A program that kills the hub when it makes some call of the system.
struct Killer(Group);

impl Killer {
    fn attach(process: u32, call: &str, at: usize) -> Self {
        let mut command = Command::new("strace");
        command
            .args(["-f", "-p", &process.to_string(), "-o", "/dev/null", "-e", &format!("trace={call}")])
            .args(["-e", &format!("inject={call}:signal=SIGKILL:when={at}")])
            .stderr(Stdio::piped());
        let mut group = Group::start(&mut command).unwrap();
        let mut line = String::new();
        BufReader::new(group.child().stderr.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("attached"), "{line}");
        Self(group)
    }

    /// Lets go of a hub that lives on.
    fn leave(self) {
        let id = self.0.id();
        terminate(id).unwrap();
        until_blocking("the tracer to let go", PATIENCE, || (!is_running(id)).then_some(())).unwrap();
    }
}

fn administer(hub: &HubProcess, arguments: &[&str]) -> String {
    let mut command = Command::new(built_program(HUB).unwrap());
    let output = command.args(arguments).arg("--data").arg(hub.data()).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn keys(hub: &HubProcess) -> Value {
    serde_json::from_str(&administer(hub, &["keys", "show", "--json"])).unwrap()
}

#[test]
fn whenever_the_hub_is_killed_a_revision_is_final_logged_and_signed_or_it_is_not_final() {
    let seed = number("HUIQIAN_SEED").unwrap_or(SEED);
    let stride = number("HUIQIAN_STRIDE").map_or(STRIDE, |stride| usize::try_from(stride).unwrap());
    println!("seed {seed}");
    let mut random = Random::new(seed);
    let mut scene = Scene::new();
    let (mut revision, mut kills, mut ends) = (0, 0, BTreeMap::<bool, u32>::new());
    for (call, stride) in [("fdatasync", 1), ("pwrite64", stride)] {
        let mut at = 1;
        loop {
            revision += 1;
            let killed = scene.finalise_killed(call, at);
            if killed {
                kills += 1;
                *ends.entry(scene.is_whole()).or_default() += 1;
                scene.signed.hub.start_again().unwrap();
                scene.says(&["finalise", &scene.signed.id]);
            }
            scene.check_receipt(revision);
            scene.says(&["return", &scene.signed.id, "station", "--reason", "look again"]);
            scene.says(&["sync", &scene.signed.id]);
            if !killed {
                break;
            }
            at += 1 + random.below(stride);
            assert!(at < CALLS_MAX, "making a revision final does not end");
        }
    }
    for number in 1..=revision {
        let text = scene.says(&["receipt", &scene.signed.id, "--revision", &number.to_string()]);
        Receipt::read(text.trim().as_bytes()).unwrap().verify(&scene.root, &Known::default()).unwrap();
    }
    scene.signed.hub.stop().unwrap();
    scene.signed.hub.examine().unwrap();
    println!(
        "{kills} kills, {revision} final revisions; the hub was killed before and after the commit: {ends:?}"
    );
    assert_eq!(ends.len(), 2, "kills hit before the revision was closed and after");
}
