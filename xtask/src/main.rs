//! `cargo xtask`: everything a developer runs, with a progress line and the elapsed time for each step.

mod frontend;
mod progress;
mod wasm_toolchain;

use std::process::ExitCode;

use anyhow::bail;

use crate::progress::Progress;

const USAGE: &str = "cargo xtask <command>
  frontend      build the web view into frontend/dist";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> anyhow::Result<()> {
    let mut progress = Progress::new();
    match arguments.first().map(String::as_str) {
        Some("frontend") => frontend::build(&mut progress),
        Some(other) => bail!("unknown command `{other}`\n{USAGE}"),
        None => bail!("which command?\n{USAGE}"),
    }
}
