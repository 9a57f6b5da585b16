//! What the engine costs on top of the bare operation, measured in one run on one disk.

use std::path::Path;
use std::time::{Duration, Instant};

use automerge::Automerge;
use form_client::surroundings::Surroundings;
use form_client::workspace::Workspace;
use form_model::command::{CreateApplication, Edit, ExportFormat};
use form_model::delta::{Delta, utf16_len};
use form_model::id::{AnswerId, ApplicationId};
use rusqlite::{Connection, params};

use super::{Figure, Samples};
use crate::typist::FORM;

/// The plan's limit in the notice: 不超过3000字.
const PLAN_CHARACTERS: usize = 3_000;
/// A year of several agencies' typing.
const CHANGES: usize = 50_000;
/// A one-character change with its row of history, in bytes, as the store writes them.
const KEYSTROKE_BYTES: usize = 300;
const OPENINGS: usize = 7;
/// One frame at 60 Hz.
const FRAME: Duration = Duration::from_millis(16);

/// A character typed into the plan, to its durable acknowledgement, against a bare commit of the same bytes.
pub fn keystroke(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let (mut workspace, id) = desk(&folder.join("keystroke"))?;
    let bare = bare_database(&folder.join("bare.db"))?;
    let (mut typed, mut committed) = (Samples::default(), Samples::default());
    for number in 0..PLAN_CHARACTERS {
        let edit = typed_character(number);
        let started = Instant::now();
        workspace.edit(&id, &edit)?;
        typed.push(started.elapsed());
        let started = Instant::now();
        bare.execute("INSERT INTO bare (bytes) VALUES (?1)", params![[0x5a_u8; KEYSTROKE_BYTES]])?;
        committed.push(started.elapsed());
    }
    Ok(vec![
        Figure::ratio(
            "keystroke to durable acknowledgement / bare commit, p50",
            typed.p50(),
            committed.p50(),
            1.5,
        ),
        Figure::ratio(
            "keystroke to durable acknowledgement / bare commit, p99",
            typed.p99(),
            committed.p99(),
            1.5,
        ),
        Figure::ratio("3,000 characters typed: p99 of an edit / one frame", typed.p99(), FRAME, 1.0),
    ])
}

/// Opening an application with 50,000 changes against Automerge loading the same bytes.
pub fn opening(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let home = folder.join("opening");
    let (mut workspace, id) = desk(&home)?;
    let started = Instant::now();
    for number in 0..CHANGES {
        workspace.edit(&id, &typed_character(number))?;
    }
    let typing = started.elapsed();
    workspace.compact(&id)?;
    let document = workspace.export(&id, ExportFormat::Automerge)?;
    drop(workspace);
    let (mut opened, mut loaded) = (Samples::default(), Samples::default());
    for _ in 0..OPENINGS {
        let mut workspace = Workspace::open(&home, Surroundings::without_keyring())?;
        let started = Instant::now();
        workspace.open_application(&id)?;
        opened.push(started.elapsed());
        let started = Instant::now();
        Automerge::load(&document)?;
        loaded.push(started.elapsed());
    }
    Ok(vec![
        Figure::ratio(
            "open an application of 50,000 changes / Automerge load",
            opened.p50(),
            loaded.p50(),
            1.2,
        ),
        Figure::time("50,000 characters typed, each durable", typing),
    ])
}

fn desk(home: &Path) -> anyhow::Result<(Workspace, ApplicationId)> {
    let mut workspace = Workspace::open(home, Surroundings::without_keyring())?;
    let request = CreateApplication { form: FORM.into(), name: "测速".into(), copy_from: None };
    let id = workspace.create(&request)?;
    workspace.open_application(&id)?;
    Ok((workspace, id))
}

/// One more character at the plan's end; the text starts over at the notice's limit, as no plan is longer.
pub(super) fn typed_character(number: usize) -> Edit {
    const TEXT: &str = "合作区坚持开放发展推动中小企业走专精特新之路";
    let text: Vec<_> = TEXT.chars().collect();
    let character = text[number % text.len()].to_string();
    let length = number % PLAN_CHARACTERS;
    let delta = if length == 0 && number > 0 {
        Delta::splice(0, PLAN_CHARACTERS * utf16_len("合"), &character)
    } else {
        Delta::splice(length, 0, &character)
    };
    let base = u64::try_from(number).unwrap_or(u64::MAX);
    Edit::Splice { answer: AnswerId("plan.text".into()), base, delta }
}

/// The same settings as the store's, one table, one row a commit.
pub(super) fn bare_database(path: &Path) -> anyhow::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.execute_batch("CREATE TABLE bare (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT")?;
    Ok(connection)
}
