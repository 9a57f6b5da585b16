//! Files of evidence by the command line: two desks at one slot without a line, and other programs at the hub.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail the test")]

mod merge;
mod ticket;
