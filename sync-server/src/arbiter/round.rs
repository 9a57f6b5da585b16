//! One round: the offers of many devices are judged, stored in one durable step, and only then answered.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use form_document::key::{PublicKey, SigningKey};
use form_document::ledger::{Decision, Fault, Judgement, Ledger, Outcome};
use form_document::log::{LogHead, LogState};
use form_document::roster::{Act, RosterFault, SignedEntry};
use form_document::wire::{self, HeldWork, Left, Offer, Receipt, StepFault, Waiting, WireHash};
use form_document::{ChangeHash, Segment};
use form_model::id::ApplicationId;

use super::core::Core;
use super::member;
use super::open::OpenApplication;
use super::recovering::opens_epoch;
use crate::error::{ErrorCode, HubError};
use crate::storage::record::{ApplicationWrite, Commit, LogRecord, Place, SegmentRecord, StoredHead};

/// How many stretches are kept for those who ask for them: more than one step makes.
const UNTOLD_MAX: usize = 16;

/// An offer that waits for its verdicts.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Who hands it over; `None` for an enrolment, which proves itself.
    pub device: Option<PublicKey>,
    pub application: ApplicationId,
    pub offer: Offer,
}

/// What became of an offer. Its verdicts are durable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub receipt: Receipt,
    /// Why its roster entries were not taken in, if so.
    pub roster_fault: Option<RosterFault>,
}

/// What a round added to one application's log.
#[derive(Clone, Debug)]
pub struct Stretch {
    pub application: ApplicationId,
    /// The log before it.
    pub before: LogState,
    pub records: Vec<LogRecord>,
    pub head: StoredHead,
    /// The signatures that prove its changes.
    pub segments: Vec<Segment>,
    /// Whether the roster moved on.
    pub roster: bool,
}

/// What came of a round.
#[derive(Debug, Default)]
pub struct Round {
    /// For each ask.
    pub answers: Vec<Result<Answer, HubError>>,
    pub stretches: Vec<Stretch>,
}

/// One application's part of a round, judged and not yet stored.
pub(super) struct Judged {
    pub(super) asks: Vec<usize>,
    pub(super) answers: Vec<Answer>,
    pub(super) write: ApplicationWrite,
    pub(super) stretch: Stretch,
}

/// One application's part of a round while it is stored.
struct Done {
    asks: Vec<usize>,
    answers: Vec<Answer>,
    stretch: Stretch,
    /// Whether there is something to store.
    stored: bool,
    /// Whether a restored application may go on with it.
    settled: bool,
}

impl Core {
    /// Judges offers and stores the verdicts of all of them in one step. When the store fails, nothing is
    /// acknowledged and every touched ledger is loaded again.
    pub fn round(&mut self, asks: &[Ask]) -> Round {
        let mut round = Round::default();
        let mut by_application: BTreeMap<&ApplicationId, Vec<usize>> = BTreeMap::new();
        for (index, ask) in asks.iter().enumerate() {
            let answer = self.take(ask).map(|()| Answer::default());
            if answer.is_ok() {
                by_application.entry(&ask.application).or_default().push(index);
            }
            round.answers.push(answer);
        }
        let mut judged = Vec::with_capacity(by_application.len());
        for (id, indices) in by_application {
            let offers = indices.iter().filter_map(|index| asks.get(*index)).map(|ask| &ask.offer).collect();
            match self.judge(id, indices.clone(), offers) {
                Ok(one) => judged.push(one),
                Err(error) => fail(&mut round.answers, &indices, &error),
            }
        }
        self.store(judged, &mut round);
        self.cache.shrink();
        round
    }

    /// A round of one offer.
    pub(super) fn judge_one(&mut self, ask: &Ask) -> Result<Answer, HubError> {
        let none = || HubError::new(ErrorCode::Internal, "the offer got no answer");
        let mut round = self.round(std::slice::from_ref(ask));
        self.untold.append(&mut round.stretches);
        let over = self.untold.len().saturating_sub(UNTOLD_MAX);
        self.untold.drain(..over);
        round.answers.pop().ok_or_else(none)?
    }

