//! kill -9 of the hub, while several desks write and sync: whatever a desk has seen accepted is in the log
//! afterwards, at its place.
//!
//! `HUIQIAN_KILLS=n` kills that often, `HUIQIAN_SEED=k` takes another seed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use form_document::ChangeHash;
use form_document::log::LogState;
use huiqian_tests::hub::HubProcess;
use huiqian_tests::loopback::{LoopbackDesk, accepted, copy_of, item};
use huiqian_tests::random::Random;
use huiqian_tests::wish::number;
use sync_server::storage::Storage as _;
use sync_server::storage::record::Place;
use sync_server::storage::sqlite::Sqlite;

const KILLS: u64 = 100;
const SEED: u64 = 7;
/// Long enough for the desks to come back and for some dozens of commits; often short enough to hit the first one.
const LONGEST_RUN_MS: usize = 300;
/// Between a person's edits; three of them keep the hub committing.
const PAUSE: Duration = Duration::from_millis(25);
/// Of so many kills one is left to the desks' own patience; after the others somebody presses "sync now".
const UNAIDED: u64 = 20;
/// How much a person lets pile up: kills that come faster than a backlog is judged would keep it growing for ever.
const BACKLOG_MAX: u32 = 40;
/// The longest pause between two of a desk's tries, and a slow machine.
const COMES_BACK: Duration = Duration::from_secs(90);

/// What the desks have seen accepted so far.
#[derive(Default)]
struct Seen {
    /// Accepted changes by position.
    changes: BTreeMap<u64, ChangeHash>,
    /// The log's hash at the positions where a desk stood.
    hashes: BTreeMap<u64, [u8; 32]>,
    /// Up to where each desk's log was looked at.
    looked: BTreeMap<usize, u64>,
}

impl Seen {
    /// Notes what the desks have verified.
    fn look(&mut self, desks: &[LoopbackDesk]) {
        for (number, desk) in desks.iter().enumerate() {
            let hello = desk.hello();
            let looked = self.looked.entry(number).or_insert(0);
            for (position, hash) in desk.verified_after(*looked) {
                let known = *self.changes.entry(position).or_insert(hash);
                assert_eq!(known, hash, "two desks verified different changes at {position}");
                *looked = position;
            }
            let known = *self.hashes.entry(hello.after).or_insert(hello.log);
            assert_eq!(known, hello.log, "two desks verified different logs at {}", hello.after);
        }
    }

    /// All of it is in the dead hub's database, as it lies there.
    fn is_stored(&self, hub: &HubProcess, desk: &LoopbackDesk) {
        let copy = copy_of(&hub.data());
        let storage = Sqlite::open_to_read(&copy.path().join("hub.db")).unwrap();
        let id = &desk.application;
        let end = storage.head(id).unwrap().unwrap().state.position;
        let newest = self.hashes.keys().next_back().copied().unwrap_or_default();
        assert!(newest <= end, "a desk verified the log up to {newest}; the hub's ends at {end}");
        // What is folded is looked at in the end: there the whole log is told.
        for record in storage.log(id, 0, usize::MAX).unwrap() {
            if let Some(hash) = self.hashes.get(&record.position) {
                assert_eq!(*hash, record.running, "the hub's log is another at {}", record.position);
            }
            if let (Some(seen), Place::Accepted { hash, .. }) =
                (self.changes.get(&record.position), &record.place)
            {
                assert_eq!(seen, hash, "another change stands at {}", record.position);
            }
        }
    }

    /// All of it is in the log as the hub tells it to somebody who has nothing.
    async fn is_told(&self, desk: &LoopbackDesk) {
        let pages = desk.whole_log().await.unwrap();
        let told: BTreeMap<_, _> = pages.iter().flat_map(accepted).collect();
        for (position, hash) in &self.changes {
            assert_eq!(told.get(position), Some(hash), "what was accepted at {position} is not there");
        }
        let mut state = LogState::start(&desk.application);
        let mut hashes = BTreeMap::from([(0, state.hash)]);
        for item in pages.iter().flat_map(|page| &page.entries).filter_map(item) {
            state.push(item);
            hashes.insert(state.position, state.hash);
        }
        for (position, hash) in &self.hashes {
            assert_eq!(
                hashes.get(position),
                Some(hash),
                "the log at {position} is not the one that was verified"
            );
        }
    }
}

