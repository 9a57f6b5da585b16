//! One open application: its document in memory, and what the view has seen of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::cause::{Cause, because};
use form_document::history::HistoryRow;
use form_document::key::{PublicKey, SigningKey};
use form_document::ledger::Ledger;
use form_document::{
    ActorId, Claim, Committed, Document, Merged, NONCE_BYTES, SEGMENT_MAX_CHANGES, Segment, UnverifiedGenesis,
};
use form_model::answer::{AnswerValue, Answers};
use form_model::command::{
    AnswerState, ConflictValue, Edit, Event, FinalSummary, Link, Revision, Stamp, UndoState,
};
use form_model::definition::{AnswerKind, FormDefinition};
use form_model::delta::Delta;
use form_model::error::{ErrorCode, UserError};
use form_model::id::AnswerId;
use form_model::input;
use form_model::mirror::EngineText;
use form_store::application::{ApplicationKey, ApplicationRow};
use form_store::history::History;
use form_store::replica::ReplicaRow;
use form_store::{Store, StoreError, Write};

use crate::outbox::Outbox;
use crate::proof;
use crate::workspace::bundle_mark::Mark;
use crate::workspace::receipt::kept_trouble;

/// What an edit changed.
#[derive(Debug)]
pub(crate) struct Edited {
    /// What is to be kept; `None` when everything stood so already.
    pub committed: Option<Committed>,
    /// For a splice: the text and the revision that it was placed after.
    spliced: Option<(AnswerId, Revision)>,
}

#[derive(Debug)]
pub(crate) struct Session {
    pub key: ApplicationKey,
    pub definition: FormDefinition,
    pub ledger: Ledger,
    pub outbox: Outbox,
    /// This desk's device.
    pub device: PublicKey,
    /// The line to the hub, as far as anybody has told.
    pub link: Link,
    /// When the hub last confirmed all there was here, milliseconds since 1970-01-01 UTC; 0 for never.
    pub synced_ms: i64,
    /// False while a joining desk has not checked every signature and right.
    pub checked: bool,
    texts: BTreeMap<AnswerId, EngineText>,
    pub replicas: Vec<ReplicaRow>,
    /// Number and time (milliseconds since 1970-01-01 UTC) of the newest kept change; 0 and the time of
    /// the application's making before its first.
    pub newest: (i64, i64),
    /// Number of the newest change that the snapshot holds.
    pub snapshot: i64,
    /// How far the exchange file goes that was made last and may not be written yet.
    pub exported: Option<Mark>,
    /// Why the hub has no verdict on changes that were handed over.
    pub trouble: Option<UserError>,
    /// The final revisions whose receipts were checked, by number.
    pub finals: BTreeMap<u64, FinalSummary>,
}

impl Session {
    /// Reads an application from the store.
    ///
    /// # Errors
    /// When what is stored cannot be read whole.
    pub fn load(
        store: &Store,
        row: &ApplicationRow,
        definition: FormDefinition,
        actor: &ActorId,
        device: PublicKey,
    ) -> Result<Self, UserError> {
        let key = row.key;
        let ledger = load_ledger(store, key, &row.genesis, &definition, actor, device)?;
        let outbox = Outbox::load(store, key).map_err(|error| unreadable(store, &error))?;
        let follow = store.follow(key).map_err(|error| unreadable(store, &error))?;
        let snapshot = store.snapshot(key).map_err(|error| unreadable(store, &error))?;
        let newest = store.newest(key).map_err(|error| unreadable(store, &error))?;
        let replicas = store.replicas(key).map_err(|error| unreadable(store, &error))?;
        let trouble = kept_trouble(store, &row.id).map_err(|error| unreadable(store, &error))?;
        Ok(Self {
            key,
            definition,
            ledger,
            outbox,
            device,
            link: Link::None,
            synced_ms: follow.as_ref().map_or(0, |row| row.synced_ms),
            checked: follow.is_none_or(|row| row.checked),
            texts: BTreeMap::new(),
            replicas,
            newest: newest.unwrap_or((0, row.created_ms)),
            snapshot: snapshot.map_or(0, |snapshot| snapshot.number),
            exported: None,
            trouble,
            finals: BTreeMap::new(),
        })
    }

