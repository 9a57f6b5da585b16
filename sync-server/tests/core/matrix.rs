//! The fault matrix: one story of a hub, told once for every call that it makes of its store, with that call failing
//! before it did anything and after it did all of it. Whoever asked asks again; nothing that was acknowledged may be
//! missing then, nothing that was not may have been announced, and everybody ends with the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use form_document::digest::Sha256;
use form_document::log::LogState;
use form_document::roster::Act;
use form_document::transparency::{Known, LEAF_BYTES, Receipt};
use form_document::wire::{Exchange, HeldWork, Hello, Offer, Submission, decode};
use sync_server::arbiter::{CheckedPublication, Core, NewUpload, Room, TilePath};
use sync_server::clock::Clock;
use sync_server::error::{ErrorCode, HubError};
use sync_server::storage::Storage;
use sync_server::storage::file::{BlobHash, UploadId};
use sync_server::storage::sqlite::Sqlite;

use crate::support::desk::Desk;
use crate::support::faulty::{Call, Fault, Faulty, Plan};
use crate::support::signing::{ROOM, ROOT, copy_of, seal, uploads};
use crate::support::{HUB, NOW, key};

/// Threads that tell the story.
const THREADS: usize = 2;

/// A hub whose store fails once, and those who ask it again.
struct Story {
    folder: tempfile::TempDir,
    /// Below it.
    database: PathBuf,
    plan: Plan,
    core: Core,
    /// How often somebody had to ask again.
    again: usize,
}

/// A folder in memory where there is one: what fails here is not the disk.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// A hub on a database; it does not start while its store fails.
fn start(database: &Path, plan: &Plan) -> (Core, usize) {
    for again in 0..2 {
        let inner = Sqlite::open(database).unwrap();
        let storage = Box::new(Faulty { inner, plan: plan.clone() });
        // As little memory as can be: what is closed has to be read again.
        match sealed(storage) {
            Ok(core) => return (core, again),
            Err(error) => println!("the hub does not start: {error}"),
        }
    }
    panic!("the hub does not start though its store works again");
}

/// A core with its seal, as the hub starts it.
fn sealed(storage: Box<dyn Storage>) -> Result<Core, HubError> {
    let mut core = Core::new(storage, key(HUB).into(), Clock::new(|| NOW), 1)?;
    core.set_seal(seal())?;
    Ok(core)
}

impl Story {
    fn new(plan: Plan) -> Self {
        let folder = folder();
        let database = folder.path().join("hub.db");
        let (core, again) = start(&database, &plan);
        Self { folder, database, plan, core, again }
    }

    fn restart(&mut self) {
        let (core, again) = start(&self.database, &self.plan);
        self.core = core;
        self.again += again;
    }

    /// Does something at the hub, and does it again when the store has failed.
    fn ask<T>(&mut self, mut step: impl FnMut(&mut Core) -> Result<T, HubError>) -> Result<T, HubError> {
        match step(&mut self.core) {
            Err(error) if error.code == ErrorCode::StorageFailed => {
                for stretch in self.core.take_untold() {
                    let stored = self.core.storage().head(&stretch.application).unwrap().unwrap();
                    let durable = stored.state.position >= stretch.head.state.position;
                    assert!(durable, "what was not stored is announced");
                }
                self.again += 1;
                step(&mut self.core)
            }
            other => other,
        }
    }

    fn sync(&mut self, desk: &mut Desk) {
        self.ask(|core| desk.sync(core)).unwrap();
        self.core.take_untold();
    }

    /// Brings the sample's files, asking again for each step that failed.
    fn bring_files(&mut self, lead: &Desk) {
        for (new, hash) in uploads() {
            let begin = |core: &mut Core| {
                core.begin_upload(&lead.device(), &lead.application, new.clone(), ROOM, None)
            };
            let upload = self.ask(begin).unwrap();
            self.ask(|core| core.finish_upload(upload.clone(), hash)).unwrap();
        }
    }

