//! The local-first engine of a desk. Knows no window: the desktop shell and the command line are two skins over
//! [`workspace::Workspace`].

pub mod blob;
mod cause;
pub mod clock;
pub mod code;
pub mod device;
pub mod directory;
pub mod evidence;
pub mod file;
pub mod fill;
pub mod folder;
pub mod handoff;
pub mod home;
pub mod hub;
pub mod keyring;
pub mod library;
mod log_page;
mod outbox;
pub mod preview;
mod proof;
pub mod qr;
mod salvage;
mod secret_file;
mod session;
pub mod stick;
mod summary;
pub mod surroundings;
pub mod verification;
pub mod watch;
pub mod workspace;
