//! What the open application asks the shell about files of evidence. What is said about them are answers, stored like
//! others.

use std::rc::Rc;

use form_model::answer::AnswerValue;
use form_model::command::{self, BlobState, Evidence, EvidenceAct, EvidenceRequest};
use form_model::evidence::{Attribute, Entry, REMOVED, placed};
use wasm_bindgen_futures::spawn_local;

use super::desk::Desk;
use super::watch::Change;
use crate::shell::{self, Failure};

impl Desk {
    /// Does something with files; what came of it beside where they are.
    ///
    /// # Errors
    /// What the shell says.
    pub async fn evidence(&self, act: EvidenceAct) -> Result<Evidence, Failure> {
        self.commit_all();
        let application = self.sheet().application.clone();
        let asked = EvidenceRequest { application, act };
        let evidence: Evidence = shell::request(command::name::EVIDENCE, &asked).await?;
        self.sheet_mut().metered = evidence.metered;
        self.sheet_mut().paused = evidence.paused;
        self.sheet_mut().blobs = Rc::default();
        self.take_blobs(evidence.blobs.clone());
        Ok(evidence)
    }

    /// Does something with files and says what went wrong, if anything did.
    pub fn evidence_now(&self, act: EvidenceAct) {
        let desk = self.clone();
        spawn_local(async move {
            if let Err(failure) = desk.evidence(act).await {
                desk.tell_failure(failure);
            }
        });
    }

    /// Takes a file out of its slot, or puts it back.
    pub fn remove_evidence(&self, entry: &Entry, removed: bool) {
        let value = removed.then(|| AnswerValue::Text(REMOVED.to_owned()));
        self.set_one(entry.answer(Attribute::Removed), value);
    }

    /// Moves a file behind the first `at` of the others of its slot.
    pub fn place_evidence(&self, others: &[Entry], at: usize, entry: &Entry) {
        self.set(placed(others, at, &[entry.answer(Attribute::Order)]));
    }

    /// Takes in where some files are now.
    pub(super) fn take_blobs(&self, blobs: Vec<BlobState>) {
        {
            let mut sheet = self.sheet_mut();
            let known = Rc::make_mut(&mut sheet.blobs);
            known.extend(blobs.into_iter().map(|blob| (blob.sha256.clone(), blob)));
        }
        self.tell(&Change::Evidence);
    }
}