    /// Makes a revision final. Whatever fails on the way, afterwards it is either not final and not logged, or it is
    /// both, and the next start signs it.
    fn close(&mut self, lead: &Desk, submission: &Submission, digest: &Sha256) -> Receipt {
        let (device, id) = (lead.device(), &lead.application);
        match self.core.finalise(&device, id, submission) {
            Ok(receipt) => return receipt,
            Err(error) => assert_eq!(error.code, ErrorCode::StorageFailed, "{error}"),
        }
        self.again += 1;
        self.core.take_untold();
        let stored = Sqlite::open_to_read(&self.database).unwrap();
        let logged = stored.seal_by_digest(digest).unwrap().is_some();
        let closed =
            matches!(stored.roster(id).unwrap().last().unwrap().read().unwrap().act, Act::Finalise { .. });
        assert_eq!(logged, closed, "closed and logged are one");
        self.restart();
        assert!(stored.seal_unsigned().unwrap().is_empty(), "a start signs what is logged");
        let signed = self.core.revision_by_digest(digest).unwrap();
        assert_eq!(signed.is_some(), logged);
        self.ask(|core| core.finalise(&device, id, submission)).unwrap()
    }

    /// A device joins as a client does: one whose enrolment was cut off looks at its invite again.
    fn join(&mut self, number: u8, agency: &str, lead: &mut Desk) -> Desk {
        let invite = key(number + 100);
        lead.invite_acts(agency, agency, &invite);
        self.sync(lead);
        let device = key(number).public();
        for _ in 0..3 {
            let invitation = self.ask(|core| core.invitation(&invite.public(), Some(&device))).unwrap();
            let (desk, entry) = Desk::accept(number, &invite, &invitation);
            if desk.ledger.chain().newest().active(&device).is_some() {
                return desk;
            }
            match self.ask(|core| core.enrol(&invite.public(), &entry)) {
                Ok(_) => return desk,
                Err(error) => assert_eq!(error.code, ErrorCode::RosterMoved, "{error}"),
            }
        }
        panic!("device {number} is not let in");
    }
}

/// The story. Returns how the log stands in the end.
fn tell(plan: &Plan) -> (Story, LogState) {
    let mut story = Story::new(plan.clone());
    let code = [7; 32];
    Sqlite::open(&story.folder.path().join("hub.db")).unwrap().admit(&code, NOW).unwrap();
    let mut lead = Desk::lead(1);
    let id = lead.application.clone();
    story
        .ask(|core| {
            let publication = CheckedPublication::check(&id, lead.publication())?;
            core.publish(&lead.device(), publication, Some(code))
        })
        .unwrap();
    assert_eq!(story.ask(|core| core.applications(&lead.device())), Ok(vec![id.clone()]));
    let mut desk = story.join(2, "safety", &mut lead);
    desk.append("safety.waste", "运出");
    desk.set("station.name", "不行");
    story.sync(&mut desk);
    lead.set("station.name", "南极站");
    story.sync(&mut lead);
    story.ask(|core| core.fold(&id)).unwrap();
    let backup = story.folder.path().join("backup.db");
    Sqlite::open_to_read(&story.folder.path().join("hub.db")).unwrap().copy_to(&backup).unwrap();
    let (known, end) = (lead.hello(), *lead.ledger.log());
    desk.append("safety.waste", "回来");
    story.sync(&mut desk);
    story.restart();
    lead.set("station.name", "另一站");
    story.sync(&mut lead);
    story.sync(&mut desk);
    story.ask(|core| core.fold(&id)).unwrap();
    newcomer_reads_everything(&mut story, &desk);
    assert_eq!(story.ask(|core| core.examine(&id)), Ok(vec![]));
    // The disk is replaced; yesterday's copy is put back, and a client tops it up.
    let (page, more) = story.ask(|core| core.page(&id, &known)).unwrap();
    assert!(!more);
    std::fs::copy(&backup, story.folder.path().join("restored.db")).unwrap();
    let restored = story.folder.path().join("restored.db");
    Sqlite::open(&restored).unwrap().set_restored().unwrap();
    let copy = story.ask(|core| copy_of(core)).unwrap();
    story.database = restored;
    story.restart();
    let behind = story.ask(|core| desk.sync(core)).unwrap_err();
    assert_eq!((behind.code, behind.position), (ErrorCode::HubBehind, Some(end.position)));
    let (position, _) = story.ask(|core| core.adopt(&desk.device(), &id, &page)).unwrap();
    assert_eq!(position, desk.ledger.log().position);
    let waits = story.ask(|core| desk.sync(core)).unwrap_err();
    assert_eq!(waits.code, ErrorCode::Recovering, "the lead has not been heard of");
    story.sync(&mut lead);
    desk.append("safety.waste", "。");
    story.sync(&mut desk);
    story.sync(&mut lead);
    assert_eq!(story.ask(|core| Ok(core.storage().applications()?)), Ok(vec![id.clone()]));
    a_file_comes_and_goes(&mut story, &lead);
    // What stands on the disk is what everybody has.
    for desk in [&lead, &desk] {
        assert_eq!(desk.text("station.name"), "另一站");
        assert_eq!(desk.text("safety.waste"), "运出回来。");
        assert_eq!(desk.ledger.log(), lead.ledger.log());
    }
    assert_eq!(story.ask(|core| core.recount(&id)), Ok(*lead.ledger.log()));
    assert_eq!(story.ask(|core| core.complete(&copy, &[])).unwrap().size, 1);
    story.restart();
    a_revision_becomes_final(&mut story, &mut lead, &mut desk);
    let end = *lead.ledger.log();
    (story, end)
}

