//! Changes of other replicas.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use automerge::legacy::{Key, Op, OpType};
use automerge::{ActorId, Automerge, ChangeHash, Patch};
use form_model::delta::Delta;
use form_model::id::AnswerId;

use crate::batch::Batch;
use crate::causality::{Causality, NewNode};
use crate::document::Document;
use crate::history::{self, HistoryRow, RowStep};
use crate::log::Reason;
use crate::object::ObjectTable;
use crate::overlap;
use crate::patch;
use crate::raw::{BadChunk, RawChange};
use crate::reader::{OpReader, Shown};
use crate::trial::{self, Audience};
use crate::well_formed::{Checker, Malformed};

/// What came of a batch of changes. What is applied exists in memory; it is kept once `applied` and
/// `history` are stored, in one transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The changes that were not here before and now are, each after those it builds on.
    pub applied: Vec<AppliedChange>,
    /// What to add to the history.
    pub history: Vec<HistoryRow>,
    /// How prose texts changed.
    pub patched: Vec<(AnswerId, Delta)>,
    /// Value answers that were written to, whether or not another value stands now.
    pub changed: Vec<AnswerId>,
    /// Prose that two people rewrote at the same place, unaware of each other: a reader should look.
    pub overlaps: Vec<AnswerId>,
    /// Changes that build on some that are not here, to be merged again when those come; and (none missing)
    /// those not tried, since too many before them had failed.
    pub waiting: Vec<WaitingChange>,
    /// Changes that will never be taken in.
    pub refused: Vec<RefusedChange>,
}

/// A change taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedChange {
    /// The raw change chunk.
    pub bytes: Vec<u8>,
    pub hash: ChangeHash,
    pub actor: ActorId,
    /// The change's number among its actor's changes, from 1.
    pub seq: u64,
    /// By the author's clock, milliseconds since 1970-01-01 UTC.
    pub time_ms: i64,
}

/// A change that comes too early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingChange {
    pub bytes: Vec<u8>,
    pub hash: ChangeHash,
    /// The changes that it builds on and that are not here.
    pub missing: Vec<ChangeHash>,
}

/// A change not taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedChange {
    /// Its place in the batch.
    pub index: usize,
    /// `None` when the bytes are no change.
    pub hash: Option<ChangeHash>,
    pub reason: Refusal,
}

/// Why a change is not taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Chunk(#[from] BadChunk),
    #[error("no honest replica makes such a change: {0}")]
    Malformed(#[from] Malformed),
    #[error("its author may not make it: {0:?}")]
    Forbidden(Reason),
    #[error("it builds on change {0}, which was refused")]
    BuildsOnRefused(ChangeHash),
    #[error("a copy of the document does not survive it")]
    Trial,
}

/// What well-formed changes have to pass besides.
pub(crate) struct Gate<'a> {
    /// Whether the author may make the change.
    pub(crate) judge: &'a dyn Fn(&RawChange, &ObjectTable) -> Result<(), Reason>,
    /// Changes refused earlier: what builds on one is refused too.
    pub(crate) refused: &'a BTreeMap<ChangeHash, Reason>,
}

impl Gate<'_> {
    /// Everything passes.
    pub(crate) fn open() -> Self {
        static NONE: BTreeMap<ChangeHash, Reason> = BTreeMap::new();
        Self { judge: &|_, _| Ok(()), refused: &NONE }
    }
}

impl Document {
    /// Takes in raw changes of other replicas, in any order. Each is checked by itself, then all are tried
    /// on a copy; a bad one is refused together with what builds on it, and the others are applied. Changes
    /// that are here already are passed over. Call it once for many changes rather than once for each: a
    /// call costs as much as the document is large.
    pub fn merge(&mut self, changes: &[Vec<u8>]) -> Merged {
        let (mut read, mut bad) = (Vec::new(), Vec::new());
        for (index, bytes) in changes.iter().enumerate() {
            match RawChange::read(bytes) {
                Ok(raw) => read.push((index, raw)),
                Err(reason) => bad.push(RefusedChange { index, hash: None, reason: reason.into() }),
            }
        }
        let mut merged = self.merge_gated(read, &Gate::open());
        merged.refused.extend(bad);
        merged.refused.sort_by_key(|refused| refused.index);
        merged
    }

