//! A replica follows the hub's log.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ActorId, ChangeHash, ReadDoc};
use form_model::id::ApplicationId;

use super::epoch::check_epoch;
use super::take::Recovery;
use super::{Fault, Ledger, authorship_faults, judge_proven, raise_floor};
use crate::authorship::{Claims, Proven};
use crate::by_hash::ByHash;
use crate::key::{BadSignature, PublicKey};
use crate::log::{Item, LogHead, LogState, Position, Reason};
use crate::merge::{Gate, Merged};
use crate::policy::{Moment, Touched, judge};
use crate::raw::{self, BadChunk, RawChange};
use crate::roster::{RosterChain, RosterFault, SignedEntry};
use crate::segment::{Claim, Segment};
use crate::wire::{Page, PageEntry, WireChange};

/// What following a page of the log brought. Nothing of it holds until it is stored.
#[derive(Debug, Default)]
pub struct Followed {
    /// What was new to the document.
    pub merged: Merged,
    /// How far each actor's changes are accepted now, where that moved.
    pub accepted: BTreeMap<ActorId, u64>,
    /// The refusals that the page tells of.
    pub refused: Vec<(ChangeHash, Reason)>,
    /// The roster entries that the page tells of and that were not here.
    pub roster: Vec<SignedEntry>,
    /// Entries that had been here and are not what the hub has; a lead signs its own ones again.
    pub displaced: Vec<SignedEntry>,
    pub claims: Vec<Claim>,
    /// Each takes the place of all stored ones that it covers.
    pub segments: Vec<Segment>,
    /// The newest rosters that the devices of the page's changes were seen to know: [`Ledger::floor`].
    pub floors: BTreeMap<PublicKey, u64>,
    /// The document had changes that the hub refuses: it was built anew.
    pub recovery: Option<Recovery>,
}

/// Why a page is not followed: the hub, or whoever speaks in its name, broke a rule. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogFault {
    #[error("the page starts after position {found}, the log here ends at {expected}")]
    Gap { expected: Position, found: Position },
    #[error("the log's head: {0}")]
    Head(#[from] BadSignature),
    #[error("the log does not come to the place at which a lead has let it go on")]
    Epoch,
    #[error("the hub signed another history of what is here already: it was rolled back or replaced")]
    Forked,
    #[error("the log names no hub key that a lead has signed")]
    NoHub,
    #[error("a roster entry of the log: {0}")]
    Roster(#[from] RosterFault),
    #[error("a change of the log: {0}")]
    Chunk(#[from] BadChunk),
    #[error("a part of the log's page is not borne out: {0}")]
    Fault(Box<Fault>),
    #[error("the log says that change {seq} of {actor} is accepted, which is not here")]
    Missing { actor: ActorId, seq: u64 },
    #[error("the log accepts change {found} of {actor}; after those that it accepted comes {expected}")]
    OutOfOrder { actor: ActorId, found: u64, expected: u64 },
    #[error("the log accepts and refuses change {0}, or what that builds on")]
    Contradiction(ChangeHash),
    #[error("the log accepts change {hash}, whose author may not make it: {reason:?}")]
    Forbidden { hash: ChangeHash, reason: Reason },
    #[error("the log accepts a change that no document takes in: {0}")]
    NotApplied(String),
}

/// A page under check: what the ledger will be once all of it holds.
pub(super) struct Draft<'a> {
    ledger: &'a Ledger,
    /// The chain with the page's entries, once there is a new one among them.
    pub(super) chain: Option<RosterChain>,
    pub(super) confirmed: u64,
    pub(super) log: LogState,
    bound: Option<LogState>,
    pub(super) accepted: BTreeMap<ActorId, u64>,
    pub(super) refused: Vec<(ChangeHash, Reason)>,
    refused_here: BTreeSet<ChangeHash>,
    accepted_here: ByHash<()>,
    pub(super) roster: Vec<SignedEntry>,
    displaced: Vec<SignedEntry>,
    /// The changes given by the page's new entries, in order, each with the roster version at its place.
    given: Vec<(u64, RawChange)>,
    /// Accepted changes that are here already.
    pub(super) here: Vec<Run>,
}

/// Consecutive changes of one actor that stand one after the other in the log.
pub(super) struct Run {
    /// The roster version at their place.
    version: u64,
    actor: ActorId,
    hashes: Vec<ChangeHash>,
}

impl Run {
    /// Each change, with the roster version at its place.
    pub(super) fn places(&self) -> impl Iterator<Item = (u64, ChangeHash)> + '_ {
        self.hashes.iter().map(|hash| (self.version, *hash))
    }
}

