//! What was written while a revision became final: held, kept, and written again when the part is open again.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use huiqian_tests::scene::command_line;
use huiqian_tests::signed_off::{SignedOff, json, well};
use serde_json::Value;

/// What lies aside at a desk.
fn aside(home: &Path, id: &str) -> Vec<Value> {
    serde_json::from_value(json(home, &["set-aside", id])).unwrap()
}

fn answer(home: &Path, id: &str, answer: &str) -> String {
    well(home, &["get", id, answer])
}

#[test]
fn what_was_held_is_kept_and_written_again_once_its_section_is_returned() {
    let scene = SignedOff::of_two();
    let (lead, id) = (scene.home.path(), scene.id.as_str());
    let desk = scene.colleague.as_ref().unwrap().path();
    well(lead, &["finalise", id]);
    // The colleague has not heard of it yet.
    well(desk, &["set", id, "operation.staff.summer", "44"]);
    let text = answer(desk, id, "safety.waste");
    let written = format!("{} Batteries go first.", text.trim_end());
    well(desk, &["set", id, "safety.waste", &written]);
    well(desk, &["sync", id]);
    assert_eq!(answer(desk, id, "operation.staff.summer").trim(), "42", "it is in no revision");
    let held = aside(desk, id);
    assert_eq!(held.len(), 2, "{held:?}");
    for one in &held {
        assert!(one["reason"].as_str().unwrap().contains("定稿"), "{one}");
        assert_eq!(one["may_adopt"], false, "{one}");
        let change = one["change"].as_str().unwrap();
        let (code, said) = command_line(desk, &["set-aside", id, "--adopt", change]).unwrap();
        assert_eq!(code, Some(2), "{said}");
    }
    assert_eq!(aside(desk, id), held, "what may not be written lies where it lay");

    // The hub has kept it, and whoever fills that part is shown it with its author; a lead fills every part.
    well(lead, &["sync", id]);
    let told = aside(lead, id);
    assert_eq!(told.len(), 2, "{told:?}");
    for (one, own) in told.iter().zip(&held) {
        assert_eq!((&one["answer"], &one["value"]), (&own["answer"], &own["value"]));
        assert!(one["author"].as_str().is_some_and(|author| author.contains("Commerce")), "{one}");
    }
    well(lead, &["return", id, "operation", "safety", "--reason", "look again"]);
    well(lead, &["sync", id]);
    well(desk, &["sync", id]);
    for one in aside(desk, id) {
        assert_eq!(one["may_adopt"], true, "{one}");
        well(desk, &["set-aside", id, "--adopt", one["change"].as_str().unwrap()]);
    }
    assert_eq!(aside(desk, id), Vec::<Value>::new());
    well(desk, &["sync", id]);
    well(lead, &["sync", id]);
    assert_eq!(aside(lead, id), Vec::<Value>::new(), "it came again from its author's desk");
    for home in [desk, lead] {
        assert_eq!(answer(home, id, "operation.staff.summer").trim(), "44");
        assert_eq!(answer(home, id, "safety.waste").trim(), written);
    }
}

#[test]
fn whoever_fills_the_part_writes_it_again_when_its_authors_desk_is_lost() {
    let scene = SignedOff::of_two();
    let (lead, id) = (scene.home.path(), scene.id.as_str());
    let desk = scene.colleague.as_ref().unwrap().path();
    well(lead, &["finalise", id]);
    well(desk, &["set", id, "operation.staff.summer", "44"]);
    let written = format!("{} Batteries go first.", answer(desk, id, "safety.waste").trim_end());
    well(desk, &["set", id, "safety.waste", &written]);
    well(desk, &["sync", id]);
    // Nobody sees that desk again.
    well(lead, &["sync", id]);
    well(lead, &["return", id, "operation", "safety", "--reason", "look again"]);
    well(lead, &["sync", id]);
    for one in aside(lead, id) {
        assert_eq!(one["may_adopt"], true, "{one}");
        well(lead, &["set-aside", id, "--adopt", one["change"].as_str().unwrap()]);
    }
    well(lead, &["sync", id]);
    assert_eq!(aside(lead, id), Vec::<Value>::new());
    assert_eq!(answer(lead, id, "operation.staff.summer").trim(), "44");
    assert_eq!(answer(lead, id, "safety.waste").trim(), written);
}
