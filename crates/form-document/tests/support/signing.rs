//! Statements of the company's members, and a hub's public log in memory.

use std::cell::RefCell;

use form_document::digest::Sha256;
use form_document::envelope::Envelope;
use form_document::key::Purpose;
use form_document::sign_off::{MadeStatement, SectionStanding, State, Statement, StatementId, Word};
use form_document::snapshot::{Facts, Manifest, build};
use form_document::transparency::{
    HashReader, KeyAct, KeyEvent, Leaf, LoggedKeyEvent, NodeHash, Origin, RECEIPT_FORMAT, Receipt,
    SignedCheckpoint, TreeError, hashes_for, prove_inclusion, root,
};
use form_model::member::Step;

use super::company::{NOW, agency, application, key, public};
use super::desk::Desk;
use super::form;

/// The root key of the log.
pub const ROOT: u8 = 240;
/// The keys that the log signs with, one after the other.
pub const SEALS: [u8; 3] = [241, 242, 243];

pub fn origin() -> Origin {
    Origin::try_from("hub.example/huiqian".to_owned()).unwrap()
}

/// What a person of an agency says.
pub fn statement(agency_name: &str, person: &str, word: Word) -> Statement {
    Statement {
        application: application(),
        agency: agency(agency_name),
        person: person.to_owned(),
        title: "处长".to_owned(),
        time_ms: NOW,
        remark: String::new(),
        word,
    }
}

impl Desk {
    pub fn state(&mut self, statement: &Statement) -> StatementId {
        let envelope = statement.sign(&self.key).unwrap();
        self.ledger.document.state(&envelope, NOW).unwrap().unwrap().0
    }

    /// Signs a section off as it stands here.
    pub fn sign_off(
        &mut self,
        agency_name: &str,
        person: &str,
        section: &str,
        step: Step,
        after: Option<StatementId>,
    ) -> StatementId {
        let content = self.document().contents(&form()).section_hash(section).unwrap();
        let word = Word::Confirm { section: section.to_owned(), step, content, after };
        let time_ms = self.tick();
        self.state(&Statement { time_ms, ..statement(agency_name, person, word) })
    }

    pub fn declare(&mut self) -> StatementId {
        let content = self.document().contents(&form()).hash().unwrap();
        self.state(&statement("lead", "林", Word::Declare { content }))
    }

    pub fn standing(&self, section: &str) -> SectionStanding {
        let document = self.document();
        let roster = self.ledger.chain().newest();
        let contents = document.contents(&form());
        SectionStanding::of(section, &document.statements(), &contents, roster).unwrap()
    }

    /// How each statement on a section stands.
    pub fn states(&self, section: &str) -> Vec<State> {
        self.standing(section).statements.into_iter().map(|one| one.state).collect()
    }

    pub fn statements(&self) -> Vec<MadeStatement> {
        self.document().statements()
    }

    pub fn manifest(&self) -> Manifest {
        let document = self.document();
        let facts = Facts { made_ms: NOW, overrides: Vec::new() };
        build(document, &form(), &document.contents(&form()), self.ledger.chain().newest(), facts).unwrap()
    }
}

/// A log that keeps its hashes in memory.
#[derive(Default)]
pub struct Log {
    hashes: RefCell<Vec<NodeHash>>,
    pub leaves: Vec<Leaf>,
    pub keys: Vec<(u64, Envelope)>,
}

impl HashReader for Log {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<NodeHash>, TreeError> {
        let hashes = self.hashes.borrow();
        indexes
            .iter()
            .map(|index| {
                hashes.get(usize::try_from(*index).unwrap()).copied().ok_or(TreeError::IndexesNotInTree)
            })
            .collect()
    }
}

impl Log {
    /// A log whose first entry names its first key.
    pub fn new() -> Self {
        let mut log = Self::default();
        log.key_event(ROOT, KeyAct::Introduce { key: public(SEALS[0]) });
        log
    }

    pub fn key_event(&mut self, by: u8, act: KeyAct) {
        let event = KeyEvent { log: origin(), time_ms: NOW, act };
        let envelope = event.sign(&key(by)).unwrap();
        let index = self.add(&envelope, Purpose::HubKey);
        self.keys.push((index, envelope));
    }

    /// Adds what its first signature says.
    pub fn add(&mut self, envelope: &Envelope, purpose: Purpose) -> u64 {
        let leaf = Leaf::of(envelope, purpose, &envelope.author().unwrap()).unwrap();
        let index = self.leaves.len() as u64;
        let hashes = hashes_for(index, leaf.hash(), self).unwrap();
        self.hashes.borrow_mut().extend(hashes);
        self.leaves.push(leaf);
        index
    }

    pub fn checkpoint(&self, seal: u8) -> SignedCheckpoint {
        SignedCheckpoint::sign(&origin(), root(self.leaves.len() as u64, self).unwrap(), &key(seal)).unwrap()
    }

    /// The log's word on an entry, as it stands now.
    pub fn receipt(&self, envelope: Envelope, index: u64, seal: u8) -> Receipt {
        let size = self.leaves.len() as u64;
        let proof = |index| prove_inclusion(size, index, self).unwrap();
        let keys = self.keys.iter().map(|(index, envelope)| LoggedKeyEvent {
            index: *index,
            envelope: envelope.clone(),
            proof: proof(*index),
        });
        Receipt {
            format: RECEIPT_FORMAT,
            envelope,
            index,
            proof: proof(index),
            checkpoint: self.checkpoint(seal).0,
            keys: keys.collect(),
        }
    }

    /// Signs a manifest as lead and hub, and logs it.
    pub fn submit(&mut self, lead: u8, manifest: &Manifest, seal: u8) -> Receipt {
        let mut envelope = Envelope::sign(Purpose::Manifest, manifest.to_vec().unwrap(), &key(lead));
        let index = self.add(&envelope, Purpose::Manifest);
        envelope.countersign(Purpose::Manifest, &key(seal));
        self.receipt(envelope, index, seal)
    }
}

/// The digest of nothing in particular.
pub fn digest(text: &str) -> Sha256 {
    Sha256::of(text.as_bytes())
}
