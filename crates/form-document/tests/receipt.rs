//! The receipt: what it proves, and each forgery refused for its own reason.
//!
//! Where each forgery is tried (here, unless another place is named):
//!
//! | forgery | refused as | test |
//! |---|---|---|
//! | any byte of a package or receipt flipped | whatever that byte was a part of | `every_flipped_bit_of_a_receipt_is_refused`; form-export `flip` (folder, ZIP, receipt: refused, or the report is the same) |
//! | upper-case hex, other base 64 | `Unreadable` | `hex_and_base_64_have_one_spelling` |
//! | wrong root key | `Keys(NotByRoot)` | `another_root_key_hint_or_log_is_refused` |
//! | wrong root hash | `KeyProof(Mismatch)` | `another_root_hash_or_proof_is_refused` |
//! | wrong key hint | `Hub(NotSigned)`, `NoLead` | `another_root_key_hint_or_log_is_refused` |
//! | another application, another revision | `OtherApplication`, `OtherRevision` | `another_application_or_revision_than_expected_is_refused`; form-export `forgery` |
//! | inclusion proof missing, corrupt, too long, of another place, negative | `Proof(…)`, `Unreadable` | `another_root_hash_or_proof_is_refused` |
//! | unknown version: receipt, manifest, envelope | `Format`, `Manifest(Format)`, `Hub(OtherType)` | `another_root_hash_or_proof_is_refused`, `a_signature_makes_no_manifest_of_what_readers_read_differently`, `an_envelope_of_another_kind_or_version_is_refused` |
//! | another hub's log | `Keys(OtherLog)`, `Keys(NotByRoot)`, `KeyProof`, `Checkpoint(NotSigned)` | `another_root_key_hint_or_log_is_refused`, `another_hubs_log_proves_nothing` |
//! | duplicate names, numbers not canonical, lone surrogates, other spellings | `Manifest(Unreadable(…))` | `a_signature_makes_no_manifest_of_what_readers_read_differently`; unit tests of `canonical` |
//! | NFC for NFD, wide for narrow, invisible characters | `Manifest(OtherContent)`, `Lead(Signature)` | `letters_that_look_alike_are_other_letters` |
//! | a sign-off over other content, of a stranger, or none of the lead | `Manifest(…)` | `sign_offs_cover_what_the_manifest_says` |
//! | a file of evidence swapped, altered, missing, one too many | `altered_file`, `wrong_size`, `missing_file`, `extra_file` | form-export `forgery`, `archive`; `tests/verify` |
//! | a key used after it was rotated or taken back | `Checkpoint(NotSigned)`, `Hub(NotSigned)`, `NoKey` | `each_key_counts_for_its_own_stretch_of_the_log`; `tests/verify/program`. Keys have no end by the calendar: a place in the log ends them |
//! | a change of keys by whom it is not | `Keys(…)` | `nobody_but_root_and_the_key_itself_changes_keys` |
//! | log rolled back | `Shrunk` | `a_log_that_was_rolled_back_or_forked_goes_on_from_nothing_that_was_known`; `tests/signing/public_log` at a real hub |
//! | log forked, shown to two clients | `Mismatch` | the same two |
//! | an old checkpoint replayed | `Proof(Beyond)`, `Shrunk` | `an_older_checkpoint_vouches_for_no_later_entry`; `tests/signing/public_log` |

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use form_document::canonical::{self, NotCanonical};
use form_document::digest::Sha256;
use form_document::envelope::{BadEnvelope, Envelope};
use form_document::key::Purpose;
use form_document::snapshot::{BadManifest, Manifest};
use form_document::transparency::{
    BadCheckpoint, BadKeys, BadProof, BadReceipt, KeyAct, Known, Origin, Receipt, SignedCheckpoint, Tree,
    check_consistency, prove_consistency, root,
};
use form_model::id::ApplicationId;
use form_model::member::Step;
use support::company::{COMMERCE, LEAD, NOW, SCIENCE, company, key, public};
use support::desk::Desk;
use support::signing::{Log, ROOT, SEALS, digest, origin};