/// What a checked page makes of the ledger, free of the ledger itself.
struct Settled {
    chain: Option<RosterChain>,
    confirmed: u64,
    log: LogState,
    bound: Option<LogState>,
    here: ByHash<()>,
    proven: Vec<Proven>,
    floors: BTreeMap<PublicKey, u64>,
    followed: Followed,
}

impl Ledger {
    /// Takes in a page of the hub's log, all of it or nothing. `fresh` makes this desk's edits if the document
    /// has to be built anew; `own` are the actors that this device has written as. Entries that are here
    /// already are passed over unread.
    ///
    /// # Errors
    /// When the page does not go on from here, is not signed by the hub, or breaks a rule.
    pub fn follow(
        &mut self,
        page: &Page,
        fresh: &ActorId,
        own: &BTreeSet<ActorId>,
    ) -> Result<Followed, LogFault> {
        let mut draft = Draft::new(self);
        draft.walk(page)?;
        if !draft.check_head(&page.head, self.application())? {
            return Ok(Followed::default());
        }
        let settled = draft.settle(page, own)?;
        self.apply(settled, fresh, own)
    }

    fn apply(
        &mut self,
        settled: Settled,
        fresh: &ActorId,
        own: &BTreeSet<ActorId>,
    ) -> Result<Followed, LogFault> {
        let Settled { chain, confirmed, log, bound, here, proven, floors, mut followed } = settled;
        let roster = chain.as_ref().unwrap_or(&self.chain).at(confirmed);
        let reached = self.bound.is_some() && bound.is_none();
        let strangers = roster.filter(|_| reached).map(|roster| self.strangers(roster)).unwrap_or_default();
        let mut drop = self.to_drop(&followed.refused, &proven);
        drop.extend(self.changes_of(&strangers));
        let mut pruned = None;
        if !drop.is_empty() {
            let damaged = || LogFault::NotApplied("the document here cannot be built anew".to_owned());
            let without = self.document.without(&drop, fresh.clone()).ok_or_else(damaged)?;
            let beyond_doubt = |raw: &&RawChange| {
                here.has(&raw.hash)
                    || !drop.contains(&raw.hash) && raw.ops.seq <= self.accepted(&raw.ops.actor_id)
            };
            if let Some(raw) = without.dropped.iter().find(beyond_doubt) {
                return Err(LogFault::Contradiction(raw.hash));
            }
            pruned = Some(without);
        }
        let changes = proven.into_iter().map(|proven| (proven.index, proven.raw)).collect();
        let target = pruned.as_mut().map_or(&mut self.document, |pruned| &mut pruned.document);
        let merged = target.merge_gated(changes, &Gate::open());
        if let Some(refused) = merged.refused.first() {
            return Err(LogFault::NotApplied(refused.reason.to_string()));
        }
        if !merged.waiting.is_empty() {
            return Err(LogFault::NotApplied("its ancestors are missing".to_owned()));
        }
        if let Some(chain) = chain {
            self.chain = chain;
        }
        self.confirmed = confirmed;
        (self.log, self.bound) = (log, bound);
        self.floors.extend(floors);
        self.accepted.extend(followed.accepted.iter().map(|(actor, seq)| (actor.clone(), *seq)));
        self.refused.extend(followed.refused.iter().copied());
        for claim in &followed.claims {
            self.add_claim(claim.clone());
        }
        followed.recovery = pruned.map(|mut pruned| {
            pruned.history.extend(merged.history.iter().cloned());
            self.recover(pruned, own, &strangers)
        });
        followed.merged = merged;
        Ok(followed)
    }

