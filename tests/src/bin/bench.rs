//! Runs every benchmark, prints one table and writes `target/bench/*.json`.

use std::fs;

use anyhow::Context;
use huiqian_tests::bench::{Figure, engine, window};
use huiqian_tests::place::results_folder;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    report("keystroke", &engine::keystroke(&folder.path().join("keystroke"))?)?;
    report("opening", &engine::opening(&folder.path().join("opening"))?)?;
    report("wasm", &[window::wasm_size()?])?;
    report("window", &window::start_and_memory().await?)
}

/// Prints the figures and writes them to `target/bench/<name>.json`.
fn report(name: &str, figures: &[Figure]) -> anyhow::Result<()> {
    for figure in figures {
        println!("{figure}");
    }
    let file = results_folder("bench")?.join(format!("{name}.json"));
    fs::write(&file, serde_json::to_vec_pretty(figures)?).with_context(|| file.display().to_string())
}
