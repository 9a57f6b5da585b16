//! One application with what proves who wrote what and who may: document, roster, authorship, and the hub's log.
//!
//! The hub judges with it ([`Ledger::judge`]); a replica follows the hub's log ([`Ledger::follow`]) and takes in
//! what comes past the hub ([`Ledger::take`]). All three apply the same rules to the same bytes.

mod early;
mod epoch;
mod follow;
mod judge;
mod page;
mod span;
mod start;
mod take;

use std::collections::BTreeMap;

use automerge::{ActorId, ChangeHash};
use form_model::id::ApplicationId;

use crate::authorship::{Authorship, Claims, Proven, Prover};
use crate::bulk::{self, CHANGE_MAX_OPS};
use crate::document::Document;
use crate::key::PublicKey;
use crate::log::{LogState, Reason};
use crate::merge::Refusal;
use crate::object::ObjectTable;
use crate::policy::{Moment, Touched, judge};
use crate::raw::{self, BadChunk, RawChange};
use crate::roster::{RosterChain, RosterFault};
use crate::segment::Claim;
use crate::wire::{Offer, WireChange, WireClaim};
use span::Spans;

pub use crate::authorship::{BadSeal, SEALED_EXTRA_MAX, SEALS_EXTRA_MAX};
pub use early::EARLY_MAX_BYTES;
pub use epoch::check_epoch;
pub use follow::{Followed, LogFault};
pub use judge::{Decision, Judgement, Outcome};
pub use page::{Logged, PageBuilder};
pub use span::Span;
pub use start::{StartFault, Started, Verified, verify_all};
pub use take::{Recovery, SetAside, Taken};

/// How much the changes of one offer may unpack to, in operations: two changes of the largest kind. Run-length
/// coding lets 100 bytes stand for the deletion of a whole text, so the message's size does not bound it.
pub const OFFER_MAX_OPS: u64 = 2 * CHANGE_MAX_OPS;

/// The most actors that a device writes as in one application: one, and one more for each time that it was
/// restored from a backup or had a change refused. What a replica keeps of each change grows with their number.
pub const DEVICE_ACTORS_MAX: usize = 256;

/// An application as one replica, or the hub, has it.
#[derive(Debug)]
pub struct Ledger {
    pub document: Document,
    chain: RosterChain,
    /// The roster version that the hub's log has reached; later ones are this desk's own wish.
    confirmed: u64,
    claims: BTreeMap<ActorId, Claim>,
    /// The newest roster that each device has signed changes of the log with: it cannot know less later.
    floors: BTreeMap<PublicKey, u64>,
    /// The same for changes that came past the hub; forgotten when the program ends.
    passing: BTreeMap<PublicKey, u64>,
    /// How far the hub has accepted each actor's changes, by seq.
    accepted: BTreeMap<ActorId, u64>,
    refused: BTreeMap<ChangeHash, Reason>,
    /// What the stored segments are about. Only the hub needs them.
    spans: Spans,
    log: LogState,
    /// A place that the log must still come to, as a lead has signed it: see [`Ledger::follow_anew`].
    bound: Option<LogState>,
}

/// What a ledger is made from; all of it was checked when it was taken in.
#[derive(Clone, Debug)]
pub struct LedgerParts {
    pub chain: RosterChain,
    pub confirmed: u64,
    pub claims: Vec<Claim>,
    pub floors: BTreeMap<PublicKey, u64>,
    pub accepted: BTreeMap<ActorId, u64>,
    pub refused: BTreeMap<ChangeHash, Reason>,
    /// What the stored segments are about, for the hub; a replica leaves this empty.
    pub spans: Vec<Span>,
    pub log: LogState,
    /// What [`Ledger::bound`] says.
    pub bound: Option<LogState>,
}

/// A part of a message that is not taken in, and is nobody's change: the hub puts no verdict on it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("roster entry {index} of the message: {fault}")]
    Roster { index: usize, fault: RosterFault },
    #[error("claim {index} of the message is by a device that is not enrolled")]
    UnknownDevice { index: usize },
    #[error("claim {index} of the message is by a device that writes as {DEVICE_ACTORS_MAX} others already")]
    TooManyActors { index: usize },
    #[error("change {index} of the message and those after it are too much at once; hand them over again")]
    TooMuch { index: usize },
    #[error("change {index} of the message: {bad}")]
    Change { index: usize, bad: BadChunk },
    #[error("seal {index} of the message: {bad}")]
    Seal { index: usize, bad: BadSeal },
    #[error("change {0} is signed by nobody")]
    Unproven(ChangeHash),
}

