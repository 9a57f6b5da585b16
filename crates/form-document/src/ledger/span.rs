//! Which changes the stored segments are about. A longer one takes the place of all that it covers. One that cuts
//! through another, or names another roster for the same changes, is taken only when it proves a change that has no
//! verdict yet: a device that was restored from an old copy may have signed again what it had signed before, and
//! others may have built on either. What a change was made under is then the oldest roster named for it.

use std::collections::{BTreeMap, BTreeSet};

use automerge::ActorId;

use crate::authorship::BadSeal;
use crate::segment::{SEGMENT_MAX_CHANGES, Segment};

/// How many segments may be about the same change: a device that is restored from an old copy adds one, and what a
/// receiver has to look at for one change stays small.
const OVERLAPS_MAX: usize = 8;

/// How many changes beyond those that are here a segment may name that does not fit those here: it is kept whole.
const AHEAD_MAX: usize = 64;

/// What a stored segment is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub actor: ActorId,
    pub first_seq: u64,
    /// The number of the change after the last.
    pub end_seq: u64,
    pub roster: u64,
}

/// The stored segments of all actors.
#[derive(Clone, Debug, Default)]
pub(super) struct Spans(BTreeMap<ActorId, OfActor>);

/// The stored segments of one actor: first seq, end and roster.
#[derive(Clone, Debug, Default)]
struct OfActor {
    spans: BTreeSet<(u64, u64, u64)>,
    /// The greatest end: nearly every segment starts there.
    end: u64,
}

impl Span {
    /// What a segment is about.
    pub fn of(segment: &Segment) -> Self {
        Self {
            actor: segment.actor.clone(),
            first_seq: segment.first_seq,
            end_seq: segment.end_seq(),
            roster: segment.roster,
        }
    }
}

impl Spans {
    /// Whether a segment that proves nothing new may take the place of those here.
    pub(super) fn admit(&self, segment: &Segment) -> Result<(), BadSeal> {
        for (first, end, roster) in self.overlapping(&segment.actor, segment.first_seq, segment.end_seq()) {
            if roster != segment.roster {
                return Err(BadSeal::OtherRoster);
            }
            if first < segment.first_seq || end > segment.end_seq() {
                return Err(BadSeal::CutsThrough);
            }
        }
        Ok(())
    }

    /// Whether a segment may stand beside those here because it proves something new. `ahead` says how many changes
    /// it names that nobody has handed over yet.
    pub(super) fn admit_beside(&self, segment: &Segment, ahead: usize) -> Result<(), BadSeal> {
        let fit = self.admit(segment);
        let few = || self.overlapping(&segment.actor, segment.first_seq, segment.end_seq()).count();
        if fit.is_err() && ahead <= AHEAD_MAX && few() < OVERLAPS_MAX { Ok(()) } else { fit }
    }

    /// Takes a segment in, in the place of those of the same roster that it covers.
    pub(super) fn insert(&mut self, span: Span) {
        let covers = |(first, end, roster): &(u64, u64, u64)| {
            *roster == span.roster && *first >= span.first_seq && *end <= span.end_seq
        };
        let covered: Vec<_> =
            self.overlapping(&span.actor, span.first_seq, span.end_seq).filter(covers).collect();
        let of = self.0.entry(span.actor).or_default();
        for span in &covered {
            of.spans.remove(span);
        }
        of.spans.insert((span.first_seq, span.end_seq, span.roster));
        of.end = of.end.max(span.end_seq);
    }

    /// Whether a segment about exactly the same changes is here.
    pub(super) fn has(&self, segment: &Segment) -> bool {
        let span = (segment.first_seq, segment.end_seq(), segment.roster);
        self.0.get(&segment.actor).is_some_and(|of| of.spans.contains(&span))
    }

    fn overlapping(
        &self,
        actor: &ActorId,
        first_seq: u64,
        end_seq: u64,
    ) -> impl Iterator<Item = (u64, u64, u64)> + '_ {
        // Nothing that starts earlier is long enough.
        let earliest = first_seq.saturating_sub(SEGMENT_MAX_CHANGES as u64);
        let of = self.0.get(actor).filter(|of| of.end > first_seq);
        let spans = of.into_iter().flat_map(move |of| of.spans.range((earliest, 0, 0)..(end_seq, 0, 0)));
        spans.copied().filter(move |(_, end, _)| *end > first_seq)
    }
}
