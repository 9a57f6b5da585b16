//! Photos of a site visit, from desk to desk through a hub that is killed (kill -9) and over a line that breaks: all of
//! them arrive, and little is carried twice.
//!
//! `HUIQIAN_PHOTOS=500` carries as many as that, with ten kills (1.5 GB on five places of the disk);
//! `HUIQIAN_SEED=k` takes another seed.

use huiqian_tests::photo_trip::{FULL, MEMORY_KB, SMALL, Trip, run};
use huiqian_tests::wish::number;

#[test]
fn photos_come_whole_through_kills_of_the_hub_and_breaks_of_the_line_and_few_bytes_go_twice() {
    let photos = number("HUIQIAN_PHOTOS");
    let plan = if photos.is_some() { FULL } else { SMALL };
    let (photos, seed) = (photos.unwrap_or(plan.photos), number("HUIQIAN_SEED").unwrap_or(plan.seed));
    println!("seed {seed}");
    let trip = run(&huiqian_tests::photo_trip::Plan { photos, seed, ..plan }).unwrap();
    println!("{trip}");
    let Trip { memory, kills, traffic, .. } = trip;
    assert!(kills == plan.kills && traffic.cuts > 0, "{kills} kills, {} breaks", traffic.cuts);
    for (way, again) in [("up", trip.sent_again()), ("down", trip.fetched_again())] {
        assert!(again <= trip.bound(), "{way}: {again} bytes twice, at most {}", trip.bound());
    }
    for (who, peak) in
        [("hub", memory.hub_kb), ("sender", memory.sender_kb), ("receiver", memory.receiver_kb)]
    {
        assert!(peak <= MEMORY_KB, "the {who} held {peak} kB");
    }
}
