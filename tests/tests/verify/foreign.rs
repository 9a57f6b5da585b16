//! Programs that share no line with ours.

use std::fs;
use std::path::Path;

use huiqian_tests::place::repository;
use huiqian_tests::submission::{Submission, python};

use crate::{ALTERATIONS, copy};

#[test]
fn python_with_cryptography_verifies_a_package_and_refuses_altered_ones() {
    let submission = Submission::new().unwrap();
    let package = submission.package("package").unwrap();
    let check =
        |package: &Path, root: &str| python("verify_package.py", &[package, Path::new(root)]).unwrap();
    let (good, said) = check(&package, &submission.root);
    assert!(good && said.contains(&format!("good: {} revision 1", submission.id)), "{said}");
    let (good, said) = check(&package, &"ab".repeat(32));
    assert!(!good && said.contains("root key"), "{said}");
    for (what, alter) in ALTERATIONS {
        let altered = submission.desk.folder().join("altered");
        copy(&package, &altered);
        alter(&altered);
        let (good, said) = check(&altered, &submission.root);
        assert!(!good && said.contains("not good"), "{what}: {said}");
        fs::remove_dir_all(&altered).unwrap();
    }
}

#[test]
fn a_foreign_verifier_of_logs_accepts_checkpoints_proofs_and_tiles_across_a_change_of_keys() {
    let mut submission = Submission::new().unwrap();
    let package = submission.package("package").unwrap();
    submission.administer(&["keys", "rotate"]).unwrap();
    let url = submission.hub.url().to_owned();
    let (good, said) = python("verify_log.py", &[Path::new(&url), &package.join("receipt.json")]).unwrap();
    assert!(good, "{said}");
    assert_eq!(said.trim(), "2 3", "the log has grown by the change of keys");
}

#[test]
fn a_foreign_validator_finds_the_documents_as_their_schemas_say_and_any_other_member_not() {
    let submission = Submission::new().unwrap();
    let package = submission.package("package").unwrap();
    let (good, said) = python("validate.py", &[&repository().join("docs/schema"), &package]).unwrap();
    assert!(good, "{said}");
    let counts: Vec<usize> = said.split_whitespace().map(|count| count.parse().unwrap()).collect();
    assert_eq!(counts[0], 7, "receipt, manifest, a change of keys, three sign-offs and the declaration");
    assert!(counts[1] > 200, "{said}");
}