    /// [`Self::merge`] of what has been read already, each with its place in the batch, under a gate.
    pub(crate) fn merge_gated(&mut self, changes: Vec<(usize, RawChange)>, gate: &Gate<'_>) -> Merged {
        self.merge_for(Audience::Reader, changes, gate)
    }

    /// [`Self::merge_gated`] at the hub, where nobody reads: it makes no history, and does not look for what only
    /// a person sees. Most of the time that a merge takes goes there.
    pub(crate) fn merge_unread(&mut self, changes: Vec<(usize, RawChange)>, gate: &Gate<'_>) -> Merged {
        self.merge_for(Audience::Nobody, changes, gate)
    }

    fn merge_for(&mut self, audience: Audience, changes: Vec<(usize, RawChange)>, gate: &Gate<'_>) -> Merged {
        self.causality();
        let mut graph = self.causality.take().unwrap_or_default();
        let length = graph.len();
        let mut batch = Batch::new(changes, &graph);
        batch.refuse_children_of(gate.refused);
        let shown = self.check(&mut batch, &mut graph, gate);
        let tried = batch.accepted().map(|raw| &raw.change).collect();
        let (applied, gone) = trial::apply_most(&self.automerge, tried, audience);
        if !gone.is_empty() {
            batch.refuse_tried(&gone);
            graph.truncate(length);
            for raw in batch.accepted() {
                graph.add(&NewNode::of(&raw.change));
            }
        }
        let (accepted, refused, waiting) = batch.finish(&graph);
        let mut merged = Merged { refused, waiting, ..Merged::default() };
        if let Some(applied) = applied {
            merged.applied = accepted.iter().map(AppliedChange::of).collect();
            let before = mem::replace(&mut self.automerge, applied.automerge);
            match audience {
                Audience::Reader => {
                    self.tell(&before, &applied.patches, &accepted, shown, &graph, &mut merged);
                }
                Audience::Nobody => {
                    self.recall_clears(&self.history_of(shown, &accepted, clears_value));
                    self.reread_texts(&accepted);
                }
            }
        }
        self.causality = graph.into();
        merged
    }

    /// [`Self::merge_gated`] into a document that holds its genesis alone, of changes in causal order that all
    /// have to pass, for whoever wants to know no more than that. (It skips what only a person looks at.)
    ///
    /// # Errors
    /// What is wrong with the first change that does not pass.
    pub(crate) fn reproduce(&mut self, changes: Vec<RawChange>) -> Result<(), Refusal> {
        self.causality();
        let mut graph = self.causality.take().unwrap_or_default();
        let mut reader = OpReader::new(&self.automerge, Shown::default());
        for raw in &changes {
            let checker = Checker {
                schema: &self.schema,
                objects: &self.objects,
                graph: &graph,
                genesis_actor: &self.genesis_actor,
                application: &self.application,
            };
            if let Some(dep) = raw.ops.deps.iter().find(|dep| !graph.has(dep)) {
                return Err(Refusal::BuildsOnRefused(*dep));
            }
            checker.check(raw, &mut reader)?;
            graph.add(&NewNode::of(&raw.change));
            reader.add(raw.clone());
        }
        drop(reader);
        let changes = changes.into_iter().map(RawChange::into_change).collect();
        self.automerge = trial::apply_all(&self.automerge, changes).ok_or(Refusal::Trial)?;
        self.causality = graph.into();
        Ok(())
    }

