//! Three agencies and a province at one hub, each by the command line.

use std::path::Path;

use huiqian_tests::hub::HubProcess;
use huiqian_tests::place::repository;
use huiqian_tests::scene::{command_line, only_application};
use huiqian_tests::signed_off::{json, well};
use serde_json::Value;
use tempfile::TempDir;

const FORM: &str = "research-station-renewal";

/// Whoever takes part, each at a desk of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The institute, which leads and fills `station`.
    Lead,
    /// The station fills `operation`: what this one prepares …
    Clerk,
    /// … that one signs off.
    Head,
    /// The safety office fills `safety`.
    Safety,
    Province,
}

use Who::{Clerk, Head, Lead, Province, Safety};

impl Who {
    /// What they sign as.
    pub fn name(self) -> &'static str {
        match self {
            Lead => "Lin",
            Clerk => "Zhang",
            Head => "Wang",
            Safety => "Li",
            Province => "Zhao",
        }
    }
}

/// Those who were invited, each with the agency.
const INVITED: [(Who, &str); 4] =
    [(Clerk, "station"), (Head, "station"), (Safety, "safety"), (Province, "province")];

/// A filled application of which nothing is signed yet.
pub struct Company {
    pub hub: HubProcess,
    homes: [TempDir; 5],
    pub id: String,
}

impl Company {
    pub fn new() -> Self {
        let homes = [Lead, Clerk, Head, Safety, Province].map(|_| TempDir::new().unwrap());
        let mut company = Self { hub: HubProcess::start().unwrap(), homes, id: String::new() };
        let lead = company.home(Lead).to_owned();
        well(&lead, &["app", "new", "--form", FORM, "--name", "Example"]);
        company.id = only_application(&lead).unwrap().0;
        let sample = repository().join(format!("forms/{FORM}/sample/answers.json"));
        company.says(Lead, "fill", &["--from", sample.to_str().unwrap()]);
        company.says(Lead, "connect", &[company.hub.url()]);
        company.invite();
        company
    }

    fn invite(&self) {
        let station = ["station", "--name", "Station", "--part", "operation", "--step", "prepare"];
        self.says(Lead, "grant", &station);
        self.says(Lead, "grant", &["safety", "--name", "Safety office", "--part", "safety"]);
        self.says(Lead, "grant", &["province", "--name", "Province", "--role", "reviewer"]);
        for (who, agency) in INVITED {
            let invite = json(self.home(Lead), &["invite", &self.id, agency, "--person", who.name()]);
            self.sync(Lead);
            well(self.home(who), &["join", invite["text"].as_str().unwrap()]);
        }
        self.sync(Lead);
    }

    pub fn home(&self, who: Who) -> &Path {
        self.homes[who as usize].path()
    }

    /// `huiqian COMMAND ID …`, which ends well; what it said.
    pub fn says(&self, who: Who, command: &str, arguments: &[&str]) -> String {
        well(self.home(who), &self.line(command, arguments))
    }

    /// The same as a program reads it.
    pub fn tells(&self, who: Who, command: &str, arguments: &[&str]) -> Value {
        json(self.home(who), &self.line(command, arguments))
    }

    /// `huiqian COMMAND ID …`, which ends with an exit code and says some words.
    #[track_caller]
    pub fn refuses(&self, who: Who, command: &str, arguments: &[&str], words: &[&str]) {
        let line = self.line(command, arguments);
        let (code, said) = command_line(self.home(who), &line).unwrap();
        assert_eq!(code, Some(2), "{}: {said}", line.join(" "));
        for word in words {
            assert!(said.contains(word), "{}: {word:?}: {said}", line.join(" "));
        }
        let (code, english) = command_line(self.home(who), &[&["--lang", "en"], &line[..]].concat()).unwrap();
        assert!(code == Some(2) && english != said, "both languages say it: {english}");
    }

    fn line<'a>(&'a self, command: &'a str, arguments: &[&'a str]) -> Vec<&'a str> {
        let words: Vec<&str> = command.split(' ').collect();
        [&words[..], &[self.id.as_str()], arguments].concat()
    }

    pub fn sync(&self, who: Who) {
        self.says(who, "sync", &[]);
    }

    /// Everybody gets what everybody has.
    pub fn sync_all(&self) {
        for who in [Lead, Clerk, Head, Safety, Province, Lead, Clerk, Head, Safety, Province] {
            self.sync(who);
        }
    }

    /// Takes the next step of a section's sign-off, and hands it over.
    pub fn sign(&self, who: Who, section: &str) {
        self.sync(who);
        self.says(who, "sign-off", &[section, "--person", who.name()]);
        self.sync(who);
    }

    /// What every slot asks for, at the hub.
    pub fn add_evidence(&self) {
        for (slot, kind) in [("1", "inspector"), ("2", "station_record")] {
            self.evidence(slot, kind);
        }
        self.sync(Lead);
    }

    /// Adds a file that no other is like.
    pub fn evidence(&self, slot: &str, kind: &str) {
        let file = self.home(Lead).join(format!("{slot} {kind}.csv"));
        std::fs::write(&file, format!("slot,kind\n{slot},{kind}\n")).unwrap();
        self.says(Lead, "evidence add", &[slot, file.to_str().unwrap(), "--kind", kind]);
    }

    /// Signs all sections off and declares; what is signed already is left.
    pub fn sign_all(&self) {
        for (who, section) in
            [(Lead, "station"), (Clerk, "operation"), (Head, "operation"), (Safety, "safety")]
        {
            self.sync(who);
            if !self.is_signed(who, section) {
                self.sign(who, section);
            }
        }
        self.declare();
    }

    pub fn declare(&self) {
        self.sync(Lead);
        self.says(Lead, "declare", &["--person", Lead.name(), "--title", "Director"]);
        self.sync(Lead);
    }

    /// What `signing` says of a section.
    pub fn section(&self, who: Who, section: &str) -> Value {
        let signing = self.tells(who, "signing", &[]);
        let all = signing["sections"].as_array().unwrap();
        all.iter().find(|one| one["section"] == section).unwrap().clone()
    }

    /// How each statement on a section stands, the newest last.
    pub fn states(&self, who: Who, section: &str) -> Vec<String> {
        let section = self.section(who, section);
        let statements = section["statements"].as_array().unwrap().iter();
        statements.map(|one| one["state"].as_str().unwrap().to_owned()).collect()
    }

    pub fn is_signed(&self, who: Who, section: &str) -> bool {
        let section = self.section(who, section);
        section["agencies"].as_array().unwrap().iter().all(|agency| agency["next"].is_null())
    }

    /// Writes the package of a revision and verifies it, without network or data folder; what the report says.
    pub fn verified(&self, revision: u64) -> Value {
        let place = self.home(Lead).join(format!("package-{revision}"));
        let place = place.to_str().unwrap();
        let number = revision.to_string();
        let packed = self.tells(Lead, "package", &["--revision", &number, "--out", place]);
        let nowhere = self.home(Lead).join("nowhere");
        let root = packed["root"].as_str().unwrap();
        let report = json(&nowhere, &["verify", place, "--root", root, "--revision", &number]);
        assert!(!nowhere.exists());
        report
    }
}
