//! Which files of evidence go into an exchange file, and which come out of one.

use std::collections::{BTreeMap, BTreeSet};

use form_document::NamedFile;
use form_document::bundle::FileHead;
use form_model::command::{BroughtFiles, Event, PackedEvidence};
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::{EvidenceFile, entries};
use form_model::hex;
use form_model::id::ApplicationId;

use super::Workspace;
use super::bundle_mark::Mark;
use crate::cause::because;
use crate::session::Session;
use crate::stick::{Index, StickFiles};

impl Workspace {
    /// The files that a choice means, of those that are here and that the mark does not have: the small ones first, so
    /// that most are safe when the stick is pulled out early.
    ///
    /// # Errors
    /// [`ErrorCode::NoSuchSlot`], and as [`Self::open_application`].
    pub(super) fn packed_files(
        &mut self,
        id: &ApplicationId,
        choice: &PackedEvidence,
        mark: &Mark,
    ) -> Result<Vec<EvidenceFile>, UserError> {
        let blobs = self.blobs();
        let session = self.session(id)?;
        let (slots, named): (Vec<_>, &[String]) = match choice {
            PackedEvidence::None => return Ok(Vec::new()),
            PackedEvidence::All => (session.definition.evidence.iter().collect(), &[]),
            PackedEvidence::Only { slots, files } => {
                let slot = |name: &String| {
                    let unknown = || UserError::new(ErrorCode::NoSuchSlot).with("slot", name);
                    session.definition.slot(name).ok_or_else(unknown)
                };
                (slots.iter().map(slot).collect::<Result<_, _>>()?, files)
            }
        };
        let answers = session.document().answers();
        let standing = slots.iter().flat_map(|slot| entries(&answers, &slot.field));
        let standing = standing.filter(|entry| !entry.removed).map(|entry| entry.file);
        let mut chosen: BTreeMap<String, EvidenceFile> =
            standing.map(|file| (file.sha256.clone(), file)).collect();
        if !named.is_empty() {
            let all = self.named_files(id)?;
            chosen.extend(named.iter().filter_map(|sha256| Some((sha256.clone(), all.get(sha256)?.clone()))));
        }
        let fits = |file: &EvidenceFile| !mark.files.contains(&file.sha256);
        let mut files: Vec<_> =
            chosen.into_values().filter(|file| fits(file) && blobs.holds(&file.sha256, file.size)).collect();
        files.sort_by_key(|file| file.size);
        Ok(files)
    }

    /// The files that this desk's exchange files have carried so far, as [`super::bundle_mark::Since::Last`] counts them.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn carried_files(&self, id: &ApplicationId) -> Result<Vec<String>, UserError> {
        Ok(self.mark(id, &super::bundle_mark::Since::Last)?.files.into_iter().collect())
    }

    /// What this desk is to take of the files that an exchange file says it has: those that the application names now,
    /// with the length that it names, and that this agency may read.
    pub(super) fn stick_files<S>(
        &mut self,
        id: &ApplicationId,
        source: S,
        stick: &str,
        index: Index,
    ) -> Result<StickFiles<S>, UserError> {
        let named = self.named_files(id)?;
        let blobs = self.blobs();
        let session = self.session(id)?;
        let readable = session.readable_files();
        let (mut brought, mut wanted, mut seen) = (BroughtFiles::default(), Vec::new(), BTreeSet::new());
        for (FileHead { sha256, size }, place) in index.files {
            let sha256 = hex::encode(&sha256);
            if !seen.insert(sha256.clone()) {
                continue;
            }
            match named.get(&sha256).filter(|file| file.size == size) {
                None => brought.unnamed += 1,
                Some(_) if !readable.contains(&sha256) => brought.restricted += 1,
                Some(file) => wanted.push((file.clone(), place)),
            }
        }
        let stick = stick.to_owned();
        let faulty = || UserError::new(ErrorCode::StickFaulty).with("file", &stick);
        brought.trouble.extend(index.fault.map(|why| because(faulty(), &why)));
        Ok(StickFiles { source, stick, wanted, blobs, brought })
    }

    /// Files have come by stick: what the view is to know of them. They are sent on to the hub, if it lacks them.
    ///
    /// # Errors
    /// As [`Self::open_application`].
    pub fn files_arrived(
        &mut self,
        id: &ApplicationId,
        arrived: &BTreeSet<String>,
    ) -> Result<Vec<Event>, UserError> {
        let mut blobs = self.blob_states(id)?;
        blobs.retain(|blob| arrived.contains(&blob.sha256));
        self.wake(id).files.notify_one();
        Ok(vec![Event::Evidence { blobs }])
    }
}

impl Session {
    /// The files that this desk's agency may have by what the application says now: where it reads the slot or writes
    /// the field, and what it has named itself.
    ///
    /// The hub also asks whether whoever named a file there ever had it, since a hash opens nothing by itself. Here the
    /// bytes have come already, in the hands of whoever carries the stick.
    fn readable_files(&self) -> BTreeSet<String> {
        let roster = self.ledger.chain().newest();
        let Some(grant) = roster.grant(&self.device) else { return BTreeSet::new() };
        let agency = |device| roster.devices.get(device).map(|found| &found.agency);
        let own = agency(&self.device);
        let readable = |file: &NamedFile| {
            let of_field = self.definition.evidence.iter().filter(|slot| slot.field == file.field);
            let slots: Vec<String> = of_field.map(|slot| slot.id.clone()).collect();
            let by = self.ledger.claim(&file.by).and_then(|claim| agency(&claim.device));
            grant.may_read(&file.field, &slots) || (by.is_some() && by == own)
        };
        let named = self.document().evidence().into_iter();
        named.filter(readable).map(|file| file.sha256).collect()
    }
}
