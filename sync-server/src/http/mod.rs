//! The hub over HTTP.

mod application;
mod invite;
mod layer;
mod live;
mod log;
mod place;
mod problem;
mod route;
mod session;
mod signed;
mod state;

pub(crate) use application::admission;
pub(crate) use route::router;
pub(crate) use state::HubState;
