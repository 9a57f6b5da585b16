//! Verifying a package of a gigabyte, against hashing the same bytes with the system's own program.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::ensure;

use super::{Figure, Samples};
use crate::place::built_program;
use crate::random::Random;
use crate::submission::{Paper, SLOTS, Submission};

/// Photos and scanned papers of fifteen slots, by and large.
const FILES: u64 = 40;
const ROUNDS: usize = 5;
/// A gigabyte.
const FULL_BYTES: u64 = 1_000_000_000;
/// Enough to see that it runs.
const QUICK_BYTES: u64 = 50_000_000;

/// Both shapes of a package, each against `sha256sum` of all its files. In turns, with everything in memory, so that both
/// are measured and not the disk.
///
/// # Errors
/// When the package cannot be made, or does not hold.
pub fn measure(quick: bool) -> anyhow::Result<Vec<Figure>> {
    let bytes = if quick { QUICK_BYTES } else { FULL_BYTES };
    let submission = Submission::with_evidence(|folder| papers(folder, bytes / FILES))?;
    let mut figures = Vec::new();
    for name in ["package", "package.zip"] {
        let package = submission.package(name)?;
        let files = files_below(&package)?;
        let (mut ours, mut theirs) = (Samples::default(), Samples::default());
        for _ in 0..ROUNDS {
            theirs.push(timed(Command::new("sha256sum").args(&files))?);
            let mut verify = Command::new(built_program("huiqian")?);
            verify.arg("verify").arg(&package).args(["--root", &submission.root]);
            ours.push(timed(&mut verify)?);
        }
        let what = format!("verify of {name}, {} MB / sha256sum of it", bytes / 1_000_000);
        figures.push(Figure::ratio(what, ours.p50(), theirs.p50(), 1.1));
    }
    Ok(figures)
}

/// Papers of that length each, all different, in two slots.
fn papers(folder: &Path, bytes: u64) -> anyhow::Result<Vec<Paper>> {
    let mut random = Random::new(1);
    let mut papers = Vec::new();
    for number in 0..FILES {
        let path = folder.join(format!("{number:02}.pdf"));
        let mut file = BufWriter::new(File::create(&path)?);
        file.write_all(b"%PDF-1.4\n")?;
        for _ in 0..bytes / 8 {
            file.write_all(&random.next_u64().to_le_bytes())?;
        }
        file.write_all(b"\n%%EOF\n")?;
        file.flush()?;
        let (slot, kind) = if number % 2 == 0 { SLOTS[0] } else { SLOTS[1] };
        papers.push(Paper { slot, kind, file: path });
    }
    Ok(papers)
}

/// The files of a folder and below, or the file.
fn files_below(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path)? {
        files.extend(files_below(&entry?.path())?);
    }
    Ok(files)
}

fn timed(command: &mut Command) -> anyhow::Result<Duration> {
    let started = Instant::now();
    let status = command.stdout(Stdio::null()).status()?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(started.elapsed())
}
