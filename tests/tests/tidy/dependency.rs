//! A dependency is chosen, not met: what a Cargo.toml names is used in that crate's code.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cargo_metadata::MetadataCommand;
use huiqian_tests::place::repository;

use crate::source::rust_files;

/// Named for the features that they switch on in others; no code names them.
const FOR_FEATURES: &[(&str, &str)] = &[];

#[test]
fn every_dependency_is_used() {
    let metadata = MetadataCommand::new()
        .manifest_path(repository().join("Cargo.toml"))
        .other_options(["--offline".to_owned()])
        .no_deps()
        .exec()
        .unwrap();
    let mut unused = Vec::new();
    for package in metadata.workspace_packages() {
        let folder = package.manifest_path.parent().unwrap();
        let code = all_code(folder.as_std_path());
        for dependency in &package.dependencies {
            let name = dependency.rename.as_ref().unwrap_or(&dependency.name);
            let excused = FOR_FEATURES.contains(&(package.name.as_str(), name.as_str()));
            if !excused && !names(&code, &name.replace('-', "_")) {
                unused.push(format!("{}: {name}", package.manifest_path));
            }
        }
    }
    assert!(unused.is_empty(), "named in Cargo.toml and not used in the crate's code: {unused:#?}");
}

#[test]
fn every_workspace_dependency_is_used_by_a_crate() {
    let root: BTreeMap<String, serde_json::Value> = workspace_dependencies();
    let mut manifests = String::new();
    for entry in rust_crates() {
        manifests += &fs::read_to_string(entry).unwrap();
    }
    let unused: Vec<_> =
        root.keys().filter(|name| !manifests.lines().any(|line| line_names(line, name))).collect();
    assert!(unused.is_empty(), "in [workspace.dependencies] and in no crate: {unused:?}");
}

/// `name = …`, `name.workspace = true` or `[dependencies.name]`.
fn line_names(line: &str, name: &str) -> bool {
    let rest = line.trim_start().strip_prefix(name);
    rest.is_some_and(|rest| rest.starts_with([' ', '.', '=']))
        || line.contains(&format!("dependencies.{name}]"))
}

fn workspace_dependencies() -> BTreeMap<String, serde_json::Value> {
    let text = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let names = text
        .lines()
        .skip_while(|line| *line != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.trim_start().starts_with('#'))
        .filter_map(|line| line.split_once(" ="))
        .map(|(name, _)| (name.to_owned(), serde_json::Value::Null));
    names.collect()
}

fn rust_crates() -> Vec<std::path::PathBuf> {
    let root = repository();
    let mut manifests: Vec<_> = fs::read_dir(root.join("crates"))
        .unwrap()
        .filter_map(|entry| Some(entry.ok()?.path().join("Cargo.toml")))
        .filter(|path| path.is_file())
        .collect();
    manifests.extend(
        ["cli", "frontend", "src-tauri", "sync-server", "tests", "xtask"]
            .map(|name| root.join(name).join("Cargo.toml")),
    );
    manifests
}

fn all_code(folder: &Path) -> String {
    rust_files(folder).iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

/// Whether the code names the crate: `name::` or `name!` or `use name`, not as part of a longer word.
fn names(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + name.len()..].chars().next();
        let whole = !before.is_some_and(is_word) && !after.is_some_and(is_word);
        whole && matches!(after, Some(':' | '!' | ';' | ' ' | ')'))
    })
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}
