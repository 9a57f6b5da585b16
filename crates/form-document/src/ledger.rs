//! One application with what proves who wrote what and who may: document, roster, authorship, and the hub's log.
//!
//! The hub judges with it ([`Ledger::judge`]); a replica follows the hub's log ([`Ledger::follow`]) and takes in
//! what comes past the hub ([`Ledger::take`]). All three apply the same rules to the same bytes.

mod follow;
mod judge;
mod page;
mod take;

use std::collections::BTreeMap;

use automerge::{ActorId, ChangeHash};
use form_model::id::ApplicationId;

use crate::authorship::{Authorship, Proven};
use crate::document::Document;
use crate::key::PublicKey;
use crate::log::{LogState, Reason};
use crate::merge::Refusal;
use crate::policy::{Moment, Touched, judge};
use crate::raw::{BadChunk, RawChange};
use crate::roster::{RosterChain, RosterFault};
use crate::segment::Claim;
use crate::wire::{WireChange, WireClaim};

pub use crate::authorship::BadSeal;
pub use follow::{Followed, LogFault};
pub use judge::{Decision, Judgement};
pub use page::{Logged, PageBuilder};
pub use take::{Recovery, SetAside, Taken};

/// An application as one replica, or the hub, has it.
#[derive(Debug)]
pub struct Ledger {
    pub document: Document,
    chain: RosterChain,
    /// The roster version that the hub's log has reached; later ones are this desk's own wish.
    confirmed: u64,
    claims: BTreeMap<ActorId, Claim>,
    /// The newest roster that each device has signed changes with: it cannot know less later.
    floors: BTreeMap<PublicKey, u64>,
    /// How far the hub has accepted each actor's changes, by seq.
    accepted: BTreeMap<ActorId, u64>,
    refused: BTreeMap<ChangeHash, Reason>,
    log: LogState,
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
    pub log: LogState,
}

/// A part of a message that is not taken in, and is nobody's change: the hub puts no verdict on it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("roster entry {index} of the message: {fault}")]
    Roster { index: usize, fault: RosterFault },
    #[error("claim {index} of the message is by a device that is not enrolled")]
    UnknownDevice { index: usize },
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
            log: LogState::start(application),
        }
    }
}

impl Ledger {
    /// A ledger over a document.
    pub fn new(document: Document, parts: LedgerParts) -> Self {
        Self {
            document,
            chain: parts.chain,
            confirmed: parts.confirmed,
            claims: parts.claims.into_iter().map(|claim| (claim.actor.clone(), claim)).collect(),
            floors: parts.floors,
            accepted: parts.accepted,
            refused: parts.refused,
            log: parts.log,
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

    /// Reads the raw changes of a message; those refused before, and those here already, are passed over.
    fn read(&self, changes: &[WireChange], faults: &mut Vec<Fault>) -> Vec<(usize, RawChange)> {
        let mut read = Vec::with_capacity(changes.len());
        for (index, WireChange(bytes)) in changes.iter().enumerate() {
            match RawChange::read(bytes) {
                Ok(raw) if self.refused.contains_key(&raw.hash) => {}
                Ok(raw) => read.push((index, raw)),
                Err(bad) => faults.push(Fault::Change { index, bad }),
            }
        }
        read
    }

    /// Takes note of the claims by devices of the roster. Returns those that are new.
    fn learn(&mut self, claims: &[WireClaim], faults: &mut Vec<Fault>) -> Vec<Claim> {
        let mut new = Vec::new();
        for (index, claim) in claims.iter().enumerate() {
            let claim = claim.open(self.application());
            if self.claims.contains_key(&claim.actor) {
                continue;
            }
            if !self.chain.newest().devices.contains_key(&claim.device) {
                faults.push(Fault::UnknownDevice { index });
                continue;
            }
            self.claims.insert(claim.actor.clone(), claim.clone());
            new.push(claim);
        }
        new
    }

    /// The reason to refuse a proven change, as of a roster version.
    fn judge_proven(&self, proven: &Proven, newest: u64, moment: Moment) -> Result<(), Reason> {
        let known = proven.roster.max(self.floor(&proven.device));
        let touched = Touched::of(&proven.raw, &self.document.objects);
        judge(&self.chain, newest, &proven.device, known, &touched, moment)
    }

    /// A device's changes were taken in: it knew this roster.
    fn raise_floor(&mut self, device: PublicKey, roster: u64) {
        let roster = roster.min(self.chain.version());
        let floor = self.floors.entry(device).or_insert(0);
        *floor = roster.max(*floor);
    }
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
