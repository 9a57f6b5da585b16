//! Opening a stored application: its ledger, as the commits have left it.

use std::collections::BTreeMap;

use form_document::key::PublicKey;
use form_document::ledger::{Ledger, LedgerParts, Span};
use form_document::log::{LogState, Position, Reason};
use form_document::roster::RosterChain;
use form_document::{ActorId, ChangeHash, Document, Segment, UnverifiedGenesis, actor_id};
use form_model::definition::FormDefinition;
use form_model::id::ApplicationId;

use super::file::Named;
use crate::limit::{LEDGER_BASE_BYTES, LEDGER_CHANGE_BYTES};
use crate::storage::record::{ApplicationRecord, Place, Run, SegmentRecord, StoredHead};
use crate::storage::{Storage, StorageError};

/// An application in memory.
#[derive(Debug)]
pub(super) struct OpenApplication {
    pub(super) ledger: Ledger,
    /// The hub's newest word on the log.
    pub(super) head: StoredHead,
    /// Up to where the log is folded.
    pub(super) folded: Position,
    pub(super) genesis: ChangeHash,
    /// Which files the document names, as of some place of the log.
    pub(super) named: Option<(Position, Named)>,
    /// Whether the document knows every value that was ever cleared: reading them takes about as long as opening did.
    pub(super) clears_known: bool,
    /// How much of each actor's changes each device has shown to have, since the hub was started.
    pub(super) shown: BTreeMap<PublicKey, BTreeMap<ActorId, u64>>,
}

impl OpenApplication {
    /// About how much memory it takes, in bytes.
    pub(super) fn weight(&self) -> u64 {
        let changes = self.ledger.document.change_count();
        LEDGER_BASE_BYTES.saturating_add(changes.saturating_mul(LEDGER_CHANGE_BYTES))
    }

    /// A stored segment with all its hashes. `None` when the document lacks a change, which cannot be.
    pub(super) fn segment(&self, record: &SegmentRecord) -> Option<Segment> {
        let document = &self.ledger.document;
        let proven = record.first_seq..record.proven_end();
        let proven = proven.map(|seq| document.hash_at(&record.actor, seq));
        let rest = record.rest.iter().map(|hash| Some(ChangeHash(hash.0)));
        Some(Segment {
            actor: record.actor.clone(),
            first_seq: record.first_seq,
            hashes: proven.chain(rest).collect::<Option<_>>()?,
            roster: record.roster,
            signature: record.signature,
        })
    }
}

/// The actor of the hub's own replica, which never writes.
pub(super) fn hub_actor(id: &ApplicationId, hub: &PublicKey) -> ActorId {
    actor_id(id, &hub.0, &[0; 16])
}

/// Loads an application.
pub(super) fn open(
    storage: &dyn Storage,
    id: &ApplicationId,
    record: &ApplicationRecord,
    form: &FormDefinition,
    hub: &PublicKey,
) -> Result<OpenApplication, StorageError> {
    let missing = |what: &str| StorageError::Damaged(format!("application {id} has no {what}"));
    let snapshot = storage.snapshot(id)?.ok_or_else(|| missing("snapshot"))?;
    let head = storage.head(id)?.ok_or_else(|| missing("head"))?;
    let mut tail = Tail::new(snapshot.head.state);
    for record in storage.log(id, snapshot.head.state.position, usize::MAX)? {
        tail.take(record.place);
    }
    if tail.state != head.state {
        return Err(StorageError::Damaged(format!("the log of application {id} is not what its head says")));
    }
    for fold in storage.folds(id, 0)? {
        for run in fold.runs {
            if let Run::Refused { hash, reason } = run {
                tail.refused.insert(ChangeHash(hash.0), reason);
            }
        }
    }
    let damaged = |error: String| StorageError::Damaged(format!("application {id}: {error}"));
    let document = Document::load(&snapshot.document, &tail.changes, id, form, hub_actor(id, hub))
        .map_err(|error| damaged(error.to_string()))?;
    let genesis = UnverifiedGenesis::read(&record.genesis).and_then(|genesis| genesis.verify(form));
    let lead = PublicKey(genesis.map_err(|error| damaged(error.to_string()))?.lead);
    let mut chain = RosterChain::new(id.clone(), lead);
    for entry in storage.roster(id)? {
        chain.append(entry, None).map_err(|error| damaged(error.to_string()))?;
    }
    let accepted = document.actors().map(|actor| (actor.clone(), document.last_seq(actor))).collect();
    let parts = LedgerParts {
        confirmed: chain.version(),
        chain,
        claims: storage.claims(id)?,
        floors: storage.floors(id)?.into_iter().collect(),
        accepted,
        refused: tail.refused,
        spans: storage.segments(id)?.iter().map(span).collect(),
        log: head.state,
        bound: None,
    };
    let genesis = id.0.parse().map_err(|_| damaged("its id is no hash".to_owned()))?;
    let folded = snapshot.head.state.position;
    Ok(OpenApplication {
        ledger: Ledger::new(document, parts),
        head,
        folded,
        genesis,
        named: None,
        clears_known: false,
        shown: BTreeMap::new(),
    })
}

fn span(record: &SegmentRecord) -> Span {
    Span {
        actor: record.actor.clone(),
        first_seq: record.first_seq,
        end_seq: record.end(),
        roster: record.roster,
    }
}

/// What the unfolded places bring.
struct Tail {
    state: LogState,
    changes: Vec<Vec<u8>>,
    refused: BTreeMap<ChangeHash, Reason>,
}

impl Tail {
    fn new(state: LogState) -> Self {
        Self { state, changes: Vec::new(), refused: BTreeMap::new() }
    }

    fn take(&mut self, place: Place) {
        self.state.push(place.item());
        match place {
            Place::Accepted { bytes, .. } => self.changes.push(bytes),
            Place::Refused { hash, reason } => {
                self.refused.insert(hash, reason);
            }
            Place::Roster { .. } => {}
        }
    }
}
