//! kill -9 of desks that type and sync: every edit that was acknowledged is there when the desk is opened again, and
//! comes to the hub and to the others.
//!
//! `HUIQIAN_KILLS=n` kills each of them that often, `HUIQIAN_SEED=k` takes another seed.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use form_model::id::ApplicationId;
use huiqian_tests::hub::HubProcess;
use huiqian_tests::loopback::{LoopbackDesk, OTHERS};
use huiqian_tests::random::Random;
use huiqian_tests::wish::number;

const KILLS: u64 = 30;
const SEED: u64 = 11;
/// Long enough to start, to catch up and to type some dozens of edits; often short enough to hit the first ones.
const LONGEST_RUN_MS: usize = 600;

/// Starts a desk, kills it at a random moment, and returns the numbers of the edits that it acknowledged.
fn type_and_kill(
    home: &Path,
    id: &ApplicationId,
    answer: &str,
    first: u64,
    random: &mut Random,
) -> BTreeSet<u64> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clerk"))
        .arg(home)
        .args([id.0.as_str(), answer, &first.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(random.below(LONGEST_RUN_MS).try_into().unwrap()));
    let ended = child.try_wait().unwrap();
    assert!(ended.is_none(), "the clerk ended by itself: {ended:?}");
    child.kill().unwrap();
    child.wait().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    lines.filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok()).collect()
}

/// Kills one desk again and again. Returns what it acknowledged, in all.
fn kill_one(desk: LoopbackDesk, answer: &str, kills: u64, seed: u64) -> (LoopbackDesk, BTreeSet<u64>) {
    let mut random = Random::new(seed);
    let id = desk.application.clone();
    let mut acknowledged = BTreeSet::new();
    let mut desk = desk;
    for kill in 1..=kills {
        let first = desk.numbers(answer).last().map_or(1, |last| last + 1);
        let folder = desk.close();
        acknowledged.extend(type_and_kill(folder.path(), &id, answer, first, &mut random));
        desk = LoopbackDesk::open_again(&Arc::clone(&folder), &id);
        let there = desk.numbers(answer);
        let lost: Vec<_> = acknowledged.difference(&there).collect();
        assert!(lost.is_empty(), "seed {seed}, kill {kill}: acknowledged and gone: {lost:?}");
        let untold = there.len() as u64 - acknowledged.len() as u64;
        assert!(untold <= kill, "each kill leaves at most one edit that was kept and not acknowledged");
    }
    (desk, acknowledged)
}

#[test]
fn every_acknowledged_edit_survives_kills_of_its_desk_and_comes_to_the_hub() {
    let (kills, seed) = (number("HUIQIAN_KILLS").unwrap_or(KILLS), number("HUIQIAN_SEED").unwrap_or(SEED));
    println!("seed {seed}");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut hub = HubProcess::start().unwrap();
    let mut desks = runtime.block_on(LoopbackDesk::team_of(hub.url())).unwrap();
    let lead = desks.remove(0);
    let killed: Vec<_> = std::thread::scope(|scope| {
        let killing: Vec<_> = desks
            .into_iter()
            .zip(OTHERS)
            .zip(seed..)
            .map(|((desk, (_, _, _, answer)), seed)| scope.spawn(move || kill_one(desk, answer, kills, seed)))
            .collect();
        killing.into_iter().map(|one| one.join().unwrap()).collect()
    });
    for (desk, _) in &killed {
        runtime.block_on(desk.sync()).unwrap();
    }
    runtime.block_on(lead.sync()).unwrap();
    let mut all = 0;
    for ((desk, acknowledged), (_, _, _, answer)) in killed.iter().zip(OTHERS) {
        let there = lead.numbers(answer);
        assert!(acknowledged.is_subset(&there), "not all of what was acknowledged came to the lead");
        assert_eq!(there, desk.numbers(answer), "the lead has what the desk has");
        runtime.block_on(desk.sync()).unwrap();
        assert_eq!(desk.answers(), lead.answers(), "the desks differ");
        all += acknowledged.len() as u64;
    }
    hub.stop().unwrap();
    hub.examine().unwrap();
    println!("2 desks killed {kills} times each, {all} acknowledged edits, 0 lost");
    assert!(all > kills, "the desks hardly got to type: {all}");
}
