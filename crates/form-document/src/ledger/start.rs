//! A compact start: the whole document in one piece and the log beside it, for a replica that has nothing yet.
//!
//! At once it is certain that the document holds exactly the changes that the hub's signed log accepts, and that
//! a lead has named this hub. Who made the changes, whether they may, and whether any of them does harm, is a
//! second and longer look ([`verify_all`]); until it has been taken, the replica neither hands anything of it on
//! nor signs anything off.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::thread;

use automerge::{ActorId, ChangeHash, ReadDoc};
use form_model::definition::FormDefinition;

use super::follow::{Draft, LogFault};
use super::{Fault, Ledger, LedgerParts};
use crate::authorship::Claims;
use crate::by_hash::ByHash;
use crate::document::Document;
use crate::error::LoadError;
use crate::genesis::{GenesisError, UnverifiedGenesis, application_id};
use crate::key::PublicKey;
use crate::log::{LogState, Reason};
use crate::raw::{self, RawChange};
use crate::roster::SignedEntry;
use crate::segment::{Claim, Segment};
use crate::unpack;
use crate::wire::{PageEntry, START_MAX_BYTES, Start};

/// What a compact start brought. Nothing of it holds until it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    pub accepted: BTreeMap<ActorId, u64>,
    pub refused: Vec<(ChangeHash, Reason)>,
    pub roster: Vec<SignedEntry>,
    pub claims: Vec<Claim>,
}

/// What [`verify_all`] found besides that all is well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The log up to which everything was looked at.
    pub log: LogState,
    pub segments: Vec<Segment>,
    /// As in [`super::Followed`].
    pub floors: BTreeMap<PublicKey, u64>,
}

/// Why a compact start is no use.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartFault {
    #[error("the document has {length} bytes; at most {START_MAX_BYTES} are taken in")]
    TooLarge { length: usize },
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Log(#[from] LogFault),
    #[error("the log is not told from its start, or in changes")]
    NotCompact,
    #[error("the document holds {document} changes; the log accepts {log}")]
    Other { document: u64, log: u64 },
    #[error("nobody has claimed actor {0}")]
    Unclaimed(ActorId),
    #[error("the document was put together otherwise than by its changes")]
    Content,
}

impl Ledger {
    /// A ledger from a compact start. `genesis` is the one that the invite led to, `actor` makes this replica's
    /// edits. Who wrote what is yet to be looked at.
    ///
    /// # Errors
    /// When the document does not hold exactly what the log accepts, or the log is not signed by the hub.
    pub fn start(
        start: &Start,
        genesis: &[u8],
        definition: &FormDefinition,
        actor: ActorId,
    ) -> Result<(Self, Started), StartFault> {
        let mut ledger = load(start, genesis, definition, actor)?;
        let mut draft = Draft::new(&ledger);
        walk(&mut draft, start, &ledger)?;
        let claims = draft.claims(&start.page);
        if let Some(actor) = draft.accepted.keys().find(|actor| !claims.contains_key(actor)) {
            return Err(StartFault::Unclaimed(actor.clone()));
        }
        let chain = draft.chain.take();
        let (confirmed, log) = (draft.confirmed, draft.log);
        let started = Started {
            accepted: draft.accepted,
            refused: draft.refused,
            roster: draft.roster,
            claims: claims.values().cloned().collect(),
        };
        if let Some(chain) = chain {
            ledger.chain = chain;
        }
        (ledger.confirmed, ledger.log, ledger.claims) = (confirmed, log, claims);
        ledger.accepted.clone_from(&started.accepted);
        ledger.refused = started.refused.iter().copied().collect();
        Ok((ledger, started))
    }

    /// Takes note that the compact start has been looked at.
    pub fn set_verified(&mut self, verified: &Verified) {
        for (device, floor) in &verified.floors {
            let known = self.floors.entry(*device).or_insert(0);
            *known = *floor.max(known);
        }
    }
}

