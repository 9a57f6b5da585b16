//! What is wrong with a package, each by its own reason and place.

use std::fs;

use form_document::digest::Sha256;
use form_document::transparency::{Known, Receipt};
use form_export::package::{Looking, Trust, verify};
use form_model::command::{Verification, VerifiedKind};
use form_model::id::ApplicationId;

use crate::sample::{ROOT, STRANGER, Sample, application, fault, faults, key, replace, trust, verified};

fn codes(found: &Verification) -> Vec<&str> {
    found.faults.iter().map(|fault| fault.code.as_str()).collect()
}

#[test]
fn a_sound_package_says_what_it_proves_and_both_shapes_say_the_same() {
    let sample = Sample::new();
    let found = verified(&sample.folder());
    assert_eq!(found, verified(&sample.archive()));
    assert!(found.good && found.form_checked && found.kind == VerifiedKind::Package);
    let submission = found.submission.unwrap();
    assert_eq!((&submission.application, submission.revision), (&application(), 1));
    assert_eq!(submission.digest, Sha256::of(&sample.payload).to_string());
    assert_eq!(submission.lead.agency_name, "牵头单位");
    assert_eq!((submission.log.origin.as_str(), submission.log.index), ("hub.example/huiqian", 1));
    let said =
        submission.statements.iter().map(|said| (said.section.as_deref(), said.signer.agency_name.as_str()));
    assert_eq!(
        said.collect::<Vec<_>>(),
        [(Some("basics"), "商务局"), (Some("plan"), "牵头单位"), (None, "牵头单位")]
    );
    assert!(found.files.iter().all(|file| file.checked) && found.files.len() == 2);
}

#[test]
fn a_receipt_alone_is_good_and_vouches_for_no_file() {
    let sample = Sample::new();
    let place = sample.place("receipt.json");
    replace(&place, &sample.receipt);
    let found = verified(&place);
    assert!(found.good && found.kind == VerifiedKind::Receipt);
    assert_eq!(found.files.iter().filter(|file| file.checked).count(), 0);
    assert_eq!(found.submission, verified(&sample.folder()).submission);
}

#[test]
fn another_root_key_application_or_revision_is_refused() {
    let sample = Sample::new();
    let package = sample.folder();
    let check = |root: u8, known: Known| {
        let found =
            verify(&package, &Trust { root: key(root).public(), known }, &Looking::default()).unwrap();
        assert!(!found.good && found.submission.is_none());
        codes(&found).join(" ")
    };
    assert_eq!(check(STRANGER, Known::default()), "not_by_root");
    let other = ApplicationId(Sha256::of(b"other").to_string());
    let known = Known { application: Some(other), ..Known::default() };
    assert_eq!(check(ROOT, known), "other_application");
    assert_eq!(check(ROOT, Known { revision: Some(2), ..Known::default() }), "other_revision");
    let known = Known { application: Some(application()), revision: Some(1), ..Known::default() };
    assert!(verify(&package, &Trust { known, ..trust() }, &Looking::default()).unwrap().good);
}

#[test]
fn swapped_altered_missing_and_extra_files_each_have_their_reason() {
    let sample = Sample::new();
    let package = sample.folder();
    let [first, second] = [0, 1].map(|at| sample.files.keys().nth(at).unwrap());
    let (one, two) = (format!("evidence/{first}"), format!("evidence/{second}"));
    let path = |name: &str| package.join(name);

    replace(&path(&one), &sample.files[second]);
    assert_eq!(faults(&package), fault("wrong_size", &one));
    let same_size = vec![b'x'; sample.files[first].len()];
    replace(&path(&one), &same_size);
    assert_eq!(faults(&package), fault("altered_file", &one));
    fs::rename(path(&one), path(&two)).unwrap();
    let both = [fault("missing_file", &one), fault("wrong_size", &two)].concat();
    assert_eq!(faults(&package), both, "all that is wrong is told at once");
    let found = verified(&package);
    assert!(found.submission.is_some() && found.files.iter().all(|file| !file.checked));
    replace(&path(&one), &sample.files[first]);
    replace(&path(&two), &sample.files[second]);

    let unnamed = format!("evidence/{}", Sha256::of(b"unnamed"));
    for extra in [unnamed.as_str(), "notes.txt", "evidence/notes.txt", ".DS_Store"] {
        replace(&path(extra), b"unnamed");
        let code = if extra.starts_with('.') { "bad_name" } else { "extra_file" };
        assert_eq!(faults(&package), fault(code, extra));
        fs::remove_file(path(extra)).unwrap();
    }
    fs::create_dir(path("more")).unwrap();
    assert_eq!(faults(&package), fault("extra_file", "more"));
    fs::remove_dir(path("more")).unwrap();

    for part in ["receipt.json", "manifest.json"] {
        let bytes = fs::read(path(part)).unwrap();
        fs::remove_file(path(part)).unwrap();
        assert_eq!(faults(&package), fault("missing_file", part));
        replace(&path(part), &bytes);
    }
    fs::remove_file(path("README.txt")).unwrap();
    assert!(verified(&package).good, "it is for people");
}

