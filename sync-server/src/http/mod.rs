//! The hub over HTTP.

mod application;
mod blob;
mod describe;
mod invite;
mod layer;
mod live;
mod log;
mod named;
mod origin;
mod place;
mod problem;
mod range;
mod route;
mod seal;
mod session;
mod signed;
mod state;
mod submission;
mod ticket;
mod tus;
mod upload;
mod verify;

pub(crate) use application::admission;
pub(crate) use route::router;
pub(crate) use state::HubState;
