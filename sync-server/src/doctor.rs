//! Checks a hub's data: the database, the key, and every application as a client would that joins it.

use std::fmt;
use std::sync::Arc;

use form_document::key::SigningKey;
use form_model::id::ApplicationId;

use crate::arbiter::Core;
use crate::clock::Clock;
use crate::data::{DataError, DataFolder};
use crate::storage::Storage as _;
use crate::storage::sqlite::Sqlite;

/// What helps a database that contradicts itself.
const RESTORE: &str = "stop the hub, put its newest backup into a new folder (`sync-server restore`) with hub.key, and \
                       serve that: what the backup lacks the devices hand back";

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// How many applications were looked at.
    pub applications: usize,
    /// How many places their logs have.
    pub places: u64,
    /// What is wrong; nothing when all is well.
    pub faults: Vec<Fault>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Of which application; `None` when it is about all of them.
    pub application: Option<ApplicationId>,
    /// What is wrong, as a sentence without its end.
    pub what: String,
    /// What to do; empty when `what` says so.
    pub remedy: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { application, what, remedy } = self;
        match application {
            // The store's own words may name it.
            Some(id) if !what.contains(&id.0) => write!(f, "application {id}: {what}")?,
            _ => f.write_str(what)?,
        }
        if remedy.is_empty() { Ok(()) } else { write!(f, "; {remedy}") }
    }
}

impl Report {
    fn fault(&mut self, application: Option<&ApplicationId>, what: String, remedy: &'static str) {
        self.faults.push(Fault { application: application.cloned(), what, remedy });
    }
}

/// Looks at all of a hub's data. It may be done while the hub serves.
///
/// # Errors
/// When there is no database, or it cannot be read at all.
pub fn examine(folder: &DataFolder) -> Result<Report, DataError> {
    let mut report = Report::default();
    if let Err(error) = folder.check_rights() {
        report.fault(None, error.to_string(), "");
    }
    let sqlite = Sqlite::open_to_read(&folder.database())?;
    for fault in sqlite.quick_check()? {
        report.fault(None, format!("the database: {fault}"), RESTORE);
    }
    sqlite.hold_still()?;
    let key = folder.key()?;
    let applications = sqlite.applications()?;
    match sqlite.hub()? {
        Some(_) => examine_all(sqlite, key, &applications, &mut report)?,
        // One that has never served.
        None if applications.is_empty() => {}
        None => report.fault(None, "the database does not say whose hub it is".to_owned(), RESTORE),
    }
    Ok(report)
}

fn examine_all(
    sqlite: Sqlite,
    key: SigningKey,
    applications: &[ApplicationId],
    report: &mut Report,
) -> Result<(), DataError> {
    // Opening one application at a time, the smallest budget will do.
    let mut core = Core::new(Box::new(sqlite), Arc::new(key), Clock::system(), 1)?;
    for id in applications {
        report.applications += 1;
        match core.examine(id) {
            Ok(faults) => {
                for what in faults {
                    report.fault(Some(id), what, RESTORE);
                }
                let end = core.storage().head(id)?.map_or(0, |head| head.state.position);
                report.places = report.places.saturating_add(end);
            }
            // The store says itself what to do.
            Err(error) => report.fault(Some(id), error.cause.unwrap_or(error.detail), ""),
        }
    }
    Ok(())
}
