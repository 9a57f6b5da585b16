//! The app as a person meets it: how soon it can be typed into, how much memory it takes, how large the page's code
//! is. Start and memory are compared with a Tauri window that shows an empty page.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Figure, Goal, Samples};
use crate::desk::{APP, Desk};
use crate::place::{built_program, repository};
use crate::process::{family, memory_kb};
use crate::window::Window;

const STARTS: usize = 7;
/// After this long without a hand on it a window has done its start-up work.
const REST: Duration = Duration::from_secs(5);
/// Goal for the wasm, gzip.
const WASM_LIMIT_BYTES: u128 = 700_000;
/// A window is ready when something in it can be typed into.
const EDITABLE: &str = "input:not([disabled]), textarea:not([disabled])";

/// From the start of the program to the first field that takes text, and the idle memory of both.
///
/// # Errors
/// When a window does not come up.
pub async fn start_and_memory() -> anyhow::Result<Vec<Figure>> {
    let blank = built_program("examples/blank_window")?;
    let (mut ours, mut theirs) = (Samples::default(), Samples::default());
    let (mut our_memory_kb, mut their_memory_kb) = (0, 0);
    // In turns, so that a busy moment of the machine meets both.
    for start in 0..STARTS {
        let last = start + 1 == STARTS;
        let (took, memory) = one_start(&blank, false, last).await?;
        theirs.push(took);
        their_memory_kb = memory;
        let (took, memory) = one_start(&built_program(APP)?, true, last).await?;
        ours.push(took);
        our_memory_kb = memory;
    }
    Ok(vec![
        Figure::ratio(
            "app start to the first editable field, against a blank window",
            ours.p50(),
            theirs.p50(),
            1.5,
        ),
        Figure::told(
            "idle memory (PSS) of the app and its WebKit processes, against a blank window",
            u128::from(our_memory_kb),
            "kB",
        )
        .against(u128::from(their_memory_kb)),
    ])
}

/// One start on a new desk; the memory only when it is the last.
async fn one_start(program: &Path, with_home: bool, measure_memory: bool) -> anyhow::Result<(Duration, u64)> {
    let desk = Desk::new()?;
    let home = desk.home().display().to_string();
    let arguments: &[&str] = if with_home { &["--home", &home] } else { &[] };
    let window = desk.open_program(program, arguments).await?;
    window.find(EDITABLE).await?;
    let took = window.started().elapsed();
    let memory = if measure_memory { idle_memory_kb(&window).await? } else { 0 };
    Ok((took, memory))
}

async fn idle_memory_kb(window: &Window) -> anyhow::Result<u64> {
    tokio::time::sleep(REST).await;
    family(window.app()).into_iter().map(memory_kb).sum()
}

/// The size of the page's code as it would travel.
///
/// # Errors
/// When the frontend is not built.
pub fn wasm_size() -> anyhow::Result<Figure> {
    let path = repository().join("frontend/dist/huiqian-frontend_bg.wasm");
    let wasm = fs::read(&path).with_context(|| format!("{}: run `cargo xtask frontend`", path.display()))?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&wasm)?;
    let size = Figure::told("size of the wasm, gzip", gzip.finish()?.len() as u128, "bytes");
    Ok(size.against(WASM_LIMIT_BYTES).with(Goal::AtMost(1.0)))
}
