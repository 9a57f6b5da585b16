//! What the engine's tests share.

use std::fs;
use std::path::Path;

use form_client::surroundings::Surroundings;
use form_client::workspace::Workspace;
use form_model::answer::AnswerValue;
use form_model::command::{CreateApplication, Edit};
use form_model::delta::Delta;
use form_model::id::{AnswerId, ApplicationId};

pub const FORM: &str = "zone-application-2026";

pub fn desk(folder: &Path) -> Workspace {
    Workspace::open(folder, Surroundings::without_keyring()).unwrap()
}

pub fn answer(id: &str) -> AnswerId {
    AnswerId(id.to_owned())
}

pub fn new_application(desk: &mut Workspace) -> ApplicationId {
    desk.create(&CreateApplication { form: FORM.into(), name: "示例".into(), copy_from: None }).unwrap()
}

pub fn set(desk: &mut Workspace, id: &ApplicationId, at: &str, text: &str) {
    let value = Some(AnswerValue::Text(text.to_owned()));
    desk.edit(id, &Edit::Set { values: vec![(answer(at), value)] }).unwrap();
}

/// Puts text in as a view does that has seen everything.
pub fn splice(desk: &mut Workspace, id: &ApplicationId, at: &str, position: usize, text: &str) {
    let base = desk.state(id, &answer(at)).unwrap().revision;
    let delta = Delta::splice(position, 0, text);
    desk.edit(id, &Edit::Splice { answer: answer(at), base, delta }).unwrap();
}

pub fn value_of(desk: &mut Workspace, id: &ApplicationId, at: &str) -> String {
    let state = desk.state(id, &answer(at)).unwrap();
    state.value.map(|value| value.as_text().to_owned()).unwrap_or_default()
}

pub use value_of as text_of;

pub fn copy_package(id: &str, to: &Path) {
    copy_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../forms").join(id), to);
}

pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
