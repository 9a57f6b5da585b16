//! Checks a hub's data: the database, the key, and every application as a client would that joins it.

use std::fmt;
use std::io;
use std::sync::Arc;

use form_document::key::SigningKey;
use form_model::id::ApplicationId;

use crate::arbiter::Core;
use crate::blob::{BlobError, Objects};
use crate::clock::Clock;
use crate::config::Evidence;
use crate::data::{DataError, DataFolder};
use crate::seal::SealFolder;
use crate::storage::Storage as _;
use crate::storage::sqlite::Sqlite;

/// What helps a database that contradicts itself.
const RESTORE: &str = "stop the hub, put its newest backup into a new folder (`sync-server restore`) with hub.key, and \
                       serve that: what the backup lacks the devices hand back";

/// What helps a hub without its seal.
const PUT_SEAL_BACK: &str = "put the file back from where its copy is kept";

/// What helps a public log that contradicts itself.
const RESTORE_LOG: &str = "what the hub has signed cannot be made anew: stop the hub and put back the newest backup in \
                           which the doctor finds the log sound";

/// What helps a file that is damaged or gone.
const BRING_AGAIN: &str =
    "whoever has it brings it again: the hub sets it aside as soon as somebody asks for it";

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// How many applications were looked at.
    pub applications: usize,
    /// How many places their logs have.
    pub places: u64,
    /// Whether the public log may lack what was signed after the backup that was restored.
    pub log_incomplete: bool,
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
        Some(_) => examine_all(sqlite, key, &folder.seal(), &applications, &mut report)?,
        // One that has never served.
        None if applications.is_empty() => {}
        None => report.fault(None, "the database does not say whose hub it is".to_owned(), RESTORE),
    }
    Ok(report)
}

fn examine_all(
    sqlite: Sqlite,
    key: SigningKey,
    seal: &SealFolder,
    applications: &[ApplicationId],
    report: &mut Report,
) -> Result<(), DataError> {
    // Opening one application at a time, the smallest budget will do.
    let mut core = Core::new(Box::new(sqlite), Arc::new(key), Clock::system(), 1)?;
    report.log_incomplete = core.storage().seal_incomplete()?;
    examine_seal(&core, seal, report)?;
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

/// The public log, by the root key that the seal's file names.
fn examine_seal(core: &Core, seal: &SealFolder, report: &mut Report) -> Result<(), DataError> {
    let signed = core.storage().seal_size()? > 0;
    let (_, root) = match seal.public() {
        Ok(public) => public,
        // A hub of an earlier version, or one that has never served.
        Err(_) if !signed && !seal.file().exists() => return Ok(()),
        Err(error) => {
            report.fault(None, format!("the signature log's keys: {error}"), PUT_SEAL_BACK);
            return Ok(());
        }
    };
    match core.examine_seal(&root) {
        Ok(faults) => faults.into_iter().for_each(|what| report.fault(None, what, RESTORE_LOG)),
        Err(error) => report.fault(None, error.cause.unwrap_or(error.detail), ""),
    }
    Ok(())
}

/// What was found of files of evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileReport {
    /// How many are kept.
    pub files: usize,
    /// Their bytes together.
    pub bytes: u64,
    /// How many files the documents name that nobody has brought yet.
    pub awaited: usize,
}

impl fmt::Display for FileReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { files, bytes, awaited } = self;
        write!(f, "{files} files of evidence, {bytes} bytes; {awaited} more are named and not here yet")
    }
}

/// Reads every file of evidence through. It may be done while the hub serves.
///
/// # Errors
/// When the database or the store of files cannot be read at all.
pub fn examine_files(
    folder: &DataFolder,
    evidence: &Evidence,
    report: &mut Report,
) -> Result<FileReport, DataError> {
    let sqlite = Sqlite::open_to_read(&folder.database())?;
    let applications = sqlite.applications()?;
    let mut files = FileReport::default();
    if applications.is_empty() {
        return Ok(files);
    }
    let unusable = |cause: String| DataError::Folder(folder.blobs(), io::Error::other(cause));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| unusable(error.to_string()))?;
    let objects = Objects::open(&folder.blobs(), evidence.s3.as_ref());
    let objects = objects.map_err(|error| unusable(error.to_string()))?;
    let mut core = Core::new(Box::new(sqlite), Arc::new(folder.key()?), Clock::system(), 1)?;
    for id in applications {
        let kept = core.storage().blobs(&id)?;
        for blob in &kept {
            let what = match runtime.block_on(objects.look_through(&id, blob)) {
                Ok(()) => continue,
                Err(BlobError::Missing) => format!("file {} is not there", blob.hash),
                Err(BlobError::Damaged) => format!("file {} is not what its name says", blob.hash),
                Err(other) => format!("file {} cannot be read: {other}", blob.hash),
            };
            report.fault(Some(&id), what, BRING_AGAIN);
        }
        files.files += kept.len();
        files.bytes = files.bytes.saturating_add(kept.iter().map(|blob| blob.length).sum());
        // An application that cannot be opened has its faults in the report already.
        let named = core.named_files(&id).unwrap_or_default();
        files.awaited += named.iter().filter(|hash| kept.iter().all(|blob| blob.hash != **hash)).count();
    }
    Ok(files)
}
