//! A hostile member against a real hub over the network, and against a colleague's desk by a real exchange file: each
//! attack is refused with its own reason, the others go on, and the hub is alive.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod change;
mod file;
mod ground;
mod message;
mod revoked;
