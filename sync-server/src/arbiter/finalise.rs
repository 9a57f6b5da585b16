//! Making a revision final. The hub believes nobody: it builds the manifest from what it has stored, and compares.
//!
//! One commit closes the revision and puts it into the public log; only then is it signed. Asked again, the hub answers
//! with the same receipt.

use std::collections::BTreeMap;
use std::sync::Arc;

use form_document::ActorId;
use form_document::digest::Sha256;
use form_document::envelope::Envelope;
use form_document::key::{PublicKey, Purpose};
use form_document::roster::Act;
use form_document::snapshot::{Facts, Manifest, Obstacle, build, obstacles};
use form_document::transparency::Receipt;
use form_document::wire::{Have, Offer, Submission};
use form_model::definition::FormDefinition;
use form_model::id::ApplicationId;

use super::core::{Core, unknown};
use super::enrol::refusal;
use super::open::{OpenApplication, open};
use super::round::{Ask, Judged};
use crate::error::{ErrorCode, HubError};
use crate::storage::file::BlobHash;
use crate::storage::record::Commit;
use crate::storage::seal::SealSubject;

impl Core {
    /// What stands in the way of making the application final, as the hub sees it.
    ///
    /// # Errors
    /// When the device takes no part in the application, or the store fails.
    pub fn obstacles(&mut self, device: &PublicKey, id: &ApplicationId) -> Result<Vec<Obstacle>, HubError> {
        self.admit(device, id)?;
        let (stored, form) = self.stored(id)?;
        let unsent = self.unsent(id)?;
        let contents = stored.ledger.document.contents(&form);
        let roster = stored.ledger.chain().newest();
        let mut found =
            obstacles(&stored.ledger.document, &form, &contents, roster).map_err(|error| unbuilt(&error))?;
        found.extend(self.missing_files(id, contents.evidence.iter().map(|file| (file.sha256, &file.name)))?);
        found.extend(unsent.into_iter().map(|(device, changes)| Obstacle::Unsent { device, changes }));
        Ok(found)
    }

    /// Makes a revision final: durable, logged and signed when this returns. `carrier` is the device that hands the
    /// lead's submission in, which may have come to it on a stick.
    ///
    /// # Errors
    /// When anything stands in the way, the manifest is not what the hub has, its signer is no lead, or the store fails.
    pub fn finalise(
        &mut self,
        carrier: &PublicKey,
        id: &ApplicationId,
        submission: &Submission,
    ) -> Result<Receipt, HubError> {
        self.admit(carrier, id)?;
        // What an earlier try has made durable and could not sign.
        self.sign_pending()?;
        let envelope =
            Envelope::read(&submission.envelope, Purpose::Manifest).map_err(|bad| refused(&bad))?;
        let lead = envelope.author().ok_or_else(|| refused(&"it is signed by nobody"))?;
        let payload = envelope.verify(Purpose::Manifest, &lead).map_err(|bad| refused(&bad))?;
        let digest = Sha256::of(payload);
        if let Some(receipt) = self.answered_before(id, &digest)? {
            return Ok(receipt);
        }
        let manifest = Manifest::read(payload).map_err(|bad| refused(&bad))?;
        if manifest.application == *id && self.recall(&envelope, &lead, &manifest)? {
            return self.receipt_at(id, manifest.revision);
        }
        self.check_submission(id, submission, &manifest, &lead, digest)?;
        self.rebuild(id, &manifest, payload)?;
        self.close(id, submission, &envelope, manifest.revision)?;
        self.receipt_at(id, manifest.revision)
    }

    /// The receipt of a final revision.
    ///
    /// # Errors
    /// When there is no such revision, the device takes no part in the application, or the store fails.
    pub fn receipt(
        &mut self,
        device: &PublicKey,
        id: &ApplicationId,
        revision: u64,
    ) -> Result<Receipt, HubError> {
        self.admit(device, id)?;
        // What was signed before a restore stays signed.
        if !self.storage.seal_incomplete()? {
            self.sign_pending()?;
        }
        self.receipt_at(id, revision)
    }

    fn receipt_at(&self, id: &ApplicationId, revision: u64) -> Result<Receipt, HubError> {
        let none = || HubError::new(ErrorCode::NotFound, "the application has no such final revision");
        let entry = self.storage.seal_of_revision(id, revision)?.ok_or_else(none)?;
        self.receipt_of(&entry)
    }

