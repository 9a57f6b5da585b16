//! `cargo xtask screenshots`: pictures of every screen, taken from the real window on sample data.

use std::process::Command;

use crate::progress::{Progress, run, target_dir};
use crate::set_up::{Purpose, install};
use crate::{build, frontend};

/// Builds what is needed and takes the pictures into `target/screenshots/`.
///
/// # Errors
/// When a step fails.
pub fn screenshots(progress: &mut Progress) -> anyhow::Result<()> {
    install(progress, Purpose::Test)?;
    frontend::build(progress)?;
    progress.step("build the app", || {
        build::programs(&["huiqian-desktop", "huiqian", "sync-server", "screenshots"], &[])
    })?;
    progress.step("take the pictures", || run(&mut Command::new(target_dir().join("debug/screenshots"))))?;
    println!("The pictures are in {}", target_dir().join("screenshots").display());
    Ok(())
}
