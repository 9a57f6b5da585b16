//! Where an exchange file goes on from: what whoever gets it is taken to have already.

use std::collections::BTreeMap;

use form_document::bundle::Bundle;
use form_document::log::Position;
use form_document::wire::{PageEntry, WireChange};
use form_document::{ActorId, change_place};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_store::StoreError;

use super::{Workspace, bundle, not_saved, unusable};
use crate::cause::because;
use crate::session::Session;

/// What an exchange file is to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// Everything, the form package included.
    Start,
    /// What is new since this desk's last exchange file.
    Last,
    /// What is new since the exchange file of these bytes.
    File(Vec<u8>),
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
}

impl Mark {
    /// All that a desk has.
    pub(super) fn of(session: &Session) -> Self {
        let document = session.document();
        let actors = document.actors().map(|actor| (actor.to_hex_string(), document.last_seq(actor)));
        Self { position: session.ledger.log().position, actors: actors.collect() }
    }

    /// All that a file holds.
    fn of_file(bundle: &Bundle) -> Self {
        let mut mark = Self::default();
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
    /// The exchange file that was made last has been written whole: the next one may go on from there.
    ///
    /// # Errors
    /// [`ErrorCode::NotSaved`].
    pub fn bundle_written(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        let Some(mark) = self.session(id)?.exported.take() else { return Ok(()) };
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
            Since::File(bytes) => {
                let bad = || UserError::new(ErrorCode::BadImport).with("file", "");
                let bundle = bundle::read(bytes).map_err(|cause| because(bad(), &cause))?;
                let other = || ("它是另一份申报的".to_owned(), "it is of another application".to_owned());
                let same = form_document::application_id(&bundle.genesis).is_ok_and(|found| found == *id);
                if same { Ok(Mark::of_file(&bundle)) } else { Err(because(bad(), &other())) }
            }
            Since::Position(position) => Ok(Mark { position: *position, actors: BTreeMap::new() }),
        }
    }
}
