//! A replica follows the hub's log.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ActorId, ChangeHash};
use form_model::id::ApplicationId;

use super::take::Recovery;
use super::{Fault, Ledger, authorship_faults};
use crate::authorship::{Proven, prove};
use crate::key::BadSignature;
use crate::log::{Item, LogHead, LogState, Position, Reason};
use crate::merge::{Gate, Merged};
use crate::policy::{Moment, Touched, judge};
use crate::raw::{BadChunk, RawChange};
use crate::roster::{RosterChain, RosterFault, SignedEntry};
use crate::segment::{Claim, Segment};
use crate::wire::{Page, PageEntry, WireChange};

/// What following a page of the log brought. Nothing of it holds until it is stored.
#[derive(Debug)]
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
    pub segments: Vec<Segment>,
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
    #[error("the log accepts change {hash}, whose author may not make it: {reason:?}")]
    Forbidden { hash: ChangeHash, reason: Reason },
    #[error("the log accepts a change that no document takes in: {0}")]
    NotApplied(String),
}

/// A page under check: what the ledger will be once all of it holds.
struct Draft {
    chain: RosterChain,
    confirmed: u64,
    log: LogState,
    accepted: BTreeMap<ActorId, u64>,
    refused: Vec<(ChangeHash, Reason)>,
    roster: Vec<SignedEntry>,
    displaced: Vec<SignedEntry>,
    /// The roster version at each given change's place in the log.
    versions: BTreeMap<ChangeHash, u64>,
}

impl Ledger {
    /// Takes in a page of the hub's log, all of it or nothing. `fresh` makes this desk's edits if the document
    /// has to be built anew; `own` are the actors that this device has written as.
    ///
    /// # Errors
    /// When the page does not go on from here, is not signed by the hub, or breaks a rule.
    pub fn follow(
        &mut self,
        page: &Page,
        fresh: &ActorId,
        own: &BTreeSet<ActorId>,
    ) -> Result<Followed, LogFault> {
        let changes = read(page)?;
        let mut draft = Draft {
            chain: self.chain.clone(),
            confirmed: self.confirmed,
            log: self.log,
            accepted: BTreeMap::new(),
            refused: Vec::new(),
            roster: Vec::new(),
            displaced: Vec::new(),
            versions: BTreeMap::new(),
        };
        self.walk(page, &changes, &mut draft)?;
        check_head(&page.head, self.application(), &draft)?;
        let claims = self.page_claims(page, &draft.chain)?;
        let proven = self.prove_page(page, changes, &claims)?;
        self.check_rights(&proven.0, &draft)?;
        self.apply(draft, claims, proven, fresh, own)
    }

