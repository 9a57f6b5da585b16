//! The hub: merges what the agencies write, judges every change, and keeps one signed log an application.
//!
//! [`arbiter::Core`] is the hub without a thread or a network. The rest is a skin over it: a thread that owns it,
//! and HTTP.

pub mod arbiter;
pub mod clock;
pub mod error;
pub mod hex;
pub mod limit;
mod metric;
pub mod storage;
