//! Which change knew of which: the document's history graph. Built when it is first asked for (30 ms at
//! 50,000 changes), since one who works alone never needs it.

use std::collections::BTreeMap;
use std::sync::Arc;

use automerge::{ActorId, Automerge, Change, ChangeHash};

use crate::by_hash::ByHash;
use crate::op::OpId;

/// The changes of one document, each after those it builds on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Causality {
    nodes: Vec<Node>,
    by_hash: ByHash<usize>,
    actors: BTreeMap<ActorId, usize>,
    /// By actor, then by seq − 1: the changes' places in `nodes`.
    by_actor: Vec<Vec<usize>>,
}

#[derive(Clone, Debug)]
struct Node {
    hash: ChangeHash,
    actor: usize,
    max_op: u64,
    clock: Clock,
}

/// For each actor (by number) the greatest seq known; actors beyond the end are unknown. Shared between
/// the changes of a run of typing, whose clocks differ in the author's own entry alone.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    others: Arc<Vec<u64>>,
    own: (usize, u64),
}

/// What the graph needs to know of a change.
pub(crate) struct NewNode<'a> {
    pub(crate) hash: ChangeHash,
    pub(crate) actor: &'a ActorId,
    pub(crate) seq: u64,
    pub(crate) max_op: u64,
    pub(crate) deps: &'a [ChangeHash],
}

impl<'a> NewNode<'a> {
    pub(crate) fn of(change: &'a Change) -> Self {
        Self {
            hash: change.hash(),
            actor: change.actor_id(),
            seq: change.seq(),
            max_op: change.max_op(),
            deps: change.deps(),
        }
    }
}

impl Clock {
    fn seq(&self, actor: usize) -> u64 {
        if actor == self.own.0 { self.own.1 } else { self.others.get(actor).copied().unwrap_or(0) }
    }
}

