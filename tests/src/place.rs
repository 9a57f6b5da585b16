//! Where things are: the repository, cargo's results, installed programs.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// The repository's root.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or_else(|| Path::new("."))
}

/// The folder of the programs built with this test: `target/debug` or the like.
///
/// # Errors
/// When the running program's own path cannot be read.
pub fn build_folder() -> anyhow::Result<PathBuf> {
    let mut folder = std::env::current_exe().context("the path of the running test")?;
    folder.pop();
    if folder.ends_with("deps") || folder.ends_with("examples") {
        folder.pop();
    }
    Ok(folder)
}

/// A program of this workspace, built before the tests run.
///
/// # Errors
/// When it has not been built; says how to.
pub fn built_program(name: &str) -> anyhow::Result<PathBuf> {
    let path = build_folder()?.join(name);
    if !path.is_file() {
        bail!("{} is not built: run `cargo xtask test`, or `cargo build --workspace`", path.display());
    }
    Ok(path)
}

/// A folder below cargo's target folder for results that people look at, made when missing.
///
/// # Errors
/// When it cannot be made.
pub fn results_folder(name: &str) -> anyhow::Result<PathBuf> {
    let mut target = build_folder()?;
    target.pop();
    let folder = target.join(name);
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}

/// A program that the tests need from the system.
///
/// # Errors
/// When it is not on PATH; names the Debian package that holds it.
pub fn system_program(name: &str, package: &str) -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
        .with_context(|| {
            format!("the test needs `{name}`, which is not on PATH: run `cargo xtask set-up`, or `apt-get install {package}`")
        })
}
