//! What the doctor finds: every row that a hub needs, taken away or altered, and nothing on a sound one.

use std::path::{Path, PathBuf};

use form_document::roster::Act;
use rusqlite::Connection;
use sync_server::data::DataFolder;
use sync_server::doctor::{Report, examine};
use sync_server::storage::sqlite::Sqlite;

use crate::support::desk::Desk;
use crate::support::signing::{SEAL, seal, signed};
use crate::support::{HUB, NOW, TestCore, key};

/// A key file (RFC 8410, without the public half): these bytes, then the seed.
const PKCS8: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// Puts the hub's key beside a database.
fn data(folder: &Path) -> DataFolder {
    let data = DataFolder::at(folder);
    std::fs::write(data.key_file(), [PKCS8.as_slice(), &[HUB; 32]].concat()).unwrap();
    private(&data.key_file());
    data
}

fn private(file: &Path) {
    #[cfg(unix)]
    std::fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    #[cfg(not(unix))]
    let _ = file;
}

/// A hub whose log is folded in part, with roster entries, changes of two devices and a refusal on both sides of it.
fn hub() -> (TestCore, Desk, Desk) {
    let mut hub = TestCore::new();
    let mut lead = Desk::lead(1);
    lead.publish(&mut hub.core).unwrap();
    let mut desk = Desk::join(2, "safety", "safety", &mut lead, &mut hub.core);
    for round in 0..2 {
        lead.set("station.name", &format!("站 {round}"));
        lead.sync(&mut hub.core).unwrap();
        desk.append("safety.waste", "运出");
        desk.set("station.region", "polar");
        desk.sync(&mut hub.core).unwrap();
        lead.sync(&mut hub.core).unwrap();
        if round == 0 {
            hub.core.fold(&lead.application).unwrap();
        }
        lead.invite("safety", "safety", 10 + round, &mut hub.core);
    }
    (hub, lead, desk)
}

fn copy(database: &Path, folder: &Path) -> PathBuf {
    let path = folder.join("hub.db");
    Sqlite::open_to_read(database).unwrap().copy_to(&path).unwrap();
    path
}

fn told(report: &Report) -> String {
    report.faults.iter().map(|fault| format!("{fault}\n")).collect()
}

#[test]
fn the_doctor_names_each_row_that_is_missing_or_altered_and_what_to_do() {
    let (hub, lead, _) = hub();
    let id = &lead.application.0;
    let damages = [
        ("DELETE FROM segment", "are signed by nobody"),
        ("DELETE FROM segment WHERE first_seq > 1", "are signed by nobody"),
        ("UPDATE segment SET signature = zeroblob(64)", "does not hold"),
        ("UPDATE segment SET roster = roster + 1", "does not hold"),
        ("DELETE FROM claim", "no device claims actor"),
        ("DELETE FROM roster WHERE version = (SELECT max(version) FROM roster)", "of its roster"),
        ("DELETE FROM roster WHERE version = 2", "comes 2"),
        ("UPDATE roster SET signature = zeroblob(64) WHERE version = 3", "the signature does not fit"),
        ("DELETE FROM member", "is missing in the index of members"),
        ("INSERT INTO member VALUES (zeroblob(32), 1)", "stands in the index of members and is none"),
        ("DELETE FROM invite", "is missing in the index of invites"),
        ("INSERT INTO invite VALUES (zeroblob(32), 1)", "stands in the index of invites and is none"),
        ("DELETE FROM floor", "the index of floors does not say"),
        ("UPDATE floor SET roster = 0", "the index of floors does not say"),
        ("UPDATE floor SET roster = 99", "the index of floors names roster 99"),
        ("DELETE FROM head", "no head"),
        ("UPDATE head SET head = x'00'", "cannot be read"),
        ("DELETE FROM snapshot", "no snapshot"),
        ("DELETE FROM fold", "of its log are missing"),
        ("DELETE FROM fold WHERE position < (SELECT max(position) FROM fold)", "of its log are missing"),
        ("DELETE FROM log", "not what its head says"),
        ("DELETE FROM log WHERE kind = 2", "not what its head says"),
        ("DELETE FROM package_file", "form package"),
        ("UPDATE application SET genesis = x'00'", "genesis"),
    ];
    for (damage, expected) in damages {
        let folder = tempfile::tempdir().unwrap();
        let database = Connection::open(copy(&hub.folder.path().join("hub.db"), folder.path())).unwrap();
        assert!(database.execute(damage, []).unwrap() > 0, "{damage}");
        drop(database);
        let told = told(&examine(&data(folder.path())).unwrap());
        assert!(told.contains(expected), "{damage}: {told}");
        for fault in told.lines() {
            assert!(fault.contains(id), "{damage} names the application: {fault}");
            assert!(fault.contains("restore"), "{damage} says what to do: {fault}");
        }
    }
}

