//! `cargo xtask bench`: the benchmarks, in a release build.

use std::process::Command;

use crate::progress::{Progress, cargo, root, run, target_dir};
use crate::set_up::{Purpose, install};
use crate::{build, frontend};

/// Builds what the named parts need, optimised, and runs them; their tables go to standard output. No name means
/// all of them.
///
/// # Errors
/// When a step fails.
pub fn bench(progress: &mut Progress, arguments: &[String]) -> anyhow::Result<()> {
    let named = |part: &str| arguments.iter().any(|argument| argument == part);
    let all = arguments.iter().all(|argument| argument.starts_with("--"));
    if all || named("window") {
        install(progress, Purpose::Test)?;
        frontend::build(progress)?;
        progress.step("build the app and a blank window, optimised", || {
            build::programs(&["huiqian-desktop"], &["--release", "--example", "blank_window"])
        })?;
    }
    progress.step("build the hub, the command line and the benchmarks, optimised", || {
        build::programs(&["huiqian", "sync-server", "bench"], &["--release"])
    })?;
    if all || named("peers") {
        progress.step("install and build other sync servers", peers)?;
    }
    progress.step("benchmarks", || run(Command::new(target_dir().join("release/bench")).args(arguments)))?;
    println!("The results are also in {}", target_dir().join("bench").display());
    Ok(())
}

/// What the hub is measured beside, as its lock files name it.
fn peers() -> anyhow::Result<()> {
    let folder = root().join("tests/peers");
    run(Command::new("npm").current_dir(&folder).args(["ci", "--no-audit", "--no-fund"]))?;
    let manifest = folder.join("samod/Cargo.toml");
    run(cargo()
        .args(["build", "--release", "--locked", "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(target_dir().join("peers")))
}
