//! Child processes that never outlive their owner, and a look at running ones through /proc.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// A child in a process group of its own; dropping it kills the whole group, also when a test panics.
#[derive(Debug)]
pub struct Group {
    child: Child,
}

impl Group {
    /// Starts `command` as the head of a new process group.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start(command: &mut Command) -> anyhow::Result<Self> {
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {:?}", command.get_program()))?;
        Ok(Self { child })
    }

    /// The head's process.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// The head's process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(pid) = pid(self.child.id()) {
            // Fails only when every member is gone already, which is what is wanted.
            let _ = kill_process_group(pid, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

fn pid(id: u32) -> Option<Pid> {
    i32::try_from(id).ok().and_then(Pid::from_raw)
}

/// Sends SIGKILL (kill -9): the process gets no chance to do anything.
///
/// # Errors
/// When no such process is running.
pub fn kill_9(id: u32) -> anyhow::Result<()> {
    let pid = pid(id).with_context(|| format!("{id} is no process id"))?;
    kill_process(pid, Signal::KILL).with_context(|| format!("kill -9 {id}"))
}

/// Sends SIGTERM: the process is asked to end.
///
/// # Errors
/// When no such process is running.
pub fn terminate(id: u32) -> anyhow::Result<()> {
    let pid = pid(id).with_context(|| format!("{id} is no process id"))?;
    kill_process(pid, Signal::TERM).with_context(|| format!("ask {id} to end"))
}

/// Whether a process is running. A dead one that nobody has waited for is not; but one whose first thread has
/// ended is, until the last thread has let go of its files and locks.
pub fn is_running(id: u32) -> bool {
    fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| {
        let state = stat.rsplit(')').next().unwrap_or_default().trim_start();
        let threads = fs::read_dir(format!("/proc/{id}/task")).map_or(0, Iterator::count);
        !state.starts_with('Z') || threads > 1
    })
}

/// Processes that run `program` and were started with the environment variable `name` = `value`.
pub fn running(program: &Path, name: &str, value: &str) -> Vec<u32> {
    let wanted = format!("{name}={value}");
    process_ids()
        .filter(|id| fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| same_program(&exe, program)))
        .filter(|id| {
            fs::read(format!("/proc/{id}/environ")).is_ok_and(|environment| {
                environment.split(|byte| *byte == 0).any(|entry| entry == wanted.as_bytes())
            })
        })
        .collect()
}

/// `exe` keeps its old path with " (deleted)" after a rebuild has replaced the file.
fn same_program(exe: &Path, program: &Path) -> bool {
    exe == program || program.canonicalize().is_ok_and(|real| exe == real)
}

/// A process and all its descendants.
pub fn family(id: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = process_ids().filter_map(|id| Some((id, parent_of(id)?))).collect();
    let mut found = vec![id];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(parents.iter().filter(|(_, theirs)| *theirs == parent).map(|(child, _)| *child));
        next += 1;
    }
    found
}

/// The process's share of physical memory (PSS), in kB: shared pages count once, split among their users.
///
/// # Errors
/// When the process is gone.
pub fn memory_kb(id: u32) -> anyhow::Result<u64> {
    let path = format!("/proc/{id}/smaps_rollup");
    let text = fs::read_to_string(&path).with_context(|| path.clone())?;
    text.lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse().ok())
        .with_context(|| format!("{path} has no Pss line"))
}

/// The path of the program that a process runs.
pub fn program_of(id: u32) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{id}/exe")).ok()
}

fn parent_of(id: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()
}

fn process_ids() -> impl Iterator<Item = u32> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}
