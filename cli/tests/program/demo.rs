//! `huiqian demo`.

use std::fs;
use std::path::Path;

use serde_json::Value;
use sync_server::data::DataFolder;
use sync_server::doctor::examine;

use crate::support::{at, huiqian};

fn exported(home: &Path, id: &str) -> Vec<u8> {
    let file = home.with_extension("json");
    let said = at(home, &["export", id, "--out", file.to_str().unwrap()]);
    assert_eq!(said.code, Some(0), "{said:?}");
    fs::read(file).unwrap()
}

#[test]
fn three_agencies_and_the_hub_end_with_equal_answers_and_can_be_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept");
    let said = huiqian(&["--json", "demo", "--keep", kept.to_str().unwrap()]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let report = said.json();
    assert_eq!(report["equal"], true);
    let places = report["places"].as_array().unwrap();
    assert_eq!(places.len(), 4, "three agencies and the hub");
    assert!(places.iter().all(|place| place["equal"] == true && place["bytes"] == places[0]["bytes"]));

    let sides = report["conflict"]["conflict"].as_array().unwrap();
    assert_eq!(sides.len(), 2, "both values are shown");
    for side in sides {
        let who = side["stamp"]["author"].as_str().unwrap();
        assert!(who.contains("示例市商务局") || who.contains("示例市科技局"), "{who}");
        assert!(side["stamp"]["time_ms"].as_i64().unwrap() > 0, "and when");
        assert_ne!(side["before"], Value::Null, "and what it was before");
    }
    assert!(sides.iter().any(|side| side["value"] == report["picked"]), "one of them was picked");

    let refused = report["refused"].as_array().unwrap();
    assert_eq!(refused.len(), 1, "one write was refused");
    assert!(!refused[0]["reason"].as_str().unwrap().is_empty(), "and it says why");
    assert_eq!(refused[0]["owner"], "commerce");

    let id = report["application"].as_str().unwrap();
    let [lead, commerce, science] = ["lead", "commerce", "science"].map(|name| kept.join(name));
    let leads = exported(&lead, id);
    assert_eq!(leads.len() as u64, places[0]["bytes"].as_u64().unwrap(), "what is kept is what was told of");
    for home in [&commerce, &science] {
        assert_eq!(exported(home, id), leads, "{}", home.display());
    }
    let answer = refused[0]["answer"].as_str().unwrap();
    assert_eq!(
        at(&lead, &["--json", "get", id, answer]).json()["value"],
        refused[0]["value"],
        "taken over by its owner"
    );
    let conflicts = at(&lead, &["--json", "conflicts", id]).json();
    assert_eq!(conflicts["conflicts"].as_array().map(Vec::len), Some(0), "{conflicts}");
    let doctor = examine(&DataFolder::at(&kept.join("hub"))).unwrap();
    assert_eq!((doctor.faults, doctor.applications), (vec![], 1));
}

#[test]
fn a_person_is_told_each_step_and_how_it_ended() {
    for (language, words, end) in [
        ("zh-CN", ["断网填写", "待同步", "拒收", "原为", "建议填写"], "逐字节相同。"),
        ("en", ["work offline", "changes to sync", "Refused", "was ", "Proposed"], "byte for byte."),
    ] {
        let said = huiqian(&["--lang", language, "demo"]);
        assert_eq!(said.code, Some(0), "{said:?}");
        for word in words {
            assert!(said.out.contains(word), "{word} in {}", said.out);
        }
        assert!(said.out.trim_end().ends_with(end), "{}", said.out);
        assert_eq!(said.err, "", "nothing else is said");
    }
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own.txt");
    fs::write(&own, "mine").unwrap();
    let said = huiqian(&["--json", "demo", "--keep", folder.path().to_str().unwrap()]);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert_eq!(said.json()["error"]["code"], "folder_unusable");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was put beside it");
}
