//! The public log of a hub that was restored, as a desk and foreign programs see it.

use std::fs;
use std::path::Path;

use huiqian_tests::place::repository;
use huiqian_tests::submission::{Submission, python};

/// A submission whose hub has rotated its key after its backup, seen by the desk, and was restored then; it was returned,
/// and is signed and declared again. With the root key's text, and a copy of the log before it was lost.
fn restored() -> (Submission, String, String) {
    let mut submission = Submission::new().unwrap();
    let paper = submission.administer(&["keys", "root"]).unwrap();
    let backup = submission.hub.back_up().unwrap();
    submission.administer(&["keys", "rotate"]).unwrap();
    submission.says("sync", &[]).unwrap();
    let copy = submission.mirror("copy").unwrap();
    submission.hub.restore(&backup).unwrap();
    submission.says("sync", &[]).unwrap();
    submission.says("return", &["station", "--reason", "请核对"]).unwrap();
    submission.says("set", &["station.name", "示例二站"]).unwrap();
    submission.says("sync", &[]).unwrap();
    submission.says("sign-off", &["station", "--person", "林示例"]).unwrap();
    submission.says("declare", &["--person", "林示例"]).unwrap();
    submission.says("sync", &[]).unwrap();
    let told = submission.says("finalise", &[]).unwrap_err().to_string();
    assert!(told.contains("存证日志还没有补齐"), "{told}");
    (submission, paper, copy.display().to_string())
}

#[test]
fn a_desk_goes_on_with_a_log_that_a_copy_has_completed() {
    let (mut submission, _, copy) = restored();
    let said = submission.administer(&["log", "take", &copy]).unwrap();
    assert!(said.starts_with("3 entries, 1 of them new"), "{said}");
    submission.says("finalise", &[]).unwrap();
    let (good, said) = verified(&submission);
    assert!(good && said.contains("revision 2"), "{said}");
}

#[test]
fn a_desk_follows_a_log_that_the_root_key_has_begun_anew_and_all_its_changes_are_as_the_schema_says() {
    let (mut submission, paper, _) = restored();
    submission.hub.stop().unwrap();
    let name = submission.hub_says(&["log", "begin-anew"], &paper).unwrap();
    assert!(name.trim().ends_with("/2"), "{name}");
    // The key that is kept beside the backup was named in what is lost.
    submission.hub_says(&["keys", "replace"], &paper).unwrap();
    submission.hub.start_again().unwrap();
    submission.says("finalise", &[]).unwrap();
    submission.administer(&["keys", "rotate"]).unwrap();
    submission.says("sync", &[]).unwrap();
    let (good, said) = verified(&submission);
    assert!(good && said.contains("revision 2"), "{said}");

    let keys = submission.mirror("anew").unwrap().join("keys.json");
    let acts: Vec<String> = acts(&keys);
    assert_eq!(acts, ["introduce", "begin_anew", "revoke", "rotate"]);
    let package = submission.package("first").unwrap();
    let schemas = repository().join("docs/schema");
    let (good, said) = python("validate.py", &[&schemas, &package, &keys]).unwrap();
    assert!(good, "{said}");
    // Receipt, manifest, three sign-offs and the declaration, the changes that the receipt has, and all of them.
    let count: usize = said.split_whitespace().next().unwrap().parse().unwrap();
    assert_eq!(count, 2 + 4 + 3 + 4, "{said}");
}

/// What Python says of the newest revision's package.
fn verified(submission: &Submission) -> (bool, String) {
    let package = submission.package("package").unwrap();
    python("verify_package.py", &[&package, Path::new(&submission.root)]).unwrap()
}

/// What happened to the keys, as `/v1/log/keys` answers it.
fn acts(keys: &Path) -> Vec<String> {
    let events: Vec<serde_json::Value> = serde_json::from_slice(&fs::read(keys).unwrap()).unwrap();
    let act = |event: &serde_json::Value| {
        let payload = event["envelope"]["payload"].as_str().unwrap();
        let payload = data_encoding::BASE64.decode(payload.as_bytes()).unwrap();
        let said: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        said["act"]["type"].as_str().unwrap().to_owned()
    };
    events.iter().map(act).collect()
}
