//! Several agencies, one application: real desks and the hub's real core in one process.

mod bundle;
mod recovery;
mod rights;
mod sharing;
