//! `cargo xtask`: everything a developer runs, with a progress line and the elapsed time for each step.

mod bench;
mod build;
mod deny;
mod frontend;
mod headless;
mod interop;
mod progress;
mod run;
mod screenshots;
mod set_up;
mod test;
mod wasm_toolchain;

use std::process::ExitCode;

use anyhow::bail;

use crate::progress::Progress;

const USAGE: &str = "cargo xtask <command>
  set-up        install what is missing on this machine
  run           build and open the app; without a display do the same job on the command line
  test          everything that must hold: format, lints, tests, the real window, licences
  screenshots   pictures of every screen into target/screenshots
  bench [PART]… the benchmarks, or some: engine, window, hub, memory, blobs, peers; --quick; results also in target/bench
  frontend      only build the web view into frontend/dist";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut progress = Progress::new();
    let outcome = dispatch(&arguments, &mut progress);
    progress.print_table();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String], progress: &mut Progress) -> anyhow::Result<()> {
    let (command, rest) = match arguments {
        [command, rest @ ..] => (command.as_str(), rest),
        [] => bail!("which command?\n{USAGE}"),
    };
    match command {
        "set-up" => set_up::install(progress, set_up::Purpose::Test),
        "run" => run::run(progress, rest),
        "test" => test::test(progress),
        "screenshots" => screenshots::screenshots(progress),
        "bench" => bench::bench(progress, rest),
        "frontend" => frontend::build(progress),
        other => bail!("unknown command `{other}`\n{USAGE}"),
    }
}
