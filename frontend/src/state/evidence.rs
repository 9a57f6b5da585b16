//! What the open application asks the shell about files of evidence. What is said about them are answers, stored like
//! others.

use std::rc::Rc;

use form_model::answer::AnswerValue;
use form_model::command::{
    self, BlobState, Evidence, EvidenceAct, EvidenceRequest, PASTE_HEADERS, PASTE_MAX_BYTES,
    PASTE_TYPE_HEADER, Watch,
};
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::{Attribute, Entry, REMOVED, placed};
use js_sys::Uint8Array;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::File;

use super::desk::Desk;
use super::watch::Change;
use crate::shell::{self, Failure};

/// What came of adding files to a slot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// They are still being stored.
    pub busy: bool,
    pub refused: Vec<UserError>,
    pub notices: Vec<UserError>,
}

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
        self.take_evidence(&evidence);
        Ok(evidence)
    }

    fn take_evidence(&self, evidence: &Evidence) {
        {
            let mut sheet = self.sheet_mut();
            sheet.metered = evidence.metered;
            sheet.paused = evidence.paused;
            sheet.smaller = evidence.smaller;
            sheet.watch.clone_from(&evidence.watch);
            sheet.blobs = Rc::default();
        }
        self.take_blobs(evidence.blobs.clone());
    }

    /// Adds files to a slot and keeps what came of it there. Where the slot is not in view, what was refused is told at
    /// once.
    pub fn add_evidence(&self, slot: String, act: EvidenceAct, in_view: bool) {
        let desk = self.clone();
        spawn_local(async move {
            desk.keep_told(&slot, Told { busy: true, ..Told::default() });
            let evidence = desk.evidence(act).await;
            desk.added(&slot, evidence, in_view);
        });
    }

    /// Hands a picture from the clipboard over to a slot.
    pub fn paste_evidence(&self, slot: String, picture: File) {
        let desk = self.clone();
        spawn_local(async move {
            desk.keep_told(&slot, Told { busy: true, ..Told::default() });
            let evidence = desk.hand_over(&slot, &picture).await;
            if let Ok(evidence) = &evidence {
                desk.take_evidence(evidence);
            }
            desk.added(&slot, evidence, true);
        });
    }

    async fn hand_over(&self, slot: &str, picture: &File) -> Result<Evidence, Failure> {
        #[allow(clippy::cast_precision_loss)] // A limit far below what a float holds exactly.
        if picture.size() > PASTE_MAX_BYTES as f64 {
            let error = UserError::new(ErrorCode::PasteTooLarge).with("limit", PASTE_MAX_BYTES >> 20);
            return Err(Failure::Told(error));
        }
        let nothing = |_| Failure::Told(UserError::new(ErrorCode::NothingToPaste));
        let bytes = JsFuture::from(picture.array_buffer()).await.map_err(nothing)?;
        let application = self.sheet().application.clone();
        let [about, into] = PASTE_HEADERS;
        let kind = picture.type_();
        let headers = [(about, application.0.as_str()), (into, slot), (PASTE_TYPE_HEADER, kind.as_str())];
        shell::send(command::name::PASTE_EVIDENCE, &Uint8Array::new(&bytes), &headers.into()).await
    }

    fn added(&self, slot: &str, evidence: Result<Evidence, Failure>, in_view: bool) {
        match evidence {
            Ok(Evidence { refused, notices, .. }) => {
                if let (false, Some(first)) = (in_view, refused.first()) {
                    self.tell_failure(Failure::Told(first.clone()));
                }
                self.keep_told(slot, Told { busy: false, refused, notices });
            }
            Err(failure) => {
                self.keep_told(slot, Told::default());
                self.tell_failure(failure);
            }
        }
    }

    fn keep_told(&self, slot: &str, told: Told) {
        {
            let mut sheet = self.sheet_mut();
            Rc::make_mut(&mut sheet.told).insert(slot.to_owned(), told);
        }
        self.tell(&Change::Evidence);
    }

    /// Takes in how the watched folder stands.
    pub(super) fn take_watch(&self, watch: Option<Watch>) {
        self.sheet_mut().watch = watch;
        self.tell(&Change::Evidence);
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
