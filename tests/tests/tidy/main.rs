//! What keeps the house in order: who may depend on whom, how long a file may get, what is declared but not used.

#![allow(clippy::unwrap_used)] // Each file of these tests is nothing but checks.

mod architecture;
mod dependency;
mod shell;
mod source;
