//! `doctor`.

use std::path::Path;
use std::process::ExitCode;

use sync_server::data::DataFolder;
use sync_server::doctor::examine;

pub(super) fn run(data: &Path) -> anyhow::Result<ExitCode> {
    let report = examine(&DataFolder::at(data))?;
    for fault in &report.faults {
        println!("{fault}");
    }
    println!("{} applications, {} places of their logs", report.applications, report.places);
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
