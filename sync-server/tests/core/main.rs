//! The hub's core, in process, on real database files.

#[path = "../support/mod.rs"]
mod support;

mod adopt;
mod enrol;
mod exchange;
mod publish;
mod start;
mod store;