    fn answered_before(&self, id: &ApplicationId, digest: &Sha256) -> Result<Option<Receipt>, HubError> {
        let Some(entry) = self.storage.seal_by_digest(digest)? else { return Ok(None) };
        match &entry.subject {
            SealSubject::Revision { application, .. } if application == id => {
                self.receipt_of(&entry).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// That the roster's step and the manifest say the same, and a lead has signed both.
    fn check_submission(
        &mut self,
        id: &ApplicationId,
        submission: &Submission,
        manifest: &Manifest,
        lead: &PublicKey,
        digest: Sha256,
    ) -> Result<(), HubError> {
        let step = submission.step.read().map_err(|bad| refused(&bad))?;
        let Act::Finalise { revision, manifest: named, sections } = step.act else {
            return Err(refused(&"the step is no finalising"));
        };
        let roster = self.opened(id)?.ledger.chain().newest();
        if submission.step.key != *lead || !roster.may_lead(lead) {
            return Err(HubError::new(ErrorCode::NotALead, "the submission is signed by no lead"));
        }
        if named != digest || revision != manifest.revision || manifest.application != *id {
            return Err(refused(&"the step and the manifest are about different revisions"));
        }
        let record = self.storage.application(id)?.ok_or_else(unknown)?;
        let form = self.forms.get(&*self.storage, &record.package)?;
        if sections == form.counted_sections() {
            return Ok(());
        }
        Err(refused(&"it closes other sections than the form counts"))
    }

    /// Builds the manifest from what is stored, and compares it byte for byte.
    fn rebuild(&mut self, id: &ApplicationId, manifest: &Manifest, payload: &[u8]) -> Result<(), HubError> {
        let (stored, form) = self.stored(id)?;
        let document = &stored.ledger.document;
        let roster = stored.ledger.chain().newest();
        let contents = document.contents(&form);
        let facts = Facts { made_ms: manifest.made_ms, overrides: manifest.overrides.clone() };
        let ours = build(document, &form, &contents, roster, facts).map_err(|error| unbuilt(&error))?;
        let mut found = obstacles(document, &form, &contents, roster).map_err(|error| unbuilt(&error))?;
        found.extend(self.missing_files(id, contents.evidence.iter().map(|file| (file.sha256, &file.name)))?);
        let excused = |device: &PublicKey| {
            manifest.overrides.iter().any(|one| one.device == *device && !one.reason.trim().is_empty())
        };
        let unsent = self.unsent(id)?.into_iter().filter(|(device, _)| !excused(device));
        found.extend(unsent.map(|(device, changes)| Obstacle::Unsent { device, changes }));
        if !found.is_empty() {
            return Err(
                HubError::new(ErrorCode::NotFinal, "something stands in the way").with_obstacles(found)
            );
        }
        if ours.to_vec().map_err(|error| unbuilt(&error))? == payload {
            return Ok(());
        }
        if ours.heads != manifest.heads || ours.roster.version != manifest.roster.version {
            let detail =
                "the hub has taken in other work meanwhile; fetch it, look at it, and finalise again";
            return Err(HubError::new(ErrorCode::RosterMoved, detail));
        }
        Err(refused(&"the manifest is not what the hub makes of the same changes"))
    }

    /// Closes the revision and logs it, in one commit; then signs.
    fn close(
        &mut self,
        id: &ApplicationId,
        submission: &Submission,
        envelope: &Envelope,
        number: u64,
    ) -> Result<(), HubError> {
        let subject = SealSubject::Revision { application: id.clone(), number };
        let entry = self.entry(envelope, Purpose::Manifest, subject)?;
        let offer = Offer { roster: Some(vec![submission.step.clone()]), ..Offer::default() };
        let ask = Ask { device: None, application: id.clone(), offer };
        self.check_settled(&ask)?;
        let Judged { answers, write, stretch, .. } = self.judge_offers(id, vec![0], &[&ask.offer])?;
        if let Some(fault) = answers.first().and_then(|answer| answer.roster_fault.as_ref()) {
            return Err(refusal(fault));
        }
        let commit = Commit { applications: vec![write], seals: vec![entry], ..Commit::default() };
        if let Err(error) = self.commit(&commit) {
            self.cache.drop(id);
            return Err(error);
        }
        if let Some(open) = self.cache.get(id) {
            open.head = stretch.head;
        }
        self.untold.push(stretch);
        self.sign_pending()
    }

    /// The application as it is stored, whatever the open one holds.
    fn stored(&mut self, id: &ApplicationId) -> Result<(OpenApplication, Arc<FormDefinition>), HubError> {
        let record = self.storage.application(id)?.ok_or_else(unknown)?;
        let form = self.forms.get(&*self.storage, &record.package)?;
        let mut stored = open(&*self.storage, id, &record, &form, &self.key.public())?;
        stored.ledger.document.recall_all_clears();
        Ok((stored, form))
    }

    fn missing_files<'a>(
        &self,
        id: &ApplicationId,
        files: impl Iterator<Item = (Sha256, &'a String)>,
    ) -> Result<Vec<Obstacle>, HubError> {
        let mut missing = Vec::new();
        for (sha256, name) in files {
            if self.storage.blob(id, &BlobHash(sha256.0))?.is_none() {
                missing.push(Obstacle::FileMissing { sha256, name: name.clone() });
            }
        }
        Ok(missing)
    }

    /// How many changes devices have shown to hold that are not here, by the device that wrote them.
    fn unsent(&self, id: &ApplicationId) -> Result<BTreeMap<PublicKey, u64>, HubError> {
        let open = self.opened(id)?;
        let mut most: BTreeMap<&ActorId, u64> = BTreeMap::new();
        for (actor, seq) in open.shown.values().flatten() {
            let known = most.entry(actor).or_default();
            *known = (*known).max(*seq);
        }
        let mut unsent = BTreeMap::new();
        for (actor, seq) in most {
            let missing = seq.saturating_sub(open.ledger.accepted(actor));
            if missing > 0
                && let Some(claim) = open.ledger.claim(actor)
            {
                *unsent.entry(claim.device).or_insert(0) += missing;
            }
        }
        Ok(unsent)
    }
}

impl OpenApplication {
    /// Takes note of what a device says that it has.
    pub(super) fn note_shown(&mut self, device: &PublicKey, have: &[Have]) {
        let have = have.iter().map(|have| (ActorId::from(have.actor), have.seq)).collect();
        self.shown.insert(*device, have);
    }
}

fn refused(why: &impl ToString) -> HubError {
    HubError::new(ErrorCode::SubmissionRefused, why.to_string())
}

fn unbuilt(error: &impl ToString) -> HubError {
    HubError::new(ErrorCode::Internal, error.to_string())
}
