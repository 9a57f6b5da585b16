//! A small submission, signed by two agencies and a hub, with two files of evidence and a form package.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use form_document::digest::Sha256;
use form_document::envelope::Envelope;
use form_document::key::{Purpose, SigningKey};
use form_document::sign_off::{EvidenceRecord, Statement, Word};
use form_document::snapshot::{
    MANIFEST_FORMAT, Manifest, ManifestAgency, ManifestDevice, ManifestForm, ManifestRoster,
};
use form_document::transparency::{
    HashReader, KeyAct, KeyEvent, Known, Leaf, LoggedKeyEvent, NodeHash, Origin, RECEIPT_FORMAT, Receipt,
    SignedCheckpoint, TreeError, hashes_for, prove_inclusion, root,
};
use form_export::package::{Contents, Existing, Looking, Shape, Trust, WriteError, Written, verify, write};
use form_model::answer::AnswerValue;
use form_model::command::Verification;
use form_model::id::{AnswerId, ApplicationId};
use form_model::member::{AgencyId, Role, Step};
use form_model::package::PackageFiles;

const NOW: i64 = 1_780_000_000_000;
const LEAD: u8 = 1;
const COMMERCE: u8 = 2;
const SEAL: u8 = 3;
pub const ROOT: u8 = 4;
pub const STRANGER: u8 = 5;

pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).unwrap()
}

/// A log in memory.
#[derive(Default)]
struct Log {
    hashes: RefCell<Vec<NodeHash>>,
    size: u64,
}

impl HashReader for Log {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<NodeHash>, TreeError> {
        let hashes = self.hashes.borrow();
        let hash = |index: &u64| hashes.get(usize::try_from(*index).unwrap()).copied();
        indexes.iter().map(|index| hash(index).ok_or(TreeError::IndexesNotInTree)).collect()
    }
}

impl Log {
    fn add(&mut self, envelope: &Envelope, purpose: Purpose) -> u64 {
        let leaf = Leaf::of(envelope, purpose, &envelope.author().unwrap()).unwrap();
        let index = self.size;
        let hashes = hashes_for(index, leaf.hash(), self).unwrap();
        self.hashes.borrow_mut().extend(hashes);
        self.size += 1;
        index
    }
}

/// What is submitted, and the folder in which its files lie.
pub struct Sample {
    pub folder: tempfile::TempDir,
    pub files: BTreeMap<Sha256, Vec<u8>>,
    pub form: PackageFiles,
    pub receipt: Vec<u8>,
    /// The signed bytes.
    pub payload: Vec<u8>,
}

pub fn application() -> ApplicationId {
    ApplicationId(Sha256::of(b"genesis").to_string())
}

impl Sample {
    pub fn new() -> Self {
        Self::of_revision(1)
    }

    pub fn of_revision(revision: u64) -> Self {
        let content = |text: &str| text.as_bytes().to_vec();
        let files: BTreeMap<_, _> = [content("一张照片"), content("另一份材料")]
            .into_iter()
            .map(|bytes| (Sha256::of(&bytes), bytes))
            .collect();
        let form = PackageFiles(
            [("form.toml", "id = \"sample\"\n"), ("sections/plan.toml", "owner = \"lead\"\n")]
                .map(|(path, text)| (path.to_owned(), content(text)))
                .into(),
        );
        let manifest = manifest(revision, &files, &form);
        let payload = manifest.to_vec().unwrap();
        let receipt = submit(&payload).to_vec().unwrap();
        Self { folder: tempfile::tempdir().unwrap(), files, form, receipt, payload }
    }

    pub fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes it, with files as they are kept here.
    pub fn try_write(&self, target: &Path, shape: Shape) -> Result<Written, WriteError> {
        self.write(target, shape, Existing::Keep)
    }

    /// As [`Self::try_write`], where a person has given up what stands there.
    pub fn write_over(&self, target: &Path, shape: Shape) -> Result<Written, WriteError> {
        self.write(target, shape, Existing::Replace)
    }

    fn write(&self, target: &Path, shape: Shape, existing: Existing) -> Result<Written, WriteError> {
        let kept = tempfile::tempdir().unwrap();
        for (sha256, bytes) in &self.files {
            fs::write(kept.path().join(sha256.to_string()), bytes).unwrap();
        }
        let evidence =
            |sha256: &Sha256| -> io::Result<File> { File::open(kept.path().join(sha256.to_string())) };
        let contents = Contents { receipt: &self.receipt, form: Some(&self.form), evidence: &evidence };
        write(target, shape, existing, &contents)
    }

    pub fn folder(&self) -> PathBuf {
        let place = self.place("package");
        self.try_write(&place, Shape::Folder).unwrap();
        place
    }

    pub fn archive(&self) -> PathBuf {
        let place = self.place("package.zip");
        self.try_write(&place, Shape::Archive).unwrap();
        place
    }

    /// The names and bytes of all parts of its folder.
    pub fn parts(&self) -> BTreeMap<String, Vec<u8>> {
        let mut parts = BTreeMap::new();
        collect(&self.folder(), "", &mut parts);
        parts
    }
}

fn collect(folder: &Path, prefix: &str, parts: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), parts);
        } else {
            parts.insert(name, fs::read(entry.path()).unwrap());
        }
    }
}

