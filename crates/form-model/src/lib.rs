//! The form as data: definition, answers, rules, checks, and what view and shell say to each other.
//! Pure: reads no clock, no disk, no network; the same code runs in the web view, the client and the hub.

pub mod answer;
pub mod command;
pub mod condition;
pub mod definition;
pub mod delta;
pub mod error;
pub mod id;
pub mod language;
pub mod layout;
pub mod mirror;
pub mod rule;
