//! Sign-off, final revisions and the hub's public log, as agencies meet them at a real hub.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "nothing but checks")]

mod company;
mod live;
mod public_log;
mod refusal;
mod story;
