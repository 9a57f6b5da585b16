//! The engine with real folders, real databases and real documents.

mod desk;
mod exchange;
mod mirror;
#[path = "../../../../tests/src/random.rs"]
mod random;
mod support;
