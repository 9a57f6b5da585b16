//! The engine with real folders, real databases and real documents.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test's helpers fail the test")]

mod desk;
#[cfg(unix)]
mod device;
mod evidence;
mod exchange;
mod garbage;
mod intake;
mod mirror;
#[path = "../../../../tests/src/random.rs"]
mod random;
mod reminder;
mod signing;
mod support;
