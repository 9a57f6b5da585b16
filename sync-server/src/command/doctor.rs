//! `doctor`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use sync_server::Config;
use sync_server::data::DataFolder;
use sync_server::doctor::{examine, examine_files};

/// What a restored hub waits for, and what to do.
pub(super) const SIGNS_NOTHING: &str = "it merges as before, and signs no final revision until its public log is complete: \
                                        take in the newest copy of it (sync-server log take), or, when there is none, \
                                        begin it anew (sync-server log begin-anew)";

pub(super) fn run(data: &Path, blobs: bool, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let folder = DataFolder::at(data);
    let mut report = examine(&folder)?;
    if blobs {
        let evidence = Config::read(config).context("the configuration")?.evidence;
        let files = examine_files(&folder, &evidence, &mut report)?;
        println!("{files}");
    }
    for fault in &report.faults {
        println!("{fault}");
    }
    if report.log_incomplete {
        println!("the hub was restored; {SIGNS_NOTHING}");
    }
    println!("{} applications, {} places of their logs", report.applications, report.places);
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