/// The manifest of a small application that everybody has signed.
fn manifest() -> Manifest {
    let mut chain = company();
    // One owner a section keeps the scene small.
    chain
        .act(&key(LEAD), form_document::roster::Act::Remove { agency: support::company::agency("data") }, NOW)
        .unwrap();
    let mut lead = Desk::new(LEAD, &chain);
    let (mut commerce, mut science) = (Desk::new(COMMERCE, &chain), Desk::new(SCIENCE, &chain));
    commerce.set("basics.name", "示例中外中小企业合作区");
    commerce.set("basics.revenue.2025", "128.50");
    commerce.sign_off("commerce", "王", "basics", Step::Sign, None);
    science.append("plan.goals", "第一行\n“目标”");
    science.sign_off("science", "李", "plan", Step::Sign, None);
    for desk in [&mut commerce, &mut science] {
        lead.take(&desk.bundle());
    }
    lead.declare();
    lead.manifest()
}

/// A log with some entries, and the receipt of one of them.
fn submitted() -> (Log, Receipt) {
    let mut log = Log::new();
    let mut other = manifest();
    other.revision = 7;
    log.submit(LEAD, &other, SEALS[0]);
    let receipt = log.submit(LEAD, &manifest(), SEALS[0]);
    log.submit(LEAD, &other, SEALS[0]);
    (log, receipt)
}

fn fault(receipt: &Receipt) -> BadReceipt {
    receipt.verify(&public(ROOT), &Known::default()).expect_err("it is a forgery")
}

#[test]
fn a_receipt_proves_who_submitted_what_and_that_it_is_in_the_log() {
    let (log, receipt) = submitted();
    let bytes = receipt.to_vec().unwrap();
    let read = Receipt::read(&bytes).unwrap();
    let verified = read.verify(&public(ROOT), &Known::default()).unwrap();
    assert_eq!((verified.lead, verified.hub), (public(LEAD), public(SEALS[0])));
    assert_eq!((verified.index, verified.tree.size), (2, 3));
    assert_eq!(verified.digest, Sha256::of(&receipt.envelope.payload));
    assert_eq!(verified.manifest, manifest());
    assert_eq!(verified.statements.len(), 3, "two sections and the declaration");
    let later = log.receipt(receipt.envelope, 2, SEALS[0]);
    assert!(later.verify(&public(ROOT), &Known::default()).is_ok(), "also by a later checkpoint");
}

#[test]
fn every_flipped_bit_of_a_receipt_is_refused() {
    let (_, receipt) = submitted();
    let bytes = receipt.to_vec().unwrap();
    for at in 0..bytes.len() {
        // Each byte, by a bit that moves through it.
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        let verified = Receipt::read(&flipped).and_then(|read| read.verify(&public(ROOT), &Known::default()));
        assert!(verified.is_err(), "byte {at}: {:?}", char::from(bytes[at]));
    }
}

#[test]
fn another_root_key_hint_or_log_is_refused() {
    let (_, receipt) = submitted();
    let stranger = receipt.verify(&public(COMMERCE), &Known::default());
    assert_eq!(stranger, Err(BadReceipt::Keys(BadKeys::NotByRoot)));
    let mut hint = receipt.clone();
    hint.envelope.signatures[1].keyid = public(SEALS[1]);
    assert_eq!(fault(&hint), BadReceipt::Hub(BadEnvelope::NotSigned(public(SEALS[0]))));
    let mut hint = receipt.clone();
    hint.envelope.signatures[0].keyid = public(COMMERCE);
    assert_eq!(fault(&hint), BadReceipt::NoLead, "the first signature is the lead's");
    // Another log, signed with the same key.
    let other = Origin::try_from("other.example/log".to_owned()).unwrap();
    let (_, tree) = SignedCheckpoint(receipt.checkpoint.clone()).read().unwrap();
    let mut forged = receipt.clone();
    forged.checkpoint = SignedCheckpoint::sign(&other, tree, &key(SEALS[0])).unwrap().0;
    assert!(matches!(fault(&forged), BadReceipt::Keys(BadKeys::OtherLog { .. })));
    // The same log's name under a key that the log never had.
    let mut forged = receipt;
    forged.checkpoint = SignedCheckpoint::sign(&origin(), tree, &key(SEALS[2])).unwrap().0;
    let unsigned = BadCheckpoint::NotSigned { key: public(SEALS[0]) };
    assert_eq!(fault(&forged), BadReceipt::Checkpoint(unsigned));
}