/// Lets the hub serve for a moment and kills it, again and again. Returns what the desks saw accepted.
async fn kill_and_restart(hub: &mut HubProcess, desks: &[LoopbackDesk], kills: u64, seed: u64) -> Seen {
    let (mut random, mut seen) = (Random::new(seed), Seen::default());
    for kill in 1..=kills {
        tokio::time::sleep(Duration::from_millis(random.below(LONGEST_RUN_MS).try_into().unwrap())).await;
        let left_alone = (kill + 1) % UNAIDED == 0;
        if left_alone || kill % UNAIDED == 0 {
            goes_on(desks).await;
        }
        hub.kill().unwrap();
        seen.look(desks);
        seen.is_stored(hub, &desks[0]);
        hub.start_again().unwrap();
        if !left_alone {
            desks.iter().for_each(|desk| desk.wake.now.notify_one());
        }
    }
    seen
}

/// Every desk hears the hub accept something new.
async fn goes_on(desks: &[LoopbackDesk]) {
    let before: Vec<u64> = desks.iter().map(|desk| desk.hello().after).collect();
    let begun = Instant::now();
    while desks.iter().zip(&before).any(|(desk, before)| desk.hello().after <= *before) {
        let states = || desks.iter().map(LoopbackDesk::sync_state).collect::<Vec<_>>();
        assert!(begun.elapsed() < COMES_BACK, "a desk did not come back by itself: {:?}", states());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Nothing waits any more, and everybody stands where the hub's log ends.
async fn come_to_rest(desks: &[LoopbackDesk]) {
    let begun = Instant::now();
    loop {
        let ends: Vec<_> =
            desks.iter().map(LoopbackDesk::hello).map(|hello| (hello.after, hello.log)).collect();
        let rests = desks.iter().all(|desk| desk.sync_state().waiting == 0)
            && ends.windows(2).all(|pair| pair[0] == pair[1]);
        if rests {
            return;
        }
        assert!(begun.elapsed() < COMES_BACK, "the desks do not come to rest: {ends:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Ends the typing, also when the test fails meanwhile.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_desk_saw_accepted_survives_100_kills_of_the_hub() {
    let (kills, seed) = (number("HUIQIAN_KILLS").unwrap_or(KILLS), number("HUIQIAN_SEED").unwrap_or(SEED));
    println!("seed {seed}");
    let mut hub = HubProcess::start().unwrap();
    let desks = LoopbackDesk::team_of(hub.url()).await.unwrap();
    let loops: Vec<_> = desks.iter().map(LoopbackDesk::stay_in_step).collect();
    let stop = AtomicBool::new(false);
    let (seen, edits) = std::thread::scope(|scope| {
        let typing: Vec<_> = (0..desks.len())
            .map(|agency| {
                let (desk, stop) = (&desks[agency], &stop);
                let mut random = Random::new(seed.wrapping_add(agency as u64 + 1));
                scope.spawn(move || {
                    let mut edits = 0_u64;
                    while !stop.load(Ordering::Relaxed) {
                        std::thread::sleep(PAUSE);
                        if desk.sync_state().waiting < BACKLOG_MAX {
                            desk.edit(agency, &mut random).unwrap();
                            edits += 1;
                        }
                    }
                    edits
                })
            })
            .collect();
        let stopping = Stop(&stop);
        let killing = kill_and_restart(&mut hub, &desks, kills, seed);
        let seen = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(killing));
        drop(stopping);
        (seen, typing.into_iter().map(|typing| typing.join().unwrap()).sum::<u64>())
    });
    come_to_rest(&desks).await;
    for desk in &desks[1..] {
        assert_eq!(desk.answers(), desks[0].answers(), "the desks differ");
    }
    seen.is_told(&desks[0]).await;
    let told: usize = desks[0].whole_log().await.unwrap().iter().map(|page| accepted(page).len()).sum();
    assert_eq!(told as u64, edits, "every edit is in the log once");
    loops.iter().for_each(tokio::task::JoinHandle::abort);
    hub.stop().unwrap();
    hub.examine().unwrap();
    println!(
        "{kills} kills, {} accepted changes seen meanwhile of {edits} edits, 0 lost",
        seen.changes.len()
    );
    assert!(seen.changes.len() as u64 > kills, "the desks hardly got to write");
}
