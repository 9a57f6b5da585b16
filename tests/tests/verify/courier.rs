//! A lead whose network does not reach the hub: the submission goes there on a stick, and the receipt comes back on one.

use std::fs;
use std::path::{Path, PathBuf};

use form_client::hub::{LocalDesk, carry_file, prepare_tls};
use form_model::command::{Carried, Imported};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_model::language::Language;
use huiqian_tests::scene::workspace;
use huiqian_tests::signed_off::{SignedOff, well};

/// What the colleague's window does with a file that a person names.
fn hand_in(home: &Path, file: &Path) -> Result<Option<Imported>, UserError> {
    prepare_tls();
    let desk = LocalDesk::new(workspace(home).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(carry_file(&desk, file))
}

/// The lead's submission, on a stick, under a name that says nothing.
fn submission(scene: &SignedOff) -> PathBuf {
    let file = scene.home.path().join("a.bin");
    well(scene.home.path(), &["finalise", &scene.id, "--courier", file.to_str().unwrap()]);
    file
}

#[test]
fn a_colleague_hands_a_submission_in_and_the_lead_takes_the_receipt_back_whatever_the_files_are_called() {
    let mut scene = SignedOff::of_two();
    let file = submission(&scene);
    let (lead, colleague) =
        (scene.home.path().to_owned(), scene.colleague.as_ref().unwrap().path().to_owned());
    let id = ApplicationId(scene.id.clone());

    scene.hub.stop().unwrap();
    let error = hand_in(&colleague, &file).unwrap_err();
    assert_eq!(error.code, ErrorCode::NotHandedIn);
    assert!(
        error.sentence(Language::Chinese).contains("再导入一次"),
        "{}",
        error.sentence(Language::Chinese)
    );
    scene.hub.start_again().unwrap();

    let carried = Carried { revision: 1, handed_in: true };
    let handed_in = Imported::by_courier(id.clone(), carried);
    assert_eq!(hand_in(&colleague, &file).unwrap(), Some(handed_in.clone()));
    assert_eq!(hand_in(&colleague, &file).unwrap(), Some(handed_in), "asked again it is the same receipt");

    let back = scene.home.path().join("b.bin");
    let receipt = workspace(&colleague).unwrap().final_receipt(&id, Some(1)).unwrap();
    fs::write(&back, &receipt).unwrap();
    let mut desk = workspace(&lead).unwrap();
    let taken = desk.import_file(&back).unwrap().imported;
    assert_eq!(taken.carried, Some(Carried { revision: 1, handed_in: false }));
    assert_eq!(desk.final_receipt(&id, Some(1)).unwrap(), receipt);
}

#[test]
fn what_only_looks_like_a_couriers_file_is_neither_handed_in_nor_kept() {
    let scene = SignedOff::new();
    let (home, file) = (scene.home.path(), submission(&scene));
    let mut desk = workspace(home).unwrap();
    let refused = desk.import_file(&file).unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotHandedIn, "a submission needs the hub");

    let mut cut = fs::read(&file).unwrap();
    cut.truncate(cut.len() / 2);
    for bytes in [&cut[..], b"{}", b"\x82\x01\x02", b"{", b""] {
        fs::write(&file, bytes).unwrap();
        assert_eq!(desk.import_file(&file).unwrap_err().code, ErrorCode::BadImport);
    }
    drop(desk);
    assert_eq!(hand_in(home, &file).unwrap(), None);
}

#[test]
fn an_altered_receipt_is_not_kept() {
    let scene = SignedOff::new();
    let (home, id) = (scene.home.path(), ApplicationId(scene.id.clone()));
    well(home, &["finalise", &scene.id]);
    let mut desk = workspace(home).unwrap();
    let receipt = desk.final_receipt(&id, None).unwrap();
    let text = String::from_utf8(receipt).unwrap();
    let altered = text.replacen("\"index\":1", "\"index\":0", 1);
    assert_ne!(text, altered);
    let file = home.join("receipt.json");
    fs::write(&file, altered).unwrap();
    assert_eq!(desk.import_file(&file).unwrap_err().code, ErrorCode::ReceiptBroken);
}
