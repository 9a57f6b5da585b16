//! Other sync servers under the same work, each driven by its own client (`tests/peers`).

use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

use super::kill::{KILLS, Killed, LIFE_MS};
use super::load::WINDOW;
use super::usage::processor_time;
use crate::bench::Samples;
use crate::place::{repository, system_program};
use crate::process::Group;
use crate::random::Random;

/// A sync server that is measured beside ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    AutomergeRepo,
    Hocuspocus,
    Samod,
}

/// All of them.
pub const PEERS: [Peer; 3] = [Peer::AutomergeRepo, Peer::Hocuspocus, Peer::Samod];

/// How a peer did with some clients.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    pub clients: usize,
    pub changes: u64,
    pub took: Duration,
    pub processor: Duration,
    pub bytes_up: u64,
}

/// A running server. Dropping it kills it.
#[derive(Debug)]
struct Server {
    process: Group,
    url: String,
}

/// A client's process and what it says, line by line.
struct Client {
    process: Group,
    output: BufReader<ChildStdout>,
}

impl Peer {
    pub fn name(self) -> &'static str {
        match self {
            Self::AutomergeRepo => "automerge-repo",
            Self::Hocuspocus => "hocuspocus",
            Self::Samod => "samod",
        }
    }

    fn program(self) -> anyhow::Result<PathBuf> {
        match self {
            Self::AutomergeRepo | Self::Hocuspocus => system_program("node", "nodejs"),
            Self::Samod => {
                let built = crate::place::results_folder("peers")?.join("release/samod-peer");
                if built.is_file() { Ok(built) } else { bail!("{} is not built", built.display()) }
            }
        }
    }

    fn serve(self, folder: &Path, port: u16) -> anyhow::Result<Server> {
        let mut command = Command::new(self.program()?);
        match self {
            Self::Samod => command.arg("server"),
            _ => command.arg(peers().join(self.name()).join("server.mjs")),
        };
        command.arg(folder).arg(port.to_string());
        let mut process =
            Group::start(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()))?;
        let output = process.child().stdout.take().context("the server's output")?;
        let said = next(&mut BufReader::new(output))?.context("the server said nothing")?;
        let url = said["url"].as_str().context("the server did not say where it is")?.to_owned();
        Ok(Server { process, url })
    }

    fn client(self, command: &str, url: &str, arguments: &[&str]) -> anyhow::Result<Client> {
        let mut program = Command::new(self.program()?);
        if self != Self::Samod {
            program.arg(peers().join("driver.mjs")).arg(self.name());
        }
        program.args([command, url]).args(arguments);
        let mut process =
            Group::start(program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()))?;
        let output = process.child().stdout.take().context("the client's output")?;
        Ok(Client { process, output: BufReader::new(output) })
    }

    /// From an edit at one client until another shows it, and what an edit takes on the line, in bytes.
    ///
    /// # Errors
    /// When a program does not run or says something unexpected.
    pub fn latency(
        self,
        folder: &Path,
        sample: &Path,
        edits: usize,
        pause: Duration,
    ) -> anyhow::Result<(Samples, u64)> {
        let server = self.serve(&folder.join("latency"), 0)?;
        let (edits, pause) = (edits.to_string(), pause.as_millis().to_string());
        let said = self.client("latency", &server.url, &[path(sample)?, &edits, &pause])?.answer()?;
        let mut samples = Samples::default();
        for shown in said["shown_us"].as_array().context("no samples")? {
            samples.push(Duration::from_micros(shown.as_u64().context("a sample is no number")?));
        }
        let count = u64::try_from(samples.count()).unwrap_or(1).max(1);
        Ok((samples, number(&said, "bytes_up")? / count))
    }

    /// Acknowledged edits a second with so many clients.
    ///
    /// # Errors
    /// As [`Self::latency`].
    pub fn load(self, folder: &Path, sample: &Path, clients: usize, changes: usize) -> anyhow::Result<Rate> {
        let server = self.serve(&folder.join(format!("load-{clients}")), 0)?;
        let (count, changes, window) = (clients.to_string(), changes.to_string(), WINDOW.to_string());
        let arguments = [path(sample)?, &count, &changes, &window];
        let mut client = self.client("load", &server.url, &arguments)?;
        next(&mut client.output)?.context("the clients are not ready")?;
        let before = processor_time(server.process.id())?;
        client.process.child().stdin.take().context("the clients' input")?.write_all(b"go\n")?;
        let said = next(&mut client.output)?.context("the clients said nothing")?;
        let processor = processor_time(server.process.id())? - before;
        let took = Duration::from_micros(number(&said, "took_us")?);
        let changes = number(&said, "changes")?;
        Ok(Rate { clients, changes, took, processor, bytes_up: number(&said, "bytes_up")? })
    }

    /// Joining a document of so many single characters, from a server that was just started.
    ///
    /// # Errors
    /// As [`Self::latency`].
    pub fn join(self, folder: &Path, sample: &Path, characters: usize) -> anyhow::Result<Duration> {
        let folder = folder.join("join");
        let server = self.serve(&folder, 0)?;
        let said = self.client("fill", &server.url, &[path(sample)?, &characters.to_string()])?.answer()?;
        // They store what they have acknowledged some time later.
        std::thread::sleep(STORED);
        drop(server);
        let server = self.serve(&folder, 0)?;
        let document = said["document"].as_str().context("no document")?;
        let length = number(&said, "length")?.to_string();
        let said = self.client("join", &server.url, &[document, &length])?.answer()?;
        Ok(Duration::from_micros(number(&said, "took_us")?))
    }

    /// The kills of [`super::kill`].
    ///
    /// # Errors
    /// As [`Self::latency`].
    pub fn kill(self, folder: &Path) -> anyhow::Result<Killed> {
        let (mut killed, mut random) = (Killed::default(), Random::new(1));
        let folder = folder.join("kill");
        for round in 0..KILLS {
            let server = self.serve(&folder, 0)?;
            let (name, window) = (format!("kill-{round}"), WINDOW.to_string());
            let mut client = self.client("write", &server.url, &[&name, &window])?;
            let document = next(&mut client.output)?.context("the client did not start")?;
            let document = document["document"].as_str().context("no document")?.to_owned();
            std::thread::sleep(Duration::from_millis(LIFE_MS.0 + random.below(LIFE_MS.1) as u64));
            drop(server);
            let mut acknowledged = 0;
            // What the client had heard before the line broke; it may try to connect again for ever.
            std::thread::sleep(SETTLED);
            crate::process::terminate(client.process.id())?;
            while let Ok(Some(said)) = next(&mut client.output) {
                acknowledged = said["acked"].as_u64().unwrap_or(acknowledged).max(acknowledged);
            }
            let server = self.serve(&folder, 0)?;
            let said = self.client("count", &server.url, &[&document])?.answer();
            let present = said.and_then(|said| number(&said, "length")).unwrap_or(0);
            killed.acknowledged += acknowledged;
            killed.lost += acknowledged.saturating_sub(present);
        }
        Ok(killed)
    }
}

