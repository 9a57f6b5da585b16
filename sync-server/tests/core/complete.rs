//! The public log of a hub that was restored: completed from a copy, or begun anew by the root key; until then nothing is
//! added and nothing signed.

use form_document::digest::Sha256;
use form_document::key::SigningKey;
use form_document::transparency::{
    BadReceipt, Known, Origin, Receipt, SignedCheckpoint, Tree, check_consistency,
};
use form_document::wire::Submission;
use sync_server::arbiter::{Completed, Core};
use sync_server::error::ErrorCode;
use sync_server::log_copy::LogCopy;
use sync_server::seal::Seal;
use sync_server::storage::seal::SealSubject;
use sync_server::storage::sqlite::Sqlite;

use crate::support::desk::Desk;
use crate::support::signing::{ROOT, SEAL, copy_of, seal, signed};
use crate::support::{TestCore, key};

/// A hub on the day after: its log has a final revision and a rotated key that the backup lacks.
struct Day {
    lead: Desk,
    desk: Desk,
    submission: Submission,
    receipt: Receipt,
    /// The public log as anybody could fetch it before the disk was lost.
    copy: LogCopy,
    /// What a client has seen last.
    seen: Tree,
    restored: TestCore,
}

fn rotated() -> Seal {
    Seal { key: key(SEAL + 1), root_key: None, ..seal() }
}

fn root_key() -> SigningKey {
    key(ROOT)
}

fn day() -> Day {
    let mut hub = TestCore::new();
    hub.core.set_seal(seal()).unwrap();
    let (lead, desk) = signed(&mut hub.core);
    let backup = hub.folder.path().join("backup.db");
    Sqlite::open_to_read(&hub.folder.path().join("hub.db")).unwrap().copy_to(&backup).unwrap();
    Sqlite::open(&backup).unwrap().set_restored().unwrap();
    let restored = TestCore::from_file(&backup);
    let submission = lead.submission();
    let receipt = hub.core.finalise(&lead.device(), &lead.application, &submission).unwrap();
    hub.core.rotate(key(SEAL + 1)).unwrap();
    let (copy, seen) = (copy_of(&hub.core).unwrap(), hub.core.tree().unwrap());
    Day { lead, desk, submission, receipt, copy, seen, restored }
}

fn refused(core: &mut Core, lead: &Desk, submission: &Submission) -> ErrorCode {
    core.finalise(&lead.device(), &lead.application, submission).unwrap_err().code
}

/// Another application's revision, made final as the next entry.
fn another(core: &mut Core) -> Receipt {
    let mut lead = Desk::lead_at(11, [11; 16], core.hub());
    lead.publish(core).unwrap();
    lead.fill();
    lead.sync(core).unwrap();
    lead.bring_files(core);
    for section in ["station", "operation", "safety"] {
        lead.sign_off("lead", section);
    }
    lead.declare();
    lead.sync(core).unwrap();
    core.finalise(&lead.device(), &lead.application, &lead.submission()).unwrap()
}

#[test]
fn a_restored_hub_adds_nothing_to_its_log_and_signs_nothing() {
    let Day { lead, submission, mut restored, .. } = day();
    let core = &mut restored.core;
    let before = core.checkpoint().unwrap();
    // The key that the lost part of the log named is as good as the one that the backup names.
    core.set_seal(rotated()).unwrap();
    assert_eq!(refused(core, &lead, &submission), ErrorCode::LogIncomplete);
    let rotate = core.rotate(key(SEAL + 2)).unwrap_err();
    assert_eq!(rotate.code, ErrorCode::LogIncomplete);
    let revoke = core.revoke(&root_key(), key(SEAL).public(), 1, key(SEAL + 2)).unwrap_err();
    assert_eq!(revoke.code, ErrorCode::LogIncomplete);
    assert_eq!((core.checkpoint(), core.storage().seal_size().unwrap()), (Ok(before), 1));
    let mut restored = restored.restarted();
    restored.core.set_seal(seal()).unwrap();
    assert_eq!(
        refused(&mut restored.core, &lead, &submission),
        ErrorCode::LogIncomplete,
        "also after a restart"
    );
}

