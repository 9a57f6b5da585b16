//! The hub as a process of its own, at one address for as long as a test lasts.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::place::built_program;
use crate::process::{Group, family, is_running, kill_9, terminate};
use crate::wait::{PATIENCE, until_blocking};

/// The hub's program.
pub const HUB: &str = "sync-server";
/// What no backup holds.
const KEYS: [&str; 2] = ["hub.key", "seal.json"];
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
    /// A program and its arguments that the hub is started by: one that traces it, say. Empty for none.
    by: Vec<OsString>,
}

impl HubProcess {
    /// A new hub on a free port, serving.
    ///
    /// # Errors
    /// When it is not built or does not come up.
    pub fn start() -> anyhow::Result<Self> {
        Self::start_by(|_| Vec::new())
    }

    /// [`Self::start`] by another program, whose command line is made for the hub's folder.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_by(by: impl FnOnce(&Path) -> Vec<OsString>) -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("huiqian-hub-").context("a folder for the hub's data")?;
        let by = by(folder.path());
        let mut hub = Self { folder, address: ANY_PORT.to_owned(), url: String::new(), process: None, by };
        hub.start_again()?;
        Ok(hub)
    }

    /// Serves the same data at the same address again.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn start_again(&mut self) -> anyhow::Result<()> {
        let mut words = self.by.clone();
        words.push(built_program(HUB)?.into_os_string());
        let mut command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .arg("serve")
            .arg("--data")
            .arg(self.data())
            .args(["--listen", &self.address]);
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
        terminate(Self::served_by(id))?;
        until_blocking("the hub to end", PATIENCE, || (!is_running(id)).then_some(()))?;
        let status = process.child().wait()?;
        ensure!(status.success(), "the hub ended with {status}");
        Ok(())
    }

    /// Copies its data while it serves, as an administrator does every night; returns the copy.
    ///
    /// # Errors
    /// When the hub's program refuses.
    pub fn back_up(&self) -> anyhow::Result<PathBuf> {
        let copy = self.folder().join("backup.db");
        self.administer("backup", "--out", &copy)?;
        Ok(copy)
    }

    /// Its disk is lost: it goes on at the same address from a backup, with the keys that were kept apart.
    ///
    /// # Errors
    /// When it does not come up again.
    pub fn restore(&mut self, from: &Path) -> anyhow::Result<()> {
        self.stop()?;
        let (data, folder) = (self.data(), self.folder());
        for key in KEYS {
            fs::rename(data.join(key), folder.join(key))?;
        }
        fs::remove_dir_all(&data)?;
        fs::create_dir(&data)?;
        for key in KEYS {
            fs::rename(folder.join(key), data.join(key))?;
        }
        self.administer("restore", "--from", from)?;
        self.start_again()
    }

    fn administer(&self, command: &str, option: &str, file: &Path) -> anyhow::Result<()> {
        let mut program = Command::new(built_program(HUB)?);
        let output = program.arg(command).arg("--data").arg(self.data()).arg(option).arg(file).output()?;
        ensure!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    /// Kills it (SIGKILL): it gets no chance to do anything. Ends when its files are free.
    ///
    /// # Errors
    /// When it was not running.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        let mut process = self.process.take().context("the hub was stopped already")?;
        let id = process.id();
        kill_9(Self::served_by(id))?;
        until_blocking("the hub to be gone", PATIENCE, || (!is_running(id)).then_some(()))?;
        process.child().wait()?;
        Ok(())
    }

    /// Has the hub's own doctor look at its data.
    ///
    /// # Errors
    /// With what the doctor says, when it finds something.
    pub fn examine(&self) -> anyhow::Result<()> {
        self.examine_at(&self.data())
    }

    /// [`Self::examine`] on a copy of its data.
    ///
    /// # Errors
    /// As [`Self::examine`].
    pub fn examine_at(&self, data: &Path) -> anyhow::Result<()> {
        let output = Command::new(built_program(HUB)?).arg("doctor").arg("--data").arg(data).output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "the doctor finds: {said}");
        Ok(())
    }

    /// Its process while it serves.
    pub fn process(&self) -> Option<u32> {
        self.process.as_ref().map(|process| Self::served_by(process.id()))
    }

    /// The hub's own process, which starts none: the innermost of those that one started.
    fn served_by(id: u32) -> u32 {
        family(id).last().copied().unwrap_or(id)
    }

    /// Where desks reach it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A folder of its own, removed with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}
