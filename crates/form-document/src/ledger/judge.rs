//! The hub's verdicts.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use automerge::{ActorId, ChangeHash};

use super::epoch::check_epoch;
use super::span::{Span, Spans};
use super::{Fault, Ledger, Read, authorship_faults, judge_proven, raise_floor, reason};
use crate::authorship::{Claims, Proven};
use crate::by_hash::ByHash;
use crate::key::PublicKey;
use crate::log::{Item, LogState, Reason};
use crate::merge::{AppliedChange, Gate, Merged, WaitingChange};
use crate::object::ObjectTable;
use crate::policy::Moment;
use crate::raw::RawChange;
use crate::roster::SignedEntry;
use crate::segment::{Claim, Segment};
use crate::wire::{Offer, WireChange, WireClaim};

/// What the hub decided, in the order of its log. Nothing of it holds until it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// One for each new place of the log.
    pub decisions: Vec<Decision>,
    pub claims: Vec<Claim>,
    /// The segments that prove the accepted changes, and longer ones for changes accepted before. Each takes
    /// the place of all stored ones that it covers.
    pub segments: Vec<Segment>,
    /// The newest rosters that the devices of accepted changes were seen to know: [`Ledger::floor`].
    pub floors: BTreeMap<PublicKey, u64>,
    /// What was refused because it writes to what is final, and what builds on that, with its proof: to be kept.
    pub held: Offer,
    /// No verdict yet: ancestors are missing, or (none missing) it was too much at once.
    pub waiting: Vec<WaitingChange>,
    pub faults: Vec<Fault>,
}

/// What became of one of several offers, beside the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// As in [`Judgement`].
    pub waiting: Vec<WaitingChange>,
    pub faults: Vec<Fault>,
}

/// One place of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Roster(SignedEntry),
    Accepted(AppliedChange),
    Refused { hash: ChangeHash, actor: ActorId, seq: u64, reason: Reason },
}

impl Decision {
    /// As the log's hash sees it.
    pub fn item(&self) -> Item {
        match self {
            Self::Roster(entry) => Item::Roster(entry.hash()),
            Self::Accepted(change) => Item::Accepted(change.hash),
            Self::Refused { hash, reason, .. } => Item::Refused(*hash, *reason),
        }
    }
}

/// The proven changes of all offers that are judged together.
#[derive(Default)]
struct Docket {
    proven: Vec<Proven>,
    /// Where each of them stands.
    places: ByHash<usize>,
    segments: Vec<Segment>,
    /// What the segments are about.
    spans: Spans,
    claims: BTreeMap<ActorId, Claim>,
    /// Changes whose only signatures may not stand.
    contested: BTreeSet<ChangeHash>,
}

impl Docket {
    /// Puts a change on the docket, in the place of what stood there as it.
    fn put(&mut self, proven: Proven) {
        let place = *self.places.entry(proven.raw.hash).or_insert(self.proven.len());
        match self.proven.get_mut(place) {
            Some(there) => *there = proven,
            None => self.proven.push(proven),
        }
    }

    fn get(&self, hash: &ChangeHash) -> Option<&Proven> {
        self.proven.get(*self.places.get(hash)?)
    }
}

impl Ledger {
    /// Judges what a replica hands over. What is known already is passed over, so offering twice does no harm.
    /// Afterwards the ledger stands as if the decisions were stored: when storing them fails, drop it and load
    /// it again.
    pub fn judge(&mut self, offer: &Offer, now_ms: i64) -> Judgement {
        self.judge_all(&[offer], now_ms).0
    }

    /// [`Self::judge`] of the offers of several replicas at once, which costs little more than judging one.
    /// Also tells what became of each; in the judgement itself that of all stands together.
    pub fn judge_all(&mut self, offers: &[&Offer], now_ms: i64) -> (Judgement, Vec<Outcome>) {
        let mut judgement = Judgement::default();
        let mut outcomes: Vec<Outcome> = offers.iter().map(|_| Outcome::default()).collect();
        for (offer, outcome) in offers.iter().zip(&mut outcomes) {
            self.judge_roster(offer, now_ms, &mut judgement, &mut outcome.faults);
        }
        self.confirmed = self.chain.version();
        let mut docket = Docket::default();
        let mut named = Vec::with_capacity(offers.len());
        let mut faults = vec![Vec::new(); offers.len()];
        let reads = self.read(offers, &mut faults);
        for (((offer, outcome), read), faults) in offers.iter().zip(&mut outcomes).zip(reads).zip(faults) {
            outcome.faults.extend(faults);
            named.push(self.prove_offer(offer, read, &mut docket, &mut outcome.faults));
        }
        let waiting = self.judge_changes(docket, now_ms, &mut judgement);
        for (hashes, outcome) in named.iter().zip(&mut outcomes) {
            outcome.waiting.extend(waiting.iter().filter(|change| hashes.has(&change.hash)).cloned());
            judgement.faults.extend(outcome.faults.iter().cloned());
        }
        judgement.waiting = waiting;
        for decision in &judgement.decisions {
            self.log.push(decision.item());
        }
        (judgement, outcomes)
    }

