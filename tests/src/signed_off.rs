//! An application that nothing stands in the way of, by the command line: answered, with its files at the hub, signed
//! off and declared.

#![allow(clippy::unwrap_used, reason = "a scenario that cannot be set up has failed")]
#![allow(clippy::missing_panics_doc, reason = "as above")]

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::hub::HubProcess;
use crate::place::repository;
use crate::scene::{command_line, only_application};
use crate::submission::SLOTS;

const FORM: &str = "research-station-renewal";
/// The form's sections, each with who fills it in a company of two.
const SECTIONS: [(&str, bool); 3] = [("station", false), ("operation", true), ("safety", true)];

/// A lead's desk and its hub, and perhaps a colleague's who fills two sections.
#[derive(Debug)]
pub struct SignedOff {
    pub hub: HubProcess,
    pub home: TempDir,
    pub colleague: Option<TempDir>,
    pub id: String,
}

impl SignedOff {
    /// A lead alone.
    pub fn new() -> Self {
        let scene = Self::filled();
        scene.sign();
        scene
    }

    /// A lead and a colleague.
    pub fn of_two() -> Self {
        let mut scene = Self::filled();
        let (lead, id) = (scene.home.path(), scene.id.as_str());
        let parts = ["--part", "operation", "--part", "safety"];
        well(lead, &[&["grant", id, "commerce", "--name", "Commerce"][..], &parts].concat());
        let invite = json(lead, &["invite", id, "commerce"]);
        well(lead, &["sync", id]);
        let colleague = TempDir::new().unwrap();
        well(colleague.path(), &["join", invite["text"].as_str().unwrap()]);
        scene.colleague = Some(colleague);
        scene.sign();
        scene
    }

    fn filled() -> Self {
        let (hub, home) = (HubProcess::start().unwrap(), TempDir::new().unwrap());
        let id = filled(home.path(), hub.url());
        Self { hub, home, colleague: None, id }
    }

    fn sign(&self) {
        sign(&self.id, self.home.path(), self.colleague.as_ref().map(TempDir::path));
    }
}

/// A lead alone, at a hub that is there already; the application.
pub fn signed_off_at(lead: &Path, url: &str) -> String {
    let id = filled(lead, url);
    sign(&id, lead, None);
    id
}

fn filled(lead: &Path, url: &str) -> String {
    let says = |arguments: &[&str]| well(lead, arguments);
    says(&["app", "new", "--form", FORM, "--name", "Example"]);
    let id = only_application(lead).unwrap().0;
    let sample = repository().join(format!("forms/{FORM}/sample/answers.json"));
    says(&["fill", &id, "--from", sample.to_str().unwrap()]);
    let file = lead.join("report.csv");
    std::fs::write(&file, "season,tonnes\n2025,6.4\n").unwrap();
    for (slot, kind) in SLOTS {
        says(&["evidence", "add", &id, slot, file.to_str().unwrap(), "--kind", kind]);
    }
    says(&["connect", &id, url]);
    says(&["sync", &id]);
    id
}

fn sign(id: &str, lead: &Path, colleague: Option<&Path>) {
    for (section, colleagues) in SECTIONS {
        let desk = colleague.filter(|_| colleagues).unwrap_or(lead);
        well(desk, &["sync", id]);
        well(desk, &["sign-off", id, section, "--person", "Lin"]);
        well(desk, &["sync", id]);
    }
    for arguments in [&["sync", id][..], &["declare", id, "--person", "Lin"], &["sync", id]] {
        well(lead, arguments);
    }
}

impl Default for SignedOff {
    fn default() -> Self {
        Self::new()
    }
}

/// Runs a command that ends well; what it said.
pub fn well(home: &Path, arguments: &[&str]) -> String {
    let (code, said) = command_line(home, arguments).unwrap();
    assert_eq!(code, Some(0), "{}: {said}", arguments.join(" "));
    said
}

/// What a command that ends well prints for programs.
pub fn json(home: &Path, arguments: &[&str]) -> Value {
    let said = well(home, &[&["--json"], arguments].concat());
    // Remarks for people may follow.
    serde_json::Deserializer::from_str(&said).into_iter().next().unwrap().unwrap()
}
