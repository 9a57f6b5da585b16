//! `docs/verify-by-hand.md`: its commands and scripts run as they stand.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use huiqian_tests::place::repository;
use huiqian_tests::submission::Submission;

use crate::{ALTERATIONS, copy};

/// The fenced blocks of the page, each with what stands behind its fence.
fn blocks() -> Vec<(String, String)> {
    let page = fs::read_to_string(repository().join("docs/verify-by-hand.md")).unwrap();
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for line in page.lines() {
        if let Some(info) = line.strip_prefix("```") {
            open = !open;
            if open {
                blocks.push((info.to_owned(), String::new()));
            }
        } else if let Some((_, text)) = blocks.last_mut().filter(|_| open) {
            text.push_str(line);
            text.push('\n');
        }
    }
    blocks
}

/// Does what the page says, in a folder with `package` and `root-key.txt`.
fn follow_the_page(folder: &Path) -> Output {
    let mut commands = "set -eu\n".to_owned();
    for (info, text) in blocks() {
        match info.split_once(' ') {
            Some(("python", name)) => fs::write(folder.join(name), text).unwrap(),
            None if info == "sh" => commands += &text,
            _ => panic!("a block of {info:?}: neither run nor written"),
        }
    }
    Command::new("bash").arg("-c").arg(commands).current_dir(folder).output().unwrap()
}

#[test]
fn the_page_verifies_a_package_and_finds_what_was_altered() {
    let submission = Submission::new().unwrap();
    let package = submission.package("package").unwrap();
    let folder = submission.desk.folder().join("by-hand");
    let fresh = |root: &str| {
        let _ = fs::remove_dir_all(&folder);
        copy(&package, &folder.join("package"));
        fs::write(folder.join("root-key.txt"), format!("{root}\n")).unwrap();
    };
    fresh(&submission.root);
    let output = follow_the_page(&folder);
    let said = String::from_utf8_lossy(&output.stdout);
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{problem}");
    // The root's, the lead's, the hub's, the checkpoint's, three sections' and the declaration's.
    assert_eq!(said.matches("Signature Verified Successfully").count(), 8, "{said}");
    assert!(said.contains("lead 林示例 declaration"), "{said}");

    fresh(&"ab".repeat(32));
    assert!(!follow_the_page(&folder).status.success(), "another root key");
    for (what, alter) in ALTERATIONS {
        fresh(&submission.root);
        alter(&folder.join("package"));
        assert!(!follow_the_page(&folder).status.success(), "{what}");
    }
}
