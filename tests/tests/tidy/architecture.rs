//! The cuts between the crates (ARCHITECTURE.md): pure model, pure document, storage, engine, shell, view.

use std::collections::BTreeSet;
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use huiqian_tests::place::repository;

/// Every crate of the workspace, and the crates of the workspace that it may use.
const ALLOWED: &[(&str, &[&str])] = &[
    ("form-model", &[]),
    ("form-document", &["form-model"]),
    ("form-store", &["form-model"]),
    // For sentences and the spelling of numbers; no document, no store, no line.
    ("form-intake", &["form-model"]),
    // What leaves the house: files and sentences; no store, no line.
    ("form-export", &["form-document", "form-model"]),
    ("form-client", &["form-document", "form-export", "form-intake", "form-store", "form-model"]),
    // The hub for `demo` only.
    ("huiqian-cli", &["form-client", "form-model", "sync-server"]),
    ("huiqian-desktop", &["form-client", "form-model"]),
    ("huiqian-frontend", &["form-model"]),
    ("sync-server", &["form-document", "form-model"]),
    ("huiqian-tests", &["form-client", "form-document", "form-store", "form-model", "sync-server"]),
    ("xtask", &[]),
];

/// Crates that must never reach the web view: the document and the keys stay in the shell.
const NEVER_IN_THE_VIEW: &[&str] = &[
    "automerge",
    "ring",
    "rusqlite",
    "form-document",
    "form-store",
    "form-intake",
    "form-export",
    "form-client",
    "sync-server",
];

/// Only these crates may use the named dependency.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("rusqlite", &["form-store", "sync-server", "huiqian-tests"]),
    ("automerge", &["form-document", "form-client", "huiqian-tests"]),
    ("ring", &["form-document", "form-client", "sync-server", "huiqian-tests"]),
    ("object_store", &["sync-server"]),
    ("tauri", &["huiqian-desktop"]),
    ("yew", &["huiqian-frontend"]),
];

fn metadata() -> Metadata {
    let mut command = MetadataCommand::new();
    command.manifest_path(repository().join("Cargo.toml")).other_options(["--offline".to_owned()]);
    command.no_deps().exec().unwrap()
}

/// Name, and names of the dependencies that are compiled into what is shipped.
fn crates() -> Vec<(String, BTreeSet<String>)> {
    let metadata = metadata();
    let shipped = |kind| kind != DependencyKind::Development;
    metadata
        .workspace_packages()
        .into_iter()
        .map(|package| {
            let names = package.dependencies.iter().filter(|dependency| shipped(dependency.kind));
            (package.name.to_string(), names.map(|dependency| dependency.name.clone()).collect())
        })
        .collect()
}

#[test]
fn crates_use_only_the_crates_below_them() {
    let crates = crates();
    let own: BTreeSet<_> = crates.iter().map(|(name, _)| name.clone()).collect();
    for (name, dependencies) in &crates {
        let row = ALLOWED.iter().find(|(crate_name, _)| crate_name == name);
        let (_, allowed) =
            row.unwrap_or_else(|| panic!("{name} is new: decide in this test what it may use"));
        let used = dependencies.intersection(&own);
        let wrong: Vec<_> = used.filter(|used| !allowed.contains(&used.as_str())).collect();
        assert!(
            wrong.is_empty(),
            "{name} may use {allowed:?} of the workspace, but its Cargo.toml names {wrong:?}"
        );
    }
}

#[test]
fn outside_crates_stay_where_they_belong() {
    for (name, dependencies) in crates() {
        for (dependency, homes) in ONLY_IN {
            let misplaced = dependencies.contains(*dependency) && !homes.contains(&name.as_str());
            assert!(!misplaced, "{dependency} may be used in {homes:?}, but {name} names it");
        }
    }
}

#[test]
fn document_and_keys_never_reach_the_web_view() {
    let tree = Command::new(env!("CARGO"))
        .current_dir(repository())
        .args(["tree", "--package", "huiqian-frontend", "--target", "wasm32-unknown-unknown"])
        .args(["--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8_lossy(&tree.stdout);
    let names: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains("form-model"), "the tree of the view lists its crates");
    let wrong: Vec<_> = NEVER_IN_THE_VIEW.iter().filter(|name| names.contains(*name)).collect();
    assert!(wrong.is_empty(), "{wrong:?} would be compiled into the web view");
}
