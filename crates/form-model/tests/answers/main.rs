//! The checks on real forms: what is right, what is wrong and how it is said, what a paste does.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test and says where")]

mod arbitrary;
mod bad_input;
mod calculated;
mod check;
mod directory;
mod evidence;
mod paste;
mod support;
