//! Files hold one idea each; nothing is left for later.

use std::fs;
use std::path::{Path, PathBuf};

use huiqian_tests::place::repository;

/// Beyond this a file holds more than one idea.
const LINE_LIMIT: usize = 600;
/// Put together here so that this file does not name them.
const LEFT_FOR_LATER: [&str; 4] =
    [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("unimple", "mented!"), concat!("XX", "X")];
/// Folders that hold no source of ours.
const SKIPPED: [&str; 6] = ["target", "node_modules", "python-packages", "dist", ".git", "gen"];
/// What a sentence that a person reads ends up in.
const TEXT_FILES: [&str; 8] = ["rs", "toml", "md", "js", "css", "html", "json", "txt"];

/// All Rust files below a folder.
pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    files(folder, &["rs"])
}

fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !SKIPPED.contains(&name.as_str()) {
                found.extend(files(&path, extensions));
            }
        } else if path
            .extension()
            .is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<_> = rust_files(repository())
        .into_iter()
        .map(|file| (fs::read_to_string(&file).unwrap().lines().count(), file))
        .filter(|(lines, _)| *lines > LINE_LIMIT)
        .collect();
    assert!(long.is_empty(), "longer than {LINE_LIMIT} lines; cut them along their ideas: {long:#?}");
}

#[test]
fn nothing_is_left_for_later() {
    let mut left = Vec::new();
    for file in files(repository(), &TEXT_FILES) {
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in text.lines().enumerate() {
            if LEFT_FOR_LATER.iter().any(|word| line.contains(word)) {
                left.push(format!("{}:{}: {}", file.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(left.is_empty(), "do it now or leave the words out: {left:#?}");
}

#[test]
fn every_rust_file_says_what_it_is_for() {
    let silent: Vec<_> = rust_files(repository())
        .into_iter()
        .filter(|file| !fs::read_to_string(file).unwrap().starts_with("//!"))
        .collect();
    assert!(silent.is_empty(), "begin each file with a line of `//!`: {silent:#?}");
}
