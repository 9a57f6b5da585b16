//! What a clerk or an administrator may get wrong: each is told in a sentence, ends with 2, and changes nothing.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sync_server::{Config, Hub};

use crate::support::{Said, at};

const FORM: &str = "zone-application-2026";

fn new_application(home: &Path) -> String {
    let said = at(home, &["--json", "app", "new", "--form", FORM, "--name", "示例"]);
    said.json()["id"].as_str().unwrap().to_owned()
}

/// The error's code, of a command that must fail: told to a program, and in both languages to a person.
fn refused(home: &Path, arguments: &[&str]) -> Value {
    let said = at(home, &[&["--json"], arguments].concat());
    assert_eq!(said.code, Some(2), "{arguments:?}: {said:?}");
    let error = said.json()["error"].clone();
    for language in ["zh-CN", "en"] {
        let Said { code, out, err } = at(home, &[&["--lang", language], arguments].concat());
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}");
        let chinese = err.chars().any(|character| ('一'..='鿿').contains(&character));
        assert!(!err.trim().is_empty() && !err.contains('?') && !err.contains('{'), "{arguments:?}: {err}");
        assert!(chinese || language == "en", "{arguments:?}: {err}");
    }
    error["code"].clone()
}

#[test]
fn wrong_ids_fields_values_and_agencies_are_named() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let id = new_application(home);
    let id = &id[..8];
    for (arguments, code) in [
        (&["get", "nope", "cover.city"][..], "unknown_application"),
        (&["get", "", "cover.city"], "unknown_application"),
        (&["get", id, "no.field"], "unknown_answer"),
        (&["set", id, "no.field", "3"], "unknown_answer"),
        (&["set", id, "cover.operator_confirmed", "maybe"], "wrong_kind"),
        (&["history", id, "no.field"], "unknown_answer"),
        (&["resolve", id, "cover.city", "--pick", "3"], "nothing_to_pick"),
        (&["set-aside", id, "--dismiss", "ff"], "no_such_refusal"),
        (&["comment", id, "no.field", "好"], "unknown_answer"),
        (&["comment", id, "cover.city", " "], "empty_comment"),
        (&["comment", id, "cover.city", "好", "--to", "nobody"], "unknown_agency"),
        (&["grant", id, "commerce"], "unknown_agency"),
        (&["grant", id, "commerce", "--name", "商务局", "--part", "nothing"], "unknown_answer"),
        (&["grant", id, "commerce", "--name", "商务局", "--part", "openness=2026-02-30"], "team_refused"),
        (&["grant", id, "commerce", "--name", "商务局", "--part", "openness=31.7.2026"], "team_refused"),
        (&["grant", id, "commerce", "--name", "商务局", "--accept-until", "tomorrow"], "team_refused"),
        (&["hand-over", id, "nobody"], "team_refused"),
        (&["hand-over", id, "nobody", "--part", "nothing"], "unknown_answer"),
        (&["revoke", id, "zz"], "team_refused"),
        (&["revoke", id, ""], "team_refused"),
        (&["app", "new", "--form", "nix", "--name", "x"], "unknown_form"),
        (&["sync", id], "no_hub"),
        (&["invite", id, "lead"], "no_hub"),
        (&["device", "--keep-in", "keyring"], "keyring_silent"),
    ] {
        assert_eq!(refused(home, arguments), code, "{arguments:?}");
    }
    let members = at(home, &["--json", "members", id]).json();
    assert_eq!(members["agencies"].as_array().map(Vec::len), Some(1), "nothing of it was done");
    assert_eq!(at(home, &["--json", "history", id]).json(), json!([]));
}

#[test]
fn an_id_that_several_applications_start_with_is_not_guessed() {
    let home = tempfile::tempdir().unwrap();
    // Sixteen first digits: the seventeenth application shares one.
    let ids: Vec<String> = (0..17).map(|_| new_application(home.path())).collect();
    let first = |id: &String| id[..1].to_owned();
    let shared =
        ids.iter().map(first).find(|digit| ids.iter().filter(|id| id.starts_with(digit)).count() > 1);
    let shared = shared.unwrap();
    assert_eq!(refused(home.path(), &["check", &shared]), "ambiguous_application");
}

