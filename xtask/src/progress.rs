//! Progress lines, step times and running commands.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or_else(|| Path::new("."))
}

/// Where cargo puts its results: `CARGO_TARGET_DIR`, else `target`.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The cargo that runs this program, without what it says about this program: build scripts (ring's) that watch
/// those variables would run again, and all above them be compiled again, on each change between `cargo xtask` and
/// a plain `cargo`.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    let about_xtask = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(about_xtask) {
            command.env_remove(name);
        }
    }
    // What is kept for the next build is of use where there is one.
    if std::env::var_os("CI").is_some() {
        command.env("CARGO_INCREMENTAL", "0");
    }
    command
}

/// Steps that were run, with their times.
pub struct Progress {
    started: Instant,
    steps: Vec<(String, Duration)>,
}

impl Progress {
    /// Starts the clock.
    pub fn new() -> Self {
        Self { started: Instant::now(), steps: Vec::new() }
    }

    /// Runs one step, printing its name before and its time after.
    ///
    /// # Errors
    /// The step's own error, with its name.
    pub fn step<T>(&mut self, name: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        eprintln!("[{:>6.1}s] {name} …", self.started.elapsed().as_secs_f64());
        let begun = Instant::now();
        let result = work().with_context(|| format!("step `{name}` failed"));
        let took = begun.elapsed();
        let outcome = if result.is_ok() { "done" } else { "FAILED" };
        eprintln!(
            "[{:>6.1}s] {name}: {outcome} in {:.1} s",
            self.started.elapsed().as_secs_f64(),
            took.as_secs_f64()
        );
        self.steps.push((name.to_owned(), took));
        result
    }

    /// Prints every step with its time, and the sum.
    pub fn print_table(&self) {
        eprintln!("\n{:>9}  step", "seconds");
        for (name, took) in &self.steps {
            eprintln!("{:>9.1}  {name}", took.as_secs_f64());
        }
        eprintln!("{:>9.1}  total", self.started.elapsed().as_secs_f64());
    }
}

/// Runs a command to its end with its output shown.
///
/// # Errors
/// When it cannot be started or ends with a failure; names the program and its arguments.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    let shown = describe(command);
    let status = command.status().with_context(|| format!("cannot start `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

/// Runs a command and returns what it printed, trimmed.
///
/// # Errors
/// When it cannot be started or ends with a failure; includes what it said on stderr.
pub fn output_of(command: &mut Command) -> anyhow::Result<String> {
    let shown = describe(command);
    let output = command.output().with_context(|| format!("cannot start `{shown}`"))?;
    if !output.status.success() {
        bail!("`{shown}` ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn describe(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

/// The path of a program on PATH.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
}
