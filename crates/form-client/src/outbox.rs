//! What a desk hands over: its own changes, signed, and those of colleagues that came past the hub.

use std::collections::BTreeMap;

use form_document::key::SigningKey;
use form_document::ledger::{Ledger, OFFER_MAX_OPS};
use form_document::log::Position;
use form_document::wire::{Have, Hello, Left, Offer, Receipt, Seal, WireActor, WireChange, WireClaim};
use form_document::{ActorId, SEGMENT_MAX_CHANGES, Segment, change_weight};
use form_store::application::ApplicationKey;
use form_store::{Store, StoreError};

use crate::proof;

/// How many bytes of changes one offer holds at most: what a slow line sends in a few seconds, so that the
/// person sees it move.
const OFFER_BYTES: usize = 512 << 10;

/// What has been signed and handed over, beyond what the hub has accepted.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// What kept and waiting segments prove.
    signed: BTreeMap<ActorId, Signed>,
    /// Segments that are not in the database yet.
    unsaved: Vec<Segment>,
    /// Handed over on this connection: the last change of each actor, and the last roster entry.
    offered: BTreeMap<ActorId, u64>,
    offered_roster: u64,
    /// Longer segments for changes that the hub has, in place of many short ones.
    folded: Vec<Segment>,
    /// The hub could not follow what this desk says to have: it is to send all bytes.
    pub claims_nothing: bool,
    /// The hub has answered, and what it decided stands in its log up to there.
    answered: Option<Position>,
    /// What its last answer says of changes without a verdict.
    why: Option<Left>,
    /// How many changes had none when they were looked at last.
    left: Option<u64>,
}