    /// What single steps have added to the logs since this was asked last, for those who follow live. A follower
    /// who is not told one of them notices at the next and catches up.
    pub fn take_untold(&mut self) -> Vec<Stretch> {
        std::mem::take(&mut self.untold)
    }

    /// Whether an ask may be judged.
    fn take(&mut self, ask: &Ask) -> Result<(), HubError> {
        match &ask.device {
            Some(device) => self.admit(device, &ask.application)?,
            None => self.open(&ask.application)?,
        }
        self.check_settled(ask)
    }

    fn judge(
        &mut self,
        id: &ApplicationId,
        asks: Vec<usize>,
        offers: Vec<&Offer>,
    ) -> Result<Judged, HubError> {
        let hub = self.key.public();
        let (staying, leaving): (Vec<Cow<'_, Offer>>, Vec<Option<Leaving>>) =
            offers.into_iter().map(|offer| stay(offer, &hub)).unzip();
        let offers: Vec<&Offer> = staying.iter().map(AsRef::as_ref).collect();
        let mut judged = self.judge_offers(id, asks, &offers)?;
        for (answer, leaving) in judged.answers.iter_mut().zip(leaving) {
            let Some(Leaving { entry, why, fault }) = leaving else { continue };
            answer.receipt.faults.push(fault.to_owned());
            answer.receipt.left.push(Left::Step { entry, why });
            answer.roster_fault.get_or_insert(RosterFault::Content(fault));
        }
        Ok(judged)
    }

    /// Judges offers as they are. Afterwards the open ledger stands as if the outcome were stored.
    pub(super) fn judge_offers(
        &mut self,
        id: &ApplicationId,
        asks: Vec<usize>,
        offers: &[&Offer],
    ) -> Result<Judged, HubError> {
        // A round may have as many applications as offers, more than the memory budget holds.
        self.open(id)?;
        let now_ms = self.clock.now_ms();
        let key = &self.key;
        let Some(open) = self.cache.get(id) else {
            return Err(HubError::new(ErrorCode::Internal, "the application was closed at once"));
        };
        let judged = catch_unwind(AssertUnwindSafe(|| {
            let before = *open.ledger.log();
            let (judgement, outcomes) = open.ledger.judge_all(offers, now_ms);
            let (write, stretch) = write(open, id, key, before, judgement, now_ms);
            let position = open.ledger.log().position;
            let answers = outcomes.into_iter().zip(offers);
            let answers = answers.map(|(outcome, offer)| answer(outcome, offer, position)).collect();
            Judged { asks, answers, write, stretch }
        }));
        judged.map_err(|_| {
            tracing::error!(application = %id, "judging panicked; the ledger is loaded again");
            // What it is in memory now is nobody's to know.
            self.cache.drop(id);
            HubError::new(ErrorCode::Internal, "the hub could not judge this; nothing of it was taken in")
        })
    }

    fn store(&mut self, judged: Vec<Judged>, round: &mut Round) {
        let mut commit = Commit::default();
        let mut done = Vec::with_capacity(judged.len());
        for one in judged {
            let Judged { asks, answers, write, stretch } = one;
            let (stored, settled) = (!write.is_empty(), write.settled);
            if stored {
                commit.applications.push(write);
            }
            done.push(Done { asks, answers, stretch, stored, settled });
        }
        if !commit.applications.is_empty()
            && let Err(error) = self.commit(&commit)
        {
            for Done { asks, stretch, .. } in done.iter().filter(|done| done.stored) {
                self.cache.drop(&stretch.application);
                fail(&mut round.answers, asks, &error);
            }
            done.retain(|done| !done.stored);
        }
        for Done { asks, answers, stretch, stored, settled } in done {
            if settled {
                self.recovering.remove(&stretch.application);
            }
            for (index, answer) in asks.into_iter().zip(answers) {
                if let Some(place) = round.answers.get_mut(index) {
                    *place = Ok(answer);
                }
            }
            if stored {
                if let Some(open) = self.cache.get(&stretch.application) {
                    open.head = stretch.head;
                }
                self.cache.weigh(&stretch.application);
            }
            if !stretch.records.is_empty() {
                round.stretches.push(stretch);
            }
        }
    }

    /// Stores a step, and counts it.
    pub(super) fn commit(&mut self, commit: &Commit) -> Result<(), HubError> {
        let start = std::time::Instant::now();
        let stored = self.storage.commit(commit);
        crate::metric::committed(start.elapsed(), commit, stored.is_ok());
        Ok(stored?)
    }
}

fn fail(answers: &mut [Result<Answer, HubError>], asks: &[usize], error: &HubError) {
    for index in asks {
        if let Some(answer) = answers.get_mut(*index) {
            *answer = Err(error.clone());
        }
    }
}

fn answer(outcome: Outcome, offer: &Offer, position: u64) -> Answer {
    let waiting = outcome.waiting.into_iter().map(|change| Waiting {
        change: WireHash(change.hash.0),
        missing: change.missing.into_iter().map(|hash| WireHash(hash.0)).collect(),
    });
    let roster_fault = outcome.faults.iter().find_map(|fault| match fault {
        Fault::Roster { fault, .. } => Some(fault.clone()),
        _ => None,
    });
    let faults = outcome.faults.iter().map(ToString::to_string).collect();
    let mut left: Vec<Left> = Vec::new();
    for one in outcome.faults.iter().filter_map(|fault| left_of(fault, offer)) {
        if !left.contains(&one) {
            left.push(one);
        }
    }
    Answer { receipt: Receipt { position, waiting: waiting.collect(), faults, left }, roster_fault }
}

/// What a desk is told of a fault in its offer.
fn left_of(fault: &Fault, offer: &Offer) -> Option<Left> {
    let claim = |index: usize| offer.claims.as_ref()?.get(index).map(|claim| claim.device);
    match fault {
        Fault::Roster { index, fault } => {
            let entry = offer.roster.as_ref()?.get(*index)?;
            Some(Left::Step { entry: WireHash(entry.hash()), why: fault.into() })
        }
        Fault::UnknownDevice { index } => claim(*index).map(Left::UnknownDevice),
        Fault::TooManyActors { index } => claim(*index).map(Left::TooManyActors),
        Fault::TooMuch { .. } => Some(Left::TooMuch),
        Fault::Change { .. } | Fault::Seal { .. } | Fault::Unproven(_) => Some(Left::Unproven),
    }
}

/// A roster entry that is not taken in with an offer, whatever the roster says of it.
struct Leaving {
    entry: WireHash,
    why: StepFault,
    fault: &'static str,
}

/// The offer without the roster entries from the first one on that a mere offer cannot bring, and that one: what moves
/// the application to another hub, whose signatures would verify nowhere, and what makes a revision final, which the
/// hub takes in only with the manifest that it has rebuilt.
fn stay<'a>(offer: &'a Offer, hub: &PublicKey) -> (Cow<'a, Offer>, Option<Leaving>) {
    let leaves = |entry: &SignedEntry| match entry.read().ok()?.act {
        Act::Hub { key, .. } if key != *hub => Some((
            StepFault::OtherHub,
            "a roster entry moves the application to another hub, which this one cannot follow",
        )),
        Act::Finalise { .. } => {
            Some((StepFault::NotAllowed, "a revision is made final at its own address, with its manifest"))
        }
        _ => None,
    };
    let entries = offer.roster.as_deref().unwrap_or_default();
    let found = entries.iter().enumerate().find_map(|(at, entry)| Some((at, entry, leaves(entry)?)));
    match found {
        None => (Cow::Borrowed(offer), None),
        Some((first, entry, (why, fault))) => {
            let mut staying = offer.clone();
            staying.roster.get_or_insert_default().truncate(first);
            (Cow::Owned(staying), Some(Leaving { entry: WireHash(entry.hash()), why, fault }))
        }
    }
}