impl LedgerParts {
    /// Nothing but the root key of an application.
    pub fn new(application: &ApplicationId, root: PublicKey) -> Self {
        Self {
            chain: RosterChain::new(application.clone(), root),
            confirmed: 0,
            claims: Vec::new(),
            floors: BTreeMap::new(),
            accepted: BTreeMap::new(),
            refused: BTreeMap::new(),
            spans: Vec::new(),
            log: LogState::start(application),
            bound: None,
        }
    }
}

impl Ledger {
    /// A ledger over a document.
    pub fn new(document: Document, parts: LedgerParts) -> Self {
        let mut spans = Spans::default();
        parts.spans.into_iter().for_each(|span| spans.insert(span));
        Self {
            document,
            chain: parts.chain,
            confirmed: parts.confirmed,
            claims: parts.claims.into_iter().map(|claim| (claim.actor.clone(), claim)).collect(),
            floors: parts.floors,
            passing: BTreeMap::new(),
            accepted: parts.accepted,
            refused: parts.refused,
            spans,
            log: parts.log,
            bound: parts.bound,
        }
    }

    /// The application that it is of.
    pub fn application(&self) -> &ApplicationId {
        self.document.application()
    }

    /// The roster's history.
    pub fn chain(&self) -> &RosterChain {
        &self.chain
    }

    /// The roster's history, for a lead's next step.
    pub fn chain_mut(&mut self) -> &mut RosterChain {
        &mut self.chain
    }

    /// The roster version that the hub's log has reached.
    pub fn confirmed(&self) -> u64 {
        self.confirmed
    }

    /// How far the hub's log has come, as far as is known here.
    pub fn log(&self) -> &LogState {
        &self.log
    }

    /// Whose an actor is.
    pub fn claim(&self, actor: &ActorId) -> Option<&Claim> {
        self.claims.get(actor)
    }

    /// All claims.
    pub fn claims(&self) -> impl Iterator<Item = &Claim> {
        self.claims.values()
    }

    /// Makes an actor known as its device's.
    pub fn add_claim(&mut self, claim: Claim) {
        self.claims.insert(claim.actor.clone(), claim);
    }

    /// How far the hub has accepted an actor's changes, by seq.
    pub fn accepted(&self, actor: &ActorId) -> u64 {
        self.accepted.get(actor).copied().unwrap_or(0)
    }

    /// How far the hub has accepted every actor's changes, by seq.
    pub fn all_accepted(&self) -> &BTreeMap<ActorId, u64> {
        &self.accepted
    }

    /// Why a change was refused, if it was.
    pub fn refusal(&self, hash: &ChangeHash) -> Option<Reason> {
        self.refused.get(hash).copied()
    }

    /// The newest roster that a device has signed changes with.
    pub fn floor(&self, device: &PublicKey) -> u64 {
        self.floors.get(device).copied().unwrap_or(0)
    }

    /// Reads the raw changes of offers; those in the document already are passed over. What is wrong with each
    /// offer goes to its faults.
    fn read(&self, offers: &[&Offer], faults: &mut [Vec<Fault>]) -> Vec<Read> {
        let mut reads: Vec<Read> = offers.iter().map(|_| Read::default()).collect();
        let all = offers.iter().map(|offer| &offer.changes).enumerate();
        let all =
            all.flat_map(|(at, changes)| changes.iter().enumerate().map(move |(i, change)| (at, i, change)));
        let weighed = raw::each(all.collect(), |(at, index, WireChange(bytes))| {
            (at, index, bytes, raw::chunk_hash(bytes), bulk::weight(bytes))
        });
        let mut unread = Vec::with_capacity(weighed.len());
        for (at, index, bytes, hash, weight) in weighed {
            let (Some(read), Some(faults)) = (reads.get_mut(at), faults.get_mut(at)) else { continue };
            if let Some(known) = hash.filter(|hash| self.document.has_change(hash)) {
                if index == 0 {
                    read.first = self.document.place_of_change(&known);
                }
            } else if read.left < weight {
                if !std::mem::replace(&mut read.full, true) {
                    faults.push(Fault::TooMuch { index });
                }
            } else if !read.full {
                // One that is too large by itself is refused unread, and takes nothing from the others.
                read.left -= if weight > CHANGE_MAX_OPS { 0 } else { weight };
                unread.push((at, index, bytes));
            }
        }
        for (at, index, change) in raw::each(unread, |(at, index, bytes)| (at, index, RawChange::read(bytes)))
        {
            let (Some(read), Some(faults)) = (reads.get_mut(at), faults.get_mut(at)) else { continue };
            match change {
                Ok(raw) => {
                    if index == 0 {
                        read.first = Some((raw.ops.actor_id.clone(), raw.ops.seq));
                    }
                    read.changes.push((index, raw));
                }
                Err(bad) => faults.push(Fault::Change { index, bad }),
            }
        }
        reads
    }