    /// Reads the document again: after a failed write it is ahead of the disk. The view's revisions go on,
    /// since it did not see the failed step either; what could be undone is forgotten.
    ///
    /// # Errors
    /// When what is stored cannot be read.
    pub fn reload(&mut self, store: &Store, genesis: &[u8], actor: &ActorId) -> Result<(), UserError> {
        self.ledger = load_ledger(store, self.key, genesis, &self.definition, actor, self.device)?;
        self.outbox.reset(store, self.key).map_err(|error| unreadable(store, &error))
    }

    /// Goes on with the ledger of a compact start, which has just been kept as `newest`: loading it again would take
    /// as long as everything before.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn started(&mut self, ledger: Ledger, newest: (i64, i64), store: &Store) -> Result<(), StoreError> {
        self.ledger = ledger;
        for replica in &self.replicas {
            claim_own(&mut self.ledger, self.device, replica);
        }
        (self.newest, self.snapshot, self.synced_ms) = (newest, newest.0, newest.1);
        self.checked = false;
        self.texts.clear();
        self.outbox.reset(store, self.key)
    }

    /// This desk writes as that replica from now on.
    pub fn claim_own(&mut self, replica: &ReplicaRow) {
        claim_own(&mut self.ledger, self.device, replica);
    }

    /// The application's document.
    pub fn document(&self) -> &Document {
        &self.ledger.document
    }

    /// The application's document, to be edited.
    pub fn document_mut(&mut self) -> &mut Document {
        &mut self.ledger.document
    }

    /// What the view has to hear when the document was built anew: how every answer differs.
    pub fn differences(&mut self, before: &Answers) -> Vec<Event> {
        let after = self.document().answers();
        let all: BTreeSet<&AnswerId> = before.0.keys().chain(after.0.keys()).collect();
        let is_prose = |id: &&AnswerId| self.definition.answer_kind(id) == Some(AnswerKind::Prose);
        // Of a value also its other sides may have gone: every one is told anew.
        let differs = |id: &&AnswerId| !is_prose(id) || before.0.get(*id) != after.0.get(*id);
        let changed: Vec<AnswerId> = all.into_iter().filter(differs).cloned().collect();
        let patched = changed.iter().filter(is_prose).map(|id| {
            let text = |answers: &Answers| answers.text(id).to_owned();
            (id.clone(), Delta::between(&text(before), &text(&after)))
        });
        let patched = patched.collect();
        self.events(patched, &changed)
    }

    /// Makes an edit in memory.
    ///
    /// # Errors
    /// When the edit is not one that the form and the text allow; nothing has changed then.
    pub fn edit(&mut self, edit: &Edit, time_ms: i64) -> Result<Edited, UserError> {
        match edit {
            Edit::Set { values } => {
                let values = self.normalised(values)?;
                let committed = self.document_mut().set(&values, time_ms)?;
                Ok(Edited { committed, spliced: None })
            }
            Edit::Splice { answer, base, delta } => {
                let text = self.texts.entry(answer.clone()).or_default();
                let placed = text
                    .place(*base, delta)
                    .ok_or_else(|| UserError::new(ErrorCode::BadSplice).with("answer", answer))?;
                let committed = self.ledger.document.splice(answer, &placed, time_ms)?;
                Ok(Edited { committed, spliced: Some((answer.clone(), *base)) })
            }
        }
    }

    /// The edit is on the disk; returns the revision to acknowledge.
    pub fn acknowledge(&mut self, edited: &Edited) -> Revision {
        let Some((answer, base)) = &edited.spliced else { return 0 };
        self.texts.entry(answer.clone()).or_default().spliced(*base)
    }

    /// What a merge, an undo or a redo changed, for the view.
    pub fn events(&mut self, patched: Vec<(AnswerId, Delta)>, answers: &[AnswerId]) -> Vec<Event> {
        let mut events: Vec<_> = patched
            .into_iter()
            .map(|(answer, delta)| {
                let revision = self.texts.entry(answer.clone()).or_default().patched(delta.clone());
                Event::Patched { answer, revision, delta }
            })
            .collect();
        let values: Vec<_> = answers
            .iter()
            .filter(|answer| self.definition.answer_kind(answer) != Some(AnswerKind::Prose))
            .map(|answer| self.state(answer))
            .collect();
        if !values.is_empty() {
            events.push(Event::Answered { answers: values });
        }
        events
    }

    /// One answer as it stands.
    pub fn state(&self, answer: &AnswerId) -> AnswerState {
        if let Some(text) = self.document().text(answer) {
            return AnswerState {
                answer: answer.clone(),
                value: (!text.is_empty()).then(|| AnswerValue::Text(text.to_owned())),
                conflict: Vec::new(),
                revision: self.texts.get(answer).map_or(0, EngineText::revision),
                changed: None,
            };
        }
        let standing = self.document().standing(answer);
        AnswerState {
            answer: answer.clone(),
            value: standing.value,
            conflict: standing
                .conflict
                .into_iter()
                .map(|side| ConflictValue {
                    value: side.value,
                    stamp: self.stamp(&side.op.actor, side.time_ms),
                    before: side.before,
                })
                .collect(),
            revision: 0,
            changed: standing.made.map(|(op, time_ms)| self.stamp(&op.actor, time_ms)),
        }
    }

    /// Every answer that says something, facets included.
    pub fn states(&self) -> Vec<AnswerState> {
        self.document().answers().0.keys().map(|answer| self.state(answer)).collect()
    }

    /// Whether undo and redo have something to do.
    pub fn undo_state(&self) -> UndoState {
        UndoState { undo: self.document().can_undo(), redo: self.document().can_redo() }
    }

    /// Who an actor is, as far as this desk knows: by the roster, else by what this desk called itself.
    pub fn stamp(&self, actor: &ActorId, time_ms: i64) -> Stamp {
        /// Digits of an unknown replica's id that tell it apart on the screen.
        const SHOWN: usize = 6;
        let device = self.ledger.claim(actor).map(|claim| claim.device);
        let own = device == Some(self.device);
        let member = device.and_then(|device| {
            let roster = self.ledger.chain().newest();
            let member = roster.devices.get(&device)?;
            Some((member.agency.clone(), roster.agencies.get(&member.agency)?.name.clone(), &member.person))
        });
        if let Some((agency, name, person)) = member {
            return Stamp { author: format!("{name} {person}"), agency: Some(agency), own, time_ms };
        }
        let known = self.replicas.iter().find(|replica| replica.actor == actor.to_bytes());
        let name = known.map(|replica| format!("{} {}", replica.agency, replica.person)).unwrap_or_default();
        let author = match name.trim() {
            "" => actor.to_hex_string().chars().take(SHOWN).collect(),
            name => name.to_owned(),
        };
        Stamp { author, agency: None, own, time_ms }
    }

    /// Signs long segments over an actor's accepted changes, in place of many short ones.
    ///
    /// # Errors
    /// When the database can't be read.
    pub(crate) fn fold(
        &mut self,
        store: &Store,
        key: &SigningKey,
        actor: &ActorId,
    ) -> Result<(), StoreError> {
        let accepted = self.ledger.accepted(actor);
        let rows = store.segments_after(self.key, actor.to_bytes(), 0)?;
        let mut folded: Vec<Segment> = Vec::new();
        let mut run: Option<(u64, u64, u64)> = None;
        for row in rows.iter().filter(|row| row.first_seq + row.count - 1 <= accepted) {
            let end = row.first_seq + row.count;
            run = match run {
                Some((roster, first, last))
                    if roster == row.roster
                        && row.first_seq <= last
                        && end - first <= SEGMENT_MAX_CHANGES as u64 =>
                {
                    Some((roster, first, last.max(end)))
                }
                other => {
                    folded.extend(other.map(|run| self.sign_run(key, actor, run)));
                    Some((row.roster, row.first_seq, end))
                }
            };
        }
        folded.extend(run.map(|run| self.sign_run(key, actor, run)));
        folded.retain(|segment| {
            !rows
                .iter()
                .any(|row| row.first_seq == segment.first_seq && row.count == segment.hashes.len() as u64)
        });
        self.outbox.fold(folded);
        Ok(())
    }

    fn sign_run(&self, key: &SigningKey, actor: &ActorId, (roster, first, end): (u64, u64, u64)) -> Segment {
        let hashes = (first..end).filter_map(|seq| self.document().hash_at(actor, seq)).collect();
        Segment::sign(key, self.ledger.application(), actor.clone(), first, hashes, roster)
    }

    fn normalised(
        &self,
        values: &[(AnswerId, Option<AnswerValue>)],
    ) -> Result<Vec<(AnswerId, Option<AnswerValue>)>, UserError> {
        values
            .iter()
            .map(|(answer, value)| {
                let field = self
                    .definition
                    .field_of(answer)
                    .ok_or_else(|| UserError::new(ErrorCode::UnknownAnswer).with("answer", answer))?;
                let value = match value {
                    Some(AnswerValue::Text(text)) => {
                        Some(AnswerValue::Text(input::normalise(field, answer, text)))
                    }
                    other => other.clone(),
                };
                Ok((answer.clone(), value))
            })
            .collect()
    }
}