#[test]
fn a_copy_completes_the_log_and_whoever_knew_more_sees_it_go_on() {
    let Day { lead, submission, receipt, copy, seen, mut restored, .. } = day();
    let core = &mut restored.core;
    assert_eq!(core.complete(&copy, &[]), Ok(Completed { size: 3, added: 2, unknown: 1 }));
    assert_eq!(core.tree(), Ok(seen));
    assert_eq!(core.checkpoint().unwrap().note, copy.checkpoint.0);
    assert_eq!(core.examine_seal(&root_key().public()), Ok(vec![]));
    core.set_seal(rotated()).unwrap();
    let later = another(core);
    let grown = later.verify(&root_key().public(), &Known::default()).unwrap();
    assert_eq!((grown.index, grown.tree.size), (3, 4));
    check_consistency(seen, grown.tree, &core.consistency(3, 4).unwrap()).unwrap();
    // The old key signed the lost entry, and cannot do so again: it is logged once more, and signed by the new one.
    let again = core.finalise(&lead.device(), &lead.application, &submission).unwrap();
    let proven = again.verify(&root_key().public(), &Known::default()).unwrap();
    assert_eq!((proven.index, proven.digest), (4, Sha256::of(&receipt.envelope.payload)));
    assert!(receipt.verify(&root_key().public(), &Known::default()).is_ok());
}

#[test]
fn receipts_say_what_the_entries_are_about_that_came_back() {
    let Day { lead, receipt, copy, mut restored, .. } = day();
    let core = &mut restored.core;
    let receipts = std::slice::from_ref(&receipt);
    assert_eq!(core.complete(&copy, receipts), Ok(Completed { size: 3, added: 2, unknown: 0 }));
    core.set_seal(rotated()).unwrap();
    let served = core.receipt(&lead.device(), &lead.application, 1).unwrap();
    assert_eq!((&served.envelope, served.index), (&receipt.envelope, receipt.index));
    assert!(served.verify(&root_key().public(), &Known::default()).is_ok());
    assert_eq!(core.complete(&copy, receipts), Ok(Completed { size: 3, ..Completed::default() }), "twice");
}

#[test]
fn an_entry_that_came_back_without_its_content_gets_it_when_its_lead_asks_again() {
    let Day { lead, submission, receipt, mut copy, mut restored, .. } = day();
    // The copy of an hour before: the key was not rotated yet.
    copy.leaves.truncate(2);
    copy.keys.truncate(1);
    copy.checkpoint = SignedCheckpoint(receipt.checkpoint.clone());
    let core = &mut restored.core;
    assert_eq!(core.complete(&copy, &[]), Ok(Completed { size: 2, added: 1, unknown: 1 }));
    core.set_seal(seal()).unwrap();
    assert_eq!(core.storage().seal_entry(1).unwrap().unwrap().subject, SealSubject::Unknown);
    assert!(core.receipt(&lead.device(), &lead.application, 1).is_err());
    let again = core.finalise(&lead.device(), &lead.application, &submission).unwrap();
    assert_eq!(again.to_vec().unwrap(), receipt.to_vec().unwrap(), "the very receipt that was lost");
}

#[test]
fn only_the_hubs_own_word_on_a_log_that_goes_on_from_the_backup_is_taken_in() {
    let Day { receipt, copy, mut restored, .. } = day();
    let core = &mut restored.core;
    let why = |core: &mut Core, copy: &LogCopy, receipts: &[Receipt]| {
        let error = core.complete(copy, receipts).unwrap_err();
        assert_eq!(error.code, ErrorCode::LogRefused, "{error}");
        assert_eq!(core.check_complete().unwrap_err().code, ErrorCode::LogIncomplete);
        error.detail
    };
    let mut altered = copy.clone();
    altered.leaves[1].0[0] ^= 1;
    assert!(why(core, &altered, &[]).contains("not those that the checkpoint is about"));
    let mut silent = copy.clone();
    silent.keys.pop();
    assert!(why(core, &silent, &[]).contains("not signed by key"), "a rotation that is kept silent about");
    let mut short = copy.clone();
    short.leaves.pop();
    assert!(why(core, &short, &[]).contains("is not the entry"));
    // Another log under the same keys.
    let mut fork = TestCore::new();
    fork.wait_ms(1);
    fork.core.set_seal(seal()).unwrap();
    another(&mut fork.core);
    assert!(why(core, &copy_of(&fork.core).unwrap(), &[]).contains("entry 0 is another"));
    let mut foreign = TestCore::new();
    foreign.core.set_seal(Seal { root: key(7).public(), root_key: Some(key(7)), ..seal() }).unwrap();
    assert!(why(core, &copy_of(&foreign.core).unwrap(), &[]).contains("root key"));
    // A receipt that knows more of the log than the copy.
    let mut older = copy.clone();
    older.leaves.truncate(1);
    older.keys.truncate(1);
    older.checkpoint = SignedCheckpoint(core.checkpoint().unwrap().note);
    assert!(why(core, &older, std::slice::from_ref(&receipt)).contains("take a newer copy"));
    assert!(core.complete(&copy, &[receipt]).is_ok());
}

