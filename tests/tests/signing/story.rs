//! From the first sign-off to the second final revision, with all that comes between.

use std::path::Path;

use form_client::hub::HubConnection;
use form_client::workspace::Workspace;
use form_document::wire::{Exchange, Offer};
use form_model::id::ApplicationId;
use huiqian_tests::scene::workspace;
use huiqian_tests::signed_off::well;
use serde_json::Value;

use crate::company::Company;
use crate::company::Who::{Clerk, Head, Lead, Province, Safety};

const STAFF: &str = "operation.staff.summer";
const WASTE: &str = "safety.waste";

/// A desk tells the hub how far it is, and its line breaks before it hands anything over.
fn shows_itself(home: &Path, id: &str) {
    let mut desk: Workspace = workspace(home).unwrap();
    let id = ApplicationId(id.to_owned());
    let (hub, hello) = (desk.hub(&id).unwrap(), desk.hello(&id).unwrap());
    let connection = HubConnection::to(&hub, desk.device_key().unwrap()).unwrap();
    let told = async { connection.exchange(&id, &Exchange { hello, offer: Offer::default() }).await };
    tokio::runtime::Runtime::new().unwrap().block_on(told).unwrap();
}

fn device(company: &Company, person: &str) -> String {
    let team = company.tells(Lead, "members", &[]);
    let devices = team["devices"].as_array().unwrap();
    let found = devices.iter().find(|device| device["person"] == person).unwrap();
    found["key"].as_str().unwrap().to_owned()
}

/// Three agencies sign off; one edits afterwards and signs again.
fn signed_twice(company: &Company) {
    company.add_evidence();
    company.sign(Lead, "station");
    company.sign(Clerk, "operation");
    company.sign(Head, "operation");
    company.sign(Safety, "safety");
    company.declare();
    company.sync_all();
    for section in ["station", "operation", "safety"] {
        assert!(company.is_signed(Province, section), "{section}");
    }
    company.says(Head, "set", &[STAFF, "43"]);
    assert_eq!(company.states(Head, "operation"), ["lapsed", "lapsed"], "voided by the edit, at once");
    company.sync_all();
    assert_eq!(company.states(Clerk, "operation"), ["lapsed", "lapsed"], "its signer is told");
    let said = company.says(Clerk, "signing", &[]);
    assert!(said.contains("内容有变，已失效") && said.contains("待 Station 经办"), "{said}");
    assert_eq!(company.states(Clerk, "safety"), ["holds"], "another section is another's");
    company.refuses(Lead, "finalise", &[], &["Station尚未经办", "真实性声明"]);
    company.sign(Clerk, "operation");
    company.sign(Head, "operation");
    assert_eq!(
        company.states(Head, "operation"),
        ["lapsed", "lapsed", "holds", "holds"],
        "all stay in history"
    );
    company.declare();
}

/// A revision is made final without waiting for a device that holds more.
fn finalised_without(company: &Company) {
    company.says(Safety, "set", &[WASTE, "Sorted and shipped out. Batteries go first."]);
    shows_itself(company.home(Safety), &company.id);
    company.refuses(Lead, "finalise", &[], &["Safety office Li", "没有传到协同中心", "写明理由"]);
    let late = device(company, Safety.name());
    let excuse = |reason: &str| format!("{}={reason}", &late[..8]);
    company.refuses(Lead, "finalise", &["--unsent", &excuse(" ")], &["没有写明理由"]);
    company.refuses(Lead, "finalise", &["--unsent", "00000000=away"], &["没有以“00000000”开头的设备"]);
    let told = company.tells(Lead, "finalise", &["--unsent", &excuse("at sea until spring")]);
    assert_eq!(told["number"], 1);
    let report = company.verified(1);
    assert_eq!(report["good"], true, "{report}");
    let overrides = &report["submission"]["overrides"];
    assert!(overrides.to_string().contains("at sea until spring"), "{overrides}");
    let again = company.tells(Lead, "finalise", &[]);
    assert_eq!(again["digest"], told["digest"], "asked again, it is the same");
}

