//! Checks a hub's data: the database, every log against its newest signed head, every document against its log.

use form_document::key::PublicKey;
use form_model::id::ApplicationId;

use crate::arbiter::Core;
use crate::clock::Clock;
use crate::data::{DataError, DataFolder};
use crate::storage::sqlite::Sqlite;

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// How many applications were looked at.
    pub applications: usize,
    /// How many places their logs have.
    pub places: u64,
    /// What is wrong, as sentences; nothing when all is well.
    pub faults: Vec<String>,
}

/// Looks at all of a hub's data. It may be done while the hub serves.
///
/// # Errors
/// When there is no database, or it cannot be read at all.
pub fn examine(folder: &DataFolder) -> Result<Report, DataError> {
    let mut report = Report::default();
    if let Err(error) = folder.check_key_rights() {
        report.faults.push(error.to_string());
    }
    let sqlite = Sqlite::open_to_read(&folder.database())?;
    report.faults.extend(sqlite.quick_check()?);
    let key = std::sync::Arc::new(folder.key()?);
    let hub = key.public();
    // Opening one application at a time, the smallest budget will do.
    let mut core = Core::new(Box::new(sqlite), key, Clock::system(), 1)?;
    for id in core.storage().applications()? {
        report.applications += 1;
        match examine_application(&mut core, &id, &hub) {
            Ok(places) => report.places = report.places.saturating_add(places),
            Err(fault) => report.faults.push(format!("application {id}: {fault}")),
        }
    }
    Ok(report)
}

fn examine_application(core: &mut Core, id: &ApplicationId, hub: &PublicKey) -> Result<u64, String> {
    // Opening compares the unfolded log with its head and the document with its changes.
    let head = core.storage().head(id).map_err(|error| error.to_string())?.ok_or("it has no head")?;
    let state = core.recount(id).map_err(|error| error.to_string())?;
    if state != head.state {
        return Err(format!(
            "the log's places add up to another log than its head at {}",
            head.state.position
        ));
    }
    head.head.verify(hub, id, &head.state).map_err(|error| format!("the log's head: {error}"))?;
    let snapshot =
        core.storage().snapshot(id).map_err(|error| error.to_string())?.ok_or("it has no snapshot")?;
    snapshot
        .head
        .head
        .verify(hub, id, &snapshot.head.state)
        .map_err(|error| format!("the snapshot's head: {error}"))?;
    Ok(state.position)
}
