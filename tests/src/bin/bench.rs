//! Runs benchmarks, prints one table and writes `target/bench/*.json` and `target/bench/*.md`:
//! `bench [engine] [window] [finalise] [log] [hub] [memory] [blobs] [evidence] [verify] [peers] [--quick]
//! [--applications=NUMBER]`, all parts when none is named; `latency`, `load`, `merge` and `join` are parts of `hub` that also
//! run by themselves.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use huiqian_tests::bench::hub::suite::{self, ALONE, FULL, QUICK};
use huiqian_tests::bench::hub::{blobs, trip};
use huiqian_tests::bench::{Figure, engine, finalise, log, verify, window};
use huiqian_tests::place::results_folder;

/// What can be named, in the order in which it runs.
const PARTS: [&str; 10] =
    ["engine", "window", "finalise", "log", "memory", "blobs", "evidence", "verify", "hub", "peers"];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (flags, named): (Vec<&str>, Vec<&str>) =
        arguments.iter().map(String::as_str).partition(|argument| argument.starts_with("--"));
    if let Some(unknown) = named.iter().find(|part| !PARTS.contains(part) && !ALONE.contains(part)) {
        let (parts, alone) = (PARTS.join(", "), ALONE.join(", "));
        bail!("there is no benchmark “{unknown}”; there are {parts}, and of the hub {alone}");
    }
    let wanted = |part: &str| named.is_empty() || named.contains(&part);
    let mut size = if flags.contains(&"--quick") { QUICK } else { FULL };
    if let Some(stored) = flags.iter().find_map(|flag| flag.strip_prefix("--applications=")) {
        let stored = stored.parse().context("--applications=NUMBER")?;
        size.applications = (stored, size.applications.1.min(stored));
    }
    let folder = tempfile::tempdir()?;
    if wanted("engine") {
        report("keystroke", &engine::keystroke(&folder.path().join("keystroke"))?)?;
        report("opening", &engine::opening(&folder.path().join("opening"))?)?;
    }
    if wanted("window") {
        report("wasm", &[window::wasm_size()?])?;
        report("window", &window::start_and_memory().await?)?;
    }
    if wanted("finalise") {
        let (changes, rounds) = size.revisions;
        report("finalise", &finalise::measure(&folder.path().join("finalise"), changes, rounds).await?)?;
    }
    if wanted("log") {
        report("log", &log::measure(&folder.path().join("log"), size.entries).await?)?;
    }
    // `hub` takes its files along.
    let files = |part: &str| wanted(part) || wanted("hub");
    if wanted("memory") {
        report("memory", &[suite::memory(&size).await?])?;
    }
    if files("blobs") {
        report("blobs", &blobs::measure(&folder.path().join("blobs"), size.photos).await?)?;
    }
    if files("evidence") {
        report("evidence", &tokio::task::block_in_place(|| trip::measure(&size))?)?;
    }
    if wanted("verify") {
        report("verify", &verify::measure(flags.contains(&"--quick"))?)?;
    }
    for part in ALONE.into_iter().filter(|part| named.contains(part)) {
        report(part, &suite::alone(part, folder.path(), &size).await?)?;
    }
    if wanted("hub") || wanted("peers") {
        hub(folder.path(), &size, wanted("peers")).await?;
    }
    Ok(())
}

/// The hub, and its peers in the same run.
async fn hub(folder: &Path, size: &suite::Size, with_peers: bool) -> anyhow::Result<()> {
    let (ours, figures) = suite::ours(folder, size).await?;
    report("hub", &figures)?;
    if !with_peers {
        return report("peers", &suite::compare(&ours, &[]));
    }
    suite::peers(&folder.join("peers"), size, |shown| report("peers", &suite::compare(&ours, shown)))
}

/// Prints the figures and writes them to `target/bench/<name>.json` and, as a table, `<name>.md`.
fn report(name: &str, figures: &[Figure]) -> anyhow::Result<()> {
    for figure in figures {
        println!("{figure}");
    }
    let folder = results_folder("bench")?;
    let write = |ending: &str, content: Vec<u8>| {
        let file = folder.join(format!("{name}.{ending}"));
        fs::write(&file, content).with_context(|| file.display().to_string())
    };
    write("json", serde_json::to_vec_pretty(figures)?)?;
    let rows: Vec<String> = figures.iter().map(Figure::row).collect();
    let head = "| what | measured | against | ratio | goal | met |\n|---|---|---|---|---|---|";
    write("md", format!("{head}\n{}\n", rows.join("\n")).into_bytes())
}