#[test]
fn another_root_hash_or_proof_is_refused() {
    let (_, receipt) = submitted();
    let (_, tree) = SignedCheckpoint(receipt.checkpoint.clone()).read().unwrap();
    let with_tree = |tree: Tree| {
        let checkpoint = SignedCheckpoint::sign(&origin(), tree, &key(SEALS[0])).unwrap();
        Receipt { checkpoint: checkpoint.0, ..receipt.clone() }
    };
    let wrong = fault(&with_tree(Tree { root: digest("other"), ..tree }));
    assert_eq!(wrong, BadReceipt::KeyProof { index: 0, bad: BadProof::Mismatch });
    let mut missing = receipt.clone();
    missing.proof.clear();
    assert_eq!(fault(&missing), BadReceipt::Proof(BadProof::Mismatch));
    let mut corrupt = receipt.clone();
    corrupt.proof[0].0[3] ^= 1;
    assert_eq!(fault(&corrupt), BadReceipt::Proof(BadProof::Mismatch));
    let mut long = receipt.clone();
    long.proof = vec![digest("other"); 65];
    assert_eq!(fault(&long), BadReceipt::Proof(BadProof::TooLong));
    let mut elsewhere = receipt.clone();
    elsewhere.index = 1;
    assert_eq!(fault(&elsewhere), BadReceipt::Proof(BadProof::Mismatch));
    let mut beyond = receipt.clone();
    beyond.index = 3;
    assert_eq!(fault(&beyond), BadReceipt::Proof(BadProof::Beyond { index: 3, size: 3 }));
    let text = String::from_utf8(receipt.to_vec().unwrap()).unwrap();
    let negative = text.replace("\"index\":2,", "\"index\":-2,");
    assert!(matches!(
        Receipt::read(negative.as_bytes()),
        Err(BadReceipt::Unreadable(NotCanonical::Content(_)))
    ));
    let newer = text.replace("\"format\":1,", "\"format\":2,");
    assert_eq!(Receipt::read(newer.as_bytes()), Err(BadReceipt::Format { found: 2 }));
}

#[test]
fn another_application_or_revision_than_expected_is_refused() {
    let (_, receipt) = submitted();
    let application = Some(ApplicationId("0".repeat(64)));
    let known = Known { application, ..Known::default() };
    assert!(matches!(receipt.verify(&public(ROOT), &known), Err(BadReceipt::OtherApplication { .. })));
    let known = Known { revision: Some(2), ..Known::default() };
    assert_eq!(receipt.verify(&public(ROOT), &known), Err(BadReceipt::OtherRevision { found: 1 }));
}

#[test]
fn hex_and_base_64_have_one_spelling() {
    let (_, receipt) = submitted();
    let text = String::from_utf8(receipt.to_vec().unwrap()).unwrap();
    let lead = public(LEAD).to_string();
    let proof = receipt.proof[0].to_string();
    let sig = text.split("\"sig\":\"").nth(1).unwrap().split('"').next().unwrap();
    // Of the last digit before the padding only some bits count.
    let (start, last) = (&sig[..85], sig.as_bytes()[85]);
    let other = format!("{start}{}==", char::from(last + 1));
    for (from, to) in [
        (lead.as_str(), lead.to_uppercase()),
        (&proof, proof.to_uppercase()),
        (sig, other),
        (sig, sig.trim_end_matches('=').to_owned()),
        (sig, sig.replace(['+', '/'], "-")),
    ] {
        let changed = text.replacen(from, &to, 1);
        if changed != text {
            let read = Receipt::read(changed.as_bytes());
            assert!(matches!(read, Err(BadReceipt::Unreadable(NotCanonical::Content(_)))), "{to}: {read:?}");
        }
    }
}

#[test]
fn an_envelope_of_another_kind_or_version_is_refused() {
    let (_, receipt) = submitted();
    let expected = Purpose::Manifest.name();
    for found in [expected.replace("v1", "v2"), Purpose::SignOff.name().to_owned(), String::new()] {
        let mut other = receipt.clone();
        other.envelope.payload_type.clone_from(&found);
        assert_eq!(fault(&other), BadReceipt::Hub(BadEnvelope::OtherType { found, expected }));
    }
    // Signed as something else by both.
    let mut log = Log::new();
    let mut envelope = Envelope::sign(Purpose::SignOff, manifest().to_vec().unwrap(), &key(LEAD));
    let index = log.add(&envelope, Purpose::SignOff);
    envelope.countersign(Purpose::SignOff, &key(SEALS[0]));
    envelope.payload_type = expected.to_owned();
    let bad = fault(&log.receipt(envelope, index, SEALS[0]));
    assert!(matches!(bad, BadReceipt::Hub(BadEnvelope::Signature { .. })), "{bad}");
}

