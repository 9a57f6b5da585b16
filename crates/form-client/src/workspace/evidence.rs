//! Files of evidence: taken in, counted, found again.

use std::collections::{BTreeMap, BTreeSet};

use form_document::history::{HistoryRow, RowStep};
use form_model::answer::{AnswerValue, Answers};
use form_model::command::{Edit, Event};
use form_model::definition::EvidenceSlot;
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::{
    Attribute, Entry, EntryId, EvidenceFile, EvidenceKey, FILES_PER_SLOT_MAX, entries, placed,
};
use form_model::id::{AnswerId, ApplicationId};

use super::{Workspace, rights, unusable};
use crate::blob::{BlobFolder, Soundness, failed};
use crate::evidence::Prepared;
use crate::fill::Values;
use crate::session::recalled;

/// What came of adding files.
#[derive(Debug, Default)]
pub struct Added {
    /// Those that are in the slot now, in the order in which they were given.
    pub entries: Vec<EntryId>,
    /// For the view.
    pub events: Vec<Event>,
}

impl Workspace {
    /// The folder with the files' bytes. It can be used while the desk does other work.
    pub fn blobs(&self) -> BlobFolder {
        BlobFolder::of(self.home.folder())
    }

    /// The slot of that id or number, if this desk may put files there.
    ///
    /// # Errors
    /// [`ErrorCode::NoSuchSlot`], and those of a lacking right.
    pub fn open_slot(&mut self, id: &ApplicationId, slot: &str) -> Result<EvidenceSlot, UserError> {
        let language = self.language();
        let session = self.session(id)?;
        let found = session.definition.slot(slot).cloned();
        let found = found.ok_or_else(|| UserError::new(ErrorCode::NoSuchSlot).with("slot", slot))?;
        let probe = EvidenceKey {
            field: found.field.clone(),
            entry: EntryId::new([0; 8]),
            attribute: Attribute::Facts,
        };
        rights::check(session, language, [&probe.answer()])?;
        Ok(found)
    }

    /// Puts files, whose bytes are kept already, at the end of a slot: one change for all of them. A file that stood
    /// there before and was taken out comes back; one that stands there is left as it is.
    ///
    /// # Errors
    /// [`ErrorCode::SlotFull`], and as [`Self::open_slot`] and [`Self::edit`]; nothing is added then.
    pub fn add_evidence(
        &mut self,
        id: &ApplicationId,
        slot: &str,
        files: &[Prepared],
    ) -> Result<Added, UserError> {
        self.add_evidence_and(id, slot, files, |_| Values::new())
    }

    /// [`Self::add_evidence`], with more to be stored in the same change, by what the files are called in the slot.
    pub(super) fn add_evidence_and(
        &mut self,
        id: &ApplicationId,
        slot: &str,
        files: &[Prepared],
        more: impl FnOnce(&[EntryId]) -> Values,
    ) -> Result<Added, UserError> {
        let slot = self.open_slot(id, slot)?;
        let standing = entries(&self.session(id)?.document().answers(), &slot.field);
        if standing.len() + files.len() > FILES_PER_SLOT_MAX {
            return Err(UserError::new(ErrorCode::SlotFull)
                .with("slot", slot.number)
                .with("limit", FILES_PER_SLOT_MAX));
        }
        let (mut added, mut values, mut new) = (Added::default(), Values::new(), Vec::new());
        for file in files {
            let known = standing.iter().find(|entry| entry.file.sha256 == file.file.sha256);
            let doubled = || new.iter().find(|(_, other): &&(EntryId, &str)| *other == file.file.sha256);
            let entry = match (known, doubled()) {
                (Some(known), _) => {
                    if known.removed {
                        values.push((known.answer(Attribute::Removed), None));
                    }
                    known.id.clone()
                }
                (None, Some((entry, _))) => entry.clone(),
                (None, None) => {
                    let entry = EntryId::new(self.surroundings.random()?);
                    values.extend(said(&slot, &entry, file));
                    new.push((entry.clone(), file.file.sha256.as_str()));
                    entry
                }
            };
            added.entries.push(entry);
        }
        let key = |entry: &EntryId| EvidenceKey {
            field: slot.field.clone(),
            entry: entry.clone(),
            attribute: Attribute::Order,
        };
        let places: Vec<_> = new.iter().map(|(entry, _)| key(entry).answer()).collect();
        values.extend(placed(&standing, standing.len(), &places));
        values.extend(more(&added.entries));
        let answers: Vec<AnswerId> = values.iter().map(|(answer, _)| answer.clone()).collect();
        self.edit(id, &Edit::Set { values })?;
        self.wake(id).files.notify_one();
        added.events = self.session(id)?.events(Vec::new(), &answers);
        Ok(added)
    }

