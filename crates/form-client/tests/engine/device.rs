//! Where this device's key lies, and what a desk does while it cannot have it. The keyrings here stand for the
//! operating system's; the real one is asked in the tests of the whole program.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};

use form_client::device::KeyPlace;
use form_client::keyring::{Keyring, KeyringFault};
use form_client::surroundings::Surroundings;
use form_client::workspace::Workspace;
use form_model::command::{CreateApplication, TeamAct, TeamRequest};
use form_model::error::ErrorCode;
use form_model::language::Language;
use form_model::member::{AgencyId, Grant};

use crate::support::{FORM, new_application, set, text_of};

static SECRETS: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::new(BTreeMap::new());

fn secrets() -> MutexGuard<'static, BTreeMap<String, Vec<u8>>> {
    SECRETS.lock().unwrap()
}

const OPEN: Keyring = Keyring {
    get: |name| Ok(secrets().get(name).cloned()),
    put: |name, secret| {
        secrets().insert(name.to_owned(), secret.to_vec());
        Ok(())
    },
    remove: |name| {
        secrets().remove(name);
        Ok(())
    },
};

const LOCKED: Keyring = Keyring {
    get: |_| Err(KeyringFault::Locked),
    put: |_, _| Err(KeyringFault::Locked),
    remove: |_| Err(KeyringFault::Locked),
};

/// Says that it has kept what it was given.
const FORGETFUL: Keyring = Keyring { get: |_| Ok(None), put: |_, _| Ok(()), remove: |_| Ok(()) };

fn open(folder: &Path, keyring: Option<Keyring>) -> Workspace {
    Workspace::open(folder, Surroundings { keyring, ..Surroundings::without_keyring() }).unwrap()
}

fn settled(folder: &Path, keyring: Option<Keyring>) -> Workspace {
    let desk = open(folder, keyring);
    desk.settle_key();
    desk.device().wait_until_settled();
    desk
}

fn file(folder: &Path) -> std::path::PathBuf {
    folder.join("device.key")
}

