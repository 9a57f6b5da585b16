//! Benchmarks: ratios against the bare operation, or against another program under the same work, in the same run;
//! never absolute times of one machine.

pub mod engine;
mod figure;
pub mod finalise;
pub mod hub;
pub mod log;
mod sample;
pub mod verify;
pub mod window;

pub use figure::{Figure, Goal};
pub use sample::Samples;