#[test]
fn a_manifest_or_form_that_is_not_the_signed_one_is_refused() {
    let sample = Sample::new();
    let package = sample.folder();
    let pretty = serde_json::from_slice::<serde_json::Value>(&sample.payload).unwrap();
    replace(&package.join("manifest.json"), &serde_json::to_vec_pretty(&pretty).unwrap());
    assert_eq!(faults(&package), fault("manifest_differs", "manifest.json"));
    replace(&package.join("manifest.json"), &sample.payload);
    replace(&package.join("form/sections/more.toml"), b"");
    assert_eq!(faults(&package), fault("form_differs", "form"));
    fs::remove_dir_all(package.join("form")).unwrap();
    let found = verified(&package);
    assert!(found.good && !found.form_checked, "it may be left out");
}

#[test]
fn another_revisions_receipt_or_manifest_does_not_fit_in() {
    let (sample, other) = (Sample::new(), Sample::of_revision(2));
    let package = sample.folder();
    replace(&package.join("receipt.json"), &other.receipt);
    assert_eq!(faults(&package), fault("manifest_differs", "manifest.json"));
    // The envelope of one, the proof of the other.
    let mut mixed = Receipt::read(&sample.receipt).unwrap();
    mixed.envelope = Receipt::read(&other.receipt).unwrap().envelope;
    replace(&package.join("receipt.json"), &mixed.to_vec().unwrap());
    assert_eq!(faults(&package), fault("inclusion_proof", "receipt.json"));
}

#[test]
#[cfg(unix)]
fn links_and_names_that_lead_out_are_not_followed() {
    use std::os::unix::fs::symlink;
    let sample = Sample::new();
    let package = sample.folder();
    let name = format!("evidence/{}", sample.files.keys().next().unwrap());
    let elsewhere = sample.place("elsewhere");
    fs::rename(package.join(&name), &elsewhere).unwrap();
    symlink(&elsewhere, package.join(&name)).unwrap();
    let told = [fault("not_a_file", &name), fault("missing_file", &name)].concat();
    assert_eq!(faults(&package), told, "though it leads to the right bytes");
    fs::remove_file(package.join(&name)).unwrap();
    fs::rename(&elsewhere, package.join(&name)).unwrap();
    replace(&package.join("evidence\\..\\x"), b"");
    assert_eq!(faults(&package), fault("bad_name", "evidence\\..\\x"));
}

#[test]
fn what_is_no_package_is_told_so_and_what_is_not_there_is_an_error() {
    let sample = Sample::new();
    let place = sample.place("thing");
    for bytes in [&b""[..], b"%PDF-1.4", b"\x89PNG"] {
        replace(&place, bytes);
        assert_eq!(faults(&place), fault("not_a_package", ""));
    }
    replace(&place, b"{}");
    assert_eq!(faults(&place), fault("receipt_unreadable", "receipt.json"));
    fs::create_dir(sample.place("empty")).unwrap();
    assert_eq!(faults(&sample.place("empty")), fault("missing_file", "receipt.json"));
    assert!(verify(&sample.place("nothing"), &trust(), &Looking::default()).is_err());
}

#[test]
fn a_check_tells_how_far_it_has_come_and_one_that_was_ended_says_nothing() {
    let sample = Sample::new();
    let parts: usize = sample.parts().values().map(Vec::len).sum();
    for package in [sample.place("package"), sample.archive()] {
        let looking = Looking::default();
        assert!(verify(&package, &trust(), &looking).unwrap().good);
        assert_eq!(looking.progress(), (parts as u64, parts as u64));
        let looking = Looking::default();
        looking.end();
        assert!(verify(&package, &trust(), &looking).is_err() && looking.progress().0 == 0);
    }
}