#[test]
fn the_doctor_finds_nothing_on_a_sound_hub_folded_or_restored_or_in_a_new_epoch() {
    let (mut hub, mut lead, mut desk) = hub();
    let place = hub.folder.path().join("hub.db");
    let sound = |database: &Path| {
        let folder = tempfile::tempdir().unwrap();
        copy(database, folder.path());
        let report = examine(&data(folder.path())).unwrap();
        assert_eq!(report.faults, []);
        assert_eq!(report.applications, 1);
        report.places
    };
    assert_eq!(sound(&place), lead.ledger.log().position);
    // The same changes are signed anew, in one piece.
    for _ in 0..2 {
        desk.append("safety.waste", "。");
        desk.sync(&mut hub.core).unwrap();
    }
    lead.sync(&mut hub.core).unwrap();
    let mut exchange = desk.exchange();
    exchange.offer.seals = vec![desk.consolidate()];
    hub.core.exchange(&desk.device(), &desk.application, exchange).unwrap();
    sound(&place);
    hub.core.fold(&lead.application).unwrap();
    sound(&place);
    lead.act(Act::Revoke { device: desk.device() });
    lead.sync(&mut hub.core).unwrap();
    sound(&place);

    let backup = tempfile::tempdir().unwrap();
    let mut restored = TestCore::from_file(&copy(&place, backup.path()));
    let place = restored.folder.path().join("hub.db");
    Sqlite::open(&place).unwrap().set_restored().unwrap();
    sound(&place);
    let standing = restored.core.standing(&lead.device(), &lead.application).unwrap();
    let log = lead.ledger.log();
    assert_eq!((standing.position, standing.log), (log.position, log.hash));
    let epoch = Act::Epoch {
        number: 1,
        position: log.position,
        log: standing.log.iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    let entry = lead.ledger.chain().next(epoch, NOW).sign(&key(1)).unwrap();
    restored.core.open_epoch(&lead.device(), &lead.application, entry).unwrap();
    lead.sync(&mut restored.core).unwrap();
    lead.set("station.name", "又一站");
    lead.sync(&mut restored.core).unwrap();
    sound(&place);
}

#[test]
fn a_folder_without_a_database_and_an_empty_file_are_named_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let data = data(folder.path());
    let said = examine(&data).unwrap_err().to_string();
    assert!(said.contains("there is no database at") && said.contains("hub.db"), "{said}");
    std::fs::write(data.database(), b"").unwrap();
    private(&data.database());
    let said = examine(&data).unwrap_err().to_string();
    assert!(said.contains("is empty or no hub's database") && said.contains("restore"), "{said}");
}

/// The seal's file, with the key lying open in it.
fn put_seal(folder: &Path) {
    let seal = seal();
    let file = DataFolder::at(folder).seal().file();
    let key = data_encoding::BASE64.encode(&[SEAL; 32]);
    let stored = serde_json::json!({
        "format": 1, "origin": seal.origin, "root": seal.root.to_string(), "key": { "plain": key },
    });
    std::fs::write(&file, stored.to_string()).unwrap();
    private(&file);
}

#[test]
fn the_doctor_reads_the_signature_log_through() {
    let mut hub = TestCore::new();
    hub.core.set_seal(seal()).unwrap();
    let (lead, _) = signed(&mut hub.core);
    hub.core.finalise(&lead.device(), &lead.application, &lead.submission()).unwrap();
    hub.core.rotate(key(SEAL + 1)).unwrap();
    let examined = |damage: Option<&str>, with_seal: bool| {
        let folder = tempfile::tempdir().unwrap();
        let database = Connection::open(copy(&hub.folder.path().join("hub.db"), folder.path())).unwrap();
        if let Some(damage) = damage {
            assert!(database.execute(damage, []).unwrap() > 0, "{damage}");
        }
        if with_seal {
            put_seal(folder.path());
        }
        told(&examine(&data(folder.path())).unwrap())
    };
    assert_eq!(examined(None, true), "");
    let without = examined(None, false);
    assert!(without.contains("seal.json") && without.contains("put the file back"), "{without}");
    let damages = [
        ("DELETE FROM seal_entry WHERE position = 0", "entry 0 of the signature log is missing"),
        ("DELETE FROM seal_entry WHERE position = 2", "2 entries, and the hub has signed 3"),
        (
            "UPDATE seal_entry SET leaf = zeroblob(96) WHERE position = 1",
            "entry 1 of the signature log is about",
        ),
        (
            "UPDATE seal_entry SET digest = zeroblob(32) WHERE position = 1",
            "entry 1 of the signature log is about",
        ),
        (
            "UPDATE seal_entry SET envelope = x'7b7d' WHERE position = 1",
            "entry 1 of the signature log cannot be read",
        ),
        ("UPDATE seal_entry SET signature = zeroblob(64) WHERE position = 1", "is not signed by the key"),
        ("UPDATE seal_entry SET revision = 2 WHERE position = 1", "is final and not in the signature log"),
        ("UPDATE seal_entry SET revision = 2 WHERE position = 1", "is in the signature log and not final"),
        ("UPDATE seal_hash SET hash = zeroblob(32) WHERE place = 2", "hash 2 of the signature log"),
        ("DELETE FROM seal_hash WHERE place = 1", "hash 1 of the signature log"),
        ("DELETE FROM seal_checkpoint", "has no checkpoint"),
        ("UPDATE seal_checkpoint SET size = 2", "not the hub's word"),
    ];
    for (damage, expected) in damages {
        let told = examined(Some(damage), true);
        assert!(told.contains(expected), "{damage}: {told}");
        assert!(told.lines().all(|fault| fault.contains("put back the newest backup")), "{told}");
    }
}