#[test]
fn another_hubs_log_proves_nothing() {
    let (_, receipt) = submitted();
    // Another hub, with a root key of its own, has logged the same submission.
    let mut other = Log::default();
    other.key_event(COMMERCE, KeyAct::Introduce { key: public(SEALS[1]) });
    let mut envelope = Envelope::sign(Purpose::Manifest, receipt.envelope.payload.clone(), &key(LEAD));
    let index = other.add(&envelope, Purpose::Manifest);
    envelope.countersign(Purpose::Manifest, &key(SEALS[1]));
    let theirs = other.receipt(envelope, index, SEALS[1]);
    assert!(theirs.verify(&public(COMMERCE), &Known::default()).is_ok(), "by its own root key");
    assert_eq!(fault(&theirs), BadReceipt::Keys(BadKeys::NotByRoot));
    // This hub's keys with the other's checkpoint, either way round.
    let stray = BadReceipt::KeyProof { index: 0, bad: BadProof::Mismatch };
    assert_eq!(fault(&Receipt { keys: receipt.keys.clone(), ..theirs.clone() }), stray);
    assert_eq!(fault(&Receipt { checkpoint: theirs.checkpoint, ..receipt }), stray);
}

#[test]
fn an_older_checkpoint_vouches_for_no_later_entry() {
    let mut log = Log::new();
    let mut other = manifest();
    other.revision = 7;
    let older = log.submit(LEAD, &other, SEALS[0]);
    let later = log.submit(LEAD, &manifest(), SEALS[0]);
    let (checkpoint, keys) = (older.checkpoint, older.keys);
    let replayed = Receipt { checkpoint, keys, ..later };
    assert_eq!(fault(&replayed), BadReceipt::Proof(BadProof::Beyond { index: 2, size: 2 }));
}

#[test]
fn letters_that_look_alike_are_other_letters() {
    let named = |name: &str| {
        let mut chain = company();
        let remove = form_document::roster::Act::Remove { agency: support::company::agency("data") };
        chain.act(&key(LEAD), remove, NOW).unwrap();
        let mut lead = Desk::new(LEAD, &chain);
        let (mut commerce, mut science) = (Desk::new(COMMERCE, &chain), Desk::new(SCIENCE, &chain));
        commerce.set("basics.name", name);
        commerce.sign_off("commerce", "王", "basics", Step::Sign, None);
        science.sign_off("science", "李", "plan", Step::Sign, None);
        for desk in [&mut commerce, &mut science] {
            lead.take(&desk.bundle());
        }
        lead.declare();
        lead.manifest()
    };
    for (signed_name, alike) in [
        ("caf\u{e9}", "cafe\u{301}"),
        ("cafe\u{301}", "caf\u{e9}"),
        ("合作区A", "合作区Ａ"),
        ("合作区", "合作区\u{200b}"),
        ("\u{ac00}", "\u{1100}\u{1161}"),
    ] {
        let honest = named(signed_name);
        assert!(signed(honest.to_vec().unwrap()).verify(&public(ROOT), &Known::default()).is_ok());
        let mut forged = honest.clone();
        forged.answers.insert(support::id("basics.name"), support::text(alike).unwrap());
        // Even if lead and hub signed it anew, the agency did not.
        let bad = fault(&signed(forged.to_vec().unwrap()));
        assert_eq!(bad, BadReceipt::Manifest(BadManifest::OtherContent { index: 0 }), "{alike:?}");
        // And what they did sign is those bytes alone.
        let mut receipt = signed(honest.to_vec().unwrap());
        receipt.envelope.payload = forged.to_vec().unwrap();
        assert!(matches!(fault(&receipt), BadReceipt::Hub(BadEnvelope::Signature { .. })), "{alike:?}");
    }
}

/// A receipt over payload bytes that lead and hub have signed.
fn signed(payload: Vec<u8>) -> Receipt {
    let mut log = Log::new();
    let mut envelope = Envelope::sign(Purpose::Manifest, payload, &key(LEAD));
    let index = log.add(&envelope, Purpose::Manifest);
    envelope.countersign(Purpose::Manifest, &key(SEALS[0]));
    log.receipt(envelope, index, SEALS[0])
}

