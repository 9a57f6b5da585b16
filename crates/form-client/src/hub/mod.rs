//! The line to a hub: requests over HTTP, a live stream over a WebSocket. Carries messages; what they mean is the
//! workspace's matter.

mod blob_line;
mod connection;
mod courier;
mod enrol;
mod filling;
mod held;
mod hub_line;
mod line;
mod local;
mod log_watch;
mod pace;
mod patience;
mod porter;
mod problem;
mod restored;
mod submit;
mod sync_loop;
mod ticket;
mod transfer;

pub use blob_line::{Part, Upload};
pub use connection::{HubConnection, Live};
pub use courier::carry_file;
pub use enrol::{join, preview, publish};
/// What the shell holds for the loops it starts.
pub use form_document::key::SigningKey;
pub use held::held;
pub use hub_line::HubLine;
pub use line::prepare_tls;
pub use local::{HeardDesk, LocalDesk};
pub use patience::patiently;
pub use problem::refusal;
pub use restored::go_on;
pub use submit::{LogNews, LogRoot, carry_in, examine, finalise, follow_log};
pub use sync_loop::{Ask, Wake, catch_up, check_start, device_key, run};
pub use ticket::FileTicket;
pub use transfer::{Extent, Load, METERED_MAX_BYTES, Way, transfer};
