//! What is stored is loaded whole or refused; equal histories give equal bytes.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use form_document::{
    Document, Genesis, GenesisError, LoadError, UnverifiedGenesis, actor_id, application_id,
};
use form_model::delta::Delta;
use form_model::id::ApplicationId;
use support::{Random, form, genesis, id, replica, text};

#[test]
fn genesis_is_the_same_bytes_every_time_and_other_facts_make_others() {
    let bytes = genesis();
    assert_eq!(bytes, genesis());
    // The bytes must never change for this form and these facts: every replica rebuilds them.
    assert_eq!(
        application_id(&bytes).unwrap(),
        ApplicationId("001a357e513db06e669a19079668470e1e576117c5c5e59619dbe2bcde148ea1".to_owned()),
    );
    let build = |nonce, lead| Genesis::new(&form(), nonce, lead).unwrap().build(&form()).unwrap();
    assert_ne!(bytes, build([8; 16], [9; 32]));
    assert_ne!(bytes, build([7; 16], [8; 32]));
}

#[test]
fn a_genesis_says_what_it_is_of_and_is_verified_against_the_form() {
    let read = UnverifiedGenesis::read(&genesis()).unwrap();
    assert_eq!((read.form(), read.version(), read.package()), ("sample", "1.0.0", "ab".repeat(32)));
    assert_eq!(read.clone().verify(&form()).unwrap(), Genesis::new(&form(), [7; 16], [9; 32]).unwrap());

    let mut newer = form();
    newer.version = "2.0.0".to_owned();
    let found = read.clone().verify(&newer).unwrap_err();
    assert!(matches!(found, GenesisError::OtherForm { .. }), "{found}");
    let mut more = form();
    more.sections.pop();
    assert_eq!(read.verify(&more), Err(GenesisError::Altered { form: "sample".to_owned() }));

    let mut unhashed = form();
    unhashed.hash = "short".to_owned();
    assert!(matches!(Genesis::new(&unhashed, [7; 16], [9; 32]), Err(GenesisError::Form(_))));
    let mut clashing = form();
    clashing.sections[0].id = "genesis".to_owned();
    let clash = Genesis::new(&clashing, [7; 16], [9; 32]).unwrap().build(&clashing);
    assert!(matches!(clash, Err(GenesisError::Form(_))));
}

#[test]
fn damaged_genesis_bytes_are_errors() {
    let bytes = genesis();
    for end in 0..bytes.len() {
        assert!(UnverifiedGenesis::read(&bytes[..end]).is_err(), "cut at {end}");
    }
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        assert!(UnverifiedGenesis::read(&damaged).is_err(), "byte {at}");
    }
    let mut document = replica(1);
    let edit = document.set(&[(id("basics.name"), text("甲"))], 1).unwrap().unwrap();
    assert!(matches!(UnverifiedGenesis::read(&edit.bytes), Err(GenesisError::NotAGenesis(_))));
}

fn edited() -> (Document, Vec<u8>, Vec<Vec<u8>>) {
    let mut document = replica(1);
    let mut tail = Vec::new();
    tail.push(document.set(&[(id("basics.name"), text("甲"))], 1).unwrap().unwrap().bytes);
    let snapshot = document.save();
    for at in 0..10 {
        tail.push(document.splice(&id("plan.goals"), &Delta::splice(at, 0, "字"), 2).unwrap().unwrap().bytes);
    }
    tail.remove(0);
    (document, snapshot, tail)
}

fn load(snapshot: &[u8], tail: &[Vec<u8>]) -> Result<Document, LoadError> {
    let application = application_id(&genesis()).unwrap();
    let actor = actor_id(&application, &[1; 32], &[0; 16]);
    Document::load(snapshot, tail, &application, &form(), actor)
}

#[test]
fn the_tail_may_come_in_any_order_and_partly_be_in_the_snapshot() {
    let (document, snapshot, mut tail) = edited();
    tail.reverse();
    assert_eq!(load(&snapshot, &tail).unwrap().heads(), document.heads());
    assert_eq!(load(&document.save(), &tail).unwrap().heads(), document.heads(), "all of it is");
    let from_genesis = load(&genesis(), &document.changes()[1..]).unwrap();
    assert_eq!(from_genesis.answers(), document.answers());
}

#[test]
fn a_loaded_replica_goes_on_where_it_stopped() {
    let (document, snapshot, tail) = edited();
    let mut loaded = load(&snapshot, &tail).unwrap();
    let edit = loaded.splice(&id("plan.goals"), &Delta::splice(0, 1, ""), 3).unwrap().unwrap();
    assert_eq!(edit.seq, 12);
    let mut document = document;
    let merged = document.merge(&[edit.bytes]);
    assert_eq!((merged.applied.len(), merged.history), (1, edit.history));
}

#[test]
fn anything_missing_or_damaged_is_an_error() {
    let (_, snapshot, tail) = edited();
    let incomplete = load(&snapshot, &tail[1..]).unwrap_err();
    assert!(matches!(incomplete, LoadError::Incomplete { missing: 1.. }), "{incomplete}");
    let mut cut = tail.clone();
    cut[3].pop();
    assert_eq!(load(&snapshot, &cut).unwrap_err(), LoadError::BadChange(3));
    for end in 0..snapshot.len() {
        assert!(load(&snapshot[..end], &tail).is_err(), "cut at {end}");
    }
    assert!(load(b"SQLite format 3\0", &[]).is_err());
    let other = Genesis::new(&form(), [1; 16], [9; 32]).unwrap().build(&form()).unwrap();
    assert!(matches!(load(&other, &[]), Err(LoadError::OtherApplication { .. })));
}

#[test]
fn garbled_snapshots_are_errors_or_the_same_document() {
    let seed = std::env::var("SEED").map_or(7, |seed| seed.parse().unwrap());
    println!("SEED={seed}");
    let mut random = Random(seed);
    let (document, _, _) = edited();
    let snapshot = document.save();
    for _ in 0..500 {
        let mut garbled = snapshot.clone();
        for _ in 0..=random.below(3) {
            let at = random.below(garbled.len());
            garbled[at] ^= 1 << random.below(8);
        }
        if let Ok(loaded) = load(&garbled, &[]) {
            assert_eq!(loaded.answers(), document.answers());
        }
    }
}

#[test]
fn equal_edits_give_equal_bytes() {
    let (a, snapshot_a, tail_a) = edited();
    let (b, snapshot_b, tail_b) = edited();
    assert_eq!((a.save(), snapshot_a, tail_a.clone()), (b.save(), snapshot_b.clone(), tail_b));
    let loaded = load(&snapshot_b, &tail_a).unwrap();
    assert_eq!(loaded.save(), a.save(), "saving, loading and saving changes nothing");
}

#[test]
fn ten_thousand_changes_load_whole() {
    let mut document = replica(1);
    let mut tail = Vec::new();
    for at in 0..10_000 {
        let delta = Delta::splice(at, 0, "字");
        tail.push(document.splice(&id("plan.goals"), &delta, 1).unwrap().unwrap().bytes);
    }
    let loaded = load(&genesis(), &tail).unwrap();
    assert_eq!(loaded.change_count(), 10_001);
    assert_eq!(loaded.text(&id("plan.goals")).unwrap(), "字".repeat(10_000));
    assert_eq!(load(&document.save(), &[]).unwrap().heads(), document.heads());
    let mut other = replica(2);
    let merged = other.merge(&tail);
    assert_eq!((merged.applied.len(), merged.history.len()), (10_000, 10_000));
    assert_eq!(other.heads(), document.heads());
}
