//! `doctor`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use sync_server::Config;
use sync_server::data::DataFolder;
use sync_server::doctor::{examine, examine_files};

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
    println!("{} applications, {} places of their logs", report.applications, report.places);
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