    /// The file of a slot that is called so: by its entry's name, a file's name, its place in the slot (from 1), or the
    /// start of its hash.
    ///
    /// # Errors
    /// [`ErrorCode::NoSuchSlot`], [`ErrorCode::NoSuchEvidence`] when there is none or more than one.
    pub fn find_evidence(&mut self, id: &ApplicationId, slot: &str, name: &str) -> Result<Entry, UserError> {
        let session = self.session(id)?;
        let found = session.definition.slot(slot).cloned();
        let slot = found.ok_or_else(|| UserError::new(ErrorCode::NoSuchSlot).with("slot", slot))?;
        let all = entries(&session.document().answers(), &slot.field);
        let (removed, files): (Vec<_>, Vec<_>) = all.into_iter().partition(|entry| entry.removed);
        let at = name.parse::<usize>().ok().and_then(|at| files.get(at.checked_sub(1)?));
        if let Some(entry) = at {
            return Ok(entry.clone());
        }
        let called = |entry: &&Entry| {
            let hash = name.len() >= HASH_START_MIN && entry.file.sha256.starts_with(name);
            entry.id.as_str() == name || entry.file.name == name || hash
        };
        // One that stands comes before one that was taken out under the same name.
        for some in [&files, &removed] {
            let mut found = some.iter().filter(called);
            if let (Some(entry), None) = (found.next(), found.next()) {
                return Ok(entry.clone());
            }
        }
        Err(UserError::new(ErrorCode::NoSuchEvidence).with("slot", slot.number).with("file", name))
    }

    /// Every file that the application names, removed ones among them, by its hash.
    ///
    /// # Errors
    /// As [`Self::open_application`].
    pub fn named_files(&mut self, id: &ApplicationId) -> Result<BTreeMap<String, EvidenceFile>, UserError> {
        let session = self.session(id)?;
        Ok(files_of(&session.document().answers()))
    }

    /// Reads every file through and puts damaged ones out of the way, so that sound copies are fetched. Answers what could
    /// not be read or put away; the others are looked at all the same.
    ///
    /// # Errors
    /// As [`Self::open_application`].
    pub fn set_damaged_aside(&mut self, id: &ApplicationId) -> Result<Vec<UserError>, UserError> {
        let blobs = self.blobs();
        let mut unusable = Vec::new();
        for (sha256, file) in self.named_files(id)? {
            let looked = blobs.look(&sha256).and_then(|found| match found {
                Soundness::Damaged => blobs.set_damaged_aside(&sha256),
                Soundness::Sound | Soundness::Missing => Ok(()),
            });
            unusable.extend(looked.err().map(|error| failed(&file.name, &error)));
        }
        Ok(unusable)
    }

    /// Removes files that nothing ever named, as after a crash between keeping a file and naming it. What any change of
    /// any application here ever named stays. Returns how many went.
    ///
    /// # Errors
    /// When the database or an application can't be read; nothing is removed then.
    pub fn collect_garbage(&mut self) -> Result<usize, UserError> {
        let rows = self.store.applications().map_err(|error| unusable(&self.home, &error))?;
        let mut named = BTreeSet::new();
        for row in rows {
            named.extend(self.named_files(&row.id)?.into_keys());
            let key = self.session(&row.id)?.key;
            let kept = self.store.history(key, Some("?file."));
            let kept = kept.map_err(|error| unusable(&self.home, &error))?;
            named.extend(recalled(&kept).iter().flat_map(hashes_in));
            let refused = self.store.refused(key).map_err(|error| unusable(&self.home, &error))?;
            let kept: Vec<_> = refused.into_iter().map(|row| row.history).collect();
            named.extend(recalled(&kept).iter().flat_map(hashes_in));
        }
        let now = (self.surroundings.now_ms)();
        self.blobs().remove_unnamed(&named, now).map_err(|error| unusable(&self.home, &error))
    }
}

/// The files that a row of the history names.
fn hashes_in(row: &HistoryRow) -> Vec<String> {
    let RowStep::Value { before, after, .. } = &row.step else { return Vec::new() };
    let values = before.iter().chain(after);
    values.filter_map(|value| EvidenceFile::read(value.as_text())).map(|file| file.sha256).collect()
}

/// How much of a hash must be given to mean a file: nobody types a name like that by accident.
const HASH_START_MIN: usize = 8;

/// What is stored of a new file, its place apart.
fn said(slot: &EvidenceSlot, entry: &EntryId, file: &Prepared) -> Values {
    let words = |text: &str| (!text.is_empty()).then(|| AnswerValue::Text(text.to_owned()));
    let said = [
        (Attribute::Facts, Some(file.file.stored())),
        (Attribute::By, words(&file.by)),
        (Attribute::Taken, words(&file.taken)),
        (Attribute::Place, words(&file.place)),
    ];
    let key = |attribute| EvidenceKey { field: slot.field.clone(), entry: entry.clone(), attribute };
    said.into_iter()
        .filter(|(_, value)| value.is_some())
        .map(|(attribute, value)| (key(attribute).answer(), value))
        .collect()
}

fn files_of(answers: &Answers) -> BTreeMap<String, EvidenceFile> {
    let facts = answers
        .0
        .iter()
        .filter(|(answer, _)| EvidenceKey::read(answer).is_some_and(|key| key.attribute == Attribute::Facts));
    let files = facts.filter_map(|(_, value)| EvidenceFile::read(value.as_text()));
    files.map(|file| (file.sha256.clone(), file)).collect()
}
