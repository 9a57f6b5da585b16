//! The command line as a person or a script meets it: the real program, real folders, a real hub on loopback.

#![allow(clippy::unwrap_used)] // Each file of these tests is nothing but checks.

mod bad_input;
mod demo;
mod directory;
mod support;
mod team;
