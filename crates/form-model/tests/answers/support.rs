//! The zone form, its sample application, and answers as a person enters them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use form_model::answer::{AnswerValue, Answers};
use form_model::definition::FormDefinition;
use form_model::id::AnswerId;
use form_model::input;
use form_model::package::{self, PackageFiles};
use serde_json::Value;

const ZONE: &str = "zone-application-2026";

/// The form of the 2026 application, as it is shipped.
pub fn form() -> &'static FormDefinition {
    static FORM: LazyLock<FormDefinition> = LazyLock::new(|| form_named(ZONE));
    &FORM
}

/// The sample application: every field filled, nothing wrong.
pub fn sample() -> Answers {
    static SAMPLE: LazyLock<Answers> = LazyLock::new(|| sample_of(ZONE));
    SAMPLE.clone()
}

/// The names of all forms that are shipped.
pub fn shipped() -> Vec<String> {
    let entries = fs::read_dir(forms()).unwrap().map(Result::unwrap);
    let folders = entries.filter(|entry| entry.path().is_dir());
    folders.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

pub fn form_named(name: &str) -> FormDefinition {
    package::load(&files(&forms().join(name))).unwrap_or_else(|error| panic!("{error}"))
}

pub fn sample_of(name: &str) -> Answers {
    let text = fs::read_to_string(forms().join(name).join("sample/answers.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    serde_json::from_value(document["answers"].clone()).unwrap()
}

pub fn id(path: &str) -> AnswerId {
    AnswerId(path.to_owned())
}

/// Stores what a person typed, as the program does; `null` clears. A path that ends in `*` clears every
/// answer that begins so.
pub fn enter(answers: &mut Answers, path: &str, typed: &Value) {
    if let Some(start) = path.strip_suffix('*') {
        answers.0.retain(|answer, _| !answer.as_str().starts_with(start));
        return;
    }
    let answer = id(path);
    let value = match typed {
        Value::Null => None,
        Value::Bool(set) => Some(AnswerValue::Flag(*set)),
        Value::String(text) => Some(match form().field_of(&answer) {
            Some(field) => AnswerValue::Text(input::normalise(field, &answer, text)),
            None => AnswerValue::Text(text.clone()),
        }),
        other => panic!("{path}: an answer is a text or a flag, not {other}"),
    };
    answers.set(answer, value);
}

fn forms() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../forms")
}

fn files(root: &Path) -> PackageFiles {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    PackageFiles(files)
}
