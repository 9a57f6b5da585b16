//! The checks on real forms: what is right, what is wrong and how it is said, what a paste does.

mod arbitrary;
mod bad_input;
mod calculated;
mod check;
mod paste;
mod support;
