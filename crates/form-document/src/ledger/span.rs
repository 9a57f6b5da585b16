//! Which changes the stored segments are about. No two of them overlap: a longer one takes the place of all
//! that it covers, and one that would cut through another is not taken. So what proves a change never depends
//! on which segments a replica happens to see.

use std::collections::BTreeMap;

use automerge::ActorId;

use crate::authorship::BadSeal;
use crate::segment::Segment;

/// What a stored segment is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub actor: ActorId,
    pub first_seq: u64,
    /// The number of the change after the last.
    pub end_seq: u64,
    pub roster: u64,
}

/// The stored segments of all actors: by first seq, the end and the roster.
#[derive(Clone, Debug, Default)]
pub(super) struct Spans(BTreeMap<ActorId, BTreeMap<u64, (u64, u64)>>);

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
    /// Whether a segment may stand beside or in the place of those here.
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

    /// Takes an admitted segment in, in the place of those that it covers.
    pub(super) fn insert(&mut self, span: Span) {
        let covered: Vec<_> = self.overlapping(&span.actor, span.first_seq, span.end_seq).collect();
        let spans = self.0.entry(span.actor).or_default();
        for (first, _, _) in covered {
            spans.remove(&first);
        }
        spans.insert(span.first_seq, (span.end_seq, span.roster));
    }

    /// Whether a segment about exactly the same changes is here.
    pub(super) fn has(&self, segment: &Segment) -> bool {
        let span = self.0.get(&segment.actor).and_then(|spans| spans.get(&segment.first_seq));
        span.is_some_and(|(end, _)| *end == segment.end_seq())
    }

    fn overlapping(
        &self,
        actor: &ActorId,
        first_seq: u64,
        end_seq: u64,
    ) -> impl Iterator<Item = (u64, u64, u64)> + '_ {
        let before = self.0.get(actor).into_iter().flat_map(move |spans| spans.range(..end_seq).rev());
        // They do not overlap each other, so their ends fall with their starts.
        before
            .map(|(first, (end, roster))| (*first, *end, *roster))
            .take_while(move |(_, end, _)| *end > first_seq)
    }
}
