//! `huiqian package` and `huiqian verify`, as a person or a script meets them.

use std::fs;
use std::path::Path;
use std::process::Command;

use huiqian_tests::scene::command_line;
use huiqian_tests::submission::Submission;
use serde_json::Value;

use crate::{ALTERATIONS, copy};

/// `huiqian verify …` where no data folder is, nor comes to be.
fn verify(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let home = folder.join("no-home");
    let answer = command_line(&home, arguments).unwrap();
    assert!(!home.exists(), "it needs no data folder and makes none");
    answer
}

#[test]
fn verify_says_by_its_exit_code_whether_all_holds_something_does_not_or_it_could_not_look() {
    let submission = Submission::new().unwrap();
    let folder = submission.desk.folder();
    let root = submission.root.as_str();
    let package = submission.package("package").unwrap();
    let zip = submission.package("package.zip").unwrap();
    let receipt = package.join("receipt.json");
    let [package_name, zip_name, receipt_name] =
        [&package, &zip, &receipt].map(|path| path.display().to_string());
    for name in [&package_name, &zip_name, &receipt_name] {
        let (code, said) = verify(folder, &["verify", name, "--root", root]);
        assert_eq!(code, Some(0), "{said}");
        for word in ["核验通过", &submission.id, "林示例", "真实性声明", "#1", "inspection.pdf", "牵头单位"]
        {
            assert!(said.contains(word), "{name}: {word}: {said}");
        }
        let titled = ["科学考察站运行许可续期申请表", "甲、考察站", "1. 最近一次检查报告"]
            .into_iter()
            .filter(|title| said.contains(title));
        // A receipt alone has no form along.
        assert_eq!(titled.count(), if *name == receipt_name { 0 } else { 3 }, "{said}");
    }
    let key = folder.join("root.txt");
    fs::write(&key, format!("{root}\n")).unwrap();
    let (code, said) =
        verify(folder, &["--lang", "en", "verify", &zip_name, "--root", &key.display().to_string()]);
    assert!(code == Some(0) && said.starts_with("It is good"), "{said}");

    let other = "ab".repeat(32);
    let known = ["verify", &zip_name, "--root", root];
    let fails: [(&[&str], i32, &str); 6] = [
        (&["verify", &zip_name, "--root", &other], 1, "根密钥"),
        (&[&known[..], &["--application", &other]].concat(), 1, "另一份申报"),
        (&[&known[..], &["--revision", "2"]].concat(), 1, "第 1 稿"),
        (&["verify", &zip_name, "--root", "12"], 2, "不是根密钥"),
        (&["verify", "/nowhere", "--root", root], 2, "/nowhere"),
        (&[&known[..], &["--keys", "/nowhere"]].concat(), 2, "/nowhere"),
    ];
    for (arguments, wanted, word) in fails {
        let (code, said) = verify(folder, arguments);
        assert!(code == Some(wanted) && said.contains(word), "{arguments:?}: {code:?} {said}");
    }
}

#[test]
fn altered_packages_are_not_good_and_programs_read_why() {
    let submission = Submission::new().unwrap();
    let package = submission.package("package").unwrap();
    let altered = submission.desk.folder().join("altered");
    let name = altered.display().to_string();
    let reasons = ["receipt", "manifest", "altered_file", "wrong_size", "missing_file", "extra_file"];
    for ((what, alter), reason) in ALTERATIONS.into_iter().zip(reasons) {
        copy(&package, &altered);
        alter(&altered);
        let (code, said) =
            verify(submission.desk.folder(), &["--json", "verify", &name, "--root", &submission.root]);
        assert_eq!(code, Some(1), "{what}: {said}");
        let report: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(report["good"], false);
        let told = report["faults"].to_string();
        assert!(told.contains(reason), "{what}: {told}");
        let (code, said) = verify(submission.desk.folder(), &["verify", &name, "--root", &submission.root]);
        assert_eq!(code, Some(1), "{said}");
        if reason == "altered_file" || reason == "missing_file" {
            // It is told by the names that people know.
            let [first, second] =
                ["1. 最近一次检查报告  inspection.pdf", "2. 上一考察季废弃物记录  waste log.pdf"];
            let fault = said.lines().find(|line| line.contains("请")).unwrap_or_default();
            assert!(fault.contains(first) || fault.contains(second), "{what}: {said}");
        }
        fs::remove_dir_all(&altered).unwrap();
    }
}

/// Verifies a package with the changes of keys that the hub's log has at some size.
fn verify_knowing(submission: &Submission, package: &str, size: u64) -> (Option<i32>, String) {
    let keys = submission.desk.folder().join("keys.json");
    let url = format!("{}/v1/log/keys?size={size}", submission.hub.url());
    let fetched = Command::new("curl").args(["-sf", "-o"]).arg(&keys).arg(url).status();
    assert!(fetched.unwrap().success());
    let arguments = ["verify", package, "--root", &submission.root, "--keys", &keys.display().to_string()];
    verify(submission.desk.folder(), &arguments)
}

#[test]
fn a_key_that_was_rotated_counts_for_what_it_signed_before_and_one_that_was_taken_back_does_not() {
    let mut submission = Submission::new().unwrap();
    let package = submission.package("package.zip").unwrap().display().to_string();
    submission.administer(&["keys", "rotate"]).unwrap();
    let (code, said) = verify_knowing(&submission, &package, 3);
    assert_eq!(code, Some(0), "{said}");
    let arguments = ["--json", "verify", &package, "--root", &submission.root];
    let report: Value = serde_json::from_str(&verify(submission.desk.folder(), &arguments).1).unwrap();
    let first = report["submission"]["log"]["hub"].as_str().unwrap();
    submission.administer(&["keys", "revoke", "--key", first, "--position", "1"]).unwrap();
    let (code, said) = verify_knowing(&submission, &package, 4);
    assert!(code == Some(1) && said.contains("密钥已被吊销"), "{said}");
    let (code, said) = verify(submission.desk.folder(), &["verify", &package, "--root", &submission.root]);
    assert_eq!(code, Some(0), "whoever has not heard of it cannot know: {said}");
}

#[test]
fn a_package_takes_nobodys_place_and_no_revision_that_there_is_not() {
    let submission = Submission::new().unwrap();
    let package = submission.package("package").unwrap().display().to_string();
    let home = submission.desk.home();
    for (arguments, word) in [
        (vec!["package", submission.id.as_str(), "--out", package.as_str()], "没有覆盖"),
        (vec!["package", &submission.id, "--revision", "2", "--out", "/tmp/none"], "第 2 稿"),
    ] {
        let (code, said) = command_line(&home, &arguments).unwrap();
        assert!(code == Some(2) && said.contains(word), "{arguments:?}: {said}");
    }
}
