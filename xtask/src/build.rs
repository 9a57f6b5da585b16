//! The native build. Tests, lints and the app share one profile and one set of artefacts: clippy's driver is a
//! compiler that also lints, so with it as the workspace's compiler one build gives the programs *and* the lints.

use std::path::PathBuf;
use std::process::Command;

use anyhow::bail;

use crate::progress::{cargo, output_of, root, run};

/// Separates arguments in `CLIPPY_ARGS`, the way `cargo clippy` passes them to its driver.
const CLIPPY_ARGUMENT_END: &str = "__CLIPPY_HACKERY__";

/// A cargo whose workspace crates are compiled and linted by clippy's driver, every warning an error.
///
/// # Errors
/// When the toolchain has no clippy; says how to add it.
pub fn linting_cargo() -> anyhow::Result<Command> {
    let mut command = cargo();
    command
        .env("RUSTC_WORKSPACE_WRAPPER", clippy_driver()?)
        .env("CLIPPY_ARGS", format!("-Dwarnings{CLIPPY_ARGUMENT_END}"));
    Ok(command)
}

/// Builds every library, program, test and example of the workspace, linting it on the way.
///
/// # Errors
/// When something does not compile or a lint speaks.
pub fn workspace() -> anyhow::Result<()> {
    run(linting_cargo()?.args(["build", "--workspace", "--all-targets"]))
}

/// Builds programs of the workspace without lints, for running them.
///
/// `--workspace` with names, not `--package`: cargo chooses the dependencies' features by the packages that it is
/// given, and would compile them anew for every other choice.
///
/// # Errors
/// When something does not compile.
pub fn programs(names: &[&str], more: &[&str]) -> anyhow::Result<()> {
    let mut command = cargo();
    command.args(["build", "--workspace"]);
    for name in names {
        command.args(["--bin", name]);
    }
    run(command.args(more))
}

fn clippy_driver() -> anyhow::Result<PathBuf> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = output_of(Command::new(rustc).current_dir(root()).args(["--print", "sysroot"]))?;
    let driver =
        PathBuf::from(sysroot).join("bin").join(format!("clippy-driver{}", std::env::consts::EXE_SUFFIX));
    if !driver.is_file() {
        bail!("this toolchain has no clippy ({}): run `rustup component add clippy`", driver.display());
    }
    Ok(driver)
}