#[test]
fn the_root_key_has_the_log_begin_anew_and_what_was_lost_stays_verifiable() {
    let Day { mut lead, mut desk, submission, receipt, copy, seen, mut restored } = day();
    let core = &mut restored.core;
    let taken = core.begin_anew(&root_key(), Some(seal().origin)).unwrap_err();
    assert_eq!(taken.code, ErrorCode::BadMessage, "a name that it had");
    assert!(core.begin_anew(&key(7), None).is_err(), "another root key");
    let name = core.begin_anew(&root_key(), None).unwrap();
    assert_eq!(name.as_str(), "hub.example/huiqian/2");
    assert_eq!(
        core.begin_anew(&root_key(), None).unwrap_err().code,
        ErrorCode::BadMessage,
        "it lacks nothing now"
    );
    // The backup's key signs on; the rotated one was named in what is lost.
    core.set_seal(seal()).unwrap();
    for member in [&mut lead, &mut desk] {
        member.sync(core).unwrap();
    }
    let again = core.finalise(&lead.device(), &lead.application, &submission).unwrap();
    let root = root_key().public();
    let proven = again.verify(&root, &Known::default()).unwrap();
    assert_eq!((&proven.origin, proven.index, proven.tree.size), (&name, 2, 3));
    assert_eq!(core.examine_seal(&root), Ok(vec![]));
    let history = core.key_history(&root).unwrap();
    let left = history.left(&seal().origin).unwrap();
    assert_eq!(left.size, 1, "a client that knew {} entries is told where the log was left", seen.size);
    check_consistency(left, proven.tree, &core.consistency(1, 3).unwrap()).unwrap();
    assert!(core.complete(&copy, &[]).is_err(), "the lost part belongs to another log now");

    // Also for whoever has the new log's keys, the lost receipt proves what it proved.
    let later_keys = copy_of(core).unwrap().keys;
    let known = Known { later_keys, ..Known::default() };
    assert_eq!(receipt.verify(&root, &known).unwrap().origin, seal().origin);
    assert!(again.verify(&root, &known).is_ok());
    // A key that is taken back afterwards counts in neither.
    core.revoke(&root_key(), key(SEAL).public(), 1, key(SEAL + 3)).unwrap();
    let known = Known { later_keys: copy_of(core).unwrap().keys, ..Known::default() };
    assert_eq!(receipt.verify(&root, &known), Err(BadReceipt::NoKey { index: 1 }));
    // Neither name passes for the other.
    let renamed = Receipt { checkpoint: again.checkpoint.replacen("huiqian/2", "huiqian", 1), ..again };
    assert!(matches!(renamed.verify(&root, &Known::default()), Err(BadReceipt::Keys(_))));
    let second: Result<Origin, _> = "hub.example/huiqian/3".to_owned().try_into();
    Sqlite::open(&restored.folder.path().join("hub.db")).unwrap().set_restored().unwrap();
    assert_eq!(restored.core.begin_anew(&root_key(), None).ok(), second.ok());
}

#[test]
fn a_lost_signing_key_is_replaced_by_the_root_key_and_what_it_had_not_signed_is_logged_again() {
    use crate::support::faulty::{Faulty, Plan};
    let plan = Plan::default();
    let given = plan.clone();
    let mut hub = TestCore::over(|inner| Box::new(Faulty { inner, plan: given }));
    hub.core.set_seal(seal()).unwrap();
    let first = another(&mut hub.core);
    let (lead, _) = signed(&mut hub.core);
    let submission = lead.submission();
    plan.fail_commit_after(1);
    assert_eq!(refused(&mut hub.core, &lead, &submission), ErrorCode::StorageFailed, "logged and not signed");
    let mut hub = hub.restarted();
    let next = Seal { key: key(SEAL + 1), root_key: None, ..seal() };
    let root = root_key().public();
    hub.core.revoke(&root_key(), key(SEAL).public(), 3, key(SEAL + 1)).unwrap();
    hub.core.set_seal(next).unwrap();
    let known = Known { later_keys: copy_of(&hub.core).unwrap().keys, ..Known::default() };
    assert_eq!(first.verify(&root, &known).unwrap().hub, key(SEAL).public(), "before it, the old key counts");
    let receipt = hub.core.finalise(&lead.device(), &lead.application, &submission).unwrap();
    let proven = receipt.verify(&root, &known).unwrap();
    assert_eq!((proven.hub, proven.index), (key(SEAL + 1).public(), 4), "after it, the new one");
    assert_eq!(hub.core.examine_seal(&root), Ok(vec![]));
}