/// A file is brought, found, named by nobody and forgotten; a ticket is given out and known.
fn a_file_comes_and_goes(story: &mut Story, lead: &Desk) {
    let (device, id) = (lead.device(), lead.application.clone());
    let (upload, hash) = (UploadId([7; 16]), BlobHash([8; 32]));
    let new = NewUpload { id: upload, length: 10, hash: Some(hash), metadata: String::new() };
    // Twice its room: one of which nobody knows whether it was begun is begun once more.
    let room = Room { quota: 20, disk: 20 };
    let begun = story.ask(|core| core.begin_upload(&device, &id, new.clone(), room, None)).unwrap();
    assert_eq!(story.ask(|core| core.upload(&device, &id, &upload)).as_ref(), Ok(&begun));
    assert!(story.ask(|core| core.finish_upload(begun.clone(), hash)).unwrap().done);
    assert_eq!(story.ask(|core| core.readable(&device, &id, &[hash])).unwrap().len(), 1, "its giver's");
    // Of a file that is here already a second copy needs no room.
    let known = story.ask(|core| Ok(core.storage().blob(&id, &hash)?)).unwrap();
    let again = NewUpload { id: UploadId([9; 16]), ..new };
    assert!(story.ask(|core| core.begin_upload(&device, &id, again.clone(), room, known)).unwrap().done);
    story.ask(|core| core.give_ticket(&device, &id, [3; 32])).unwrap();
    assert_eq!(story.ask(|core| core.ticket(&[3; 32], &id)), Ok(device));
    assert_eq!(story.ask(Core::expire_uploads), Ok(vec![]));
    assert_eq!(story.ask(|core| core.unnamed(&id, NOW + 1)), Ok(vec![hash]));
    let position = story.ask(|core| core.history(&id)).unwrap().unwrap().position;
    story.ask(|core| core.forget_unnamed(&id, hash, position, NOW + 1)).unwrap();
    assert_eq!(story.ask(|core| core.readable(&device, &id, &[hash])), Ok(vec![]));
}