fn held_and_returned(company: &Company) {
    company.sync_all();
    let held = company.tells(Safety, "set-aside", &[]);
    let [held] = &held.as_array().unwrap()[..] else { panic!("{held}") };
    assert_eq!(held["may_adopt"], false);
    company.refuses(Head, "set", &[STAFF, "44"], &["已经定稿"]);
    company.refuses(Clerk, "return", &["safety", "--reason", "x"], &["只有牵头单位或省级单位可以退回"]);
    company.refuses(Province, "return", &["elsewhere", "--reason", "x"], &["定稿中没有“elsewhere”"]);
    let stray = ["safety", "--reason", "operation.beds=x"];
    company.refuses(Province, "return", &stray, &["退回的部分里没有“operation.beds”"]);
    let reasons = [
        "safety",
        "--reason",
        "safety.waste=How are batteries kept?",
        "--reason",
        "See the last inspection.",
    ];
    company.says(Province, "return", &reasons);
    company.sync_all();
    company.refuses(Province, "return", &reasons, &["还没有定稿"]);
    for who in [Lead, Clerk, Safety] {
        let said = company.says(who, "signing", &[]);
        for word in ["退回修改：Province Zhao", "How are batteries kept?", "See the last inspection."] {
            assert!(said.contains(word), "{word}: {said}");
        }
    }
    assert_eq!(
        company.states(Lead, "operation").last().unwrap(),
        "holds",
        "what was not returned keeps its sign-offs"
    );
    company.refuses(Head, "set", &[STAFF, "44"], &["已经定稿"]);
    company.refuses(Head, "sign-off", &["operation", "--person", "Wang"], &["没有退回"]);
    // The work that came too late is written again by who wrote it.
    let change = held["change"].as_str().unwrap();
    company.says(Safety, "set-aside", &["--adopt", change]);
    assert_eq!(company.states(Safety, "safety"), ["lapsed"]);
    company.sync(Safety);
    assert_eq!(company.tells(Safety, "set-aside", &[]), Value::Array(Vec::new()));
}

fn finalised_again(company: &Company) {
    company.refuses(Lead, "finalise", &[], &["Safety office尚未签认"]);
    company.sign(Safety, "safety");
    company.declare();
    assert_eq!(company.tells(Lead, "finalise", &[])["number"], 2);
    let diff = company.tells(Lead, "diff", &["1", "2"]);
    let fields: Vec<&str> =
        diff["fields"].as_array().unwrap().iter().map(|one| one["answer"].as_str().unwrap()).collect();
    assert_eq!(fields, [WASTE], "{diff}");
    let said = well(company.home(Lead), &["--lang", "en", "diff", &company.id, "1", "2"]);
    assert!(
        said.starts_with("How waste is collected and removed: What")
            && said.contains("→ Sorted and shipped out."),
        "{said}"
    );
    let said = company.says(Province, "revisions", &[]);
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines.len() == 5 && lines[0].starts_with("1  ") && lines[4].starts_with("2  "), "{said}");
    assert!(
        lines[1].contains("退回修改：Province Zhao") && lines[2].contains("How are batteries kept?"),
        "{said}"
    );
    let revisions = company.tells(Lead, "revisions", &[]);
    assert_eq!(revisions[0]["returned"]["sections"], serde_json::json!(["safety"]));
    for revision in [1, 2] {
        let report = company.verified(revision);
        assert_eq!((&report["good"], &report["submission"]["revision"]), (&true.into(), &revision.into()));
    }
}

#[test]
fn three_agencies_sign_one_edits_and_signs_again_the_province_returns_and_both_revisions_verify() {
    let company = Company::new();
    signed_twice(&company);
    finalised_without(&company);
    held_and_returned(&company);
    company.sync_all();
    finalised_again(&company);
}