    /// The new claims of an offer, by devices of the roster.
    fn candidates(&self, claims: &[WireClaim], faults: &mut Vec<Fault>) -> BTreeMap<ActorId, Claim> {
        let mut actors: BTreeMap<PublicKey, usize> = BTreeMap::new();
        let mut new = BTreeMap::new();
        for (index, claim) in claims.iter().enumerate() {
            let claim = claim.open(self.application());
            if self.claims.contains_key(&claim.actor) {
                continue;
            }
            if !self.chain.newest().devices.contains_key(&claim.device) {
                faults.push(Fault::UnknownDevice { index });
                continue;
            }
            let of_device = || self.claims.values().filter(|known| known.device == claim.device).count();
            if *actors.entry(claim.device).or_insert_with(of_device) >= DEVICE_ACTORS_MAX {
                faults.push(Fault::TooManyActors { index });
                continue;
            }
            new.insert(claim.actor.clone(), claim);
        }
        new
    }

    fn prover<'a>(
        &'a self,
        claims: &'a Claims<'a>,
        first: Option<(ActorId, u64)>,
        limited: bool,
    ) -> Prover<'a> {
        Prover { document: &self.document, accepted: &self.accepted, claims, first, limited }
    }
}

/// The changes of an offer.
#[derive(Debug)]
struct Read {
    /// With their places in the offer.
    changes: Vec<(usize, RawChange)>,
    /// Actor and seq of the offer's first change, also when the document has it.
    first: Option<(ActorId, u64)>,
    /// How many more operations the offer may have, and whether it had more.
    left: u64,
    full: bool,
}

impl Default for Read {
    fn default() -> Self {
        Self { changes: Vec::new(), first: None, left: OFFER_MAX_OPS, full: false }
    }
}

/// The reason to refuse a proven change, as of a roster version. `floors` are the newest rosters that devices
/// were seen to know before.
fn judge_proven(
    chain: &RosterChain,
    objects: &ObjectTable,
    floors: &BTreeMap<PublicKey, u64>,
    proven: &Proven,
    newest: u64,
    moment: Moment,
) -> Result<(), Reason> {
    let floor = floors.get(&proven.device).copied().unwrap_or(0);
    let touched = Touched::of(&proven.raw, objects, chain.application());
    judge(chain, newest, &proven.device, proven.roster.max(floor), &touched, moment)
}

/// A device's change was taken in while that roster was the newest: it knows the one that it has signed with.
fn raise_floor(floors: &mut BTreeMap<PublicKey, u64>, proven: &Proven, newest: u64) {
    let floor = floors.entry(proven.device).or_insert(0);
    *floor = proven.roster.min(newest).max(*floor);
}

/// The faults that came of proving authorship.
fn authorship_faults(authorship: &Authorship) -> impl Iterator<Item = Fault> + '_ {
    let seals = authorship.bad_seals.iter().map(|(index, bad)| Fault::Seal { index: *index, bad: *bad });
    seals.chain(authorship.unproven.iter().map(|hash| Fault::Unproven(*hash)))
}

/// What the log says of a refusal.
fn reason(refusal: &Refusal) -> Reason {
    match refusal {
        Refusal::Forbidden(reason) => *reason,
        Refusal::BuildsOnRefused(_) => Reason::BuildsOnRefused,
        Refusal::Chunk(_) | Refusal::Malformed(_) | Refusal::Trial => Reason::Malformed,
    }
}
