//! `cargo xtask test`: everything that must hold, in the order that tells soonest.

use anyhow::Context;

use crate::progress::{Progress, cargo, find_program, output_of, run};
use crate::set_up::{Purpose, install};
use crate::{build, deny, frontend};

/// The test binary of the real window; its tests run one at a time, after all others.
const WINDOW_TESTS: &str = "end_to_end";

/// Runs every check; the first that fails ends it.
///
/// # Errors
/// The failed step's, with its name.
pub fn test(progress: &mut Progress) -> anyhow::Result<()> {
    install(progress, Purpose::Test)?;
    progress.step("format", || run(cargo().args(["fmt", "--all", "--check"])))?;
    frontend::build(progress)?;
    progress.step("build and lint the workspace", build::workspace)?;
    progress.step("unit and integration tests", other_tests)?;
    progress.step("doctests", || run(build::linting_cargo()?.args(["test", "--workspace", "--doc"])))?;
    progress.step("end-to-end tests in the real window", window_tests)?;
    progress.step("licences, bans and sources of dependencies", deny::check)
}

fn other_tests() -> anyhow::Result<()> {
    let mut command = build::linting_cargo()?;
    if has_nextest() {
        let filter = format!("not binary({WINDOW_TESTS})");
        command.args([
            "nextest",
            "run",
            "--workspace",
            "--no-fail-fast",
            "--status-level",
            "slow",
            "-E",
            &filter,
        ]);
        return run(&mut command);
    }
    // Without nextest cargo cannot leave one test binary out: name all the others.
    command.args(["test", "--quiet", "--workspace", "--lib", "--bins", "--no-fail-fast"]);
    for name in test_binaries()?.iter().filter(|name| *name != WINDOW_TESTS) {
        command.args(["--test", name]);
    }
    run(&mut command)
}

/// Names of the workspace's integration tests.
fn test_binaries() -> anyhow::Result<Vec<String>> {
    let text = output_of(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&text).context("read `cargo metadata`")?;
    let packages = metadata["packages"].as_array().context("`cargo metadata` lists no packages")?;
    Ok(packages
        .iter()
        .filter_map(|package| package["targets"].as_array())
        .flatten()
        .filter(|target| target["kind"][0] == "test")
        .filter_map(|target| target["name"].as_str())
        .map(str::to_owned)
        .collect())
}

fn window_tests() -> anyhow::Result<()> {
    run(build::linting_cargo()?.args([
        "test",
        "--workspace",
        "--test",
        WINDOW_TESTS,
        "--",
        "--test-threads=1",
    ]))
}

fn has_nextest() -> bool {
    find_program("cargo-nextest").is_some()
}