#[test]
fn a_signature_makes_no_manifest_of_what_readers_read_differently() {
    let text = String::from_utf8(manifest().to_vec().unwrap()).unwrap();
    let unreadable = |text: &str| match fault(&signed(text.as_bytes().to_vec())) {
        BadReceipt::Manifest(BadManifest::Unreadable(why)) => why,
        other => panic!("refused for another reason: {other}"),
    };
    let twice = text.replacen(
        "\"basics.revenue.2025\":\"128.50\"",
        "\"basics.revenue.2025\":\"128.50\",\"basics.revenue.2025\":\"129.50\"",
        1,
    );
    assert_eq!(unreadable(&twice), NotCanonical::DuplicateName("basics.revenue.2025".to_owned()));
    assert_eq!(unreadable(&text.replacen("\"revision\":1", "\"revision\":1.0", 1)), NotCanonical::Number);
    assert_eq!(unreadable(&text.replacen("\"revision\":1", "\"revision\":1e0", 1)), NotCanonical::Number);
    assert_eq!(unreadable(&text.replacen("128.50", r"\ud800", 1)), NotCanonical::LoneSurrogate);
    assert_eq!(unreadable(&text.replacen("128.50", r"\u0031", 1)), NotCanonical::Spelling);
    assert_eq!(unreadable(&text.replacen(":1,", ": 1,", 1)), NotCanonical::Spelling);
    let newer = text.replacen("\"format\":1,", "\"format\":2,", 1);
    let bad = fault(&signed(newer.into_bytes()));
    assert_eq!(bad, BadReceipt::Manifest(BadManifest::Format { found: 2 }));
}

#[test]
fn sign_offs_cover_what_the_manifest_says() {
    let mut other = manifest();
    other.answers.insert(support::id("basics.revenue.2025"), support::text("129.50").unwrap());
    let bad = fault(&signed(other.to_vec().unwrap()));
    assert_eq!(bad, BadReceipt::Manifest(BadManifest::OtherContent { index: 0 }));
    let mut undeclared = manifest();
    undeclared.statements.pop();
    let bad = fault(&signed(undeclared.to_vec().unwrap()));
    assert_eq!(bad, BadReceipt::Manifest(BadManifest::NotDeclared));
    let mut stranger = manifest();
    stranger.roster.devices.remove(&public(SCIENCE));
    let bad = fault(&signed(stranger.to_vec().unwrap()));
    assert_eq!(bad, BadReceipt::Manifest(BadManifest::Stranger { index: 1 }));
    let mut demoted = manifest();
    demoted.roster.agencies.get_mut(&support::company::agency("lead")).unwrap().role =
        form_model::member::Role::Contributor;
    assert_eq!(fault(&signed(demoted.to_vec().unwrap())), BadReceipt::NoLead);
}

#[test]
fn each_key_counts_for_its_own_stretch_of_the_log() {
    let mut log = Log::new();
    let first = log.submit(LEAD, &manifest(), SEALS[0]);
    log.key_event(SEALS[0], KeyAct::Rotate { from: public(SEALS[0]), to: public(SEALS[1]) });
    let old = log.receipt(first.envelope.clone(), first.index, SEALS[1]);
    assert!(old.verify(&public(ROOT), &Known::default()).is_ok(), "what was signed before stays signed");
    let rotated = log.submit(LEAD, &manifest(), SEALS[0]);
    let checkpoint = BadReceipt::Checkpoint(BadCheckpoint::NotSigned { key: public(SEALS[1]) });
    assert_eq!(fault(&rotated), checkpoint, "the old key signs no checkpoint any more");
    let mixed = log.receipt(rotated.envelope, rotated.index, SEALS[1]);
    assert_eq!(fault(&mixed), BadReceipt::Hub(BadEnvelope::NotSigned(public(SEALS[1]))));
    let next = log.submit(LEAD, &manifest(), SEALS[1]);
    assert!(next.verify(&public(ROOT), &Known::default()).is_ok());
    // The second key was stolen before its last entry.
    let act = KeyAct::Revoke { key: public(SEALS[1]), position: next.index, next: public(SEALS[2]) };
    log.key_event(ROOT, act);
    let stolen = log.receipt(next.envelope.clone(), next.index, SEALS[2]);
    assert_eq!(fault(&stolen), BadReceipt::NoKey { index: next.index });
    let known = Known { later_keys: log.keys.clone(), ..Known::default() };
    let found = next.verify(&public(ROOT), &known);
    assert_eq!(found, Err(BadReceipt::NoKey { index: next.index }), "also for whoever has the older receipt");
    assert!(first.verify(&public(ROOT), &known).is_ok(), "what came before the theft stands");
}

