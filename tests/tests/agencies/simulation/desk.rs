//! A desk, and what its person does at it.

use std::fs;
use std::path::Path;

use automerge::Change;
use form_document::key::PublicKey;
use form_document::wire::{Have, WireActor};
use form_model::answer::Answers;
use form_model::command::{
    CommentSummary, CreateApplication, DiscussAct, DiscussRequest, ExportFormat, SetAside, SetAsideRequest,
    Settings,
};
use form_model::id::ApplicationId;
use huiqian_tests::agencies::{Agency, LoneHub, copy_folder, folder};
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use super::world::MARK;

const FORM: &str = "pocket";

/// A desk of an honest person.
#[derive(Debug)]
pub struct Desk {
    pub name: String,
    pub key: PublicKey,
    /// `None` only while it is closed and opened.
    agency: Option<Agency>,
    /// A copy of its folder, and how much had been written by anybody when it was made.
    pub copy: Option<(TempDir, usize)>,
}

impl Desk {
    /// A desk of an agency. Whoever starts the application has its form.
    pub fn new(agency: &str, number: u32, form: bool) -> Self {
        let folder = folder();
        if form {
            let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("forms").join(FORM);
            copy_all(&from, &folder.path().join("forms").join(FORM));
        }
        let name = format!("{agency}-{number}");
        let mut desk = Agency::open(&name, folder);
        let settings = Settings { agency: agency.into(), person: name.clone(), ..Settings::default() };
        desk.workspace.save_settings(&settings).unwrap();
        let key = desk.workspace.device().public();
        Self { name, key, agency: Some(desk), copy: None }
    }

    pub fn agency(&mut self) -> &mut Agency {
        self.agency.as_mut().unwrap()
    }

    /// Starts the application and brings it to the hub.
    pub fn found(&mut self, hub: &mut LoneHub) -> ApplicationId {
        let request = CreateApplication { form: FORM.into(), name: "sample".into(), copy_from: None };
        let id = self.agency().workspace.create(&request).unwrap();
        self.agency().publish(&id, hub);
        id
    }

    /// The program is killed and started again.
    pub fn restart(&mut self) {
        self.agency = self.agency.take().map(Agency::restart);
    }

    /// Copies its folder, as a backup does.
    pub fn back_up(&mut self, written: usize) {
        self.copy = Some((copy_folder(self.agency().folder.path()), written));
    }

    /// The disk is replaced by the copy. Answers how much had been written when that was made.
    pub fn restore(&mut self) -> Option<usize> {
        let (copy, written) = self.copy.take()?;
        // The copy was made while the old disk was there, so its file is another one.
        self.agency = Some(Agency::open(&self.name, copy));
        Some(written)
    }

    pub fn have(&mut self, id: &ApplicationId) -> Vec<Have> {
        self.agency().workspace.hello(id).unwrap().have
    }

    pub fn answers(&mut self, id: &ApplicationId) -> Answers {
        self.agency().answers(id)
    }

    /// All that stands in its answers and comments.
    pub fn words(&mut self, id: &ApplicationId) -> String {
        let answers = self.answers(id);
        let mut words: Vec<String> = answers.0.values().map(|value| value.as_text().to_owned()).collect();
        words.extend(self.comments(id).into_iter().map(|comment| comment.text));
        words.join("\n")
    }

    /// All that lies aside, to be looked at.
    pub fn words_aside(&mut self, id: &ApplicationId) -> String {
        let aside = self.set_aside(id, None, false).into_iter().filter_map(|aside| aside.value);
        aside.map(|value| value.as_text().to_owned()).collect::<Vec<_>>().join("\n")
    }

    /// The changes that it keeps of what was refused, put away or not.
    pub fn refused(&mut self) -> Vec<Change> {
        let database = self.agency().folder.path().join("huiqian.db");
        let database = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let mut rows = database.prepare("SELECT raw FROM refused WHERE length(raw) > 0").unwrap();
        let rows = rows.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
        rows.map(|raw| Change::from_bytes(raw.unwrap()).unwrap()).collect()
    }

    pub fn comments(&mut self, id: &ApplicationId) -> Vec<CommentSummary> {
        self.discuss(id, DiscussAct::Read).unwrap()
    }

    pub fn discuss(&mut self, id: &ApplicationId, act: DiscussAct) -> Option<Vec<CommentSummary>> {
        let request = DiscussRequest { application: id.clone(), act };
        self.agency().workspace.discuss(&request).ok().map(|said| said.comments)
    }

    pub fn set_aside(&mut self, id: &ApplicationId, dismiss: Option<String>, propose: bool) -> Vec<SetAside> {
        let request = SetAsideRequest { application: id.clone(), dismiss, propose, adopt: false };
        self.agency().workspace.set_aside(&request).unwrap_or_default()
    }

    /// The whole document.
    pub fn document(&mut self, id: &ApplicationId) -> Vec<u8> {
        self.agency().workspace.export(id, ExportFormat::Automerge).unwrap()
    }

    /// That nothing is here which nobody was allowed to write.
    pub fn look(&mut self, id: &ApplicationId) {
        let answers = self.answers(id);
        let marked = answers.0.iter().find(|(_, value)| value.as_text().contains(MARK));
        assert!(marked.is_none(), "{} has {marked:?}", self.name);
        let answers: Vec<_> = answers.0.into_keys().collect();
        for answer in answers {
            let state = self.agency().workspace.state(id, &answer).unwrap();
            let marked = format!("{:?}", state.conflict).contains(MARK);
            assert!(!marked, "{} has {state:?}", self.name);
        }
    }
}

/// Of two lists of what is here, the change that is new in the second.
pub fn made(before: &[Have], after: &[Have]) -> Option<Have> {
    after.iter().find(|have| have.seq > seq_of(before, have.actor)).copied()
}

/// How much of an actor's changes is here.
pub fn seq_of(have: &[Have], actor: WireActor) -> u64 {
    have.iter().find(|have| have.actor == actor).map_or(0, |have| have.seq)
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_all(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}
