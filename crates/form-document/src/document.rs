//! One application's document, open in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use automerge::{ActorId, Automerge, Change, ChangeHash, LoadOptions, ObjId, ReadDoc};
use form_model::answer::{AnswerValue, Answers};
use form_model::definition::FormDefinition;
use form_model::id::{AnswerId, ApplicationId};

use crate::by_hash::ByHash;
use crate::causality::Causality;
use crate::conflict::Clear;
use crate::error::LoadError;
use crate::genesis::{ENCODING, UnverifiedGenesis};
use crate::object::ObjectTable;
use crate::raw::{RawChange, guarded, read_stored};
use crate::schema::Schema;
use crate::sign_off::ReadStatements;
use crate::undo::UndoStack;

/// The answers of one application with all their history, as one replica has them.
///
/// Nothing here is durable: a change that an edit or merge returns exists only once its bytes are stored.
/// When storing fails, the document is ahead of the disk and must be dropped and loaded again.
#[derive(Debug)]
pub struct Document {
    pub(crate) automerge: Automerge,
    pub(crate) schema: Schema,
    pub(crate) objects: ObjectTable,
    pub(crate) application: ApplicationId,
    /// Made the genesis and may make nothing else.
    pub(crate) genesis_actor: ActorId,
    /// Every prose text as it stands; reading one from Automerge walks all of its characters.
    pub(crate) texts: BTreeMap<AnswerId, String>,
    /// Deletions of values, which Automerge forgets to be operations; see [`crate::conflict`].
    pub(crate) clears: BTreeMap<AnswerId, Vec<Clear>>,
    pub(crate) causality: OnceLock<Causality>,
    pub(crate) read: ReadStatements,
    pub(crate) undo: UndoStack,
}

impl Document {
    /// A document that holds nothing but its genesis. `actor` makes this replica's edits.
    ///
    /// # Errors
    /// When the bytes are not exactly the genesis that the form makes.
    pub fn from_genesis(
        genesis: &[u8],
        definition: &FormDefinition,
        actor: ActorId,
    ) -> Result<Self, LoadError> {
        UnverifiedGenesis::read(genesis)?.verify(definition)?;
        let raw = RawChange::read(genesis).map_err(crate::genesis::GenesisError::from)?;
        let hash = raw.hash;
        let mut automerge = Automerge::new_with_encoding(ENCODING);
        automerge
            .apply_changes([raw.into_change()])
            .map_err(|error| LoadError::Unreadable(error.to_string()))?;
        Self::open(automerge, &ApplicationId(hash.to_string()), definition, actor)
    }

    /// A document from what a store kept: a snapshot made by [`Self::save`] and the raw changes made since,
    /// in any order. Both were checked when they were taken in; here damage is found, not malice.
    ///
    /// # Errors
    /// When anything cannot be read, when changes are missing, or when the document is of another
    /// application. Never a document that lacks a part of what was stored.
    pub fn load(
        snapshot: &[u8],
        tail: &[Vec<u8>],
        application: &ApplicationId,
        definition: &FormDefinition,
        actor: ActorId,
    ) -> Result<Self, LoadError> {
        let mut automerge = load_snapshot(snapshot)?;
        let mut changes = Vec::with_capacity(tail.len());
        for (index, bytes) in tail.iter().enumerate() {
            changes.push(read_stored(bytes).map_err(|_| LoadError::BadChange(index))?);
        }
        let expected = heads_with(&automerge.get_heads(), changes.iter());
        guarded(|| automerge.apply_changes(changes))
            .ok_or_else(|| LoadError::Unreadable("the changes do not fit the document".to_owned()))?
            .map_err(|error| LoadError::Unreadable(error.to_string()))?;
        if automerge.get_heads() != expected {
            let missing = automerge.get_missing_deps(&expected).len();
            return Err(LoadError::Incomplete { missing });
        }
        Self::open(automerge, application, definition, actor)
    }

    fn open(
        automerge: Automerge,
        application: &ApplicationId,
        definition: &FormDefinition,
        actor: ActorId,
    ) -> Result<Self, LoadError> {
        let other = || LoadError::OtherApplication { application: application.0.clone() };
        let hash: ChangeHash = application.0.parse().map_err(|_| other())?;
        let genesis = automerge.get_change_by_hash(&hash).ok_or_else(other)?;
        UnverifiedGenesis::read(genesis.raw_bytes())?.verify(definition)?;
        let mut document = Self {
            automerge: automerge.with_actor(actor),
            schema: Schema::new(definition),
            objects: ObjectTable::from_genesis(&genesis.decode()),
            application: application.clone(),
            genesis_actor: genesis.actor_id().clone(),
            texts: BTreeMap::new(),
            clears: BTreeMap::new(),
            causality: OnceLock::new(),
            read: ReadStatements::default(),
            undo: UndoStack::default(),
        };
        document.texts = document.read_texts().map_err(|error| LoadError::Unreadable(error.to_string()))?;
        Ok(document)
    }

    fn read_texts(&self) -> Result<BTreeMap<AnswerId, String>, automerge::AutomergeError> {
        let texts = self.schema.prose().filter_map(|answer| Some((answer, self.objects.prose(answer)?)));
        texts.map(|(answer, object)| Ok((answer.clone(), self.automerge.text(object)?))).collect()
    }

    /// The whole document, compact, for [`Self::load`] and for any other Automerge tool.
    pub fn save(&self) -> Vec<u8> {
        self.automerge.save()
    }

    /// The hashes of the changes that no other builds on, in order.
    pub fn heads(&self) -> Vec<ChangeHash> {
        self.automerge.get_heads()
    }

    /// The application that this is.
    pub fn application(&self) -> &ApplicationId {
        &self.application
    }