    fn judge_roster(
        &mut self,
        offer: &Offer,
        now_ms: i64,
        judgement: &mut Judgement,
        faults: &mut Vec<Fault>,
    ) {
        for (index, entry) in offer.roster.iter().flatten().enumerate() {
            if self.chain.knows(&entry.hash()) {
                continue;
            }
            let place = self.end(judgement);
            let taken =
                check_epoch(entry, &place).and_then(|()| self.chain.append(entry.clone(), Some(now_ms)));
            match taken {
                Ok(()) => judgement.decisions.push(Decision::Roster(entry.clone())),
                Err(fault) => {
                    // Those that follow build on it.
                    faults.push(Fault::Roster { index, fault });
                    break;
                }
            }
        }
    }

    /// The log with what was decided so far.
    fn end(&self, judgement: &Judgement) -> LogState {
        let mut log = self.log;
        judgement.decisions.iter().for_each(|decision| log.push(decision.item()));
        log
    }

    /// Puts an offer's proven changes on the docket. Returns all that it names.
    fn prove_offer(
        &self,
        offer: &Offer,
        read: Read,
        docket: &mut Docket,
        faults: &mut Vec<Fault>,
    ) -> ByHash<()> {
        let new = self.candidates(offer.claims.as_deref().unwrap_or_default(), faults);
        let claims = Claims { known: &self.claims, new };
        let spans = &mut docket.spans;
        let given: ByHash<()> = read.changes.iter().map(|(_, raw)| raw.hash).collect();
        let admit = |segment: &Segment| {
            if segment.hashes.iter().any(|hash| given.has(hash)) {
                let ahead = |hash: &&ChangeHash| !given.has(hash) && !self.document.has_change(hash);
                let ahead = segment.hashes.iter().filter(ahead).count();
                self.spans.admit_beside(segment, ahead)?;
                spans.admit_beside(segment, ahead)?;
            } else {
                self.spans.admit(segment)?;
                spans.admit(segment)?;
            }
            spans.insert(Span::of(segment));
            Ok(())
        };
        let mut authorship = self.prover(&claims, read.first, true).prove(read.changes, &offer.seals, admit);
        authorship.proven.retain(|proven| !self.refused.contains_key(&proven.raw.hash));
        authorship.contested.retain(|proven| !self.refused.contains_key(&proven.raw.hash));
        authorship.unproven.retain(|hash| !self.refused.contains_key(hash));
        faults.extend(authorship_faults(&authorship));
        let used = claims.used_by(&authorship.segments);
        docket.claims.extend(used.into_iter().map(|claim| (claim.actor.clone(), claim)));
        docket.segments.extend(authorship.segments);
        let all = authorship.proven.iter().chain(&authorship.contested);
        let named = all.map(|proven| proven.raw.hash).collect();
        for proven in authorship.contested {
            // Its device did sign it, and nobody is to wait for a proof that may stand: it is refused.
            let hash = proven.raw.hash;
            if !docket.places.has(&hash) {
                docket.contested.insert(hash);
                docket.put(proven);
            }
        }
        for proven in authorship.proven {
            let hash = proven.raw.hash;
            if docket.contested.remove(&hash) || !docket.places.has(&hash) {
                docket.put(proven);
            }
        }
        named
    }

    fn judge_changes(
        &mut self,
        docket: Docket,
        now_ms: i64,
        judgement: &mut Judgement,
    ) -> Vec<WaitingChange> {
        let changes = docket.proven.iter().map(|proven| (proven.index, proven.raw.clone())).collect();
        let newest = self.chain.version();
        // Each change is judged knowing what its device had signed before, in the order of the log, so that
        // whoever checks the log comes to the same verdicts wherever its pages are cut.
        let floors = RefCell::new(std::mem::take(&mut self.floors));
        let chain = &self.chain;
        let verdict = |raw: &RawChange, objects: &ObjectTable| {
            let proven = docket.get(&raw.hash).ok_or(Reason::NotGranted)?;
            if docket.contested.contains(&raw.hash) {
                return Err(Reason::Malformed);
            }
            let mut floors = floors.borrow_mut();
            judge_proven(chain, objects, &floors, proven, newest, Moment::Hub(now_ms))?;
            raise_floor(&mut floors, proven, newest);
            Ok(())
        };
        let merged = self.document.merge_unread(changes, &Gate { judge: &verdict, refused: &self.refused });
        self.floors = floors.into_inner();
        self.decide(merged, docket, judgement)
    }