    /// Goes through the page's entries, from where this log ends.
    fn walk(&self, page: &Page, changes: &[RawChange], draft: &mut Draft) -> Result<(), LogFault> {
        if page.after > self.log.position {
            return Err(LogFault::Gap { expected: self.log.position, found: page.after });
        }
        // A page that overlaps what is here tells the first of its entries a second time.
        let mut skip = self.log.position.saturating_sub(page.after);
        let mut given = changes.iter();
        for entry in &page.entries {
            match entry {
                PageEntry::Change(_) => {
                    let Some(raw) = given.next() else { break };
                    if take_one(&mut skip) {
                        continue;
                    }
                    draft.versions.insert(raw.hash, draft.confirmed);
                    draft.accept(&raw.ops.actor_id, raw.ops.seq, raw.hash);
                }
                PageEntry::Accepted { actor, first_seq, count } => {
                    let actor = ActorId::from(*actor);
                    for seq in (*first_seq..).take(usize::try_from(*count).unwrap_or(usize::MAX)) {
                        if take_one(&mut skip) {
                            continue;
                        }
                        let hash = self.document.hash_at(&actor, seq);
                        let missing = || LogFault::Missing { actor: actor.clone(), seq };
                        draft.accept(&actor, seq, hash.ok_or_else(missing)?);
                    }
                }
                PageEntry::Refused { hash, reason } => {
                    if !take_one(&mut skip) {
                        let hash = ChangeHash::from(*hash);
                        draft.log.push(Item::Refused(hash, *reason));
                        draft.refused.push((hash, *reason));
                    }
                }
                PageEntry::Roster(entry) => {
                    if !take_one(&mut skip) {
                        draft.step(entry)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The page's claims, all by enrolled devices.
    fn page_claims(&self, page: &Page, chain: &RosterChain) -> Result<Vec<Claim>, LogFault> {
        let mut claims = Vec::new();
        for (index, claim) in page.claims.iter().enumerate() {
            let claim = claim.open(self.application());
            if !chain.newest().devices.contains_key(&claim.device) {
                return Err(LogFault::Fault(Box::new(Fault::UnknownDevice { index })));
            }
            if !self.claims.contains_key(&claim.actor) {
                claims.push(claim);
            }
        }
        Ok(claims)
    }

    fn prove_page(
        &self,
        page: &Page,
        changes: Vec<RawChange>,
        new_claims: &[Claim],
    ) -> Result<(Vec<Proven>, Vec<Segment>), LogFault> {
        let mut claims = self.claims.clone();
        claims.extend(new_claims.iter().map(|claim| (claim.actor.clone(), claim.clone())));
        let changes = changes.into_iter().enumerate().collect();
        let authorship = prove(&self.document, &claims, changes, &page.seals);
        let fault = authorship_faults(&authorship).next();
        match fault {
            Some(fault) => Err(LogFault::Fault(Box::new(fault))),
            None => Ok((authorship.proven, authorship.segments)),
        }
    }

    /// The hub is trusted with the order and with its clock, not with anybody's rights.
    fn check_rights(&self, proven: &[Proven], draft: &Draft) -> Result<(), LogFault> {
        for proven in proven {
            let Some(version) = draft.versions.get(&proven.raw.hash) else { continue };
            let known = proven.roster.max(self.floor(&proven.device));
            let touched = Touched::of(&proven.raw, &self.document.objects);
            judge(&draft.chain, *version, &proven.device, known, &touched, Moment::Replica)
                .map_err(|reason| LogFault::Forbidden { hash: proven.raw.hash, reason })?;
        }
        Ok(())
    }

    fn apply(
        &mut self,
        draft: Draft,
        claims: Vec<Claim>,
        (proven, segments): (Vec<Proven>, Vec<Segment>),
        fresh: &ActorId,
        own: &BTreeSet<ActorId>,
    ) -> Result<Followed, LogFault> {
        let mut drop: BTreeSet<ChangeHash> = draft
            .refused
            .iter()
            .map(|(hash, _)| *hash)
            .filter(|hash| self.document.has_change(hash))
            .collect();
        // What is here in the place of an accepted change was made by a copy of its author's device.
        drop.extend(proven.iter().filter_map(|proven| {
            let here = self.document.hash_at(&proven.raw.ops.actor_id, proven.raw.ops.seq)?;
            (here != proven.raw.hash).then_some(here)
        }));
        let mut pruned = None;
        if !drop.is_empty() {
            let damaged = || LogFault::NotApplied("the document here cannot be built anew".to_owned());
            pruned = Some(self.document.without(&drop, fresh.clone()).ok_or_else(damaged)?);
        }
        let changes: Vec<_> = proven.iter().map(|proven| (proven.index, proven.raw.clone())).collect();
        let target = pruned.as_mut().map_or(&mut self.document, |pruned| &mut pruned.document);
        let merged = target.merge_gated(changes, &Gate::open());
        if let Some(refused) = merged.refused.first() {
            return Err(LogFault::NotApplied(refused.reason.to_string()));
        }
        if !merged.waiting.is_empty() {
            return Err(LogFault::NotApplied("its ancestors are missing".to_owned()));
        }
        self.chain = draft.chain;
        self.confirmed = draft.confirmed;
        self.log = draft.log;
        self.accepted.extend(draft.accepted.iter().map(|(actor, seq)| (actor.clone(), *seq)));
        self.refused.extend(draft.refused.iter().copied());
        claims.iter().for_each(|claim| self.add_claim(claim.clone()));
        proven.iter().for_each(|proven| self.raise_floor(proven.device, proven.roster));
        let recovery = pruned.map(|mut pruned| {
            pruned.history.extend(merged.history.iter().cloned());
            self.recover(pruned, own)
        });
        Ok(Followed {
            merged,
            accepted: draft.accepted,
            refused: draft.refused,
            roster: draft.roster,
            displaced: draft.displaced,
            claims,
            segments,
            recovery,
        })
    }
}

impl Draft {
    fn accept(&mut self, actor: &ActorId, seq: u64, hash: ChangeHash) {
        self.log.push(Item::Accepted(hash));
        self.accepted.insert(actor.clone(), seq);
    }

    /// The hub's next roster entry: one that is here already is confirmed by it, any other takes its place.
    fn step(&mut self, entry: &SignedEntry) -> Result<(), RosterFault> {
        self.log.push(Item::Roster(entry.hash()));
        let next = self.confirmed + 1;
        if !self.chain.has(next, &entry.hash()) {
            self.displaced.extend_from_slice(self.chain.entries_after(self.confirmed));
            self.chain.truncate(self.confirmed);
            self.chain.append(entry.clone(), None)?;
            self.roster.push(entry.clone());
        }
        self.confirmed = next;
        Ok(())
    }
}

/// Counts an entry that is here already.
fn take_one(skip: &mut u64) -> bool {
    let known = *skip > 0;
    *skip = skip.saturating_sub(1);
    known
}

fn read(page: &Page) -> Result<Vec<RawChange>, LogFault> {
    let bytes = page.entries.iter().filter_map(|entry| match entry {
        PageEntry::Change(WireChange(bytes)) => Some(bytes),
        _ => None,
    });
    Ok(bytes.map(|bytes| RawChange::read(bytes)).collect::<Result<_, _>>()?)
}

/// Checks the hub's word against the key that a lead has signed.
fn check_head(head: &LogHead, application: &ApplicationId, draft: &Draft) -> Result<(), LogFault> {
    if head.position < draft.log.position {
        // The whole page was known here.
        return Ok(());
    }
    let roster = draft.chain.at(draft.confirmed).ok_or(LogFault::NoHub)?;
    let hub = roster.hub.as_ref().ok_or(LogFault::NoHub)?;
    head.verify(&hub.key, application, &draft.log)?;
    if head.epoch == roster.epoch { Ok(()) } else { Err(LogFault::Forked) }
}