/// Keeps a change and its rows under the number after the newest.
///
/// # Errors
/// When the database can't be written.
pub(crate) fn keep(
    write: &Write<'_>,
    key: ApplicationKey,
    number: i64,
    bytes: &[u8],
    rows: &[HistoryRow],
    saved_ms: i64,
) -> Result<(), StoreError> {
    write.add_change(key, number, bytes, &stored(rows)?, saved_ms)
}

/// Keeps what a merge took in; returns the number of the last change, whose row tells what all of them did.
///
/// # Errors
/// When the database can't be written.
pub(crate) fn keep_merged(
    write: &Write<'_>,
    key: ApplicationKey,
    newest: i64,
    merged: &Merged,
    saved_ms: i64,
) -> Result<i64, StoreError> {
    let Some((last, others)) = merged.applied.split_last() else { return Ok(newest) };
    let mut number = newest;
    for change in others {
        number += 1;
        write.add_change(key, number, &change.bytes, &History::default(), saved_ms)?;
    }
    number += 1;
    write.add_change(key, number, &last.bytes, &stored(&merged.history)?, saved_ms)?;
    for answer in &merged.overlaps {
        write.put_reread(key, &answer.0)?;
    }
    Ok(number)
}

pub(crate) fn stored(rows: &[HistoryRow]) -> Result<History, StoreError> {
    let rows_json = serde_json::to_string(rows)
        .map_err(|error| StoreError::Unreadable { what: "history", cause: error.to_string() })?;
    Ok(History { rows: rows_json, clears: rows.iter().any(HistoryRow::clears) })
}

