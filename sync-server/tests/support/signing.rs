//! Sign-off, declaration and final revisions, as a desk makes them.

use std::collections::BTreeMap;

use form_document::comment::Comment;
use form_document::digest::Sha256;
use form_document::envelope::Envelope;
use form_document::key::{Purpose, SigningKey};
use form_document::roster::{Act, ReturnReason, SignedEntry};
use form_document::sign_off::{Statement, Word};
use form_document::snapshot::{Facts, Manifest, Override, build};
use form_document::transparency::{Origin, SignedCheckpoint};
use form_document::wire::Submission;
use form_model::answer::AnswerValue;
use form_model::delta::Delta;
use form_model::id::AnswerId;
use form_model::member::{AgencyId, Step};
use sync_server::arbiter::{Core, NewUpload, Room};
use sync_server::error::HubError;
use sync_server::log_copy::LogCopy;
use sync_server::seal::Seal;
use sync_server::storage::file::{BlobHash, UploadId};

use super::desk::Desk;
use super::{NOW, form, key};

/// The number of the root key of the hub's public log.
pub const ROOT: u8 = 240;
/// The number of the key that signs.
pub const SEAL: u8 = 241;

/// The files of evidence that the sample names, each in the slots' field.
pub const FILES: [(&str, &[u8]); 2] =
    [("safety.inspected", b"the inspector's word"), ("safety.waste", b"log")];

/// The seal of a hub that starts for the first time.
pub fn seal() -> Seal {
    let origin = Origin::try_from("hub.example/huiqian".to_owned()).unwrap();
    Seal { origin, root: key(ROOT).public(), key: key(SEAL), root_key: Some(key(ROOT)) }
}

/// The public log as anybody fetches it.
pub fn copy_of(core: &Core) -> Result<LogCopy, HubError> {
    let checkpoint = core.checkpoint()?;
    let entries = core.storage().seal_range(0, checkpoint.size)?;
    let keys = core.key_events(checkpoint.size)?;
    Ok(LogCopy {
        keys: keys.into_iter().map(|event| (event.index, event.envelope)).collect(),
        leaves: entries.into_iter().map(|entry| entry.leaf).collect(),
        checkpoint: SignedCheckpoint(checkpoint.note),
    })
}

/// More than the sample's files take.
pub const ROOM: Room = Room { quota: 1 << 20, disk: 1 << 20 };

/// The uploads that bring the sample's files.
pub fn uploads() -> impl Iterator<Item = (NewUpload, BlobHash)> {
    (100..).zip(FILES).map(|(number, (_, file))| {
        let hash = BlobHash(Sha256::of(file).0);
        let id = UploadId([number; 16]);
        (NewUpload { id, length: file.len() as u64, hash: Some(hash), metadata: String::new() }, hash)
    })
}

/// The form's sample as answers.
fn sample() -> BTreeMap<String, AnswerValue> {
    #[derive(serde::Deserialize)]
    struct Sample {
        answers: BTreeMap<String, AnswerValue>,
    }
    let text = include_str!("../../../forms/research-station-renewal/sample/answers.json");
    serde_json::from_str::<Sample>(text).unwrap().answers
}

impl Desk {
    /// Answers all of the form, in a change or two.
    pub fn fill(&mut self) {
        let (prose, values): (Vec<_>, Vec<_>) =
            sample().into_iter().partition(|(answer, _)| answer == "safety.waste");
        let values: Vec<_> =
            values.into_iter().map(|(answer, value)| (AnswerId(answer), Some(value))).collect();
        self.ledger.document.set(&values, NOW).unwrap().unwrap();
        for (answer, text) in prose {
            let delta = Delta::splice(0, 0, text.as_text());
            self.ledger.document.splice(&AnswerId(answer), &delta, NOW).unwrap().unwrap();
        }
        for (entry, (field, file)) in (1..).zip(FILES) {
            self.name_file(field, entry, file);
        }
    }

