//! Thousands of small worlds, each from a seed: agencies edit, go offline, lose messages, carry sticks, hand work
//! over, are restored from old disks and attacked by a member, and in the end all of them have the same and nothing
//! is lost.
//!
//! `HUIQIAN_SEEDS=n` runs that many seeds, `HUIQIAN_SEED=k` replays one and prints its steps.

mod desk;
mod end;
mod line;
mod lost_hub;
mod network;
mod step;
mod team;
mod villain;
mod world;

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use huiqian_tests::wish::number;
use world::World;

/// How many seeds a normal run tries.
const SEEDS: u64 = 2_000;
/// Threads that try them: the world's clock and chance are each thread's own.
const THREADS: usize = 2;

thread_local! {
    /// What has happened in this thread's world, for when it fails.
    static STEPS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Notes what happens.
fn note(step: impl Into<String>) {
    STEPS.with_borrow_mut(|steps| steps.push(step.into()));
}

fn run(seed: u64) -> Result<(), String> {
    STEPS.take();
    catch_unwind(AssertUnwindSafe(|| World::new(seed).run())).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        let steps = STEPS.take().join("\n  ");
        format!("seed {seed}: {}\n  {steps}", text.unwrap_or_default())
    })
}

#[test]
fn whatever_happens_everybody_ends_with_the_same_and_nothing_is_lost() {
    if let Some(seed) = number("HUIQIAN_SEED") {
        let result = run(seed);
        STEPS.take().iter().for_each(|step| println!("  {step}"));
        result.unwrap();
        return;
    }
    let (next, seeds) = (AtomicU64::new(0), number("HUIQIAN_SEEDS").unwrap_or(SEEDS));
    let start = Instant::now();
    let work = || {
        let seeds = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)))
            .take_while(|seed| *seed < seeds);
        seeds.filter_map(|seed| run(seed).err()).collect::<Vec<_>>()
    };
    let failures: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    println!("{seeds} seeds in {:.1} s", start.elapsed().as_secs_f64());
    for failure in failures.iter().take(3) {
        println!("{failure}");
    }
    let seeds: Vec<_> = failures.iter().filter_map(|failure| failure.split(':').next()).collect();
    assert!(failures.is_empty(), "replay with HUIQIAN_SEED: {}", seeds.join(", "));
}
