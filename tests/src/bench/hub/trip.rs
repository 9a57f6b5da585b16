//! Photos' way through a hub that is killed and over a line that breaks, as figures.

use super::suite::Size;
use crate::bench::{Figure, Goal};
use crate::photo_trip::{FULL, MEMORY_KB, Memory, Plan, TWICE_PERMILLE, Trip, run};

/// Carries so many photos with [`FULL`]'s kills and breaks.
///
/// # Errors
/// When they do not all arrive.
pub fn measure(size: &Size) -> anyhow::Result<Vec<Figure>> {
    let plan = Plan { photos: size.photos as u64, ..FULL };
    let trip = run(&plan)?;
    println!("{trip}");
    Ok(told(&trip))
}

fn told(trip: &Trip) -> Vec<Figure> {
    let Trip { photos, bytes, kills, traffic, memory, .. } = trip;
    let what = format!("{photos} photos, {kills} kills of the hub, {} breaks of the line", traffic.cuts);
    let megabytes = |bytes: u64| u128::from(bytes / 1_000_000);
    let twice = |way: &str, again: u64| {
        let name = format!("{what}: bytes of files that go twice {way}");
        Figure::told(name, again.into(), "bytes")
            .against((bytes / 1_000 * TWICE_PERMILLE).into())
            .with(Goal::AtMost(1.0))
    };
    let held = |who: &str, peak_kb: u64| {
        let name = format!("{what}: peak memory, {who}");
        Figure::told(name, peak_kb.into(), "kB").against(MEMORY_KB.into()).with(Goal::AtMost(1.0))
    };
    let Memory { hub_kb, sender_kb, receiver_kb } = *memory;
    vec![
        Figure::told(format!("{what}: all photos"), megabytes(*bytes), "MB"),
        Figure::told(format!("{what}: to add them offline"), trip.adding.as_millis(), "ms"),
        Figure::told(format!("{what}: until both desks have all"), trip.carrying.as_millis(), "ms"),
        twice("up", trip.sent_again()),
        twice("down", trip.fetched_again()),
        Figure::told(format!("{what}: heads and messages up"), traffic.up.rest.into(), "bytes"),
        Figure::told(format!("{what}: heads and messages down"), traffic.down.rest.into(), "bytes"),
        held("hub", hub_kb),
        held("the sending desk", sender_kb),
        held("the receiving desk", receiver_kb),
    ]
}