    /// Moves every change of the pool that is ready and well-formed into `accepted` and the graph. Returns
    /// what it read of the document.
    fn check(&self, batch: &mut Batch, graph: &mut Causality, gate: &Gate<'_>) -> Shown {
        let mut reader = OpReader::new(&self.automerge, Shown::default());
        while let Some((index, raw)) = batch.next_ready() {
            let checker = Checker {
                schema: &self.schema,
                objects: &self.objects,
                graph,
                genesis_actor: &self.genesis_actor,
                application: &self.application,
            };
            let checked = checker.check(&raw, &mut reader).map_err(Refusal::from);
            let judged = checked.and_then(|()| (gate.judge)(&raw, &self.objects).map_err(Refusal::Forbidden));
            match judged {
                Ok(()) => {
                    graph.add(&NewNode::of(&raw.change));
                    reader.add(raw.clone());
                    batch.accept(index, raw);
                }
                Err(reason) => batch.refuse(index, raw.hash, reason),
            }
        }
        reader.into_shown()
    }

    /// What the changes just applied mean to a person.
    fn tell(
        &mut self,
        before: &Automerge,
        patches: &[Patch],
        accepted: &[RawChange],
        shown: Shown,
        graph: &Causality,
        merged: &mut Merged,
    ) {
        merged.history = self.history_of(shown, accepted, |_| true);
        self.recall_clears(&merged.history);
        let (mut prose, mut values) = (BTreeSet::new(), BTreeSet::new());
        for row in &merged.history {
            match row.step {
                RowStep::Prose { .. } => prose.insert(row.answer.clone()),
                RowStep::Value { .. } => values.insert(row.answer.clone()),
            };
        }
        merged.changed = values.into_iter().collect();
        merged.overlaps = overlap::find(self, before, graph, accepted);
        for answer in prose {
            merged.patched.extend(self.patch_text(answer, patches));
        }
    }

    /// Brings the kept texts that changes have touched up to the document.
    fn reread_texts(&mut self, accepted: &[RawChange]) {
        let touched = accepted.iter().flat_map(|raw| &raw.ops.operations);
        let answers: BTreeSet<AnswerId> = touched.filter_map(|op| self.objects.answer(op)).collect();
        let texts = answers.into_iter().filter_map(|answer| {
            let text = automerge::ReadDoc::text(&self.automerge, self.objects.prose(&answer)?).ok()?;
            Some((answer, text))
        });
        let texts: Vec<_> = texts.collect();
        self.texts.extend(texts);
    }

    /// The history rows of those changes that are `wanted`; the document has all of them. `shown` is from before
    /// they came.
    pub(crate) fn history_of(
        &self,
        shown: Shown,
        accepted: &[RawChange],
        wanted: impl Fn(&RawChange) -> bool,
    ) -> Vec<HistoryRow> {
        if !accepted.iter().any(&wanted) {
            return Vec::new();
        }
        let mut reader = OpReader::new(&self.automerge, shown);
        for raw in accepted {
            reader.add(raw.clone());
        }
        let rows = |raw: &RawChange| history::rows(&raw.ops, &self.objects, &mut reader);
        accepted.iter().filter(|raw| wanted(raw)).flat_map(rows).collect()
    }

    /// Brings the kept text of a prose answer up to the document; how it changed, if it did.
    fn patch_text(&mut self, answer: AnswerId, patches: &[Patch]) -> Option<(AnswerId, Delta)> {
        let object = self.objects.prose(&answer)?;
        let after = automerge::ReadDoc::text(&self.automerge, object).ok()?;
        let before = self.texts.insert(answer.clone(), after.clone())?;
        let delta = patch::delta(object, patches, &before, &after);
        (!delta.is_empty()).then_some((answer, delta))
    }
}

/// Whether a change clears a value: the document itself does not show that beside a concurrent value.
pub(crate) fn clears_value(raw: &RawChange) -> bool {
    let clears = |op: &Op| matches!(op.key, Key::Map(_)) && matches!(op.action, OpType::Delete);
    raw.ops.operations.iter().any(clears)
}

impl AppliedChange {
    fn of(raw: &RawChange) -> Self {
        Self {
            bytes: raw.change.raw_bytes().to_vec(),
            hash: raw.hash,
            actor: raw.ops.actor_id.clone(),
            seq: raw.ops.seq,
            time_ms: crate::time::of_change(raw.ops.time),
        }
    }
}
