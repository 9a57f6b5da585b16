//! The real window, driven as a person drives it. One at a time: each has a screen of its own, but they share the
//! machine's cores, and a person types alone.

mod accessibility;
mod aftermath;
mod agencies;
mod closing;
mod composition;
mod directory;
mod evidence;
mod fence;
mod files;
mod revision;
mod sample;
mod second_start;
mod sign_off;
mod stick;
mod verify;
mod verify_page;
