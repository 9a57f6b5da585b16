//! Files of evidence: taken in, counted, found again.

use std::collections::BTreeMap;

use form_model::answer::{AnswerValue, Answers};
use form_model::command::{Edit, Event};
use form_model::definition::EvidenceSlot;
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::{
    Attribute, Entry, EntryId, EvidenceFile, EvidenceKey, FILES_PER_SLOT_MAX, entries, placed,
};
use form_model::id::{AnswerId, ApplicationId};
use form_store::StoreError;

use super::{Workspace, not_saved, rights};
use crate::blob::{BlobFolder, Soundness, failed};
use crate::evidence::{PhotoSize, Prepared};
use crate::fill::Values;

/// The setting that tells whether large photos are made smaller.
const SMALLER: &str = "evidence/smaller";

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
        self.blobs.clone()
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

    /// Whether a slot has room for so many files more, and this desk may put them there: asked before they are copied.
    ///
    /// # Errors
    /// [`ErrorCode::SlotFull`], and as [`Self::open_slot`].
    pub fn slot_room(&mut self, id: &ApplicationId, slot: &str, count: usize) -> Result<(), UserError> {
        let slot = self.open_slot(id, slot)?;
        check_room(&slot, &entries(&self.session(id)?.document().answers(), &slot.field), count)
    }

    /// Puts files, whose bytes are kept already, at the end of a slot: one change for all of them. A file that stood
    /// there before and was taken out comes back; one that stands there is left as it is.
    ///
    /// # Errors
    /// [`ErrorCode::SlotFull`], [`ErrorCode::BlobMissing`], and as [`Self::open_slot`] and [`Self::edit`]; nothing is added
    /// then.
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
        for file in files.iter().flat_map(|file| [Some(&file.file), file.original.as_ref()]).flatten() {
            // Nothing is thrown away between this look and the change: both are this thread's.
            if !self.blobs.holds(&file.sha256, file.size) {
                return Err(UserError::new(ErrorCode::BlobMissing).with("file", &file.name));
            }
        }
        let standing = entries(&self.session(id)?.document().answers(), &slot.field);
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
        // Those that stand there already need no room.
        let back = values.iter().filter(|(_, value)| value.is_none()).count();
        check_room(&slot, &standing, new.len() + back)?;
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

    /// Whether large photos are made smaller when they are added, as a person has said.
    pub fn photo_size(&self) -> PhotoSize {
        match self.store.setting(SMALLER) {
            Ok(Some(said)) if said == "true" => PhotoSize::Smaller,
            _ => PhotoSize::AsTaken,
        }
    }

    /// A person says whether large photos are made smaller when they are added.
    ///
    /// # Errors
    /// [`ErrorCode::NotSaved`].
    pub fn set_smaller(&mut self, smaller: bool) -> Result<(), UserError> {
        self.store
            .write(|write| write.put_setting(SMALLER, if smaller { "true" } else { "false" }))
            .map_err(|error: StoreError| not_saved(&error))
    }
}

/// How much of a hash must be given to mean a file: nobody types a name like that by accident.
const HASH_START_MIN: usize = 8;

/// Whether a slot has room for so many files more. Those that were taken out do not count.
fn check_room(slot: &EvidenceSlot, standing: &[Entry], more: usize) -> Result<(), UserError> {
    let there = standing.iter().filter(|entry| !entry.removed).count();
    if there + more <= FILES_PER_SLOT_MAX {
        return Ok(());
    }
    Err(UserError::new(ErrorCode::SlotFull).with("slot", slot.number).with("limit", FILES_PER_SLOT_MAX))
}

/// What is stored of a new file, its place apart.
fn said(slot: &EvidenceSlot, entry: &EntryId, file: &Prepared) -> Values {
    let words = |text: &str| (!text.is_empty()).then(|| AnswerValue::Text(text.to_owned()));
    let said = [
        (Attribute::Facts, Some(file.file.stored())),
        (Attribute::By, words(&file.by)),
        (Attribute::Taken, words(&file.taken)),
        (Attribute::Place, words(&file.place)),
        (Attribute::Original, file.original.as_ref().map(EvidenceFile::stored)),
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
        .filter(|(answer, _)| EvidenceKey::read(answer).is_some_and(|key| key.attribute.names_file()));
    let files = facts.filter_map(|(_, value)| EvidenceFile::read(value.as_text()));
    files.map(|file| (file.sha256.clone(), file)).collect()
}
