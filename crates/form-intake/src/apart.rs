//! Working on a file in a process of its own: whatever a crafted file does there, this process keeps its memory and its
//! stack, and ends the other one when its time is over. Used where a library cannot be bounded from within: it draws
//! pages, and reserves memory for as many cells as a workbook claims to have.
//!
//! The program starts itself: `main` calls [`serve_if_asked`] before anything else.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::{directory, page};

/// The argument by which a program knows that it is asked to work on a file.
pub const ARGUMENT: &str = "--work-on-a-file";
/// How long one file may take, the start of the process included.
const PATIENCE: Duration = Duration::from_secs(15);
/// What the work may take of the memory. A scanned page in colour of 600 dots an inch has 100 MB, once packed out of
/// its stream and once as pixels.
#[cfg(unix)]
const MEMORY_BYTES: u64 = 640 << 20;
/// The stack of the work: nested forms and patterns of a page go deep.
const STACK_BYTES: usize = 64 << 20;
/// The largest question: a file of the largest kind that is asked about, and what is asked.
const QUESTION_BYTES: u64 = (64 << 20) + 16;
/// The largest answer: the texts of a directory; a page of noise has 5 MiB.
const ANSWER_BYTES: u64 = 64 << 20;

/// What is asked; the first byte of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Page,
    Workbook,
}

impl Task {
    const ALL: [(u8, Self); 2] = [(1, Self::Page), (2, Self::Workbook)];

    fn number(self) -> u8 {
        Self::ALL.iter().find(|(_, task)| *task == self).map_or(0, |(number, _)| *number)
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// It took too long.
    Slow,
    /// It took more memory than it may, or brought its process down.
    Crashed,
}

impl From<io::Error> for Lost {
    fn from(_: io::Error) -> Self {
        Self::Crashed
    }
}

/// Works and gives the exit code, if this process was started to work on a file; `None` when it is the program itself.
pub fn serve_if_asked() -> Option<ExitCode> {
    let asked = std::env::args_os().nth(1).is_some_and(|argument| argument == OsStr::new(ARGUMENT));
    asked.then(|| match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}

/// Asks a process of that program: the task, its parameter and the file. The answer is the task's own.
pub(crate) fn ask(program: &mut Command, task: Task, parameter: u32, file: &[u8]) -> Result<Vec<u8>, Lost> {
    let question = [&[task.number()], parameter.to_le_bytes().as_slice(), file].concat();
    let program = program.arg(ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = program.spawn()?;
    let answer = talk(&mut child, question);
    // Also one that has answered: nothing of it is needed any more. Without the wait it would stay as a zombie.
    let _ = child.kill();
    let _ = child.wait();
    // Every answer has a byte that says what it is; without it the process died.
    answer.and_then(|answer| if answer.is_empty() { Err(Lost::Crashed) } else { Ok(answer) })
}

/// Hands the file over and waits for the answer. The child's death ends both pipes, so the threads end with it.
fn talk(child: &mut Child, question: Vec<u8>) -> Result<Vec<u8>, Lost> {
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Lost::Crashed);
    };
    // Written beside the reading: a child that dies early would leave a writer waiting.
    thread::Builder::new().spawn(move || input.write_all(&question))?;
    let (sender, receiver) = mpsc::channel();
    let listen = move || {
        let mut answer = Vec::new();
        let read = output.take(ANSWER_BYTES).read_to_end(&mut answer);
        let _ = sender.send(read.map(|_| answer));
    };
    thread::Builder::new().spawn(listen)?;
    Ok(receiver.recv_timeout(PATIENCE).map_err(|_| Lost::Slow)??)
}

/// Answers one question from the standard input on the standard output.
fn serve() -> io::Result<()> {
    limit()?;
    let mut question = Vec::new();
    io::stdin().lock().take(QUESTION_BYTES).read_to_end(&mut question)?;
    let invalid = || io::Error::from(io::ErrorKind::InvalidInput);
    let (head, _) = question.split_first_chunk::<5>().ok_or_else(invalid)?;
    let [number, parameter @ ..] = *head;
    let (_, task) = *Task::ALL.iter().find(|(known, _)| *known == number).ok_or_else(invalid)?;
    let file = question.split_off(5);
    let parameter = u32::from_le_bytes(parameter);
    let work = move || match task {
        Task::Page => page::apart::answer(file, parameter),
        Task::Workbook => directory::apart::answer(file, parameter),
    };
    // The main thread's stack is whatever the system gives.
    let answer = thread::Builder::new().stack_size(STACK_BYTES).spawn(work)?.join();
    let answer = answer.map_err(|_| io::Error::other("the work panicked"))?;
    let mut output = io::stdout().lock();
    output.write_all(&answer)?;
    output.flush()
}

/// Bounds this process by the system's own means, where it has them; elsewhere the parent's patience is the bound.
#[cfg(unix)]
fn limit() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let both = |most| Rlimit { current: Some(most), maximum: Some(most) };
    // Memory of its own: the program's code and libraries, however large, do not count.
    setrlimit(Resource::Data, both(MEMORY_BYTES))?;
    // Should the parent die, nobody else would end this one.
    setrlimit(Resource::Cpu, both(PATIENCE.as_secs()))?;
    Ok(())
}

#[cfg(not(unix))]
fn limit() -> io::Result<()> {
    Ok(())
}