/// All is answered and signed, and made final once, however often the store fails.
fn a_revision_becomes_final(story: &mut Story, lead: &mut Desk, desk: &mut Desk) {
    let (device, id) = (lead.device(), lead.application.clone());
    lead.fill();
    story.sync(lead);
    story.bring_files(lead);
    story.sync(desk);
    desk.sign_off("safety", "safety");
    story.sync(desk);
    story.sync(lead);
    lead.sign_off("lead", "station");
    lead.sign_off("lead", "operation");
    lead.declare();
    story.sync(lead);
    let submission = lead.submission();
    assert_eq!(story.ask(|core| core.obstacles(&device, &id)), Ok(vec![]));
    let digest = Sha256::of(&lead.manifest(Vec::new()).to_vec().unwrap());
    let receipt = story.close(lead, &submission, &digest);
    let known = Known { application: Some(id.clone()), revision: Some(1), ..Known::default() };
    let proven = receipt.verify(&key(ROOT).public(), &known).unwrap();
    assert_eq!((proven.digest, proven.index, proven.tree.size), (digest, 1, 2));
    // Whoever was started anew meanwhile has the same, also those who ask for the log itself.
    story.restart();
    assert_eq!(story.ask(|core| core.receipt(&device, &id, 1)).as_ref(), Ok(&receipt));
    let entry = story.ask(|core| Ok(core.storage().seal_entry(1)?)).unwrap().unwrap();
    assert_eq!(entry.digest, digest);
    let tile = story.ask(|core| core.tile(TilePath::read("entries/000.p/2").unwrap())).unwrap();
    assert_eq!(tile.len(), 2 * (2 + LEAF_BYTES));
    // What comes too late is kept with its proof.
    desk.append("safety.waste", "迟了");
    story.sync(desk);
    let held = story.ask(|core| core.held(&device, &id, 0)).unwrap();
    let held: HeldWork = decode(&held).unwrap();
    assert_eq!((held.offer.changes.len(), held.position), (1, desk.ledger.log().position));
    let more: HeldWork = decode(&story.ask(|core| core.held(&device, &id, held.position)).unwrap()).unwrap();
    assert!(more.offer.is_empty());
    story.sync(lead);
    story.sync(desk);
    for desk in [lead, desk] {
        assert_eq!(desk.ledger.chain().newest().revision.manifest, Some(digest));
    }
}

/// Somebody who joins has the same as the others, compactly and page by page.
fn newcomer_reads_everything(story: &mut Story, desk: &Desk) {
    let (device, id) = (desk.device(), desk.application.clone());
    let start = story.ask(|core| core.start(&device, &id)).unwrap();
    assert_eq!(desk.started(2, &start).log(), desk.ledger.log());
    let nothing = Hello { after: 0, log: LogState::start(&id).hash, have: Vec::new() };
    let exchange = Exchange { hello: nothing, offer: Offer::default() };
    let reply = story.ask(|core| core.exchange(&device, &id, exchange.clone())).unwrap();
    assert_eq!(reply.page.head.position, desk.ledger.log().position);
}

#[test]
fn whichever_call_of_the_store_fails_before_or_after_nothing_is_lost_and_the_next_try_works() {
    let plan = Plan::default();
    let (story, position) = tell(&plan);
    assert_eq!(story.again, 0);
    let made = plan.made();
    let reached: BTreeSet<Call> = made.iter().copied().collect();
    let missing: Vec<_> = Call::ALL.iter().filter(|call| !reached.contains(call)).collect();
    assert!(missing.is_empty(), "the story does not make the store do {missing:?}");
    let mut matrix = Vec::new();
    for (number, call) in made.iter().enumerate() {
        matrix.push((number, Fault::Before));
        // A read leaves nothing behind that could make a difference.
        if *call == Call::Commit {
            matrix.push((number, Fault::After));
        }
    }
    let mut failures: BTreeMap<Call, usize> = BTreeMap::new();
    let tried: Vec<_> = std::thread::scope(|scope| {
        let parts: Vec<_> = (0..THREADS)
            .map(|part| {
                let mine: Vec<_> = matrix.iter().copied().skip(part).step_by(THREADS).collect();
                scope.spawn(move || {
                    mine.into_iter()
                        .map(|(number, fault)| try_one(number, fault, position))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    for call in tried {
        *failures.entry(call).or_default() += 1;
    }
    println!("{} faults: {failures:?}", matrix.len());
}

/// Tells the story with one fault in it. Returns the call that failed.
fn try_one(number: usize, fault: Fault, expected: LogState) -> Call {
    println!("call {number} fails {fault:?}");
    let plan = Plan::failing(number, fault);
    let (story, end) = tell(&plan);
    let failed = plan.failed().expect("the call was made");
    assert_eq!(
        story.again, 1,
        "call {number} ({failed:?}, {fault:?}): somebody noticed, and asked once more"
    );
    assert_eq!(
        end.position, expected.position,
        "call {number} ({failed:?}, {fault:?}): no verdict is given twice"
    );
    failed
}
