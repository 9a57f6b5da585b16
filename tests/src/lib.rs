//! What the tests share: the real window on a screen of its own, driven as a person would.

pub mod desk;
pub mod keyboard;
pub mod place;
pub mod process;
pub mod screen;
pub mod wait;
pub mod window;
