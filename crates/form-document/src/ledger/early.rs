//! What came before that which it builds on: kept with its proof, to be tried again.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ActorId, ChangeHash};

use crate::merge::WaitingChange;
use crate::segment::{Claim, Segment};
use crate::wire::{MESSAGE_MAX_BYTES, Offer, WireChange, WireClaim};

/// How much may wait for earlier changes, in bytes: a day of everybody's typing, in files that are taken in in the
/// wrong order. It is looked through at every file and every page of the log.
pub const EARLY_MAX_BYTES: usize = MESSAGE_MAX_BYTES;

/// What a segment takes beside its hashes, in bytes: signature, actor, numbers.
const SEAL_BYTES: usize = 128;

/// The waiting changes that there is room for, as an offer that proves itself.
pub(super) fn early<'a>(
    waiting: &[WaitingChange],
    segments: &[Segment],
    claim: impl Fn(&ActorId) -> Option<&'a Claim>,
) -> Offer {
    let by_hash: BTreeMap<ChangeHash, &[u8]> =
        waiting.iter().map(|change| (change.hash, change.bytes.as_slice())).collect();
    let (mut offer, mut left) = (Offer::default(), EARLY_MAX_BYTES);
    let (mut kept, mut actors) = (BTreeSet::new(), BTreeSet::new());
    for segment in segments {
        let of_it = || segment.hashes.iter().filter_map(|hash| by_hash.get_key_value(hash));
        if of_it().next().is_none() {
            continue;
        }
        let new: Vec<_> = of_it().filter(|(hash, _)| !kept.contains(*hash)).collect();
        let bytes = new.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
        let Some(rest) = left.checked_sub(bytes + 32 * segment.hashes.len() + SEAL_BYTES) else { continue };
        left = rest;
        kept.extend(new.iter().map(|(hash, _)| **hash));
        offer.changes.extend(new.iter().map(|(_, bytes)| WireChange(bytes.to_vec())));
        // None of its changes is here as yet, so it names them all.
        offer.seals.push(segment.seal(segment.first_seq));
        actors.insert(&segment.actor);
    }
    let claims = actors.into_iter().filter_map(claim).map(WireClaim::from);
    offer.claims = Some(claims.collect());
    offer
}
