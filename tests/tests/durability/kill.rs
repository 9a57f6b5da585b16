//! kill -9 at random moments, also in the middle of a compaction.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use form_client::surroundings::Surroundings;
use form_client::workspace::Workspace;
use form_model::id::ApplicationId;
use huiqian_tests::random::Random;
use huiqian_tests::typist::Typist;

const KILLS: u64 = 200;
/// Long enough for some hundred edits and several compactions.
const LONGEST_RUN_MS: usize = 250;

#[test]
fn every_acknowledged_edit_survives_200_kills() {
    let mut acknowledged = 0;
    for seed in 0..KILLS {
        let home = tempfile::tempdir().unwrap();
        let (id, count) = type_and_kill(home.path(), seed);
        assert_holds(home.path(), &id, seed, count);
        acknowledged += count;
    }
    println!("{KILLS} kills, {acknowledged} acknowledged edits, 0 lost");
    assert!(acknowledged > KILLS, "the typist hardly got to type: {acknowledged}");
}

/// Returns the application and how many edits were acknowledged before the kill.
fn type_and_kill(home: &Path, seed: u64) -> (ApplicationId, u64) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_typist"))
        .arg(home)
        .arg(seed.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let opened = lines.next().unwrap().unwrap();
    let id = ApplicationId(opened.strip_prefix("open ").unwrap().to_owned());
    let pause = Random::new(seed).below(LONGEST_RUN_MS);
    std::thread::sleep(Duration::from_millis(u64::try_from(pause).unwrap()));
    child.kill().unwrap();
    child.wait().unwrap();
    let acknowledged = lines.map_while(Result::ok).filter(|line| line.starts_with("acknowledged ")).count();
    (id, u64::try_from(acknowledged).unwrap())
}

/// The form holds exactly the acknowledged edits, or one more: committed, and killed before it was told.
pub fn assert_holds(home: &Path, id: &ApplicationId, seed: u64, acknowledged: u64) {
    let mut workspace = Workspace::open(home, Surroundings::without_keyring()).unwrap();
    let (_, answers) = workspace.answers(id).unwrap();
    let found: BTreeMap<_, _> =
        answers.0.into_iter().map(|(id, value)| (id, value.as_text().to_owned())).collect();
    let mut typist = Typist::new(seed);
    for _ in 0..acknowledged {
        typist.edit();
    }
    let exactly = typist.answers();
    typist.edit();
    let one_more = typist.answers();
    assert!(
        found == exactly || found == one_more,
        "seed {seed}: {acknowledged} edits were acknowledged, but the form holds {found:?}"
    );
}
