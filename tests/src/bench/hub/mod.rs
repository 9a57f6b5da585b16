//! The hub under work: a real process in release on a real disk, devices with real keys, every change signed, judged,
//! durable before it is acknowledged.

pub mod blobs;
pub mod company;
pub mod desk;
pub mod fairness;
pub mod join;
pub mod kill;
pub mod latency;
pub mod light;
pub mod load;
pub mod memory;
pub mod merge;
pub mod peer;
pub mod stage;
pub mod suite;
pub mod template;
pub mod trip;
pub mod usage;
pub mod work;
