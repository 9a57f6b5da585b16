//! The hub as a process of its own, at one address for as long as a test lasts.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::place::built_program;
use crate::process::{Group, is_running, terminate};
use crate::wait::{PATIENCE, until_blocking};

/// The hub's program.
pub const HUB: &str = "sync-server";
/// This machine only, any free port.
const ANY_PORT: &str = "127.0.0.1:0";

/// A data folder and, while the hub serves, its process. Dropping it kills the hub.
#[derive(Debug)]
pub struct HubProcess {
    folder: TempDir,
    /// Chosen by the first start, kept by those that follow.
    address: String,
    url: String,
    process: Option<Group>,
}

impl HubProcess {
    /// A new hub on a free port, serving.
    ///
    /// # Errors
    /// When it is not built or does not come up.
    pub fn start() -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("huiqian-hub-").context("a folder for the hub's data")?;
        let mut hub = Self { folder, address: ANY_PORT.to_owned(), url: String::new(), process: None };
        hub.start_again()?;
        Ok(hub)
    }

    /// Serves the same data at the same address again.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn start_again(&mut self) -> anyhow::Result<()> {
        let mut command = Command::new(built_program(HUB)?);
        command.arg("serve").arg("--data").arg(self.data()).args(["--listen", &self.address]);
        if std::env::var_os("HUIQIAN_SHOW_LOG").is_none() {
            command.stderr(Stdio::null());
        }
        let mut process = Group::start(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
        let output = process.child().stdout.take().context("the hub's output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let ready: Value = serde_json::from_str(&line).with_context(|| format!("the hub said {line:?}"))?;
        let said = |name: &str| ready[name].as_str().map(str::to_owned).with_context(|| format!("no {name}"));
        (self.address, self.url) = (said("address")?, said("url")?);
        self.process = Some(process);
        Ok(())
    }

    /// Stops it as an administrator does, and waits until it has ended by itself.
    ///
    /// # Errors
    /// When it was not running, does not end, or ends with a failure.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        let mut process = self.process.take().context("the hub was stopped already")?;
        let id = process.id();
        terminate(id)?;
        until_blocking("the hub to end", PATIENCE, || (!is_running(id)).then_some(()))?;
        let status = process.child().wait()?;
        ensure!(status.success(), "the hub ended with {status}");
        Ok(())
    }

    /// Kills it (kill -9).
    ///
    /// # Errors
    /// When it was not running.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.process.take().context("the hub was stopped already").map(drop)
    }

    /// Where desks reach it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its process.
    ///
    /// # Errors
    /// When it does not run.
    pub fn id(&self) -> anyhow::Result<u32> {
        Ok(self.process.as_ref().context("the hub does not run")?.id())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}