#[test]
fn nobody_but_root_and_the_key_itself_changes_keys() {
    let forged = |by: u8, act: KeyAct| {
        let mut log = Log::new();
        log.key_event(by, act);
        log.submit(LEAD, &manifest(), SEALS[1])
    };
    let (old, new) = (public(SEALS[0]), public(SEALS[1]));
    let keys = |receipt: &Receipt| match fault(receipt) {
        BadReceipt::Keys(bad) => bad,
        other => panic!("refused for another reason: {other}"),
    };
    let rotate = KeyAct::Rotate { from: old, to: new };
    assert_eq!(keys(&forged(SEALS[1], rotate.clone())), BadKeys::NotCurrent);
    assert_eq!(keys(&forged(ROOT, rotate)), BadKeys::NotCurrent);
    let revoke = KeyAct::Revoke { key: old, position: 0, next: new };
    assert_eq!(keys(&forged(SEALS[0], revoke)), BadKeys::NotByRoot);
    assert_eq!(keys(&forged(SEALS[0], KeyAct::Introduce { key: new })), BadKeys::NotByRoot);
    assert_eq!(keys(&forged(ROOT, KeyAct::Introduce { key: new })), BadKeys::HasKey);
    assert_eq!(keys(&forged(SEALS[0], KeyAct::Rotate { from: old, to: old })), BadKeys::KnownKey);
    let root = KeyAct::Rotate { from: old, to: public(ROOT) };
    assert_eq!(keys(&forged(SEALS[0], root)), BadKeys::KnownKey, "the root key stays off line");
}

#[test]
fn a_log_that_was_rolled_back_or_forked_goes_on_from_nothing_that_was_known() {
    let (log, _) = submitted();
    let seen = root(2, &log).unwrap();
    let now = root(3, &log).unwrap();
    let proof = prove_consistency(2, 3, &log).unwrap();
    assert_eq!(check_consistency(seen, now, &proof), Ok(()));
    assert_eq!(check_consistency(now, seen, &proof), Err(BadProof::Shrunk { old: 3, new: 2 }));
    let mut fork = Log::new();
    for revision in [8, 9, 10] {
        let mut other = manifest();
        other.revision = revision;
        fork.submit(LEAD, &other, SEALS[0]);
    }
    let forked = root(4, &fork).unwrap();
    let proof = prove_consistency(2, 4, &fork).unwrap();
    assert_eq!(check_consistency(seen, forked, &proof), Err(BadProof::Mismatch));
    let other = Tree { root: digest("other"), ..now };
    assert_eq!(check_consistency(now, other, &[]), Err(BadProof::Mismatch), "two logs of one size");
}

#[test]
fn a_checkpoint_is_one_text_with_one_reading_and_takes_witnesses() {
    let (log, _) = submitted();
    let checkpoint = log.checkpoint(SEALS[0]);
    let witness = Origin::try_from("witness.example".to_owned()).unwrap();
    let cosigned = checkpoint.cosign(&witness, &key(50)).unwrap();
    assert_eq!(
        cosigned.verify(&origin(), &public(SEALS[0])),
        checkpoint.verify(&origin(), &public(SEALS[0]))
    );
    assert_eq!(cosigned.check_signature(&witness, &public(50)), Ok(()));
    assert!(cosigned.check_signature(&witness, &public(51)).is_err());
    let text = checkpoint.0;
    for (from, to) in
        [("\n4\n", "\n04\n"), ("\n4\n", "\n+4\n"), ("\n\n", "\nextension\n\n"), ("=\n\n", "=\r\n\n")]
    {
        let changed = SignedCheckpoint(text.replacen(from, to, 1));
        assert_ne!(changed.0, text);
        assert!(changed.verify(&origin(), &public(SEALS[0])).is_err(), "{from:?} → {to:?}");
    }
    assert!(canonical::to_vec(&text).is_ok());
}