impl Outbox {
    /// The outbox of a desk that was just opened.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn load(store: &Store, key: ApplicationKey) -> Result<Self, StoreError> {
        let mut outbox = Self::default();
        for span in store.segment_spans(key)? {
            outbox.signed.entry(ActorId::from(span.actor)).or_default().add(span.first_seq, span.end_seq);
        }
        Ok(outbox)
    }

    /// A new connection: everything without a verdict is handed over again.
    pub fn reconnect(&mut self) {
        self.offered.clear();
        self.offered_roster = 0;
        (self.answered, self.left) = (None, None);
    }

    /// The hub has answered the last offer.
    pub fn answered(&mut self, receipt: &Receipt) {
        self.answered = Some(receipt.position);
        let of_changes = |left: &&Left| !matches!(left, Left::Step { .. });
        self.why = receipt.left.iter().find(of_changes).cloned();
    }

    /// What the hub said last of changes that it has no verdict on; nothing when they wait for others.
    pub fn why(&self) -> Option<&Left> {
        self.why.as_ref()
    }

    /// Looks at what has no verdict of what was handed over and answered. It is handed over once more, and again
    /// whenever fewer are left: each time takes a verdict, so this comes to rest. Returns how many are left when
    /// handing over did not help.
    pub fn settle(&mut self, ledger: &Ledger) -> Option<u64> {
        let answered = self.answered.take_if(|position| *position <= ledger.log().position).is_some();
        if self.answered.is_some() || (!answered && self.left.is_none()) {
            return None;
        }
        let open = |(actor, seq): (&ActorId, &u64)| seq.saturating_sub(ledger.accepted(actor));
        let open: u64 = self.offered.iter().map(open).sum();
        if open == 0 {
            self.left.take_if(|_| answered);
            return None;
        }
        if self.left.is_none_or(|before| open < before) {
            self.left = Some(open);
            self.offered.clear();
            return None;
        }
        self.left = Some(open);
        answered.then_some(open)
    }

    /// The hub has put other entries where this desk's own were: those after them are handed over again.
    pub fn roster_moved(&mut self) {
        self.offered_roster = 0;
    }

    /// How far this desk has followed, and what it has besides.
    pub fn hello(&self, ledger: &Ledger) -> Hello {
        let document = &ledger.document;
        let have = document.actors().filter(|_| !self.claims_nothing);
        Hello {
            after: ledger.log().position,
            log: ledger.log().hash,
            have: have
                .map(|actor| Have { actor: WireActor::from(actor), seq: document.last_seq(actor) })
                .collect(),
        }
    }

    /// Signs this device's changes that no segment proves yet. Called before the roster moves on, so that a
    /// segment names the roster under which its changes were made.
    pub fn sign(&mut self, ledger: &Ledger, key: &SigningKey) {
        let device = key.public();
        let own: Vec<ActorId> =
            ledger.claims().filter(|claim| claim.device == device).map(|claim| claim.actor.clone()).collect();
        for actor in own {
            let last = ledger.document.last_seq(&actor);
            let signed = self.signed.entry(actor.clone()).or_default();
            for (mut first, end) in signed.gaps(last) {
                while first < end {
                    let hashes: Vec<_> = (first..end)
                        .take(SEGMENT_MAX_CHANGES)
                        .filter_map(|seq| ledger.document.hash_at(&actor, seq))
                        .collect();
                    let roster = ledger.chain().version();
                    let segment =
                        Segment::sign(key, ledger.application(), actor.clone(), first, hashes, roster);
                    first = segment.end_seq();
                    self.unsaved.push(segment);
                }
            }
            signed.add(1, last.saturating_add(1));
        }
    }

    /// Segments came from outside. A desk that was restored from an old copy so gets back what it had signed
    /// since; it does not sign that again as made under another roster.
    pub fn heard(&mut self, segments: &[Segment]) {
        for segment in segments {
            let signed = self.signed.entry(segment.actor.clone()).or_default();
            signed.add(segment.first_seq, segment.end_seq());
        }
    }

    /// Segments that are to be kept with the next write.
    pub fn unsaved(&self) -> &[Segment] {
        &self.unsaved
    }

    /// They have been kept.
    pub fn saved(&mut self) {
        self.unsaved.clear();
    }

    /// Own changes may have been dropped and written again: what was signed is found out anew.
    pub fn reset(&mut self, store: &Store, key: ApplicationKey) -> Result<(), StoreError> {
        *self = Self { claims_nothing: self.claims_nothing, ..Self::load(store, key)? };
        Ok(())
    }

    /// Whether something is to be handed over that was not yet.
    pub fn has_more(&self, ledger: &Ledger) -> bool {
        if ledger.bound().is_some() {
            return false;
        }
        ledger.chain().version() > self.offered_roster.max(ledger.confirmed())
            || !ledger.document.changes_beyond(&self.from(ledger)).is_empty()
            || !self.folded.is_empty()
    }

    /// What to hand over next; `None` when all of it has been, and while the log is followed anew: what it has
    /// accepted is not known then. Changes go before the roster steps that were taken
    /// after them, and after those before: the hub judges each by the roster that it knows.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn next(
        &mut self,
        ledger: &Ledger,
        key: &SigningKey,
        store: &Store,
        application: ApplicationKey,
    ) -> Result<Option<Offer>, StoreError> {
        self.sign(ledger, key);
        if ledger.bound().is_some() {
            return Ok(None);
        }
        let mut offer = Offer::default();
        let known = self.offered_roster.max(ledger.confirmed());
        let mut spans: BTreeMap<ActorId, (u64, u64)> = BTreeMap::new();
        let mut rosters =
            Rosters { ledger, store, application, unsaved: &self.unsaved, kept: BTreeMap::new() };
        let (mut bytes, mut ops, mut needed) = (0, 0, None);
        for (actor, seq, hash) in ledger.document.changes_beyond(&self.from(ledger)) {
            let roster = rosters.of(&actor, seq)?;
            if roster > known {
                needed = Some(roster);
                break;
            }
            let Some(change) = ledger.document.change(&hash) else { continue };
            ops += change_weight(&change);
            if ops > OFFER_MAX_OPS && !offer.changes.is_empty() {
                // The hub would not look at it, and so find nothing that is signed together with it proven.
                break;
            }
            bytes += change.len();
            offer.changes.push(WireChange(change));
            spans.entry(actor).or_insert((seq, seq)).1 = seq;
            if bytes >= OFFER_BYTES {
                break;
            }
        }
        if spans.is_empty() {
            let until = needed.unwrap_or(ledger.chain().version());
            let entries = ledger.chain().entries_after(known);
            let count = usize::try_from(until.saturating_sub(known)).unwrap_or(usize::MAX);
            let entries = entries.get(..count).unwrap_or(entries);
            offer.roster = (!entries.is_empty()).then(|| entries.to_vec());
            self.offered_roster = known.saturating_add(entries.len() as u64);
        }
        let newcomers = spans.iter().filter(|(_, (first, _))| *first == 1);
        let claims: Vec<_> =
            newcomers.filter_map(|(actor, _)| ledger.claim(actor).map(WireClaim::from)).collect();
        offer.claims = (!claims.is_empty()).then_some(claims);
        for (actor, (first, last)) in &spans {
            offer.seals.extend(self.seals(ledger, store, application, actor, *first, *last)?);
            self.offered.insert(actor.clone(), *last);
        }
        offer.seals.extend(self.folded.drain(..).map(|segment| segment.seal(segment.end_seq())));
        shorten(&mut offer, &spans);
        Ok((!offer.is_empty()).then_some(offer))
    }

    /// What was handed over, or is known to be with the hub, by actor.
    fn from(&self, ledger: &Ledger) -> BTreeMap<ActorId, u64> {
        let mut from = ledger.all_accepted().clone();
        for (actor, seq) in &self.offered {
            let known = from.entry(actor.clone()).or_insert(0);
            *known = (*known).max(*seq);
        }
        from
    }

    /// The seals that prove an actor's changes from `first` to `last`.
    fn seals(
        &self,
        ledger: &Ledger,
        store: &Store,
        key: ApplicationKey,
        actor: &ActorId,
        first: u64,
        last: u64,
    ) -> Result<Vec<Seal>, StoreError> {
        let end = last.saturating_add(1);
        let mut seals = Vec::new();
        // What was just typed is proven by what was just signed: nothing that is kept is about it.
        let kept = !self.is_unsaved(actor, first, end);
        let rows = if kept {
            store.segments_after(key, actor.to_bytes(), first.saturating_sub(1))?
        } else {
            Vec::new()
        };
        for row in rows.iter().filter(|row| row.first_seq <= last) {
            seals.push(proof::seal(row, &ledger.document, end)?);
        }
        let unsaved = self.unsaved.iter().filter(|segment| {
            segment.actor == *actor && segment.first_seq <= last && segment.end_seq() > first
        });
        seals.extend(unsaved.map(|segment| segment.seal(end)));
        Ok(seals)
    }

    /// Whether segments that are not in the database yet prove all of an actor's changes from `first` to before
    /// `end`.
    fn is_unsaved(&self, actor: &ActorId, first: u64, end: u64) -> bool {
        let mut proven = Signed::default();
        let own = self.unsaved.iter().filter(|segment| segment.actor == *actor);
        own.for_each(|segment| proven.add(segment.first_seq, segment.end_seq()));
        proven.covers(first, end)
    }

    /// Hands over long segments in place of many short ones, with the next offer, and keeps them with the next
    /// write.
    pub fn fold(&mut self, segments: Vec<Segment>) {
        self.unsaved.extend(segments.iter().cloned());
        self.folded.extend(segments);
    }
}