#[test]
fn files_that_are_none_and_places_that_cannot_be_written_are_named() {
    let home = tempfile::tempdir().unwrap();
    let id = new_application(home.path());
    let text = home.path().join("text.hqb");
    fs::write(&text, "这不是交换包\n".repeat(50)).unwrap();
    let text = text.to_str().unwrap();
    for (arguments, code) in [
        (&["import", "/nonexistent"][..], "file_unusable"),
        (&["import", text], "bad_import"),
        (&["bundle", "import", text], "bad_import"),
        (&["fill", &id, "--from", text], "bad_import"),
        (&["fill", &id, "--from", "/nonexistent"], "file_unusable"),
        (&["export", &id, "--out", "/proc/answers.json"], "file_unusable"),
        (&["bundle", "export", &id, "--out", "/proc/x.hqb"], "file_unusable"),
        (&["remind", &id, "--xlsx", "/proc/x.xlsx"], "file_unusable"),
    ] {
        assert_eq!(refused(home.path(), arguments), code, "{arguments:?}");
    }
    let said = at(home.path(), &["--lang", "en", "import", text]);
    assert!(!said.err.contains("unpacks"), "it is no document, rather than too large a one: {}", said.err);
    assert_eq!(refused(Path::new("/proc/desk"), &["app", "list"]), "folder_unusable");
}

#[test]
fn invites_that_are_none_expired_or_used_and_a_hub_that_is_down_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let [hub, lead, guest, other] = ["hub", "lead", "guest", "other"].map(|name| folder.path().join(name));
    let id = new_application(&lead);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let running = runtime.block_on(Hub::start(Config::embedded(&hub))).unwrap();
    let address = running.address.to_string();
    assert_eq!(at(&lead, &["connect", &id, &address]).code, Some(0), "this machine needs no scheme");
    assert_eq!(refused(&lead, &["grant", &id, "commerce", "--part", "openness"]), "unknown_agency");
    let named = ["grant", &id, "commerce", "--name", "商务局", "--part", "openness"];
    assert_eq!(at(&lead, &named).code, Some(0));
    assert_eq!(refused(&lead, &["invite", &id, "nobody"]), "team_refused");
    let invite = |agency| at(&lead, &["invite", &id, agency]).out.trim().to_owned();
    let (used, cancelled) = (invite("commerce"), invite("commerce"));
    let team = at(&lead, &["--json", "members", &id]).json();
    let invites = team["invites"].as_array().unwrap();
    assert_eq!(at(&lead, &["sync", &id]).code, Some(0));
    assert_eq!(at(&guest, &["join", &used]).code, Some(0));
    // Whichever was not used.
    assert_eq!(at(&lead, &["sync", &id]).code, Some(0));
    let open = at(&lead, &["--json", "members", &id]).json()["invites"]
        .as_array()
        .unwrap()
        .iter()
        .find(|invite| invite["state"] == "open")
        .map(|invite| invite["key"].as_str().unwrap()[..10].to_owned());
    assert_eq!(invites.len(), 2);
    assert_eq!(at(&lead, &["revoke", &id, &open.unwrap()]).code, Some(0), "taken back");
    assert_eq!(at(&lead, &["sync", &id]).code, Some(0));
    for (text, code, why) in [
        ("ABCDE", "bad_invite", None),
        (&format!("http://{address}#AAAA"), "bad_invite", None),
        (used.as_str(), "hub_refused", Some("invite_used")),
        (cancelled.as_str(), "hub_refused", Some("invite_cancelled")),
    ] {
        assert_eq!(refused(&other, &["join", text]), code, "{text}");
        let error = at(&other, &["--json", "join", text]).json()["error"].clone();
        assert_eq!(error["details"]["code"].as_str(), why, "{error}");
    }
    assert_eq!(at(&other, &["--json", "app", "list"]).json(), json!([]), "nobody has joined by them");
    let status = at(&lead, &["--json", "status", &id]).json();
    assert_eq!((&status["hub"], &status["waiting"]), (&json!(format!("http://{address}")), &json!(0)));

    runtime.block_on(running.shutdown());
    for (arguments, code) in [
        (&["sync", &id][..], "hub_unreachable"),
        (&["join", &used], "hub_not_found"),
        (&["connect", &id, &address], "hub_not_found"),
    ] {
        assert_eq!(refused(&lead, arguments), code, "{arguments:?}");
    }
    assert_eq!(at(&lead, &["set", &id, "cover.city", "示例"]).code, Some(0), "filling in goes on");
    let status = at(&lead, &["--json", "status", &id]).json();
    assert!(status["waiting"].as_u64().unwrap() > 0, "and waits for the hub: {status}");
}
