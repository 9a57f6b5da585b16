//! The hub over HTTP.

mod application;
mod describe;
mod invite;
mod layer;
mod live;
mod log;
mod named;
mod place;
mod problem;
mod route;
mod session;
mod signed;
mod state;

pub(crate) use application::admission;
pub(crate) use route::router;
pub(crate) use state::HubState;
