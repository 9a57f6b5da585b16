//! Where an exchange file goes on from: what whoever gets it is taken to have already.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use form_document::bundle::Bundle;
use form_document::log::Position;
use form_document::wire::{PageEntry, WireChange};
use form_document::{ActorId, change_place};
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::EvidenceFile;
use form_model::hex;
use form_model::id::ApplicationId;
use form_store::StoreError;

use super::{Workspace, bundle, not_saved, unusable};
use crate::cause::{Cause, because};
use crate::session::Session;
use crate::stick;

/// What an exchange file is to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// Everything, the form package included.
    Start,
    /// What is new since this desk's last exchange file.
    Last,
    /// What is new since that exchange file.
    File(PathBuf),
    /// What the hub's log says after that position, and what no hub has seen.
    Position(Position),
}

/// How far an exchange file goes.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Mark {
    /// Of the hub's log.
    pub(super) position: Position,
    /// Actor in hex, and the last of its changes.
    actors: BTreeMap<String, u64>,
    /// Files of evidence, by their hashes.
    #[serde(default)]
    pub(super) files: BTreeSet<String>,
}

impl Mark {
    /// All that a desk has, with the files that were carried.
    pub(super) fn of(session: &Session, files: BTreeSet<String>) -> Self {
        let document = session.document();
        let actors = document.actors().map(|actor| (actor.to_hex_string(), document.last_seq(actor)));
        Self { position: session.ledger.log().position, actors: actors.collect(), files }
    }

    /// All that a file holds.
    fn of_file(bundle: &Bundle, files: BTreeSet<String>) -> Self {
        let mut mark = Self { files, ..Self::default() };
        let logged = bundle.pages.iter().flat_map(|page| &page.entries);
        let logged = logged.filter_map(|entry| match entry {
            PageEntry::Change(change) => Some(change),
            _ => None,
        });
        for WireChange(bytes) in logged.chain(&bundle.offer.changes) {
            let Some((actor, seq)) = change_place(bytes) else { continue };
            let last = mark.actors.entry(actor.to_hex_string()).or_insert(0);
            *last = seq.max(*last);
        }
        mark.position = bundle.pages.last().map_or(0, |page| page.head.position);
        mark
    }

    pub(super) fn have(&self) -> BTreeMap<ActorId, u64> {
        let read = |(actor, seq): (&String, &u64)| Some((actor.parse().ok()?, *seq));
        self.actors.iter().filter_map(read).collect()
    }
}

fn setting(id: &ApplicationId) -> String {
    format!("bundle/{id}")
}

impl Workspace {
    /// The exchange file that was made last has been written whole, but for some files: the next one may go on from
    /// there.
    ///
    /// # Errors
    /// [`ErrorCode::NotSaved`].
    pub fn bundle_written(&mut self, id: &ApplicationId, left_out: &[EvidenceFile]) -> Result<(), UserError> {
        let Some(mut mark) = self.session(id)?.exported.take() else { return Ok(()) };
        for file in left_out {
            mark.files.remove(&file.sha256);
        }
        let json = serde_json::to_string(&mark).map_err(|error| not_saved(&error))?;
        self.store
            .write(|write| write.put_setting(&setting(id), &json))
            .map_err(|error: StoreError| not_saved(&error))
    }

    pub(super) fn mark(&self, id: &ApplicationId, since: &Since) -> Result<Mark, UserError> {
        match since {
            Since::Start => Ok(Mark::default()),
            Since::Last => {
                let kept = self.store.setting(&setting(id)).map_err(|error| unusable(&self.home, &error))?;
                Ok(kept.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
            }
            Since::File(path) => of_earlier(id, path),
            Since::Position(position) => Ok(Mark { position: *position, ..Mark::default() }),
        }
    }
}

/// What an earlier exchange file of the application holds.
fn of_earlier(id: &ApplicationId, path: &Path) -> Result<Mark, UserError> {
    let name = path.display().to_string();
    let bad = |cause: &dyn Cause| because(UserError::new(ErrorCode::BadImport).with("file", &name), cause);
    let mut source = bundle::open(path)?;
    let bundle = bundle::read(&mut source).map_err(|cause| bad(&cause))?;
    if form_document::application_id(&bundle.genesis).is_ok_and(|found| found == *id) {
        let index = stick::index(&mut source).map_err(|error| bad(&error))?;
        let files = index.files.iter().map(|(head, _)| hex::encode(&head.sha256));
        return Ok(Mark::of_file(&bundle, files.collect()));
    }
    Err(bad(&("它是另一份申报的".to_owned(), "it is of another application".to_owned())))
}
