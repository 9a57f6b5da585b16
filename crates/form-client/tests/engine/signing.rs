//! Sign-off on one desk.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use form_client::workspace::Workspace;
use form_model::answer::AnswerValue;
use form_model::command::{Signer, Signing, SigningAct, SigningRequest};
use form_model::id::ApplicationId;
use serde_json::Value;

use crate::support::{FORM, answer, desk, new_application, set, splice};

const PLAN: &str = "plan.text";
const FIGURE: &str = "basics.revenue.2023";
/// Signed, changed and signed again: as often as a long-winded application.
const ROUNDS: usize = 40;
/// How often each is measured.
const READS: usize = 9;

fn act(desk: &mut Workspace, id: &ApplicationId, act: SigningAct) -> Signing {
    desk.signing(&SigningRequest { application: id.clone(), act }).unwrap()
}

/// The filled sample, which everything is signed off of, again and again.
fn signed(home: &Path) -> (Workspace, ApplicationId) {
    let mut desk = desk(home);
    let id = new_application(&mut desk);
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../forms").join(FORM).join("sample/answers.json");
    let sample: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let said = |value: &Value| serde_json::from_value::<AnswerValue>(value.clone()).ok();
    let values = sample["answers"].as_object().unwrap().iter();
    desk.fill(&id, values.map(|(name, value)| (answer(name), said(value))).collect()).unwrap();
    let sections = desk.answers(&id).unwrap().0.counted_sections();
    let signer = Signer { person: "林".to_owned(), ..Signer::default() };
    for section in sections {
        act(&mut desk, &id, SigningAct::SignOff { section, signer: signer.clone() });
    }
    for round in 0..ROUNDS {
        set(&mut desk, &id, FIGURE, &round.to_string());
        act(&mut desk, &id, SigningAct::SignOff { section: "basics".to_owned(), signer: signer.clone() });
        act(&mut desk, &id, SigningAct::Declare { signer: signer.clone() });
    }
    (desk, id)
}

/// How long reading how sign-off stands takes after a key was pressed: the median.
fn reading(desk: &mut Workspace, id: &ApplicationId) -> Duration {
    let mut times: Vec<Duration> = (0..READS)
        .map(|_| {
            splice(desk, id, PLAN, 0, "字");
            let started = Instant::now();
            act(desk, id, SigningAct::Read);
            started.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[READS / 2]
}

/// `HUIQIAN_CHANGES=50000` for a document of that many.
#[test]
fn reading_how_sign_off_stands_costs_no_more_on_a_long_history() {
    let home = tempfile::tempdir().unwrap();
    let (mut desk, id) = signed(home.path());
    let before = reading(&mut desk, &id);
    let changes = std::env::var("HUIQIAN_CHANGES").ok().and_then(|number| number.parse().ok());
    for number in 0..changes.unwrap_or(2_000) {
        if number % 3 == 0 {
            set(&mut desk, &id, FIGURE, &number.to_string());
        } else {
            splice(&mut desk, &id, PLAN, 0, "字");
        }
    }
    let after = reading(&mut desk, &id);
    let statements: usize =
        act(&mut desk, &id, SigningAct::Read).sections.iter().map(|section| section.statements.len()).sum();
    println!("{statements} sign-offs: {before:?} before, {after:?} after");
    assert!(after < 4 * before, "{before:?} before, {after:?} after");
}
