//! The form as data: definition, answers, rules, checks, and what view and shell say to each other.
//! Pure: reads no clock, no disk, no network; the same code runs in the web view, the client and the hub.

#![deny(clippy::float_arithmetic)]

pub mod address;
pub mod answer;
pub mod calculate;
pub mod check;
pub mod command;
pub mod condition;
pub mod count;
pub mod date;
pub mod definition;
pub mod delta;
pub mod directory;
pub mod error;
pub mod evidence;
pub mod hex;
pub mod id;
pub mod input;
pub mod language;
pub mod layout;
pub mod member;
pub mod mirror;
pub mod number;
#[cfg(not(target_arch = "wasm32"))]
pub mod package;
pub mod paste;
pub mod progress;
pub mod rule;
pub mod schema;
