//! The shell grants the page exactly its commands, and the page may load nothing from elsewhere.

use std::collections::BTreeSet;
use std::fs;

use form_model::command::name;
use huiqian_tests::place::repository;
use serde_json::Value;

fn json(path: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(repository().join(path)).unwrap()).unwrap()
}

#[test]
fn the_page_may_call_the_commands_and_nothing_of_tauri() {
    let capability = json("src-tauri/capabilities/main.json");
    let granted: BTreeSet<_> = capability["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|permission| permission.as_str().unwrap().to_owned())
        .collect();
    let wanted: BTreeSet<_> =
        name::ALL.iter().map(|command| format!("allow-{}", command.replace('_', "-"))).collect();
    assert_eq!(granted, wanted);
    let others = fs::read_dir(repository().join("src-tauri/capabilities")).unwrap().count();
    assert_eq!(others, 1, "one window, one capability");
}

#[test]
fn the_content_policy_adds_only_wasm() {
    let configuration = json("src-tauri/tauri.conf.json");
    let security = &configuration["app"]["security"];
    assert_eq!(security["csp"]["default-src"], "'self'");
    assert_eq!(security["csp"]["script-src"], "'self' 'wasm-unsafe-eval'");
    assert!(!security["csp"].to_string().contains("unsafe-inline"), "no inline code or styles");
    assert_eq!(security["capabilities"], serde_json::json!(["main"]));
    assert_eq!(configuration["app"]["withGlobalTauri"], false);
}
