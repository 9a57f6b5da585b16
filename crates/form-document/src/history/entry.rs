//! The history as a person reads it: one entry for what one author typed in one go.

use std::collections::{BTreeMap, BTreeSet};

use automerge::ActorId;
use form_model::command::{self, HistoryEntry, Stamp};
use form_model::id::AnswerId;

use crate::history::{HistoryRow, Insertion, RowStep};
use crate::op::OpId;

/// Typing of one author in one text counts as one entry when it is within so many milliseconds of its
/// first keystroke: 5 minutes, about a paragraph.
pub const COALESCE_MS: i64 = 5 * 60 * 1_000;

/// Stands between pieces of text that were not next to each other.
const GAP: &str = " … ";

/// One step of an answer's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub answer: AnswerId,
    pub author: ActorId,
    /// When the last of its changes was made, milliseconds since 1970-01-01 UTC.
    pub time_ms: i64,
    pub step: command::HistoryStep,
    /// The value was made at the same time as another one, unaware of it.
    pub concurrent: bool,
}

impl Entry {
    /// The entry for the view, its author named.
    pub fn stamped(self, stamp: Stamp) -> HistoryEntry {
        HistoryEntry { answer: self.answer, stamp, what: self.step, concurrent: self.concurrent }
    }
}

/// The rows (in any order, of one answer or many) as entries, the oldest first: an entry stands after all
/// that its author knew of.
pub fn entries(rows: &[HistoryRow]) -> Vec<Entry> {
    let mut sorted: Vec<_> = rows.iter().collect();
    sorted.sort_by(|a, b| a.op.cmp(&b.op));
    let concurrent = concurrent_values(&sorted);
    let typed = Typed::of(&sorted);
    let mut entries: Vec<(OpId, Entry)> = Vec::new();
    let mut open: BTreeMap<&AnswerId, Session> = BTreeMap::new();
    for row in sorted {
        match &row.step {
            RowStep::Value { before, after, .. } => {
                let step = command::HistoryStep::Value { before: before.clone(), after: after.clone() };
                entries.push((row.op.clone(), entry(row, step, concurrent.contains(&row.op))));
            }
            RowStep::Prose { .. } => {
                let continues = open.get(&row.answer).is_some_and(|session| session.takes(row));
                if !continues && let Some(session) = open.remove(&row.answer) {
                    entries.extend(session.finish(&typed));
                }
                open.entry(&row.answer).or_insert_with(|| Session::new(row)).add(row);
            }
        }
    }
    entries.extend(open.into_values().filter_map(|session| session.finish(&typed)));
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    entries.into_iter().map(|(_, entry)| entry).collect()
}

/// What rows of one text, the earliest first, put in and take out together, however long they took.
pub fn replayed(rows: &[&HistoryRow]) -> (String, String) {
    let Some(first) = rows.first() else { return (String::new(), String::new()) };
    let mut session = Session::new(first);
    rows.iter().for_each(|row| session.add(row));
    session.texts(&Typed::of(rows))
}

fn entry(row: &HistoryRow, step: command::HistoryStep, concurrent: bool) -> Entry {
    Entry { answer: row.answer.clone(), author: row.op.actor.clone(), time_ms: row.time_ms, step, concurrent }
}

/// The values that stood side by side: replaced together by a choice, or replacing the same value.
fn concurrent_values(rows: &[&HistoryRow]) -> BTreeSet<OpId> {
    let mut replaced_by: BTreeMap<&OpId, Vec<&OpId>> = BTreeMap::new();
    let mut concurrent = BTreeSet::new();
    for row in rows {
        let RowStep::Value { preds, .. } = &row.step else {
            continue;
        };
        if preds.len() > 1 {
            concurrent.extend(preds.iter().cloned());
        }
        for pred in preds {
            replaced_by.entry(pred).or_default().push(&row.op);
        }
    }
    for rivals in replaced_by.into_values().filter(|rivals| rivals.len() > 1) {
        concurrent.extend(rivals.into_iter().cloned());
    }
    concurrent
}

/// Characters put in next to each other.
struct Piece<'a> {
    /// The character before them.
    after: Option<&'a OpId>,
    chars: Vec<(OpId, char)>,
}

/// What one author does to one text within [`COALESCE_MS`].
struct Session<'a> {
    first: &'a HistoryRow,
    last: &'a HistoryRow,
    /// The characters put in, as pieces in the text's order as far as it is known.
    inserted: Vec<Piece<'a>>,
    /// The characters of others' or earlier making that were taken out.
    deleted: BTreeMap<OpId, char>,
}

impl<'a> Session<'a> {
    fn new(row: &'a HistoryRow) -> Self {
        Self { first: row, last: row, inserted: Vec::new(), deleted: BTreeMap::new() }
    }

