//! Packages: written, read back, and each forgery refused for its own reason.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod archive;
mod flip;
mod forgery;
mod sample;
mod writing;
