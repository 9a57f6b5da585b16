//! `cargo xtask run`: from a fresh checkout to the open app.

use std::process::Command;

use crate::headless;
use crate::progress::{Progress, run as run_command, target_dir};
use crate::set_up::{Purpose, install};
use crate::{build, frontend};

/// Builds everything and opens the app, passing `arguments` on; with no display does its main job headless.
///
/// # Errors
/// When a step fails.
pub fn run(progress: &mut Progress, arguments: &[String]) -> anyhow::Result<()> {
    install(progress, Purpose::Run)?;
    if !has_display() {
        eprintln!(
            "           no display (neither DISPLAY nor WAYLAND_DISPLAY is set): the same job on the command line, and a demo of several agencies"
        );
        return headless::run(progress);
    }
    frontend::build(progress)?;
    progress.step("build the app", || build::programs(&["huiqian-desktop"], &[]))?;
    let app = target_dir().join("debug").join("huiqian-desktop");
    progress.step("the app is open; this ends when it is closed", || {
        // The person's own desk, so with their keyring (.cargo/config.toml switches it off for tests).
        run_command(Command::new(app).args(arguments).env_remove("HUIQIAN_KEYRING"))
    })
}

fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(target_os = "linux")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}