#[test]
fn without_a_keyring_the_key_lies_in_a_file_for_its_owner_alone() {
    let home = tempfile::tempdir().unwrap();
    let desk = settled(home.path(), None);
    assert_eq!(desk.device().place(), KeyPlace::File);
    assert_eq!(fs::metadata(file(home.path())).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(desk.is_new_device() && desk.notices().is_empty());
}

#[test]
fn a_key_file_that_others_can_read_is_closed_and_the_person_told() {
    let home = tempfile::tempdir().unwrap();
    let device = open(home.path(), None).device().public();
    fs::set_permissions(file(home.path()), fs::Permissions::from_mode(0o644)).unwrap();
    let desk = open(home.path(), None);
    assert_eq!(desk.device().public(), device);
    assert_eq!(desk.notices().len(), 1);
    assert_eq!(desk.notices()[0].code, ErrorCode::KeyWasOpen);
    assert!(desk.notices()[0].sentence(Language::Chinese).contains("device.key"));
    assert_eq!(fs::metadata(file(home.path())).unwrap().permissions().mode() & 0o777, 0o600);
    drop(desk);
    assert!(open(home.path(), None).notices().is_empty(), "told once");
}

#[test]
fn where_a_keyring_answers_the_key_lies_there_and_the_desk_stays_the_same_device() {
    let home = tempfile::tempdir().unwrap();
    let mut desk = settled(home.path(), Some(OPEN));
    let device = desk.device().public();
    assert_eq!(desk.device().place(), KeyPlace::Keyring);
    assert!(!file(home.path()).exists());
    let id = new_application(&mut desk);
    drop(desk);
    let mut desk = open(home.path(), Some(OPEN));
    assert_eq!(desk.device().public(), device);
    assert!(!desk.is_new_device());
    assert!(desk.export_bundle(&id, false).is_ok(), "it signs with the key from the keyring");
}

#[test]
fn a_move_that_was_cut_off_at_any_moment_leaves_the_key() {
    let home = tempfile::tempdir().unwrap();
    let device = open(home.path(), None).device().public();
    let secret = fs::read(file(home.path())).unwrap();
    // Killed after the keyring was given the key, and before the file went.
    secrets().insert(device.to_string(), secret.clone());
    let mut desk = open(home.path(), Some(LOCKED));
    assert_eq!(desk.device().public(), device);
    let id = new_application(&mut desk);
    assert!(desk.export_bundle(&id, false).is_ok(), "the file still holds, whatever the keyring says");
    drop(desk);
    // Killed in the middle of writing into the keyring.
    secrets().insert(device.to_string(), secret[..20].to_vec());
    let desk = settled(home.path(), Some(OPEN));
    assert_eq!((desk.device().public(), desk.device().place()), (device, KeyPlace::Keyring));
    assert_eq!(secrets().get(&device.to_string()), Some(&secret));
}

#[test]
fn a_keyring_that_is_locked_or_forgets_leaves_the_key_in_its_file() {
    for keyring in [LOCKED, FORGETFUL] {
        let home = tempfile::tempdir().unwrap();
        let desk = settled(home.path(), Some(keyring));
        assert_eq!(desk.device().place(), KeyPlace::File);
        assert_eq!(desk.device().to_keyring().unwrap_err().code, ErrorCode::KeyringSilent);
        assert!(file(home.path()).exists());
    }
}

#[test]
fn while_the_keyring_is_silent_a_desk_edits_and_signs_when_it_answers_again() {
    let home = tempfile::tempdir().unwrap();
    let mut desk = settled(home.path(), Some(OPEN));
    let (device, id) = (desk.device().public(), new_application(&mut desk));
    drop(desk);
    let mut desk = open(home.path(), Some(LOCKED));
    assert_eq!(desk.device().public(), device, "it is no other device");
    set(&mut desk, &id, "cover.city", "示例");
    assert_eq!(text_of(&mut desk, &id, "cover.city"), "示例");
    let silent = desk.export_bundle(&id, false).unwrap_err();
    assert_eq!(silent.code, ErrorCode::KeyringSilent);
    assert!(silent.sentence(Language::Chinese).contains("锁着"), "{silent}");
    let act = TeamAct::SaveAgency {
        id: AgencyId("commerce".into()),
        name: "商务局".into(),
        mark: "商".into(),
        grant: Grant::default(),
        accept_until: None,
    };
    let request = TeamRequest { application: id.clone(), act };
    assert_eq!(desk.team(&request).unwrap_err().code, ErrorCode::KeyringSilent);
    let request = CreateApplication { form: FORM.into(), name: "又一份".into(), copy_from: None };
    assert_eq!(desk.create(&request).unwrap_err().code, ErrorCode::KeyringSilent);
    assert_eq!(desk.summaries().unwrap().len(), 1, "nothing is left half started");
    assert!(!file(home.path()).exists(), "no other key was made");
    drop(desk);
    let mut desk = open(home.path(), Some(OPEN));
    assert!(desk.export_bundle(&id, false).is_ok(), "what was written meanwhile is signed now");
    assert_eq!(text_of(&mut desk, &id, "cover.city"), "示例");
}

#[test]
fn a_folder_copied_to_where_its_key_is_not_makes_no_new_device() {
    let home = tempfile::tempdir().unwrap();
    let mut desk = settled(home.path(), Some(OPEN));
    let (device, id) = (desk.device().public(), new_application(&mut desk));
    drop(desk);
    secrets().remove(&device.to_string());
    let mut desk = open(home.path(), Some(OPEN));
    assert_eq!(desk.device().public(), device);
    let missing = desk.export_bundle(&id, false).unwrap_err();
    assert_eq!(missing.code, ErrorCode::KeyMissing);
    set(&mut desk, &id, "cover.city", "示例");
    assert!(!file(home.path()).exists());
}

#[test]
fn a_key_that_a_person_wants_in_its_file_stays_there() {
    let home = tempfile::tempdir().unwrap();
    let mut desk = settled(home.path(), Some(OPEN));
    let device = desk.device().public();
    desk.keep_key_in(KeyPlace::File).unwrap();
    assert_eq!(desk.device().place(), KeyPlace::File);
    assert_eq!(secrets().get(&device.to_string()), None, "nothing is left in the keyring");
    drop(desk);
    let mut desk = settled(home.path(), Some(OPEN));
    assert_eq!((desk.device().public(), desk.device().place()), (device, KeyPlace::File));
    desk.keep_key_in(KeyPlace::Keyring).unwrap();
    assert_eq!(desk.device().place(), KeyPlace::Keyring);
}