/// What to store of a judgement, and what to tell of it.
fn write(
    open: &OpenApplication,
    id: &ApplicationId,
    key: &SigningKey,
    before: LogState,
    judgement: Judgement,
    now_ms: i64,
) -> (ApplicationWrite, Stretch) {
    let mut write = ApplicationWrite::new(id.clone());
    let mut state = before;
    let ledger = &open.ledger;
    let entries = judgement.decisions.iter().filter(|made| matches!(made, Decision::Roster(_))).count();
    let mut version = ledger.chain().version().saturating_sub(entries as u64);
    for decision in judgement.decisions {
        crate::metric::decided(&decision);
        let place = place(decision, &mut version, &mut write);
        state.push(place.item());
        write.log.push(LogRecord { position: state.position, place, running: state.hash });
    }
    debug_assert_eq!(state, *ledger.log(), "the ledger and the store chain the same places");
    write.claims = judgement.claims;
    write.segments = judgement.segments.iter().map(|segment| kept(ledger, segment)).collect();
    write.floors = judgement.floors.into_iter().collect();
    if !judgement.held.changes.is_empty() {
        let held = HeldWork { position: state.position, offer: judgement.held };
        write.held = Some((held.position, wire::encode(&held)));
    }
    let mut head = open.head;
    if state.position > before.position {
        let epoch = ledger.chain().newest().epoch;
        head = StoredHead { head: LogHead::sign(key, id, &state, epoch, now_ms), state };
        write.head = Some(head);
    }
    let roster = !write.roster.is_empty();
    if roster {
        write.members = Some(member::active(ledger.chain().newest()));
    }
    let records = write.log.clone();
    (write, Stretch { application: id.clone(), before, records, head, segments: judgement.segments, roster })
}

