//! What is acknowledged is on the disk: by killing the program, and by watching what it asks of the system.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test's helpers fail the test")]

mod client_kill;
mod evidence_kill;
mod evidence_trace;
mod fault;
mod finalise_kill;
mod full_disk;
mod hindered;
mod hub_kill;
mod hub_trace;
mod kill;
mod small_desk;
mod trace;