    fn takes(&self, row: &HistoryRow) -> bool {
        self.first.op.actor == row.op.actor
            && (0..=COALESCE_MS).contains(&(row.time_ms.saturating_sub(self.first.time_ms)))
    }

    fn add(&mut self, row: &'a HistoryRow) {
        self.last = row;
        let RowStep::Prose { inserted, deleted } = &row.step else {
            return;
        };
        for insertion in inserted {
            let ids = (insertion.start..).map(|counter| OpId { counter, actor: row.op.actor.clone() });
            self.insert(insertion.after.as_ref(), ids.zip(insertion.text.chars()).collect());
        }
        for deletion in deleted {
            let actor = &deletion.start.actor;
            let ids = (deletion.start.counter..).map(|counter| OpId { counter, actor: actor.clone() });
            for (id, char) in ids.zip(deletion.text.chars()) {
                self.delete(id, char);
            }
        }
    }

    fn insert(&mut self, after: Option<&'a OpId>, chars: Vec<(OpId, char)>) {
        for Piece { after: before_it, chars: piece } in &mut self.inserted {
            let behind = piece.iter().rposition(|(id, _)| Some(id) == after).map(|at| at + 1);
            // What comes later to the same place stands before what was there.
            if let Some(at) = behind.or((*before_it == after).then_some(0)) {
                piece.splice(at..at, chars);
                return;
            }
        }
        self.inserted.push(Piece { after, chars });
    }

    /// A character put in and taken out again within the session never was.
    fn delete(&mut self, id: OpId, char: char) {
        for Piece { chars: piece, .. } in &mut self.inserted {
            if let Some(at) = piece.iter().rposition(|(inserted, _)| *inserted == id) {
                piece.remove(at);
                return;
            }
        }
        self.deleted.insert(id, char);
    }

    /// What remains of it: the text put in, and the text taken out.
    fn texts(&self, typed: &Typed<'_>) -> (String, String) {
        let pieces = self.inserted.iter().map(|piece| piece.chars.iter().map(|(_, char)| char).collect());
        let inserted = pieces.filter(|piece: &String| !piece.is_empty()).collect::<Vec<_>>().join(GAP);
        (inserted, deleted_text(&self.deleted, typed))
    }

    /// `None` when nothing remains of it.
    fn finish(self, typed: &Typed<'_>) -> Option<(OpId, Entry)> {
        let (inserted, deleted) = self.texts(typed);
        if inserted.is_empty() && deleted.is_empty() {
            return None;
        }
        let step = command::HistoryStep::Prose { inserted, deleted };
        Some((self.first.op.clone(), entry(self.last, step, false)))
    }
}

/// The character after which each one was put in. Only the first of a run is noted; the others follow
/// their neighbour.
struct Typed<'a>(BTreeMap<OpId, Option<&'a OpId>>);

impl<'a> Typed<'a> {
    fn of(rows: &[&'a HistoryRow]) -> Self {
        let insertions = rows.iter().flat_map(|row| match &row.step {
            RowStep::Prose { inserted, .. } => inserted.iter().map(|run| (&row.op.actor, run)).collect(),
            RowStep::Value { .. } => Vec::new(),
        });
        let first = |(actor, run): (&ActorId, &'a Insertion)| {
            (OpId { counter: run.start, actor: actor.clone() }, run.after.as_ref())
        };
        Self(insertions.map(first).collect())
    }

    fn after(&self, id: &OpId) -> Option<OpId> {
        match self.0.get(id) {
            Some(after) => after.cloned(),
            None => Some(OpId { counter: id.counter.checked_sub(1)?, actor: id.actor.clone() }),
        }
    }
}

/// Characters in the order in which they stood, whichever way they were taken out: each follows the one
/// after which it was typed, the latest first, as the text itself is put together.
fn deleted_text(deleted: &BTreeMap<OpId, char>, typed: &Typed<'_>) -> String {
    let mut followers: BTreeMap<OpId, Vec<&OpId>> = BTreeMap::new();
    let mut starts = Vec::new();
    for id in deleted.keys() {
        match typed.after(id).filter(|after| deleted.contains_key(after)) {
            Some(after) => followers.entry(after).or_default().push(id),
            None => starts.push(id),
        }
    }
    let piece = |start| {
        let (mut piece, mut next) = (String::new(), vec![start]);
        while let Some(id) = next.pop() {
            piece.extend(deleted.get(id));
            next.extend(followers.get(id).into_iter().flatten());
        }
        piece
    };
    starts.into_iter().map(piece).collect::<Vec<_>>().join(GAP)
}