/// Which of an actor's changes are signed: by first seq, the seq after the last. No two touch.
#[derive(Clone, Debug, Default)]
struct Signed(BTreeMap<u64, u64>);

impl Signed {
    fn add(&mut self, mut first: u64, mut end: u64) {
        if first >= end {
            return;
        }
        let touching = |(from, to): (&u64, &u64)| (*to >= first).then_some((*from, *to));
        let touched: Vec<(u64, u64)> = self.0.range(..=end).filter_map(touching).collect();
        for (from, to) in touched {
            self.0.remove(&from);
            (first, end) = (first.min(from), end.max(to));
        }
        self.0.insert(first, end);
    }

    /// Whether all changes from `first` to before `end` are signed.
    fn covers(&self, first: u64, end: u64) -> bool {
        self.0.range(..=first).next_back().is_some_and(|(_, to)| *to >= end)
    }

    /// Of the changes from the first to `last`, the stretches that are not signed.
    fn gaps(&self, last: u64) -> Vec<(u64, u64)> {
        let (mut gaps, mut next) = (Vec::new(), 1);
        for (first, end) in &self.0 {
            if *first > last {
                break;
            }
            if *first > next {
                gaps.push((next, *first));
            }
            next = *end;
        }
        if next <= last {
            gaps.push((next, last.saturating_add(1)));
        }
        gaps
    }
}