    /// The changes of the document that the page leaves no place for.
    fn to_drop(&self, refused: &[(ChangeHash, Reason)], proven: &[Proven]) -> BTreeSet<ChangeHash> {
        let refused = refused.iter().map(|(hash, _)| *hash);
        let mut drop: BTreeSet<_> = refused.filter(|hash| self.document.has_change(hash)).collect();
        // What is here in the place of an accepted change was made by a copy of its author's device.
        drop.extend(proven.iter().filter_map(|proven| {
            let here = self.document.hash_at(&proven.raw.ops.actor_id, proven.raw.ops.seq)?;
            (here != proven.raw.hash).then_some(here)
        }));
        drop
    }
}

impl<'a> Draft<'a> {
    pub(super) fn new(ledger: &'a Ledger) -> Self {
        Self {
            ledger,
            chain: None,
            confirmed: ledger.confirmed,
            log: ledger.log,
            bound: ledger.bound,
            accepted: BTreeMap::new(),
            refused: Vec::new(),
            refused_here: BTreeSet::new(),
            accepted_here: ByHash::default(),
            roster: Vec::new(),
            displaced: Vec::new(),
            given: Vec::new(),
            here: Vec::new(),
        }
    }

    fn chain(&self) -> &RosterChain {
        self.chain.as_ref().unwrap_or(&self.ledger.chain)
    }

    /// Goes through the page's entries, from where the log here ends.
    pub(super) fn walk(&mut self, page: &Page) -> Result<(), LogFault> {
        let position = self.ledger.log.position;
        // A page that overlaps what is here tells the first of its entries a second time.
        let behind = position.checked_sub(page.after);
        let mut skip = behind.ok_or(LogFault::Gap { expected: position, found: page.after })?;
        let mut read = read_ahead(page).into_iter();
        for entry in &page.entries {
            let change = if matches!(entry, PageEntry::Change(_)) { read.next() } else { None };
            if let PageEntry::Accepted { actor, first_seq, count } = entry {
                let known = skip.min(*count);
                skip -= known;
                let first_seq = first_seq.saturating_add(known);
                self.accept_run(&ActorId::from(*actor), first_seq, count.saturating_sub(known))?;
            } else if skip > 0 {
                skip -= 1;
            } else {
                self.step(entry, change)?;
            }
        }
        Ok(())
    }

    /// Takes the next place of the log; `change` is what an entry with a change holds.
    fn step(
        &mut self,
        entry: &PageEntry,
        change: Option<Result<RawChange, BadChunk>>,
    ) -> Result<(), LogFault> {
        match entry {
            PageEntry::Change(WireChange(bytes)) => {
                let raw = change.unwrap_or_else(|| RawChange::read(bytes))?;
                self.accept(&raw.ops.actor_id, raw.ops.seq, raw.hash)?;
                self.given.push((self.confirmed, raw));
            }
            PageEntry::Refused { hash, reason } => self.refuse(ChangeHash::from(*hash), *reason)?,
            PageEntry::Roster(entry) => self.roster_step(entry)?,
            PageEntry::Accepted { .. } => {}
        }
        Ok(())
    }

    fn accept_run(&mut self, actor: &ActorId, first_seq: u64, count: u64) -> Result<(), LogFault> {
        if count == 0 {
            return Ok(());
        }
        self.expect(actor, first_seq)?;
        let (mut seq, mut hashes) = (first_seq, Vec::new());
        for _ in 0..count {
            let missing = || LogFault::Missing { actor: actor.clone(), seq };
            let hash = self.ledger.document.hash_at(actor, seq).ok_or_else(missing)?;
            self.accept_change(hash)?;
            hashes.push(hash);
            seq = seq.saturating_add(1);
        }
        self.accepted.insert(actor.clone(), seq.saturating_sub(1));
        self.here.push(Run { version: self.confirmed, actor: actor.clone(), hashes });
        Ok(())
    }

