//! `cargo xtask bench`: the benchmarks, in a release build.

use std::process::Command;

use crate::progress::{Progress, run, target_dir};
use crate::set_up::{Purpose, install};
use crate::{build, frontend};

/// Builds everything optimised and runs the benchmarks; their tables go to standard output.
///
/// # Errors
/// When a step fails.
pub fn bench(progress: &mut Progress) -> anyhow::Result<()> {
    install(progress, Purpose::Test)?;
    frontend::build(progress)?;
    progress.step("build the app and a blank window, optimised", || {
        build::programs(&["huiqian-desktop", "bench"], &["--release", "--example", "blank_window"])
    })?;
    progress.step("benchmarks", || run(&mut Command::new(target_dir().join("release/bench"))))?;
    println!("The results are also in {}", target_dir().join("bench").display());
    Ok(())
}