/// Looks at everything in a compact start: that each change is its author's, that its author may make it, that
/// it does no harm, and that the document is what the changes make. Needs nothing but the start itself, so it
/// may run beside a person's work, and again after the program was ended.
///
/// # Errors
/// The first thing that is wrong: the hub, or whoever speaks in its name, broke a rule.
pub fn verify_all(
    start: &Start,
    genesis: &[u8],
    definition: &FormDefinition,
) -> Result<Verified, StartFault> {
    // It makes no edits, so any actor will do.
    let actor = ActorId::from([0; crate::ACTOR_BYTES]);
    let ledger = load(start, genesis, definition, actor.clone())?;
    let mut draft = Draft::new(&ledger);
    walk(&mut draft, start, &ledger)?;
    let document = &ledger.document;
    let changes = raw::each(document.automerge.get_changes(&[]), RawChange::own);
    let mut by_hash: ByHash<RawChange> = changes.into_iter().map(|raw| (raw.hash, raw)).collect();
    let (mut versions, mut raws) = (Vec::new(), Vec::new());
    for (version, hash) in std::mem::take(&mut draft.here).iter().flat_map(super::follow::Run::places) {
        if let Some(raw) = by_hash.remove(&hash) {
            raws.push((versions.len(), raw));
            versions.push(version);
        }
    }
    let none = BTreeMap::new();
    let claims = Claims { known: &none, new: draft.claims(&start.page) };
    // The document is all that there is: what it holds counts, as if accepted.
    let mut prover = ledger.prover(&claims, None, false);
    prover.accepted = &draft.accepted;
    let in_order = raws.iter().map(|(_, raw)| raw.clone()).collect();
    // Who made the changes, and what they make, are two questions.
    let (rightful, content) = thread::scope(|scope| {
        let content = scope.spawn(|| check_content(document, in_order, genesis, definition, actor));
        let rightful = || -> Result<_, StartFault> {
            let authorship = prover.prove(raws, &start.page.seals, |_| Ok(()));
            if let Some(hash) = authorship.unproven.first() {
                return Err(LogFault::Fault(Box::new(Fault::Unproven(*hash))).into());
            }
            let floors = draft.check_rights(&authorship.proven, &versions)?;
            Ok((authorship.segments, floors))
        };
        let rightful = rightful();
        (rightful, content.join().unwrap_or_else(|cause| resume_unwind(cause)))
    });
    let (segments, floors) = rightful?;
    content?;
    Ok(Verified { log: draft.log, segments, floors })
}

/// That the changes, in their order, do no harm and make the document.
fn check_content(
    document: &Document,
    changes: Vec<RawChange>,
    genesis: &[u8],
    definition: &FormDefinition,
    actor: ActorId,
) -> Result<(), StartFault> {
    let mut anew = Document::from_genesis(genesis, definition, actor)?;
    anew.reproduce(changes).map_err(|refusal| LogFault::NotApplied(refusal.to_string()))?;
    if same_content(document, &anew) { Ok(()) } else { Err(StartFault::Content) }
}

fn load(
    start: &Start,
    genesis: &[u8],
    definition: &FormDefinition,
    actor: ActorId,
) -> Result<Ledger, StartFault> {
    let length = start.document.len();
    if length > START_MAX_BYTES {
        return Err(StartFault::TooLarge { length });
    }
    unpack::check(&start.document).map_err(LoadError::from)?;
    let lead = UnverifiedGenesis::read(genesis)?.lead();
    let application = application_id(genesis)?;
    let document = Document::load(&start.document, &[], &application, definition, actor)?;
    let parts = LedgerParts::new(&application, lead);
    Ok(Ledger::new(document, parts))
}

/// Goes through the log and compares it with the document.
fn walk(draft: &mut Draft<'_>, start: &Start, ledger: &Ledger) -> Result<(), StartFault> {
    let page = &start.page;
    let change = |entry: &PageEntry| matches!(entry, PageEntry::Change(_));
    if page.after != 0 || page.entries.iter().any(change) {
        return Err(StartFault::NotCompact);
    }
    draft.walk(page)?;
    if !draft.check_head(&page.head, ledger.application())? {
        return Err(StartFault::NotCompact);
    }
    let log = draft.accepted.values().fold(0_u64, |sum, seq| sum.saturating_add(*seq));
    let document = ledger.document.change_count().saturating_sub(1);
    if log == document { Ok(()) } else { Err(StartFault::Other { document, log }) }
}

/// Whether two documents show the same, value for value and character for character.
fn same_content(a: &Document, b: &Document) -> bool {
    let values = |document: &Document| {
        let mut values = Vec::new();
        for object in document.objects.maps() {
            let keys: BTreeSet<String> = document.automerge.keys(object).collect();
            for key in keys {
                let all = document.automerge.get_all(object, key.as_str()).unwrap_or_default();
                let all: Vec<_> =
                    all.into_iter().map(|(value, id)| (id.to_string(), value.into_owned())).collect();
                values.push((object.to_string(), key, all));
            }
        }
        values
    };
    let texts = |document: &Document, object: &automerge::ObjId| -> Vec<_> {
        crate::patch::chars(&document.automerge, object).collect()
    };
    a.heads() == b.heads()
        && values(a) == values(b)
        && a.objects.texts().all(|object| texts(a, object) == texts(b, object))
}