/// The kept rows as the document made them; what cannot be read is left out.
pub(crate) fn recalled(kept: &[String]) -> Vec<HistoryRow> {
    kept.iter().filter_map(|rows| serde_json::from_str::<Vec<HistoryRow>>(rows).ok()).flatten().collect()
}

/// Makes one of this desk's replicas known as its own.
fn claim_own(ledger: &mut Ledger, device: PublicKey, replica: &ReplicaRow) {
    let nonce = replica.nonce.as_deref().and_then(|nonce| <[u8; NONCE_BYTES]>::try_from(nonce).ok());
    if let Some(nonce) = nonce {
        ledger.add_claim(Claim::new(&ledger.application().clone(), device, nonce));
    }
}

fn load_ledger(
    store: &Store,
    key: ApplicationKey,
    genesis: &[u8],
    definition: &FormDefinition,
    actor: &ActorId,
    device: PublicKey,
) -> Result<Ledger, UserError> {
    let failed = |error: &dyn Cause| unreadable(store, error);
    let application = form_document::application_id(genesis).map_err(|error| failed(&error))?;
    let root = UnverifiedGenesis::read(genesis).map_err(|error| failed(&error))?.lead();
    let snapshot = store.snapshot(key).map_err(|error| failed(&error))?;
    let number = snapshot.as_ref().map_or(0, |snapshot| snapshot.number);
    let changes = store.changes_after(key, number).map_err(|error| failed(&error))?;
    let base = snapshot.as_ref().map_or(genesis, |snapshot| &snapshot.document);
    let mut document = Document::load(base, &changes, &application, definition, actor.clone())
        .map_err(|error| failed(&error))?;
    let clears = store.clears(key).map_err(|error| failed(&error))?;
    document.recall_clears(&recalled(&clears));
    let parts = proof::parts(store, key, &application, root).map_err(|error| failed(&error))?;
    let mut ledger = Ledger::new(document, parts);
    for replica in store.replicas(key).map_err(|error| failed(&error))? {
        claim_own(&mut ledger, device, &replica);
    }
    Ok(ledger)
}

fn unreadable(store: &Store, error: &dyn Cause) -> UserError {
    because(UserError::new(ErrorCode::FileUnusable).with("file", store.path().display()), error)
}
