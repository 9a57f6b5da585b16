//! What the tests share: the real window on a screen of its own, driven as a person would; a typist whose edits can
//! be played again; benchmarks.

pub mod agencies;
pub mod bench;
pub mod camera;
pub mod colleague;
pub mod desk;
pub mod direct;
pub mod directory;
pub mod file_manager;
pub mod hub;
pub mod input_method;
pub mod keyboard;
pub mod loopback;
pub mod meter;
pub mod paper;
pub mod person;
pub mod photo;
pub mod photo_trip;
pub mod place;
pub mod process;
pub mod random;
pub mod scene;
pub mod screen;
pub mod sight;
pub mod signed_off;
pub mod signers;
pub mod small_disk;
pub mod submission;
pub mod syscall;
pub mod team;
pub mod typist;
pub mod wait;
pub mod weak_line;
pub mod window;
pub mod wish;