/// How long a server gets to store what it has acknowledged: Hocuspocus waits two seconds, ten at most.
const STORED: Duration = Duration::from_secs(11);
/// How long a client gets to hear what was on the line.
const SETTLED: Duration = Duration::from_millis(200);

impl Client {
    /// Its one answer.
    fn answer(mut self) -> anyhow::Result<Value> {
        next(&mut self.output)?.context("the client said nothing")
    }
}

impl Rate {
    /// Acknowledged edits a second.
    pub fn rate(&self) -> u128 {
        u128::from(self.changes) * 1_000_000 / self.took.as_micros().max(1)
    }

    /// The server's processor time an edit.
    pub fn cost(&self) -> Duration {
        self.processor / u32::try_from(self.changes).unwrap_or(u32::MAX).max(1)
    }
}

fn peers() -> PathBuf {
    repository().join("tests/peers")
}

fn path(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("the path is not Unicode")
}

fn number(said: &Value, name: &str) -> anyhow::Result<u64> {
    said[name].as_u64().with_context(|| format!("no number “{name}” in {said}"))
}

/// The next line of JSON; `None` at the end.
fn next(output: &mut BufReader<ChildStdout>) -> anyhow::Result<Option<Value>> {
    let mut line = String::new();
    if output.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    serde_json::from_str(&line).map(Some).with_context(|| format!("a peer said {line:?}"))
}