    fn accept(&mut self, actor: &ActorId, seq: u64, hash: ChangeHash) -> Result<(), LogFault> {
        self.expect(actor, seq)?;
        self.accept_change(hash)?;
        self.accepted.insert(actor.clone(), seq);
        Ok(())
    }

    /// That the change is the one after its actor's last that was accepted.
    fn expect(&self, actor: &ActorId, seq: u64) -> Result<(), LogFault> {
        let last = self.accepted.get(actor).copied().unwrap_or_else(|| self.ledger.accepted(actor));
        let expected = last.saturating_add(1);
        if seq == expected {
            Ok(())
        } else {
            Err(LogFault::OutOfOrder { actor: actor.clone(), found: seq, expected })
        }
    }

    fn accept_change(&mut self, hash: ChangeHash) -> Result<(), LogFault> {
        if self.ledger.refused.contains_key(&hash) || self.refused_here.contains(&hash) {
            return Err(LogFault::Contradiction(hash));
        }
        self.push(Item::Accepted(hash))?;
        self.accepted_here.insert(hash, ());
        Ok(())
    }

    fn refuse(&mut self, hash: ChangeHash, reason: Reason) -> Result<(), LogFault> {
        let place = self.ledger.document.place_of_change(&hash);
        let accepted = self.accepted_here.has(&hash)
            || place.is_some_and(|(actor, seq)| seq <= self.ledger.accepted(&actor));
        if accepted || !self.refused_here.insert(hash) || self.ledger.refused.contains_key(&hash) {
            return Err(LogFault::Contradiction(hash));
        }
        self.push(Item::Refused(hash, reason))?;
        self.refused.push((hash, reason));
        Ok(())
    }

