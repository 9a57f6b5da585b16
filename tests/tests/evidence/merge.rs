//! Two desks add, order and take out files in one slot, unaware of each other: when they meet, by the hub or by a stick,
//! nothing is lost and both show one order.

use std::fs;

use huiqian_tests::desk::Desk;
use huiqian_tests::scene::command_line;
use huiqian_tests::team::Team;
use serde_json::Value;

const SLOT: &str = "3";
/// What both desks know before they part.
const COMMON: [&str; 5] = ["甲.txt", "乙.txt", "丙.txt", "丁.txt", "戊.txt"];

/// `huiqian evidence COMMAND ID 3 …` at a desk.
fn says(team: &Team, desk: &Desk, command: &str, arguments: &[&str]) -> String {
    let words = [&["--json", "evidence", command, team.id.0.as_str(), SLOT], arguments].concat();
    let (code, said) = command_line(&desk.home(), &words).unwrap();
    assert_eq!(code, Some(0), "{words:?}: {said}");
    said
}

fn add(team: &Team, desk: &Desk, name: &str) {
    let file = desk.folder().join(name);
    fs::write(&file, format!("{name}：现场记录\n")).unwrap();
    says(team, desk, "add", &[&file.display().to_string()]);
}

/// A slot as a desk shows it: the files in their order and those that were taken out, each with its name and caption.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    files: Vec<(String, String)>,
    removed: Vec<(String, String)>,
}

impl Seen {
    fn at(team: &Team, desk: &Desk) -> Self {
        let slots: Value = serde_json::from_str(&says(team, desk, "list", &[])).unwrap();
        let named = |of: &str| {
            let files = slots[0][of].as_array().unwrap().iter();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            files.map(|file| (text(&file["file"]["name"]), text(&file["caption"]))).collect()
        };
        let (files, mut removed): (_, Vec<_>) = (named("files"), named("removed"));
        removed.sort();
        Self { files, removed }
    }

    fn names(&self) -> Vec<&str> {
        self.files.iter().map(|(name, _)| name.as_str()).collect()
    }
}

/// Both have [`COMMON`] and part; then each works at the slot by itself.
fn worked_apart() -> Team {
    let team = Team::new(&[]).unwrap();
    for name in COMMON {
        add(&team, &team.colleague, name);
    }
    team.colleague_syncs().unwrap();
    team.lead_syncs().unwrap();
    let (lead, colleague) = (&team.lead, &team.colleague);
    assert_eq!(Seen::at(&team, lead).names(), COMMON);

    add(&team, lead, "牵头.txt");
    says(&team, lead, "move", &["戊.txt", "--to", "1"]);
    says(&team, lead, "move", &["丙.txt", "--to", "6"]);
    says(&team, lead, "remove", &["乙.txt"]);
    says(&team, lead, "caption", &["甲.txt", "大门"]);

    add(&team, colleague, "商务.txt");
    says(&team, colleague, "move", &["丁.txt", "--to", "1"]);
    // The same file, to another place.
    says(&team, colleague, "move", &["丙.txt", "--to", "2"]);
    says(&team, colleague, "remove", &["甲.txt"]);
    says(&team, colleague, "caption", &["乙.txt", "后门"]);
    assert_ne!(Seen::at(&team, lead), Seen::at(&team, colleague), "they know nothing of each other");
    team
}

/// What either did stands at both.
fn have_met(team: &Team) -> Seen {
    let (seen, other) = (Seen::at(team, &team.lead), Seen::at(team, &team.colleague));
    assert_eq!(seen, other, "both show the same");
    let taken_out =
        [("乙.txt", "后门"), ("甲.txt", "大门")].map(|(name, said)| (name.to_owned(), said.to_owned()));
    assert_eq!(seen.removed, taken_out, "what one took out, with what the other said of it");
    let mut names = seen.names();
    names.sort_unstable();
    assert_eq!(names, ["丁.txt", "丙.txt", "商务.txt", "戊.txt", "牵头.txt"]);
    let place = |name: &str| seen.names().iter().position(|other| *other == name).unwrap();
    assert!(
        place("戊.txt") < 2 && place("丁.txt") < 2,
        "what each put first stands before the rest: {seen:?}"
    );
    seen
}

/// Whatever was taken out comes back at its place, and at both.
fn comes_back(team: &Team) {
    says(team, &team.colleague, "restore", &["乙.txt"]);
    team.colleague_syncs().unwrap();
    team.lead_syncs().unwrap();
    let (seen, other) = (Seen::at(team, &team.lead), Seen::at(team, &team.colleague));
    assert_eq!(seen, other);
    assert!(seen.files.contains(&("乙.txt".to_owned(), "后门".to_owned())), "{seen:?}");
    for desk in [&team.lead, &team.colleague] {
        let (code, said) = command_line(&desk.home(), &["evidence", "verify", &team.id.0]).unwrap();
        assert_eq!(code, Some(0), "{said}");
    }
}

#[test]
fn two_desks_that_worked_at_one_slot_offline_lose_nothing_and_agree_after_both_have_synced() {
    let team = worked_apart();
    team.colleague_syncs().unwrap();
    team.lead_syncs().unwrap();
    team.colleague_syncs().unwrap();
    have_met(&team);
    comes_back(&team);
}

#[test]
fn two_desks_that_meet_by_a_stick_lose_nothing_and_agree_before_and_after_the_hub_hears_of_it() {
    let team = worked_apart();
    let stick = tempfile::tempdir().unwrap();
    let hand = |from: &Desk, to: &Desk, name: &str| {
        let file = stick.path().join(name).display().to_string();
        for (desk, words) in [
            (from, vec!["bundle", "export", &team.id.0, "--out", &file]),
            (to, vec!["bundle", "import", &file]),
        ] {
            let (code, said) = command_line(&desk.home(), &words).unwrap();
            assert_eq!(code, Some(0), "{words:?}: {said}");
        }
    };
    hand(&team.lead, &team.colleague, "1.hqb");
    hand(&team.colleague, &team.lead, "2.hqb");
    let met = have_met(&team);
    team.lead_syncs().unwrap();
    team.colleague_syncs().unwrap();
    team.lead_syncs().unwrap();
    assert_eq!(have_met(&team), met, "the hub's verdicts change nothing of it");
    comes_back(&team);
}