    fn decide(&mut self, merged: Merged, docket: Docket, judgement: &mut Judgement) -> Vec<WaitingChange> {
        let mut accepted = ByHash::default();
        for change in merged.applied {
            accepted.insert(change.hash, ());
            if let Some(proven) = docket.get(&change.hash) {
                judgement.floors.insert(proven.device, self.floor(&proven.device));
            }
            self.accepted.insert(change.actor.clone(), change.seq);
            judgement.decisions.push(Decision::Accepted(change));
        }
        let mut held = Vec::new();
        for refused in merged.refused {
            let Some(proven) = refused.hash.and_then(|hash| docket.get(&hash)) else { continue };
            let (hash, reason) = (proven.raw.hash, reason(&refused.reason));
            self.refused.insert(hash, reason);
            if self.is_held(reason) {
                held.push(&proven.raw);
            }
            let (actor, seq) = (proven.raw.ops.actor_id.clone(), proven.raw.ops.seq);
            judgement.decisions.push(Decision::Refused { hash, actor, seq, reason });
        }
        judgement.held = self.kept(held, &docket);
        // Several replicas may hand over the same segment.
        let mut kept = BTreeSet::new();
        for segment in docket.segments {
            let place = (segment.actor.clone(), segment.first_seq, segment.end_seq(), segment.roster);
            if self.is_of_use(&segment, &accepted) && kept.insert(place) {
                self.spans.insert(Span::of(&segment));
                judgement.segments.push(segment);
            }
        }
        let mut claims = docket.claims;
        judgement.claims =
            judgement.segments.iter().filter_map(|segment| claims.remove(&segment.actor)).collect();
        for claim in &judgement.claims {
            self.add_claim(claim.clone());
        }
        merged.waiting
    }

    /// Whether what is refused for this is kept: it waits for a later revision, or may hang on what does.
    fn is_held(&self, reason: Reason) -> bool {
        let closed = !self.chain.newest().revision.frozen.is_empty();
        reason == Reason::Held || (reason == Reason::BuildsOnRefused && closed)
    }

    /// Changes with the segments and claims that prove them, for somebody who has nothing of their actors.
    fn kept(&self, mut held: Vec<&RawChange>, docket: &Docket) -> Offer {
        held.sort_by_key(|raw| (raw.ops.start_op, &raw.ops.actor_id));
        let hashes: BTreeSet<ChangeHash> = held.iter().map(|raw| raw.hash).collect();
        let about = |segment: &&Segment| segment.hashes.iter().any(|hash| hashes.contains(hash));
        let segments: Vec<&Segment> = docket.segments.iter().filter(about).collect();
        let claim = |actor| self.claims.get(actor).or_else(|| docket.claims.get(actor));
        let actors: BTreeSet<&ActorId> = segments.iter().map(|segment| &segment.actor).collect();
        let claims: Vec<WireClaim> = actors.into_iter().filter_map(claim).map(WireClaim::from).collect();
        Offer {
            changes: held.into_iter().map(|raw| WireChange(raw.change.raw_bytes().to_vec())).collect(),
            seals: segments.into_iter().map(|segment| segment.seal(segment.first_seq)).collect(),
            claims: (!claims.is_empty()).then_some(claims),
            roster: None,
        }
    }

    /// A segment is of use when it proves a change just accepted, or proves with one signature what has taken
    /// several.
    fn is_of_use(&self, segment: &Segment, accepted: &ByHash<()>) -> bool {
        let actor = &segment.actor;
        let here = |(seq, hash): (u64, &ChangeHash)| self.document.hash_at(actor, seq) == Some(*hash);
        if segment.places().any(|(seq, hash)| accepted.has(hash) && here((seq, hash))) {
            return true;
        }
        let known = segment.end_seq() <= self.accepted(actor).saturating_add(1);
        known && !self.spans.has(segment) && self.spans.admit(segment).is_ok() && segment.places().all(here)
    }
}
