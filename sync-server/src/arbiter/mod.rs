//! The arbiter: judges, stores, then acknowledges. [`Core`] does it step by step with no thread and no network;
//! the rest of this crate is a skin over it.

mod adopt;
mod cache;
mod complete;
mod core;
mod enrol;
mod examine;
mod file;
mod finalise;
mod fold;
mod form;
mod held;
mod live;
mod member;
mod open;
mod page;
mod publish;
mod queue;
mod recovering;
mod round;
mod seal;
mod seal_examine;
mod start;
mod thread;
mod tile;

pub use self::core::Core;
pub use complete::Completed;
pub use file::{History, NewUpload, Room};
pub use publish::{CheckedPublication, Published};
pub use round::{Answer, Ask, Round, Stretch};
pub(crate) use thread::Arbiter;
pub use tile::TilePath;
