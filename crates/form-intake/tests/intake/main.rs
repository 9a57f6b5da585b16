//! What files from outside turn out to be, over files that the tests make themselves.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod archive;
mod directory;
mod hostile;
mod kind;
mod made;
mod page;
mod photo;
