//! The hub's core, in process, on real database files.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "../support/mod.rs"]
mod support;

mod adopt;
mod complete;
mod doctor;
mod enrol;
mod exchange;
mod finalise;
mod floor;
mod matrix;
mod publish;
mod start;
mod store;