    /// Who makes this replica's edits.
    pub fn actor(&self) -> &ActorId {
        self.automerge.get_actor()
    }

    /// How many changes the document holds, genesis included.
    pub fn change_count(&self) -> u64 {
        self.automerge.stats().num_changes
    }

    /// Every change as a raw chunk, each after those it builds on, genesis first.
    pub fn changes(&self) -> Vec<Vec<u8>> {
        self.automerge.get_changes(&[]).iter().map(|change| change.raw_bytes().to_vec()).collect()
    }

    /// The raw chunks, by hash, of the changes that neither are in `known` nor come before one of those. One
    /// call costs about as much as the document is large; [`Self::change`] for each would cost that each time.
    pub fn changes_since(&self, known: &[ChangeHash]) -> BTreeMap<ChangeHash, Vec<u8>> {
        let changes = self.automerge.get_changes(known);
        changes.iter().map(|change| (change.hash(), change.raw_bytes().to_vec())).collect()
    }

    /// Whether the document has a change.
    pub fn has_change(&self, hash: &ChangeHash) -> bool {
        self.causality().has(hash)
    }

    /// An actor's change by its number, from 1.
    pub fn hash_at(&self, actor: &ActorId, seq: u64) -> Option<ChangeHash> {
        self.causality().hash_at(actor, seq)
    }

    /// Whose a change is, and its number among its actor's changes, from 1.
    pub(crate) fn place_of_change(&self, hash: &ChangeHash) -> Option<(ActorId, u64)> {
        let change = self.automerge.get_change_meta_by_hash(hash)?;
        Some((change.actor.into_owned(), change.seq))
    }

    /// The number of an actor's newest change here; 0 for an unknown actor.
    pub fn last_seq(&self, actor: &ActorId) -> u64 {
        self.causality().last_seq(actor)
    }

    /// The actors whose changes are here, the genesis' left out.
    pub fn actors(&self) -> impl Iterator<Item = &ActorId> {
        self.causality().actors().filter(|actor| **actor != self.genesis_actor)
    }

    /// The changes of each actor beyond a seq, each after those it builds on; the genesis left out.
    pub fn changes_beyond(&self, seqs: &BTreeMap<ActorId, u64>) -> Vec<(ActorId, u64, ChangeHash)> {
        let beyond = self.causality().beyond(seqs).into_iter();
        beyond
            .filter(|(actor, _, _)| **actor != self.genesis_actor)
            .map(|(actor, seq, hash)| (actor.clone(), seq, hash))
            .collect()
    }

    /// A change as a raw chunk.
    pub fn change(&self, hash: &ChangeHash) -> Option<Vec<u8>> {
        self.automerge.get_change_by_hash(hash).map(|change| change.raw_bytes().to_vec())
    }

    /// The sections that a change touches, by its operations' objects. `None` when the bytes are no raw
    /// change.
    pub fn sections_of(&self, change: &[u8]) -> Option<BTreeSet<String>> {
        Some(self.objects.sections_of(&RawChange::read(change).ok()?.change))
    }

    /// Every stored answer that says something, facets included. Of concurrent values the one that
    /// Automerge lets stand (the greatest operation id).
    pub fn answers(&self) -> Answers {
        let mut answers = Answers::default();
        for (section, object) in self.objects.sections() {
            for item in self.automerge.map_range(object, ..) {
                let value = match item.value {
                    automerge::ValueRef::Scalar(automerge::ScalarValueRef::Str(text)) => {
                        AnswerValue::Text(text.into_owned())
                    }
                    automerge::ValueRef::Scalar(automerge::ScalarValueRef::Boolean(flag)) => {
                        AnswerValue::Flag(flag)
                    }
                    _ => continue,
                };
                answers.set(AnswerId(format!("{section}.{}", item.key)), Some(value));
            }
        }
        for (answer, text) in self.texts.iter().filter(|(_, text)| !text.is_empty()) {
            answers.set(answer.clone(), Some(AnswerValue::Text(text.clone())));
        }
        answers
    }

    /// A prose answer's text; `None` when the answer is no prose.
    pub fn text(&self, answer: &AnswerId) -> Option<&str> {
        self.texts.get(answer).map(String::as_str)
    }

    /// The text object of a prose answer.
    pub(crate) fn prose_object(&self, answer: &AnswerId) -> Option<&ObjId> {
        self.objects.prose(answer)
    }

    /// The history graph, built on first use.
    pub(crate) fn causality(&self) -> &Causality {
        self.causality.get_or_init(|| Causality::of(&self.automerge))
    }
}

/// Loads a snapshot whole or not at all.
pub(crate) fn load_snapshot(snapshot: &[u8]) -> Result<Automerge, LoadError> {
    if snapshot.is_empty() {
        return Err(LoadError::Unreadable("it is empty".to_owned()));
    }
    // A partial load is an error by default, and the heads are verified.
    let options = LoadOptions::new().text_encoding(ENCODING);
    guarded(|| Automerge::load_with_options(snapshot, options))
        .ok_or_else(|| LoadError::Unreadable("its content contradicts itself".to_owned()))?
        .map_err(|error| LoadError::Unreadable(error.to_string()))
}

/// The heads that a document with these heads has once it holds these changes too.
pub(crate) fn heads_with<'a>(
    heads: &[ChangeHash],
    changes: impl Iterator<Item = &'a Change> + Clone,
) -> Vec<ChangeHash> {
    let known: ByHash<()> = changes.clone().flat_map(Change::deps).copied().collect();
    let all = heads.iter().copied().chain(changes.map(Change::hash));
    let mut heads: Vec<_> = all.filter(|hash| !known.has(hash)).collect();
    heads.sort_unstable();
    heads.dedup();
    heads
}