/// Under which rosters changes were made.
struct Rosters<'a> {
    ledger: &'a Ledger,
    store: &'a Store,
    application: ApplicationKey,
    unsaved: &'a [Segment],
    /// By actor: first seq, end, and roster of its kept segments.
    kept: BTreeMap<ActorId, Vec<(u64, u64, u64)>>,
}

impl Rosters<'_> {
    /// The roster that the change's segment names, at most the newest one here: a segment may name one that the
    /// hub has put another in the place of since, or that never was. The newest one for a change that nobody has
    /// signed, which no hub takes anyway.
    fn of(&mut self, actor: &ActorId, seq: u64) -> Result<u64, StoreError> {
        let unsaved = self
            .unsaved
            .iter()
            .find(|segment| segment.actor == *actor && (segment.first_seq..segment.end_seq()).contains(&seq));
        if let Some(segment) = unsaved {
            return Ok(segment.roster.min(self.ledger.chain().version()));
        }
        if !self.kept.contains_key(actor) {
            let rows =
                self.store.segments_after(self.application, actor.to_bytes(), seq.saturating_sub(1))?;
            let spans = rows.iter().map(|row| (row.first_seq, row.first_seq + row.count, row.roster));
            self.kept.insert(actor.clone(), spans.collect());
        }
        let kept = self.kept.get(actor).into_iter().flatten();
        let covering = kept.filter(|(first, end, _)| (*first..*end).contains(&seq));
        let roster = covering.map(|(_, _, roster)| *roster).min();
        let newest = self.ledger.chain().version();
        Ok(roster.unwrap_or(newest).min(newest))
    }
}

/// One person's typing, the usual case, needs no actor beside its change.
fn shorten(offer: &mut Offer, spans: &BTreeMap<ActorId, (u64, u64)>) {
    let ([seal], Some((actor, (first, _))), 1) =
        (offer.seals.as_mut_slice(), spans.first_key_value(), spans.len())
    else {
        return;
    };
    if seal.start == Some((WireActor::from(actor), *first)) {
        seal.start = None;
    }
}

#[cfg(test)]
mod tests {
    use super::Signed;

    #[test]
    fn what_is_signed_leaves_gaps_that_close() {
        let mut signed = Signed::default();
        assert_eq!(signed.gaps(3), [(1, 4)]);
        assert_eq!(signed.gaps(0), []);
        signed.add(2, 4);
        signed.add(6, 7);
        assert_eq!(signed.gaps(8), [(1, 2), (4, 6), (7, 9)]);
        assert_eq!(signed.gaps(4), [(1, 2), (4, 5)]);
        signed.add(4, 6);
        assert_eq!(signed.gaps(6), [(1, 2)]);
        signed.add(1, 9);
        signed.add(3, 4);
        assert_eq!(signed.gaps(8), []);
    }

    #[test]
    fn a_stretch_is_covered_when_it_has_no_gap() {
        let mut signed = Signed::default();
        signed.add(2, 4);
        signed.add(4, 6);
        signed.add(8, 9);
        assert!(signed.covers(2, 6) && signed.covers(3, 5) && signed.covers(8, 9));
        assert!(!signed.covers(1, 3) && !signed.covers(5, 9) && !signed.covers(9, 10));
    }
}
