//! The hub: merges what the agencies write, judges every change, and keeps one signed log an application.
//!
//! [`arbiter::Core`] is the hub without a thread or a network. The rest is a skin over it: a thread that owns it,
//! and HTTP. [`Hub::start`] runs all of it inside any program.

pub mod arbiter;
mod blob;
pub mod clock;
pub mod config;
pub mod data;
pub mod doctor;
mod door;
pub mod error;
mod http;
mod hub;
mod intake;
pub mod limit;
pub mod log_copy;
mod metric;
pub mod rate;
mod replay;
pub mod seal;
mod session;
pub mod storage;
mod stream;
mod upkeep;
mod upload;

pub use blob::{BlobError, copy_tree};
pub use config::Config;
pub use hub::{Hub, StartError};

/// How an admission code is kept: its SHA-256.
pub fn admission_hash(code: &str) -> storage::record::AdmissionHash {
    http::admission(code.as_bytes())
}