fn manifest(revision: u64, files: &BTreeMap<Sha256, Vec<u8>>, form: &PackageFiles) -> Manifest {
    let agency = |name: &str, role| ManifestAgency { name: name.to_owned(), role, parts: Vec::new() };
    let device = |agency: &str, person: &str| ManifestDevice {
        agency: AgencyId(agency.to_owned()),
        person: person.to_owned(),
    };
    let evidence = files.iter().enumerate().map(|(number, (sha256, bytes))| EvidenceRecord {
        slot: "evidence_01".to_owned(),
        field: "basics.revenue".to_owned(),
        entry: format!("{number:032x}"),
        name: format!("材料{number}.txt"),
        kind: "text/plain".to_owned(),
        size: bytes.len() as u64,
        sha256: *sha256,
        proof: String::new(),
        caption: String::new(),
        by: String::new(),
        taken: String::new(),
        place: String::new(),
        original: None,
    });
    let answers =
        [("basics.name", "示例合作区"), ("basics.revenue.2025", "128.50"), ("plan.goals", "一\n二")];
    let mut manifest = Manifest {
        format: MANIFEST_FORMAT,
        application: application(),
        name: "示例合作区".to_owned(),
        revision,
        previous: None,
        form: ManifestForm { id: "sample".to_owned(), version: "1.0.0".to_owned(), package: form.hash() },
        made_ms: NOW,
        heads: vec![Sha256::of(b"head")],
        answers: answers
            .map(|(id, text)| (AnswerId(id.to_owned()), AnswerValue::Text(text.to_owned())))
            .into(),
        evidence: evidence.collect(),
        statements: Vec::new(),
        roster: ManifestRoster {
            version: 3,
            hash: Sha256::of(b"roster"),
            agencies: [
                (AgencyId("lead".to_owned()), agency("牵头单位", Role::Lead)),
                (AgencyId("commerce".to_owned()), agency("商务局", Role::Contributor)),
            ]
            .into(),
            devices: [
                (key(LEAD).public(), device("lead", "林")),
                (key(COMMERCE).public(), device("commerce", "王")),
            ]
            .into(),
        },
        overrides: Vec::new(),
    };
    sign(&mut manifest);
    manifest
}

/// Two sign-offs and the declaration.
fn sign(manifest: &mut Manifest) {
    let contents = manifest.contents();
    let said = |agency: &str, person: &str, word| Statement {
        application: application(),
        agency: AgencyId(agency.to_owned()),
        person: person.to_owned(),
        title: "处长".to_owned(),
        time_ms: NOW,
        remark: String::new(),
        word,
    };
    let confirm = |section: &str| Word::Confirm {
        section: section.to_owned(),
        step: Step::Sign,
        content: contents.section_hash(section).unwrap(),
        after: None,
    };
    let declare = Word::Declare { content: contents.hash().unwrap() };
    manifest.statements = vec![
        said("commerce", "王", confirm("basics")).sign(&key(COMMERCE)).unwrap(),
        said("lead", "林", confirm("plan")).sign(&key(LEAD)).unwrap(),
        said("lead", "林", declare).sign(&key(LEAD)).unwrap(),
    ];
}

/// Signs a manifest as lead and hub, and logs it.
fn submit(payload: &[u8]) -> Receipt {
    let origin = Origin::try_from("hub.example/huiqian".to_owned()).unwrap();
    let mut log = Log::default();
    let event =
        KeyEvent { log: origin.clone(), time_ms: NOW, act: KeyAct::Introduce { key: key(SEAL).public() } };
    let event = event.sign(&key(ROOT)).unwrap();
    log.add(&event, Purpose::HubKey);
    let mut envelope = Envelope::sign(Purpose::Manifest, payload.to_vec(), &key(LEAD));
    let index = log.add(&envelope, Purpose::Manifest);
    envelope.countersign(Purpose::Manifest, &key(SEAL));
    let proof = |index| prove_inclusion(log.size, index, &log).unwrap();
    let tree = root(log.size, &log).unwrap();
    Receipt {
        format: RECEIPT_FORMAT,
        envelope,
        index,
        proof: proof(index),
        checkpoint: SignedCheckpoint::sign(&origin, tree, &key(SEAL)).unwrap().0,
        keys: vec![LoggedKeyEvent { index: 0, envelope: event, proof: proof(0) }],
    }
}

pub fn trust() -> Trust {
    Trust { root: key(ROOT).public(), known: Known::default() }
}

/// What verifying it says, given the right root key.
pub fn verified(path: &Path) -> Verification {
    verify(path, &trust(), &Looking::default()).unwrap()
}

/// The codes of what is wrong, each with its place.
pub fn faults(path: &Path) -> Vec<(String, String)> {
    let found = verified(path);
    assert_eq!(found.good, found.faults.is_empty());
    let fault = |fault: form_model::command::Fault| {
        assert!(!fault.chinese.is_empty() && !fault.english.is_empty(), "{fault:?}");
        (fault.code, fault.place.unwrap_or_default())
    };
    found.faults.into_iter().map(fault).collect()
}

/// One thing that is wrong.
pub fn fault(code: &str, place: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), place.to_owned())]
}

pub fn replace(path: &Path, bytes: &[u8]) {
    File::create(path).unwrap().write_all(bytes).unwrap();
}