    /// Names a file in a slot.
    pub fn name_file(&mut self, field: &str, entry: u8, file: &[u8]) {
        let (sha256, size) = (Sha256::of(file), file.len());
        let facts =
            format!(r#"{{"name":"{entry}.pdf","sha256":"{sha256}","size":{size},"kind":"application/pdf"}}"#);
        self.set(&format!("{field}?file.{entry:016x}"), &facts);
    }

    /// Brings the sample's files to the hub.
    pub fn bring_files(&self, core: &mut Core) {
        for (new, hash) in uploads() {
            let upload = core.begin_upload(&self.device(), &self.application, new, ROOM, None).unwrap();
            core.finish_upload(upload, hash).unwrap();
        }
    }

    /// Takes a value away.
    pub fn clear(&mut self, answer: &str) {
        let cleared = self.ledger.document.set(&[(AnswerId(answer.to_owned()), None)], NOW);
        assert!(cleared.unwrap().is_some(), "{answer} was there");
    }

    /// Says something about the whole.
    pub fn remark(&mut self, text: &str) {
        let comment = Comment { on: None, to: Vec::new(), text: text.to_owned(), reply_to: None };
        self.ledger.document.comment(&comment, NOW).unwrap().unwrap();
    }

    fn state(&mut self, agency: &str, word: Word) {
        let statement = Statement {
            application: self.application.clone(),
            agency: AgencyId(agency.to_owned()),
            person: "林".to_owned(),
            title: String::new(),
            time_ms: NOW,
            remark: String::new(),
            word,
        };
        let envelope = statement.sign(&self.key).unwrap();
        self.ledger.document.state(&envelope, NOW).unwrap().unwrap();
    }

    /// Signs a section off as it stands here.
    pub fn sign_off(&mut self, agency: &str, section: &str) {
        let content = self.ledger.document.contents(&form()).section_hash(section).unwrap();
        let word = Word::Confirm { section: section.to_owned(), step: Step::Sign, content, after: None };
        self.state(agency, word);
    }

    /// Declares the whole true as it stands here.
    pub fn declare(&mut self) {
        let content = self.ledger.document.contents(&form()).hash().unwrap();
        self.state("lead", Word::Declare { content });
    }

    /// The manifest of the application as it stands here.
    pub fn manifest(&self, overrides: Vec<Override>) -> Manifest {
        let (document, roster) = (&self.ledger.document, self.ledger.chain().newest());
        let facts = Facts { made_ms: NOW, overrides };
        build(document, &form(), &document.contents(&form()), roster, facts).unwrap()
    }

    /// The wish to make that final, by this desk.
    pub fn submission(&self) -> Submission {
        self.submission_of(&self.manifest(Vec::new()))
    }

    pub fn submission_of(&self, manifest: &Manifest) -> Submission {
        submission(manifest, &self.key, self.closing(manifest))
    }

    /// The roster's step that closes a revision, signed by this desk.
    pub fn closing(&self, manifest: &Manifest) -> SignedEntry {
        let act = Act::Finalise {
            revision: manifest.revision,
            manifest: Sha256::of(&manifest.to_vec().unwrap()),
            sections: form().counted_sections(),
        };
        self.ledger.chain().next(act, NOW).sign(&self.key).unwrap()
    }

    /// Gives sections back.
    pub fn give_back(&mut self, sections: &[&str]) {
        self.act(Act::Return {
            revision: self.ledger.chain().newest().revision.number,
            sections: sections.iter().map(|section| (*section).to_owned()).collect(),
            reasons: vec![ReturnReason { on: None, text: "请核对".to_owned() }],
        });
    }
}

/// A manifest under a key, with a step.
pub fn submission(manifest: &Manifest, by: &SigningKey, step: SignedEntry) -> Submission {
    let envelope = Envelope::sign(Purpose::Manifest, manifest.to_vec().unwrap(), by);
    Submission { envelope: envelope.to_vec().unwrap(), step }
}

/// An application of a lead and of an agency that has the section `safety`: filled, signed off and declared; hub and
/// desks know the same of it.
pub fn signed(core: &mut Core) -> (Desk, Desk) {
    let mut lead = Desk::lead(1);
    lead.publish(core).unwrap();
    let mut desk = Desk::join(2, "safety", "safety", &mut lead, core);
    lead.fill();
    lead.sync(core).unwrap();
    lead.bring_files(core);
    sign_all(&mut lead, &mut desk, core);
    (lead, desk)
}

/// Has both sign what is theirs, and the lead declare.
pub fn sign_all(lead: &mut Desk, desk: &mut Desk, core: &mut Core) {
    desk.sync(core).unwrap();
    desk.sign_off("safety", "safety");
    desk.sync(core).unwrap();
    lead.sync(core).unwrap();
    lead.sign_off("lead", "station");
    lead.sign_off("lead", "operation");
    lead.declare();
    lead.sync(core).unwrap();
    desk.sync(core).unwrap();
}
