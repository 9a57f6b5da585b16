//! Several agencies, one application: real desks and the hub's real core in one process.

#![allow(clippy::unwrap_used, reason = "a scenario that cannot go on has failed")]

mod broken_page;
mod bundle;
mod hanging;
mod picture;
mod receipt;
mod recovery;
mod restored_hub;
mod rights;
mod sharing;
mod simulation;
mod stick;