pub(super) fn place(decision: Decision, version: &mut u64, write: &mut ApplicationWrite) -> Place {
    match decision {
        Decision::Accepted(change) => {
            Place::Accepted { actor: change.actor, seq: change.seq, hash: change.hash, bytes: change.bytes }
        }
        Decision::Refused { hash, reason, .. } => Place::Refused { hash, reason },
        Decision::Roster(entry) => {
            *version += 1;
            write.settled |= opens_epoch(&entry);
            write.invites.extend(enrolling_key(&entry));
            let hash = entry.hash();
            write.roster.push((*version, entry));
            Place::Roster { version: *version, hash }
        }
    }
}

/// The key that an entry lets a device enrol with: an invite's, or the lead's next recovery key.
pub(super) fn enrolling_key(entry: &SignedEntry) -> Option<PublicKey> {
    match entry.read().ok()?.act {
        Act::Invite { key, .. } => Some(key),
        Act::Found { recovery, .. } | Act::Recover { recovery, .. } | Act::Recovery { key: recovery } => {
            Some(recovery)
        }
        _ => None,
    }
}

/// A segment as it is kept: without the hashes that the log holds.
pub(super) fn kept(ledger: &Ledger, segment: &Segment) -> SegmentRecord {
    let accepted = |(seq, hash): &(u64, &ChangeHash)| {
        ledger.document.hash_at(&segment.actor, *seq).as_ref() == Some(*hash)
    };
    let proven = (segment.first_seq..).zip(&segment.hashes).take_while(accepted).count();
    SegmentRecord {
        actor: segment.actor.clone(),
        first_seq: segment.first_seq,
        count: segment.hashes.len() as u64,
        roster: segment.roster,
        signature: segment.signature,
        rest: segment.hashes.iter().skip(proven).map(|hash| WireHash(hash.0)).collect(),
    }
}