    /// The log's next place. A log that is walked anew has to come to where a lead has said that it stands.
    fn push(&mut self, item: Item) -> Result<(), LogFault> {
        self.log.push(item);
        match self.bound {
            Some(bound) if bound.position == self.log.position && bound != self.log => Err(LogFault::Epoch),
            Some(bound) if bound == self.log => {
                self.bound = None;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The hub's next roster entry: one that is here already is confirmed by it, any other takes its place.
    fn roster_step(&mut self, entry: &SignedEntry) -> Result<(), LogFault> {
        check_epoch(entry, &self.log).map_err(|_| LogFault::Epoch)?;
        self.push(Item::Roster(entry.hash()))?;
        let next = self.confirmed.saturating_add(1);
        if !self.chain().has(next, &entry.hash()) {
            let chain = self.chain.get_or_insert_with(|| self.ledger.chain.clone());
            self.displaced.extend_from_slice(chain.entries_after(self.confirmed));
            chain.truncate(self.confirmed);
            chain.append(entry.clone(), None)?;
            self.roster.push(entry.clone());
        }
        self.confirmed = next;
        Ok(())
    }

    /// Checks the hub's word against the key that a lead has signed. False when the page tells nothing new.
    pub(super) fn check_head(&self, head: &LogHead, application: &ApplicationId) -> Result<bool, LogFault> {
        let new = self.log.position > self.ledger.log.position;
        if !new && head.position < self.log.position {
            return Ok(false);
        }
        let roster = self.chain().at(self.confirmed).ok_or(LogFault::NoHub)?;
        let hub = roster.hub.as_ref().ok_or(LogFault::NoHub)?;
        head.verify(&hub.key, application, &self.log)?;
        if head.epoch == roster.epoch { Ok(new) } else { Err(LogFault::Forked) }
    }

    /// Checks who made the page's changes, and that they may.
    fn settle(mut self, page: &Page, own: &BTreeSet<ActorId>) -> Result<Settled, LogFault> {
        let ledger = self.ledger;
        let claims = Claims { known: &ledger.claims, new: self.claims(page) };
        let first = first_change(page);
        let (versions, changes): (Vec<u64>, Vec<_>) = std::mem::take(&mut self.given).into_iter().unzip();
        let changes = changes.into_iter().enumerate().collect();
        let authorship = ledger.prover(&claims, first, false).prove(changes, &page.seals, |_| Ok(()));
        if !authorship.unproven.is_empty() {
            // A seal that does not hold is the likely cause.
            let fault = authorship_faults(&authorship).next().map(Box::new);
            return Err(fault.map_or(LogFault::Forked, LogFault::Fault));
        }
        let floors = self.check_rights(&authorship.proven, &versions)?;
        self.check_rights_here(own)?;
        let claims = claims.used_by(&authorship.segments);
        Ok(Settled {
            confirmed: self.confirmed,
            log: self.log,
            bound: self.bound,
            here: self.here.into_iter().flat_map(|run| run.hashes).collect(),
            proven: authorship.proven,
            followed: Followed {
                accepted: self.accepted,
                refused: self.refused,
                roster: self.roster,
                displaced: self.displaced,
                claims,
                segments: authorship.segments,
                floors: floors.clone(),
                ..Followed::default()
            },
            chain: self.chain,
            floors,
        })
    }

    /// The page's claims that are new, by devices that are enrolled once all of it holds.
    pub(super) fn claims(&self, page: &Page) -> BTreeMap<ActorId, Claim> {
        let application = self.ledger.application();
        let devices = &self.chain().newest().devices;
        let enrolled = page.claims.iter().filter(|claim| devices.contains_key(&claim.device));
        enrolled.map(|claim| claim.open(application)).map(|claim| (claim.actor.clone(), claim)).collect()
    }

    /// The hub is trusted with the order and with its clock, not with anybody's rights.
    pub(super) fn check_rights(
        &self,
        proven: &[Proven],
        versions: &[u64],
    ) -> Result<BTreeMap<PublicKey, u64>, LogFault> {
        let known = |device| (device, self.ledger.floor(&device));
        let mut floors: BTreeMap<_, _> = proven.iter().map(|proven| known(proven.device)).collect();
        let objects = &self.ledger.document.objects;
        for proven in proven {
            let version = versions.get(proven.index).copied().unwrap_or(0);
            judge_proven(self.chain(), objects, &floors, proven, version, Moment::Check)
                .map_err(|reason| LogFault::Forbidden { hash: proven.raw.hash, reason })?;
            raise_floor(&mut floors, proven, version);
        }
        Ok(floors)
    }

    /// What came past the hub was judged by what was known then; it is checked again at its place in the log.
    /// This desk's own changes are for others to check.
    fn check_rights_here(&self, own: &BTreeSet<ActorId>) -> Result<(), LogFault> {
        let (ledger, document) = (self.ledger, &self.ledger.document);
        for run in self.here.iter().filter(|run| !own.contains(&run.actor)) {
            for (version, hash) in run.places() {
                let forbidden = |reason| LogFault::Forbidden { hash, reason };
                let claim = ledger.claims.get(&run.actor).ok_or_else(|| forbidden(Reason::NotGranted))?;
                let change = document.automerge.get_change_by_hash(&hash);
                let raw = change.map(RawChange::own).ok_or_else(|| forbidden(Reason::Malformed))?;
                let touched = Touched::of(&raw, &document.objects, document.application());
                judge(self.chain(), version, &claim.device, 0, &touched, Moment::Check).map_err(forbidden)?;
            }
        }
        Ok(())
    }
}

/// The changes of a page, in order.
fn read_ahead(page: &Page) -> Vec<Result<RawChange, BadChunk>> {
    let changes = page.entries.iter().filter_map(|entry| match entry {
        PageEntry::Change(WireChange(bytes)) => Some(bytes),
        _ => None,
    });
    raw::each(changes.collect(), |bytes| RawChange::read(bytes))
}

/// Whose the first change given by a page is, and its number. It may be one that is here already.
fn first_change(page: &Page) -> Option<(ActorId, u64)> {
    let mut given = page.entries.iter().filter_map(|entry| match entry {
        PageEntry::Change(WireChange(bytes)) => Some(bytes),
        _ => None,
    });
    let raw = RawChange::read(given.next()?).ok()?;
    Some((raw.ops.actor_id.clone(), raw.ops.seq))
}
