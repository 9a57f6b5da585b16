//! What a process has used, read from /proc (proc(5)).

use std::fs;
use std::time::Duration;

use anyhow::Context;

/// The processor's time of a process and all its threads, in user and kernel mode. In steps of 10 ms, the
/// kernel's clock tick in /proc on every Linux.
///
/// # Errors
/// When the process is gone.
pub fn processor_time(id: u32) -> anyhow::Result<Duration> {
    const TICK: Duration = Duration::from_millis(10);
    let path = format!("/proc/{id}/stat");
    let stat = fs::read_to_string(&path).with_context(|| path.clone())?;
    // The name before the last bracket may hold spaces. utime and stime are fields 14 and 15.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u32>().ok());
    let both = ticks(11).zip(ticks(12)).with_context(|| format!("{path} has another form"))?;
    Ok(TICK * (both.0 + both.1))
}

/// Has a process's peak begin anew at what it holds now.
///
/// # Errors
/// When it is another user's.
pub fn forget_peak_memory(id: u32) -> anyhow::Result<()> {
    let path = format!("/proc/{id}/clear_refs");
    fs::write(&path, "5").with_context(|| path.clone())
}

/// The most physical memory that a process has held at once (`VmHWM`), in kB.
///
/// # Errors
/// When the process is gone.
pub fn peak_memory_kb(id: u32) -> anyhow::Result<u64> {
    let path = format!("/proc/{id}/status");
    let text = fs::read_to_string(&path).with_context(|| path.clone())?;
    text.lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse().ok())
        .with_context(|| format!("{path} has no VmHWM line"))
}