impl Causality {
    pub(crate) fn of(document: &Automerge) -> Self {
        let mut graph = Self::default();
        for meta in document.get_changes_meta(&[]) {
            graph.add(&NewNode {
                hash: meta.hash,
                actor: &meta.actor,
                seq: meta.seq,
                max_op: meta.max_op,
                deps: &meta.deps,
            });
        }
        graph
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn has(&self, hash: &ChangeHash) -> bool {
        self.by_hash.has(hash)
    }

    /// The actor's newest seq; 0 for an unknown actor.
    pub(crate) fn last_seq(&self, actor: &ActorId) -> u64 {
        let changes = self.actors.get(actor).and_then(|actor| self.by_actor.get(*actor));
        changes.map_or(0, |changes| to_u64(changes.len()))
    }

    /// An actor's change by its number, from 1.
    pub(crate) fn hash_at(&self, actor: &ActorId, seq: u64) -> Option<ChangeHash> {
        self.by_seq(actor, seq.checked_sub(1)?).map(|node| node.hash)
    }

    /// The changes of each actor beyond a seq, each after those it builds on.
    pub(crate) fn beyond(&self, seqs: &BTreeMap<ActorId, u64>) -> Vec<(&ActorId, u64, ChangeHash)> {
        let mut places: Vec<(usize, &ActorId, u64)> = Vec::new();
        for (actor, number) in &self.actors {
            let from = seqs.get(actor).copied().unwrap_or(0);
            let skip = usize::try_from(from).unwrap_or(usize::MAX);
            let changes = self.by_actor.get(*number).map(Vec::as_slice).unwrap_or_default();
            let beyond = changes.iter().skip(skip);
            places.extend(beyond.zip(from.saturating_add(1)..).map(|(place, seq)| (*place, actor, seq)));
        }
        places.sort_unstable();
        let change = |(place, actor, seq): (usize, _, _)| Some((actor, seq, self.nodes.get(place)?.hash));
        places.into_iter().filter_map(change).collect()
    }

    /// Every actor.
    pub(crate) fn actors(&self) -> impl Iterator<Item = &ActorId> {
        self.actors.keys()
    }

    /// The seq of `actor` that a change with these deps knows of. Unknown deps count for nothing.
    pub(crate) fn known_seq(&self, deps: &[ChangeHash], actor: &ActorId) -> u64 {
        let Some(actor) = self.actors.get(actor) else {
            return 0;
        };
        self.nodes_of(deps).map(|node| node.clock.seq(*actor)).max().unwrap_or(0)
    }

    /// The greatest operation counter in the past of a change with these deps.
    pub(crate) fn max_op(&self, deps: &[ChangeHash]) -> u64 {
        // Every change's operations come after all of its past, so the nearest are the greatest.
        self.nodes_of(deps).map(|node| node.max_op).max().unwrap_or(0)
    }

    /// Whether a change with these deps knows of the operation.
    pub(crate) fn knows(&self, deps: &[ChangeHash], op: &OpId) -> bool {
        let Some(seq) = self.known_seq(deps, &op.actor).checked_sub(1) else {
            return false;
        };
        self.by_seq(&op.actor, seq).is_some_and(|node| op.counter <= node.max_op)
    }

    /// Whether the change itself or its past holds the operation.
    pub(crate) fn reaches(&self, change: &ChangeHash, op: &OpId) -> bool {
        self.knows(std::slice::from_ref(change), op)
    }

    /// The newest change of each actor that every one of the sets of deps knows of: where their common
    /// past ends.
    pub(crate) fn common_past(&self, sets: &[&[ChangeHash]]) -> Vec<ChangeHash> {
        let common = |actor: &ActorId| {
            let seq = sets.iter().map(|deps| self.known_seq(deps, actor)).min().unwrap_or(0);
            self.by_seq(actor, seq.checked_sub(1)?).map(|node| node.hash)
        };
        self.actors.keys().filter_map(common).collect()
    }

    /// Adds a change whose deps are all here and whose seq is its actor's next.
    pub(crate) fn add(&mut self, new: &NewNode<'_>) {
        let actor = self.actor(new.actor);
        let clock = self.clock(actor, new);
        let place = self.nodes.len();
        self.by_hash.insert(new.hash, place);
        if let Some(changes) = self.by_actor.get_mut(actor) {
            changes.push(place);
        }
        self.nodes.push(Node { hash: new.hash, actor, max_op: new.max_op, clock });
    }

    /// Forgets all but the oldest `length` changes.
    pub(crate) fn truncate(&mut self, length: usize) {
        for node in self.nodes.drain(length.min(self.nodes.len())..).rev() {
            self.by_hash.remove(&node.hash);
            if let Some(changes) = self.by_actor.get_mut(node.actor) {
                changes.pop();
            }
        }
    }

    fn actor(&mut self, actor: &ActorId) -> usize {
        let next = self.by_actor.len();
        let number = *self.actors.entry(actor.clone()).or_insert(next);
        if number == next {
            self.by_actor.push(Vec::new());
        }
        number
    }

    fn clock(&self, actor: usize, new: &NewNode<'_>) -> Clock {
        let own = (actor, new.seq);
        let mut deps = self.nodes_of(new.deps);
        if let (Some(only), None) = (deps.next(), deps.next())
            && only.actor == actor
        {
            return Clock { others: Arc::clone(&only.clock.others), own };
        }
        let others = (0..self.by_actor.len())
            .map(|other| self.nodes_of(new.deps).map(|node| node.clock.seq(other)).max().unwrap_or(0))
            .collect();
        Clock { others: Arc::new(others), own }
    }

    fn by_seq(&self, actor: &ActorId, index: u64) -> Option<&Node> {
        let changes = self.by_actor.get(*self.actors.get(actor)?)?;
        self.nodes.get(*changes.get(usize::try_from(index).ok()?)?)
    }

    fn nodes_of(&self, hashes: &[ChangeHash]) -> impl Iterator<Item = &Node> {
        hashes.iter().filter_map(|hash| self.nodes.get(*self.by_hash.get(hash)?))
    }
}

fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
